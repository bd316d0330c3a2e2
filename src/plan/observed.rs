//! What was observed, its fingerprint, and what moved since.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::compare;
use crate::kinds::{AnyFound, AnyKind, Outputs, Progress};
use crate::reference::Address;

/// One observed resource with its kind.
#[derive(Clone)]
pub struct Observed {
    /// Its kind.
    pub kind: &'static dyn AnyKind,
    /// The resource.
    pub found: AnyFound,
}

impl std::fmt::Debug for Observed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.type_name(), self.found.id())
    }
}

/// Whether AWS gave a resource up: then the plan replaces it, although nothing in it differs.
const FAILED: &str = "failed";

/// What a saved plan remembers of AWS: enough to say later what moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot(BTreeMap<String, Value>);

/// Something that is not as it was when the plan was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Kind and identity of the resource.
    pub what: String,
    /// How it differs from what the plan was made for.
    pub how: String,
}

impl Snapshot {
    /// A snapshot of everything observed.
    pub fn of(observed: &[Observed]) -> Self {
        Self(
            observed
                .iter()
                .map(|one| {
                    let name = name(one.kind, &one.found.address, &one.found.outputs);
                    let mut state = serde_json::json!({
                        "spec": one.found.spec,
                        "tags": one.found.tags,
                    });
                    // Said only where it is so: what was saved before this was kept reads the same.
                    if matches!(one.found.progress, Progress::Failed(_)) {
                        state[FAILED] = true.into();
                    }
                    (name, state)
                })
                .collect(),
        )
    }

    /// The hash by which two snapshots are told apart, as `sha256sum` of the JSON gives it.
    pub fn fingerprint(&self) -> String {
        let json = serde_json::to_vec(&self.0).unwrap_or_default();
        hex::encode(Sha256::digest(json))
    }

    /// What differs in `now`.
    pub fn moved(&self, now: &Self) -> Vec<Moved> {
        let mut moved = Vec::new();
        for (what, before) in &self.0 {
            let Some(after) = now.0.get(what) else {
                moved.push(Moved {
                    what: what.clone(),
                    how: "is gone".to_owned(),
                });
                continue;
            };
            for difference in compare(&[], before, after) {
                let how = if difference.path.strip_prefix('/') != Some(FAILED) {
                    format!(
                        "{} was {} and is {}",
                        difference.path, difference.before, difference.after
                    )
                } else if difference.after.is_null() {
                    "had failed and has not any more".to_owned()
                } else {
                    "has failed: AWS gave it up".to_owned()
                };
                moved.push(Moved {
                    what: what.clone(),
                    how,
                });
            }
        }
        for what in now.0.keys().filter(|what| !self.0.contains_key(*what)) {
            moved.push(Moved {
                what: what.clone(),
                how: "is new".to_owned(),
            });
        }
        moved
    }
}

fn name(kind: &dyn AnyKind, address: &Option<Address>, outputs: &Outputs) -> String {
    let id = outputs.get("id").map_or("", String::as_str);
    match address {
        Some(address) => format!("{address} ({} {id})", kind.type_name()),
        None => format!("{} {id}", kind.type_name()),
    }
}
