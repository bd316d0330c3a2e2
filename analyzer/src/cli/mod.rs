//! The command line: a file a verb.

mod analyze;
mod health;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Python files, looked at for security and quality.
#[derive(Debug, Parser)]
#[command(name = "codedetect-analyzer", version, about)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the web service; the environment configures it
    #[command(after_help = crate::config::variables::help())]
    Serve,
    Analyze(analyze::Arguments),
    /// Ask a service on this machine whether it is healthy, as a container's check does
    Health,
    /// Analyse for another process of this program
    #[command(hide = true)]
    Worker,
}

/// Runs the program.
pub fn run() -> ExitCode {
    match Arguments::parse().verb {
        Verb::Serve => serve::run(),
        Verb::Analyze(arguments) => analyze::run(&arguments),
        Verb::Health => health::run(),
        Verb::Worker => crate::worker::process::run(codedetect_engine::analyze),
    }
}
