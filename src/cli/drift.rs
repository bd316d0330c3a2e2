//! `drift`: what moved by hand, what others own, what was not checked.

use std::collections::BTreeSet;

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::plan::planned;
use super::session::{self, Session};
use crate::kinds::{self, Tagging};
use crate::view::Gate;
use crate::view::drift::{DriftReport, NotChecked};
use crate::view::run::{Progress, Watch};

/// Show what differs from the stack file; exit code 2 if anything does
#[derive(Args, Debug)]
pub struct Drift {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How the report is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Drift {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let watch = Watch::start(gate, Progress::Auto);
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let discovery = session.discover(&session.resources, &watch).await?;
        watch.finish();
        let plan = planned(&session, &session.resources, &discovery, &BTreeSet::new())?;
        let report = DriftReport::of(&plan, not_checked(&session));
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(if report.found() {
            Exit::Differs
        } else {
            Exit::Done
        })
    }
}

/// What cannot be compared without one call a resource, for the kinds that the stack has.
fn not_checked(session: &Session) -> Vec<NotChecked> {
    let used: BTreeSet<&str> = session
        .resources
        .iter()
        .map(|resource| resource.kind.type_name())
        .collect();
    kinds::ALL
        .iter()
        .filter(|kind| kind.tagging() == Tagging::WriteOnly && used.contains(kind.type_name()))
        .map(|kind| NotChecked {
            what: format!("tags of {}", kind.type_name()),
            why: "AWS reads them back one resource a call".to_owned(),
        })
        .collect()
}
