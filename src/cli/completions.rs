//! `completions`: for shells.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::{Exit, Trouble};
use crate::view::Gate;

/// Print the completion script of a shell
#[derive(Args, Debug)]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let mut script = Vec::new();
        let mut command = super::Cli::command();
        clap_complete::generate(self.shell, &mut command, "codedetect-infra", &mut script);
        gate.result(String::from_utf8_lossy(&script).trim_end());
        Ok(Exit::Done)
    }
}
