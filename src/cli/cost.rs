//! `cost`: what the stack costs a month.

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::session::{self, Session};
use crate::plan::{Plan, cost, prices};
use crate::resource::Resources;
use crate::view::cost::CostReport;
use crate::view::{CostLines, Gate};

/// Show what the stack costs a month, and what more would add
#[derive(Args, Debug)]
pub struct Cost {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Cost {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let table = &prices::CURRENT;
        let charged = cost::charged(&session.resources);
        let estimate = cost::estimate(table, &session.scope.region, &charged);
        let report = CostReport {
            stack: session.scope.prefix(),
            what_if: cost::what_if(table, &estimate),
            estimate,
        };
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(Exit::Done)
    }
}

/// What a plan towards `wanted` changes in the price.
pub fn lines(wanted: &Resources, plan: &Plan) -> CostLines {
    let table = &prices::CURRENT;
    let delta = cost::of_plan(table, plan, wanted);
    let what_if = cost::what_if(table, &delta.after);
    CostLines::of(&delta, what_if)
}
