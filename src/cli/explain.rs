//! `explain`: the documentation of a section or field.

use clap::Args;

use super::exit::{Exit, Trouble};
use crate::model::fields;
use crate::stack;
use crate::view::Gate;

/// The section of any other resource.
const RESOURCES: &str = "resources";

/// Explain a section or field of the stack file, a kind of resource, or a diagnostic code
#[derive(Args, Debug)]
pub struct Explain {
    /// Such as workloads, network.cidr, sns.topic or E0203; without it, all sections are listed
    #[arg(value_name = "SECTION")]
    path: Option<String>,
}

impl Explain {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let path = self.path.as_deref().unwrap_or_default();
        let kind = fields::kind_named(path).map(fields::explain);
        match kind.or_else(|| stack::explain(path)) {
            Some(mut text) => {
                if path == RESOURCES {
                    text = format!("{}\n\n{}", text.trim_end(), fields::listed());
                }
                gate.result(text.trim_end());
                Ok(Exit::Done)
            }
            None => {
                let nearest = stack::explain_nearest(path)
                    .map(|name| format!("; did you mean {name}?"))
                    .unwrap_or_default();
                Err(Trouble::Usage(format!(
                    "there is nothing called {path} in a stack file{nearest}"
                )))
            }
        }
    }
}
