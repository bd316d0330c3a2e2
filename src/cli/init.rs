//! `init`: a first stack file.

use std::io::{ErrorKind, Write};
use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::exit::{Exit, Trouble};
use crate::stack;
use crate::view::Gate;

/// Write a first stack file, commented
#[derive(Args, Debug)]
pub struct Init {
    /// Where to write it
    #[arg(value_name = "FILE", default_value = "stack.yaml")]
    file: PathBuf,
    /// What to start from
    #[arg(long, value_name = "NAME", default_value = "workload", value_parser = templates())]
    from: String,
}

/// The templates by their names.
fn templates() -> PossibleValuesParser {
    let templates = stack::TEMPLATES.iter();
    templates
        .map(|one| PossibleValue::new(one.name).help(one.about))
        .collect::<Vec<_>>()
        .into()
}

impl Init {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let text = stack::starter(&self.from)
            .ok_or_else(|| Trouble::Usage(format!("there is no template {}", self.from)))?;
        let name = self.file.display();
        let written = std::fs::File::create_new(&self.file)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        match written {
            Ok(()) => {
                gate.result(&format!(
                    "{name} is written. Next: codedetect-infra plan {name} --local"
                ));
                Ok(Exit::Done)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(Trouble::File(format!(
                "{name} exists already and was left as it is; give another name"
            ))),
            Err(error) => Err(Trouble::File(format!("{name}: {error}"))),
        }
    }
}
