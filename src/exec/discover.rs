//! Asking AWS what exists: every kind at once, one batched list each.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::future::join_all;

use crate::aws::{AwsError, Cloud, Reads};
use crate::event::{Event, Events};
use crate::kinds::{self, AnyKind, Survey, Wanted};
use crate::plan::Observed;
use crate::reference::Address;
use crate::resource::Resources;
use crate::scope::Scope;

/// What was found, and what it took.
#[derive(Debug)]
pub struct Discovery {
    /// All of the stack's resources, and those it only uses.
    pub observed: Vec<Observed>,
    /// Calls made.
    pub calls: usize,
    /// Wall time.
    pub took: Duration,
}

/// Why nothing can be planned: what exists is not known.
#[derive(Debug, thiserror::Error)]
#[error("{} of AWS's answers are missing, so what exists is not known: {}", .0.len(), first(.0))]
pub struct DiscoverError(pub Vec<(&'static str, AwsError)>);

fn first(errors: &[(&'static str, AwsError)]) -> String {
    errors
        .first()
        .map_or_else(String::new, |(kind, error)| format!("{kind}: {error}"))
}

/// Lists every registered kind. `manifest` holds (kind, address, key) of what earlier runs
/// made of the kinds without tags.
pub async fn discover(
    cloud: &Cloud,
    scope: &Scope,
    wanted: &Resources,
    manifest: &[(String, Address, String)],
    events: &dyn Events,
) -> Result<Discovery, DiscoverError> {
    let started = Instant::now();
    let calls_before = cloud.meter().calls().len();
    events.emit(Event::Discovering {
        kinds: kinds::ALL.len(),
    });
    let reads = Reads::default();
    let mut by_kind: BTreeMap<&str, Vec<Wanted<serde_json::Value>>> = BTreeMap::new();
    for resource in wanted.iter() {
        by_kind
            .entry(resource.kind.type_name())
            .or_default()
            .push(Wanted {
                address: resource.address.clone(),
                spec: resource.spec.clone(),
            });
    }
    let lists = kinds::ALL.iter().map(|kind| {
        let name = kind.type_name();
        let survey = Survey {
            scope,
            reads: &reads,
            wanted: by_kind.remove(name).unwrap_or_default(),
            manifest: manifest
                .iter()
                .filter(|(of, _, _)| of == name)
                .map(|(_, address, key)| (address.clone(), key.clone()))
                .collect(),
        };
        list(*kind, cloud, survey)
    });
    let mut observed = Vec::new();
    let mut errors = Vec::new();
    for (kind, answer) in join_all(lists).await {
        match answer {
            Ok(found) => observed.extend(found.into_iter().map(|found| Observed { kind, found })),
            Err(error) => errors.push((kind.type_name(), error)),
        }
    }
    if !errors.is_empty() {
        return Err(DiscoverError(errors));
    }
    let discovery = Discovery {
        observed,
        calls: cloud.meter().calls().len() - calls_before,
        took: started.elapsed(),
    };
    events.emit(Event::Discovered {
        resources: discovery.observed.len(),
        calls: discovery.calls,
        took: discovery.took,
    });
    Ok(discovery)
}

async fn list(
    kind: &'static dyn AnyKind,
    cloud: &Cloud,
    survey: Survey<'_, serde_json::Value>,
) -> (&'static dyn AnyKind, Result<Vec<kinds::AnyFound>, AwsError>) {
    (kind, kind.list(cloud, survey).await)
}
