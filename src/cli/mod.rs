//! The command line: one file a verb, arguments and then one call.

mod again;
mod apply;
mod ci;
mod completions;
mod cost;
mod deploy;
mod destroy;
mod doctor;
mod drift;
mod ended;
mod exit;
mod explain;
mod graph;
mod history;
mod identity;
mod init;
mod local;
mod lock;
mod logs;
mod opened;
mod options;
mod outputs;
mod plan;
mod prompt;
mod refresh;
mod release;
mod rollback;
mod run;
mod schema;
mod session;
mod signals;
mod status;
mod switch;
mod timings;
mod unlock;
mod validate;
mod watch;
mod workload;

use std::future::Future;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::Exit;
use exit::Trouble;

use crate::view::{Colour, Gate};

/// One YAML file, a stack, becomes AWS resources; new versions of its workload go live without losing a request.
#[derive(Parser, Debug)]
#[command(
    name = "codedetect-infra",
    version,
    propagate_version = true,
    subcommand_required = true,
    after_help = "Try it without an account: codedetect-infra apply stacks/codedetect.yaml --local --yes\n\
                  Exit codes: 0 done · 1 failed · 2 differences · 64 usage · 65 invalid stack · 130 interrupted"
)]
pub struct Cli {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    color: Colour,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Init(init::Init),
    Validate(validate::Validate),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Destroy(destroy::Destroy),
    Deploy(deploy::Deploy),
    Switch(switch::Switch),
    Rollback(rollback::Rollback),
    Refresh(refresh::Refresh),
    Drift(drift::Drift),
    Status(status::Status),
    Outputs(outputs::Outputs),
    History(history::History),
    Logs(logs::Logs),
    Graph(graph::Graph),
    Cost(cost::Cost),
    Doctor(doctor::Doctor),
    Unlock(unlock::Unlock),
    Ci(ci::Ci),
    Local(local::Local),
    Completions(completions::Completions),
}

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not errors. A closed pipe is nobody's error.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage.into()
            } else {
                Exit::Done.into()
            };
        }
    };
    let gate = Gate::open(cli.color);
    let ended = run(cli.verb, &gate);
    let exit = ended.unwrap_or_else(|trouble| trouble.tell(&gate));
    match gate.close() {
        Ok(()) => exit.into(),
        Err(error) => {
            gate.news(&format!("error: standard output: {error}"));
            Exit::Failed.into()
        }
    }
}

fn run(verb: Verb, gate: &Gate) -> Result<Exit, Trouble> {
    match verb {
        Verb::Init(verb) => verb.run(gate),
        Verb::Validate(verb) => verb.run(gate),
        Verb::Explain(verb) => verb.run(gate),
        Verb::Schema(verb) => verb.run(gate),
        Verb::Completions(verb) => verb.run(gate),
        Verb::Plan(verb) => asynchronously(verb.run(gate)),
        Verb::Apply(verb) => asynchronously(verb.run(gate)),
        Verb::Destroy(verb) => asynchronously(verb.run(gate)),
        Verb::Deploy(verb) => asynchronously(verb.run(gate)),
        Verb::Switch(verb) => asynchronously(verb.run(gate)),
        Verb::Rollback(verb) => asynchronously(verb.run(gate)),
        Verb::Refresh(verb) => asynchronously(verb.run(gate)),
        Verb::Drift(verb) => asynchronously(verb.run(gate)),
        Verb::Status(verb) => asynchronously(verb.run(gate)),
        Verb::Outputs(verb) => asynchronously(verb.run(gate)),
        Verb::History(verb) => asynchronously(verb.run(gate)),
        Verb::Logs(verb) => asynchronously(verb.run(gate)),
        Verb::Graph(verb) => asynchronously(verb.run(gate)),
        Verb::Cost(verb) => asynchronously(verb.run(gate)),
        Verb::Doctor(verb) => asynchronously(verb.run(gate)),
        Verb::Unlock(verb) => asynchronously(verb.run(gate)),
        Verb::Ci(verb) => asynchronously(verb.run(gate)),
        Verb::Local(verb) => verb.run(gate),
    }
}

fn asynchronously(work: impl Future<Output = Result<Exit, Trouble>>) -> Result<Exit, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Trouble::File(format!("the runtime cannot start: {error}")))?;
    let ended = runtime.block_on(work);
    // Whoever still reads standard input must not keep the process.
    runtime.shutdown_background();
    ended
}
