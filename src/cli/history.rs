//! `history`: the runs of a stack.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::session::{self, Session};
use crate::exec::journal;
use crate::view::Gate;
use crate::view::history::{HistoryLine, HistoryReport};

/// List the runs of a stack, the latest first
#[derive(Args, Debug)]
pub struct History {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How they are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl History {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let runs = journal::history(session.store.as_ref()).await?;
        let report = HistoryReport {
            stack: session.scope.prefix(),
            runs: runs.iter().map(HistoryLine::of).collect(),
        };
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(Exit::Done)
    }
}
