//! Where a workload stands on AWS, by the names that the model gives: what a release must find without reading the whole stack.

use std::collections::BTreeMap;
use std::time::Duration;

use super::rolling::Turn;
use crate::model::TOPIC;
use crate::model::workloads::{Colour, fleet_name, release_parameter};
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::Document;
use crate::stack::document::{Release, Workload};

/// How long an instance may take from its launch until its time to be well begins.
const STARTS_WITHIN: Duration = Duration::from_secs(300);
/// Clean answers in a row that each target must give where nothing else is asked for.
const CLEAN: u32 = 5;

/// A workload that is released: by two colours, or by replacing the instances of its only group.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name in the file.
    pub workload: String,
    /// `<stack>-<environment>`.
    pub prefix: String,
    /// The load balancer's name.
    pub balancer: String,
    /// Both colours, or the only group.
    pub colours: BTreeMap<Colour, Place>,
    /// The share of instances that stay healthy while they are replaced; nothing where there are two colours.
    pub healthy: Option<u32>,
    /// The least and the largest number of serving instances, as the file says.
    pub bounds: (u32, u32),
    /// The path that answers 200 where all is well.
    pub health_path: String,
    /// How long a new instance may take to start.
    pub grace: Duration,
    /// How long a target that is taken out may finish what it is doing.
    pub drain: Duration,
    /// How long a client stays with a colour, where it does.
    pub stickiness: Option<Duration>,
    /// The name that clients ask for; the load balancer's own where the file has no domain.
    pub domain: Option<String>,
    /// The log group of its instances.
    pub log_group: String,
    /// The ARN of the topic that is told how a release ended, where the stack has one.
    pub topic: Option<String>,
}

/// A colour's things by name.
#[derive(Clone, Debug)]
pub struct Place {
    /// The Auto Scaling group.
    pub fleet: String,
    /// The target group.
    pub target_group: String,
    /// The parameter that says what it runs.
    pub release: String,
    /// The alarm of its unhealthy targets, where the file has one.
    pub unwell_alarm: Option<String>,
}

/// Why a workload cannot be released so.
#[derive(Debug, thiserror::Error)]
pub enum NoSite {
    /// The file has no such workload.
    #[error("the file has no workload {0}; it has: {1}")]
    Unknown(String, String),
    /// The file has none at all.
    #[error("the file has no workload to release")]
    None,
    /// The model does not hold what it should.
    #[error("{0} is not among the resources of the file")]
    Missing(String),
}

impl Site {
    /// The site of a workload: the named one, or the only one.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn of(
        document: &Document,
        resources: &Resources,
        scope: &Scope,
        name: Option<&str>,
    ) -> Result<Self, NoSite> {
        let (item, workload) = find(document, name)?;
        let healthy = match workload.release() {
            Some(Release::Rolling(rolling)) => Some(rolling.healthy.value().into()),
            _ => None,
        };
        let bounds = workload.release().map_or((1, 1), |one| one.bounds());
        let named = |address: String| {
            resources
                .get(&address.as_str().into())
                .and_then(|resource| resource.spec.get("name")?.as_str().map(str::to_owned))
                .ok_or(NoSite::Missing(address))
        };
        let colours = Colour::of(workload)
            .iter()
            .map(|colour| {
                let key = colour.key();
                let place = Place {
                    fleet: fleet_name(scope, item, *colour),
                    target_group: named(format!("workloads.{item}.target-group.{key}"))?,
                    release: release_parameter(scope, item, *colour),
                    unwell_alarm: named(format!("alarms.{item}-{key}-unhealthy")).ok(),
                };
                Ok((*colour, place))
            })
            .collect::<Result<_, NoSite>>()?;
        let seconds = |duration: crate::units::Duration| Duration::from(duration);
        Ok(Self {
            workload: item.to_owned(),
            prefix: scope.prefix(),
            balancer: named(format!("workloads.{item}.load-balancer"))?,
            colours,
            healthy,
            bounds: (bounds.0.into(), bounds.1.into()),
            health_path: workload.health.path.as_str().to_owned(),
            grace: seconds(workload.health.grace),
            drain: seconds(workload.load_balancer.drain),
            stickiness: workload.load_balancer.stickiness.map(seconds),
            domain: document
                .domain
                .as_ref()
                .map(|domain| domain.name.to_string()),
            log_group: named(format!("workloads.{item}.log-group"))?,
            topic: named(TOPIC.to_owned())
                .ok()
                .map(|name| scope.arn("sns", &name)),
        })
    }

    /// How its instances are replaced from now on, the bounds of that as the file has them.
    pub fn turn(&self, after: Option<String>, capacity: u32, version: Option<String>) -> Turn {
        Turn {
            after,
            capacity: capacity.max(1),
            healthy: self.healthy.unwrap_or(100),
            // It starts, is given its time to be well, warms up for as long again, and another one finishes what it does.
            each: self.stands_within() + self.grace + self.drain,
            version,
            clean: CLEAN,
            bake: Duration::ZERO,
        }
    }

    /// How long an instance may take from its launch until it is well.
    pub fn stands_within(&self) -> Duration {
        self.grace + STARTS_WITHIN
    }

    /// A colour's things. All that the workload has are always there.
    pub fn place(&self, colour: Colour) -> Option<&Place> {
        self.colours.get(&colour)
    }
}

fn find<'a>(document: &'a Document, name: Option<&str>) -> Result<(&'a str, &'a Workload), NoSite> {
    let mut all = document
        .workloads
        .iter()
        .map(|(item, workload)| (item.as_str(), workload));
    match name {
        None => all.next().ok_or(NoSite::None),
        Some(name) => all.clone().find(|(item, _)| *item == name).ok_or_else(|| {
            let names: Vec<&str> = all.map(|(item, _)| item).collect();
            NoSite::Unknown(name.to_owned(), names.join(", "))
        }),
    }
}
