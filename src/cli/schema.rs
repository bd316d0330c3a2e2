//! `schema`: the JSON Schema of stack files, for editors.

use clap::Args;

use super::exit::{Exit, Trouble};
use crate::stack;
use crate::view::Gate;

/// Print the JSON Schema of stack files, for editors
#[derive(Args, Debug)]
pub struct Schema {}

impl Schema {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        gate.document(stack::schema());
        Ok(Exit::Done)
    }
}
