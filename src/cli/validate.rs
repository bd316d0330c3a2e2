//! `validate`: checks a stack file without credentials or network.

use clap::Args;
use serde_json::json;

use super::exit::{Exit, Trouble};
use super::options::{Format, StackArgs};
use super::session;
use crate::view::Gate;

/// Check a stack file: shape, units, references, names; needs no account and no network
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
        let loaded = session::load(&self.stack.file, &self.stack.overlay, None, gate);
        match (self.format, loaded) {
            (Format::Human, loaded) => {
                let loaded = loaded?;
                let document = &loaded.stack.document;
                gate.result(&format!(
                    "{} is valid: {}-{} in {}.",
                    loaded.source.name, document.stack, document.environment, document.region
                ));
                Ok(Exit::Done)
            }
            (Format::Json, Ok(loaded)) => {
                gate.document(&json!({
                    "version": 1,
                    "file": loaded.source.name,
                    "valid": true,
                    "diagnostics": loaded.stack.warnings.json(&loaded.source),
                }));
                Ok(Exit::Done)
            }
            (Format::Json, Err(Trouble::Invalid(source, diagnostics))) => {
                gate.document(&json!({
                    "version": 1,
                    "file": source.name,
                    "valid": false,
                    "diagnostics": diagnostics.json(&source),
                }));
                Err(Trouble::Told(Exit::Invalid))
            }
            (Format::Json, Err(other)) => Err(other),
        }
    }
}
