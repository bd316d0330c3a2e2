//! `status`: what stands, how its workloads do, who holds the lock, what ran last.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use futures::future::try_join;
use jiff::Timestamp;

use super::exit::{Exit, Trouble};
use super::options::{CloudArgs, Format, StackArgs};
use super::plan::planned;
use super::session::{self, Session};
use super::watch::{Manner, watch};
use super::{again, outputs};
use crate::event::Silent;
use crate::exec::{journal, lock};
use crate::plan::{Action, Plan};
use crate::release::act::Hand;
use crate::release::record;
use crate::release::sight::Sight;
use crate::release::site::Site;
use crate::release::standing::{Looked, standing};
use crate::view::Gate;
use crate::view::history::HistoryLine;
use crate::view::status::{LockStatus, SectionStatus, StatusReport, WorkloadStatus};

/// How many past releases are searched for the one that serves.
const SEARCHED: usize = 20;

/// Show what stands, colours and versions included, who holds the lock and what ran last
#[derive(Args, Debug)]
pub struct Status {
    #[command(flatten)]
    stack: StackArgs,
    #[command(flatten)]
    cloud: CloudArgs,
    /// Watch the workloads: drawn in place on a terminal, a line a change elsewhere, one event a look with --format json
    #[arg(long, short)]
    watch: bool,
    /// Time between two looks
    #[arg(long, value_name = "TIME", default_value = "2s", requires = "watch")]
    every: crate::units::Duration,
    /// End as soon as no release is under way
    #[arg(long, requires = "watch")]
    until_done: bool,
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
        let sites = self.sites(&session)?;
        if self.watch {
            let manner = Manner {
                ndjson: self.format == Format::Json,
                every: self.every.into(),
                until_done: self.until_done,
            };
            return watch(&session, &sites, &manner, gate).await;
        }
        let discovery = session.discover(&session.resources, &Silent).await?;
        let plan = planned(&session, &session.resources, &discovery, &BTreeSet::new())?;
        let held = lock::held(session.store.as_ref()).await?;
        let runs = journal::history(session.store.as_ref()).await?;
        let outputs = outputs::report(&session, &plan.kept);
        let mut workloads = Vec::new();
        for (site, rollback) in &sites {
            if stands(&session, &plan, &site.workload) {
                workloads.push(workload(&session, site, rollback).await?.0);
            }
        }
        let report = StatusReport {
            stack: session.scope.stack.clone(),
            environment: session.scope.environment.clone(),
            region: session.scope.region.clone(),
            account: session.scope.account.clone(),
            url: outputs.raw("url").map(str::to_owned),
            workloads,
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

    /// The workloads by their names in AWS, each with the command that takes its latest release back.
    fn sites(&self, session: &Session) -> Result<Vec<(Site, String)>, Trouble> {
        let document = &session.loaded.stack.document;
        let names = document.workloads.keys();
        names
            .map(|name| {
                let (resources, scope) = (&session.resources, &session.scope);
                let site = Site::of(document, resources, scope, Some(name.as_str()))
                    .map_err(|error| Trouble::Usage(error.to_string()))?;
                let rollback = again::command(
                    "rollback",
                    &self.stack.file,
                    &self.stack.overlay,
                    &self.cloud,
                    &Default::default(),
                );
                Ok((site, rollback))
            })
            .collect()
    }
}

/// Whether all that a release looks at is there.
fn stands(session: &Session, plan: &Plan, workload: &str) -> bool {
    let prefix = format!("workloads.{workload}.");
    session
        .resources
        .iter()
        .filter_map(|resource| {
            let of = resource.address.as_str().strip_prefix(&prefix)?;
            let kind = of.split('.').next()?;
            [
                "load-balancer",
                "listener",
                "target-group",
                "group",
                "release",
            ]
            .contains(&kind)
            .then_some(&resource.address)
        })
        .all(|address| plan.kept.contains_key(address))
}

/// How a workload stands, and what was looked at for that.
pub async fn workload(
    session: &Session,
    site: &Site,
    rollback: &str,
) -> Result<(WorkloadStatus, Sight), Trouble> {
    let hand = Hand {
        cloud: &session.place.cloud,
        site,
    };
    let store = session.store.as_ref();
    let (sight, ends) = try_join(hand.look(), hand.ends()).await?;
    let (open, past) = try_join(
        record::unfinished(store, &site.workload),
        record::past(store, &site.workload, SEARCHED),
    )
    .await?;
    let status = standing(&Looked {
        site,
        sight: &sight,
        ends: &ends,
        open: open.as_ref(),
        past: &past,
        rollback: rollback.to_owned(),
        now: Timestamp::now(),
    });
    Ok((status, sight))
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
