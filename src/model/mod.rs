//! From the typed document to the resources that it asks for: pure, and home of every default that a person does not write.
//!
//! Each section of the file has a module. A section adds its resources to the [`draft::Draft`] and hands on what later sections
//! refer to. What stands in which section of the file is told by the resource's `origin`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diag::{Code, Diagnostics};
use crate::graph::{Graph, GraphError};
use crate::kinds::ec2::image::Architecture;
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::{Document, Stack};
use crate::units::DomainName;

mod alarms;
mod alerts;
mod audit;
mod buckets;
mod dashboards;
mod databases;
mod deployer;
mod domain;
mod draft;
pub mod fields;
mod files;
mod names;
mod network;
mod outputs;
mod parameters;
mod rehearsal;
mod resources;
mod security;
mod text;
pub mod workloads;

pub use alerts::TOPIC;
use draft::Draft;
pub use outputs::{Output, outputs};
pub use rehearsal::rehearse;

/// The address of the bucket that keeps journal and lock.
pub const STATE_BUCKET: &str = "state.bucket";

/// The name of the bucket that keeps journal and lock.
pub fn state_bucket(scope: &Scope) -> String {
    buckets::state_name(scope, "state")
}

/// What was looked up before the model is built, so that no count and no name depends on what is known later.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pinned {
    /// The availability zones that the account may use in the region, such as `eu-west-1a`.
    pub zones: Vec<String>,
    /// The machine image of each architecture in use.
    pub images: BTreeMap<Architecture, String>,
    /// The id of the existing hosted zone that `domain.zone` names.
    pub hosted_zone: Option<String>,
    /// The colour that serves now, by the weights of the listener; nothing before the first apply. `switch` moves it, and the bounds
    /// of the groups must follow, or `apply` would let the serving colour shrink to nothing.
    pub active: Option<workloads::Colour>,
}

/// What must be looked up for a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Whether the region's zones matter.
    pub zones: bool,
    /// Architectures whose image is needed.
    pub images: BTreeSet<Architecture>,
    /// The existing hosted zone, by its name.
    pub hosted_zone: Option<DomainName>,
}

/// What must be looked up before `document` can be built.
pub fn needed(document: &Document) -> Needed {
    Needed {
        zones: document.network.is_some(),
        images: document
            .workloads
            .values()
            .filter_map(|workload| Some(Architecture::of(workload.release()?.instance().as_str())))
            .collect(),
        hosted_zone: document
            .domain
            .as_ref()
            .filter(|domain| !domain.zone.is_own())
            .map(|domain| domain.zone.name().clone()),
    }
}

/// The resources of a stack.
///
/// # Errors
/// What the stack asks for and AWS cannot give: names that collide, a zone that the account does not have, fields that a kind
/// does not know. All at once.
pub fn build(stack: &Stack, scope: &Scope, pinned: &Pinned) -> Result<Resources, Diagnostics> {
    let mut draft = Draft::new(stack, scope, pinned);
    sections(&mut draft);
    check_keys(&mut draft);
    check_graph(&mut draft);
    draft.finish()
}

/// Sections in the order in which they hand on what later ones refer to.
fn sections(draft: &mut Draft<'_>) {
    let state = buckets::state(draft);
    parameters::build(draft);
    let topic = alerts::build(draft);
    buckets::build(draft);
    let network = network::build(draft);
    let named = domain::build(draft);
    let workload = draft.document.workloads.iter().next();
    let groups = match (workload, &network) {
        (Some((item, _)), Some(network)) => security::of_workload(draft, network, item.as_str()),
        _ => None,
    };
    let mountable = files::build(draft, network.as_ref(), groups.as_ref());
    databases::build(draft, network.as_ref(), groups.as_ref());
    let mut running = Vec::new();
    if let (Some((item, workload)), Some(network), Some(groups)) = (workload, &network, &groups) {
        let around = workloads::Around {
            network,
            groups,
            named: named.as_ref(),
            mountable: &mountable,
        };
        running.extend(workloads::build(draft, item.as_str(), workload, &around));
    }
    if let (Some(named), Some(workload)) = (&named, running.first()) {
        domain::aliases(draft, named, &workload.balancer);
    }
    alarms::build(draft, topic.as_ref(), &running);
    dashboards::build(draft, &running);
    audit::build(draft, network.as_ref());
    resources::build(draft);
    deployer::build(draft, &state, &running);
}

/// Two resources of a kind with the same key would be one in AWS, each run undoing the other.
fn check_keys(draft: &mut Draft<'_>) {
    let mut seen: BTreeMap<(&str, String), String> = BTreeMap::new();
    let mut doubles = Vec::new();
    for resource in draft.resources.iter() {
        let key = resource
            .kind
            .key(&resource.spec)
            .or_else(|| resource.spec.get("name")?.as_str().map(str::to_owned));
        let Some(key) = key else { continue };
        let kind = resource.kind.type_name();
        match seen.get(&(kind, key.clone())) {
            Some(first) => doubles.push((resource.origin.clone(), kind, key, first.clone())),
            None => {
                seen.insert((kind, key), resource.origin.clone());
            }
        }
    }
    for (origin, kind, key, first) in doubles {
        draft.refuse(
            Code::NameTwice,
            &origin,
            format!("`{first}` asks for a {kind} called `{key}` too"),
            "give one of the two another name",
        );
    }
}

/// A reference to nothing and a circle are found here, before anything is asked of AWS.
fn check_graph(draft: &mut Draft<'_>) {
    let error = match Graph::of(&draft.resources).map(|graph| graph.order()) {
        Ok(Ok(_)) => return,
        Ok(Err(error)) | Err(error) => error,
    };
    let origin = match &error {
        GraphError::Missing { from, .. } => draft.resources.get(from),
        GraphError::Cycle(round) => round.first().and_then(|one| draft.resources.get(one)),
    }
    .map(|resource| resource.origin.clone())
    .unwrap_or_default();
    draft.refuse(
        Code::Unbuildable,
        &origin,
        error.to_string(),
        "add what is missing to the file, or take the reference out",
    );
}

#[cfg(test)]
pub(crate) mod tests;
