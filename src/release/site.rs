//! Where a workload stands on AWS, by the names that the model gives: what a release must find without reading the whole stack.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::workloads::{Colour, fleet_name, release_parameter};
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::Document;
use crate::stack::document::{Release, Workload};

/// A workload that is released by two colours.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its name in the file.
    pub workload: String,
    /// `<stack>-<environment>`.
    pub prefix: String,
    /// The load balancer's name.
    pub balancer: String,
    /// Both colours.
    pub colours: BTreeMap<Colour, Place>,
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
    /// It has one group only.
    #[error("workload {0} is `rolling`: it has no colours to switch between")]
    Rolling(String),
    /// The model does not hold what it should.
    #[error("{0} is not among the resources of the file")]
    Missing(String),
}

impl Site {
    /// The site of a workload: the named one, or the only one.
    ///
    /// # Errors
    /// There is none of that name, or it has no colours.
    pub fn of(
        document: &Document,
        resources: &Resources,
        scope: &Scope,
        name: Option<&str>,
    ) -> Result<Self, NoSite> {
        let (item, workload) = find(document, name)?;
        let Some(Release::BlueGreen(_)) = workload.release() else {
            return Err(NoSite::Rolling(item.to_owned()));
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
            bounds: (bounds.0.into(), bounds.1.into()),
            health_path: workload.health.path.as_str().to_owned(),
            grace: seconds(workload.health.grace),
            drain: seconds(workload.load_balancer.drain),
            stickiness: workload.load_balancer.stickiness.map(seconds),
            domain: document
                .domain
                .as_ref()
                .map(|domain| domain.name.to_string()),
        })
    }

    /// A colour's things. Both colours are always there.
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
