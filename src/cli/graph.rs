//! `graph`: which resource needs which.

use clap::{Args, ValueEnum};

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, StackArgs};
use super::session::{self, Session};
use crate::graph::Graph as Needs;
use crate::plan::PlanError;
use crate::view::Gate;
use crate::view::graph::GraphReport;

/// Show which resource needs which
#[derive(Args, Debug)]
pub struct Graph {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: GraphFormat,
}

/// How a graph is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// For a person
    #[default]
    Human,
    /// One versioned JSON document
    Json,
    /// For Graphviz
    Dot,
    /// For Mermaid
    Mermaid,
}

impl Graph {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let needs = Needs::of(&session.resources).map_err(PlanError::from)?;
        let report = GraphReport::of(&session.scope.prefix(), &session.resources, &needs);
        match self.format {
            GraphFormat::Human => gate.result(&report.human(&gate.results_look())),
            GraphFormat::Json => gate.document(&report.json()),
            GraphFormat::Dot => gate.result(&report.dot()),
            GraphFormat::Mermaid => gate.result(&report.mermaid()),
        }
        Ok(Exit::Done)
    }
}
