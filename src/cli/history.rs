//! `history`: the runs of a stack, releases with their evidence.

use clap::{Args, Subcommand};

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::release::{ReleaseFormat, tell_report};
use super::session::{self, Session};
use crate::exec::journal;
use crate::release::record;
use crate::release::report::ReleaseReport;
use crate::view::Gate;
use crate::view::history::{HistoryLine, HistoryReport};

/// List the runs of a stack, the latest first, releases with what was seen
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub struct History {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How they are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Print the report of a release again
    Show(Show),
}

#[derive(Args, Debug)]
struct Show {
    /// The run's id, as `history` lists it, or its beginning
    #[arg(value_name = "ID")]
    run: String,
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How it is told
    #[arg(long, value_enum, default_value_t)]
    format: ReleaseFormat,
}

impl History {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        match &self.what {
            None => self.list(gate).await,
            Some(What::Show(show)) => show.run(gate).await,
        }
    }

    async fn list(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let session = open(&self.stack, &self.cloud, gate).await?;
        let store = session.store.as_ref();
        let (runs, releases) =
            futures::future::try_join(journal::history(store), record::all(store)).await?;
        let report = HistoryReport {
            stack: session.scope.prefix(),
            runs: runs.iter().map(HistoryLine::of).collect(),
            releases: releases
                .iter()
                .map(|record| ReleaseReport { record }.line())
                .collect(),
        };
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(Exit::Done)
    }
}

impl Show {
    async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let session = open(&self.stack, &self.cloud, gate).await?;
        let store = session.store.as_ref();
        let releases = record::all(store).await?;
        let mut found = releases
            .iter()
            .filter(|record| record.run.starts_with(&self.run));
        match (found.next(), found.next()) {
            (Some(record), None) => {
                tell_report(record, self.format, gate);
                Ok(Exit::Done)
            }
            (Some(one), Some(other)) => Err(Trouble::Usage(format!(
                "several releases begin with {}: {}, {}, …",
                self.run, one.run, other.run
            ))),
            (None, _) => {
                let runs = journal::history(store).await?;
                let other = runs.iter().find(|run| run.run.starts_with(&self.run));
                Err(Trouble::Usage(match other {
                    Some(run) => format!(
                        "{} is a run of {}, which has no report to show again; `history` has its counts",
                        run.run, run.verb
                    ),
                    None => format!("there was no release {}; `history` lists them", self.run),
                }))
            }
        }
    }
}

async fn open(stack: &StackArgs, cloud: &CloudArgs, gate: &Gate) -> Result<Session, Trouble> {
    let region = cloud.region.as_deref();
    let loaded = session::load(&stack.file, &stack.overlay, region, gate)?;
    Session::open(loaded, cloud, gate).await
}
