//! `validate`: checks a stack file without credentials or network.

use clap::Args;
use serde_json::json;

use super::exit::{Exit, Trouble};
use super::options::{Format, StackArgs};
use super::session;
use crate::diag::{Diagnostics, SourceText};
use crate::model;
use crate::stack::{self, Stack};
use crate::view::Gate;

/// Check a stack file with all of its environments: shape, units, references, names; needs no account and no network
#[derive(Args, Debug)]
pub struct Validate {
    #[command(flatten)]
    stack: StackArgs,
    /// How errors are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Validate {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let read = session::read(&self.stack.file);
        let (source, stacks, found) = match read {
            Ok(source) => {
                let options = session::options(&self.stack.overlay, None);
                let (stacks, mut found) = stack::load_all(&source, &options);
                rehearse(&stacks, &mut found);
                (source, stacks, found)
            }
            Err(Trouble::Invalid(source, found)) => (source, Vec::new(), found),
            Err(other) => return Err(other),
        };
        let valid = !found.has_errors();
        match self.format {
            Format::Human if valid => {
                session::warn(&source, &found, gate);
                gate.result(&verdict(&source, &stacks));
            }
            Format::Human => return Err(Trouble::Invalid(source, found)),
            Format::Json => gate.document(&json!({
                "version": 1,
                "document": "validate",
                "file": source.name,
                "valid": valid,
                "stacks": stacks.iter().map(described).collect::<Vec<_>>(),
                "diagnostics": found.json(&source),
            })),
        }
        Ok(if valid { Exit::Done } else { Exit::Invalid })
    }
}

/// Adds what only the model finds: what the sections together would ask of AWS.
fn rehearse(stacks: &[Stack], found: &mut Diagnostics) {
    for stack in stacks {
        if let Err(wrong) = model::rehearse(stack) {
            found.add_environment(stack.overlay.as_deref(), &wrong);
        }
    }
    found.sort();
}

fn verdict(source: &SourceText, stacks: &[Stack]) -> String {
    let named: Vec<_> = stacks
        .iter()
        .map(|stack| {
            let document = &stack.document;
            format!(
                "{}-{} in {}",
                document.stack, document.environment, document.region
            )
        })
        .collect();
    format!("{} is valid: {}.", source.name, named.join(", "))
}

fn described(stack: &Stack) -> serde_json::Value {
    let document = &stack.document;
    json!({
        "stack": document.stack,
        "environment": document.environment,
        "region": document.region,
    })
}
