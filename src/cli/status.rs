//! `status`: what stands, who holds the lock, what ran last.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::outputs;
use super::plan::planned;
use super::session::{self, Session};
use crate::event::Silent;
use crate::exec::{journal, lock};
use crate::plan::{Action, Plan};
use crate::view::Gate;
use crate::view::history::HistoryLine;
use crate::view::status::{LockStatus, SectionStatus, StatusReport};

/// Show what stands, who holds the lock and what ran last
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Status {
    /// Runs the verb.
    pub async fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        let region = self.cloud.region.as_deref();
        let loaded = session::load(&self.stack.file, &self.stack.overlay, region, gate)?;
        let session = Session::open(loaded, &self.cloud, gate).await?;
        let discovery = session.discover(&session.resources, &Silent).await?;
        let plan = planned(&session, &session.resources, &discovery, &BTreeSet::new())?;
        let held = lock::held(session.store.as_ref()).await?;
        let runs = journal::history(session.store.as_ref()).await?;
        let outputs = outputs::report(&session, &plan.kept);
        let report = StatusReport {
            stack: session.scope.stack.clone(),
            environment: session.scope.environment.clone(),
            region: session.scope.region.clone(),
            account: session.scope.account.clone(),
            url: outputs.raw("url").map(str::to_owned),
            workloads: Vec::new(),
            sections: sections(&session, &plan),
            lock: held.and_then(|held| {
                Some(LockStatus {
                    by: held.owner()?.to_owned(),
                    command: held.verb()?.to_owned(),
                    since: held.since()?,
                    expires: held.expires()?,
                })
            }),
            last_run: runs.first().map(HistoryLine::of),
        };
        match self.format {
            Format::Human => gate.result(&report.human(&gate.results_look())),
            Format::Json => gate.document(&report.json()),
        }
        Ok(Exit::Done)
    }
}

fn sections(session: &Session, plan: &Plan) -> Vec<SectionStatus> {
    let mut by_name: BTreeMap<&str, SectionStatus> = BTreeMap::new();
    for resource in session.resources.iter() {
        let name = resource.address.section();
        let section = by_name.entry(name).or_insert_with(|| SectionStatus {
            section: name.to_owned(),
            standing: 0,
            wanted: 0,
            working: Vec::new(),
        });
        section.wanted += 1;
        if plan.kept.contains_key(&resource.address) {
            section.standing += 1;
        }
    }
    for step in plan
        .steps
        .iter()
        .filter(|step| step.action == Action::Await)
    {
        if let Some(section) = by_name.get_mut(step.address.section()) {
            section
                .working
                .push(format!("{}: {}", step.address, step.reason));
        }
    }
    by_name.into_values().collect()
}
