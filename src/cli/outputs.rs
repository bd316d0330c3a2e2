//! `outputs`: the values that others need, the address to open first.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::plan::planned;
use super::session::{self, Session};
use super::{local, workload};
use crate::event::Silent;
use crate::kinds::Outputs as Values;
use crate::model;
use crate::reference::{Address, OutputRef};
use crate::view::Gate;
use crate::view::outputs::{OutputValue, OutputsReport};

/// The output that names the load balancer.
const LOAD_BALANCER: &str = "load_balancer";
/// The output, on a local cloud, that a browser on this machine opens.
const HERE: &str = "here";

/// Print the stack's values: its address, names and ARNs
#[derive(Args, Debug)]
pub struct Outputs {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How they are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Print only this value, bare
    #[arg(long, value_name = "NAME")]
    raw: Option<String>,
}

impl Outputs {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let discovery = session.discover(&session.resources, &Silent).await?;
        let plan = planned(&session, &session.resources, &discovery, &BTreeSet::new())?;
        let report = report(&session, &plan.kept);
        match (&self.raw, self.format) {
            (Some(name), _) => match report.raw(name) {
                Some(value) => gate.result(value),
                None => {
                    let names: Vec<&str> = report.values.keys().map(String::as_str).collect();
                    return Err(Trouble::Usage(format!(
                        "there is no output {name}; there are: {}",
                        names.join(", ")
                    )));
                }
            },
            (None, Format::Human) => gate.result(&report.human(&gate.results_look())),
            (None, Format::Json) => gate.document(&report.json()),
        }
        Ok(Exit::Done)
    }
}

/// The outputs of a stack from what is known of its resources.
pub fn report(session: &Session, known: &BTreeMap<Address, Values>) -> OutputsReport {
    let mut values = BTreeMap::new();
    let lookup = |output: &OutputRef| known.get(&output.address)?.get(&output.output).cloned();
    for output in model::outputs(&session.loaded.stack.document, &session.resources) {
        if known.contains_key(&output.of)
            && let Some(value) = output.value.filled(&lookup).known()
        {
            values.insert(
                output.name,
                OutputValue {
                    value,
                    what: output.what,
                },
            );
        }
    }
    if session.place.is_local()
        && let Some(value) = values
            .get(LOAD_BALANCER)
            .and_then(|output| local::here(&output.value))
    {
        let what = workload::what_answers().to_owned();
        values.insert(HERE.to_owned(), OutputValue { value, what });
    }
    OutputsReport {
        stack: session.scope.prefix(),
        values,
    }
}
