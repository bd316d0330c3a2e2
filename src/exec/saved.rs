//! A plan in a file: what it was made from, so that it is carried out as it was read, or
//! refused with what moved since.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kinds;
use crate::plan::{Moved, Snapshot};
use crate::reference::Address;
use crate::resource::{Resource, Resources};
use crate::scope::{Scope, Tags};

/// The version of the file's form.
const VERSION: u32 = 1;

/// A saved plan. The steps are not in it: they follow from `resources` and what is observed,
/// and what is observed must be what `observed` says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    /// [`VERSION`]; also marks the file as a plan.
    pub codedetect_plan: u32,
    /// The stack file's path, as it was given.
    pub file: String,
    /// SHA-256 of the stack file's text.
    pub file_hash: String,
    /// The environment laid over it.
    pub environment: Option<String>,
    /// The values set over it.
    pub sets: Vec<String>,
    /// Whose resources.
    pub scope: Scope,
    /// The endpoint the plan was made against, where it was not AWS's own.
    pub endpoint: Option<String>,
    /// What is wanted, with account, zones and image pinned.
    resources: Vec<SavedResource>,
    /// What AWS had.
    pub observed: Snapshot,
    /// SHA-256 of `observed`.
    pub observed_hash: String,
    /// Protected resources whose data may go.
    pub delete_data: BTreeSet<Address>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct SavedResource {
    address: Address,
    kind: String,
    spec: Value,
    tags: Tags,
    after: BTreeSet<Address>,
    origin: String,
}

/// Why a saved plan is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// The file is no plan, or not one of this version.
    #[error("{0} is not a plan that this version can read: {1}")]
    Unreadable(String, String),
    /// A kind that this version does not have.
    #[error("the plan wants a {0}, which this version does not know")]
    UnknownKind(String),
    /// The stack file is not as it was.
    #[error("{0} has changed since the plan was made; plan again")]
    FileMoved(String),
    /// AWS is not as it was.
    #[error("AWS has changed since the plan was made:\n{}", show(.0))]
    WorldMoved(Vec<Moved>),
}

fn show(moved: &[Moved]) -> String {
    let lines: Vec<String> = moved
        .iter()
        .map(|one| format!("  {} {}", one.what, one.how))
        .collect();
    lines.join("\n")
}

/// SHA-256 of a text, as `sha256sum` prints it.
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// What a plan was made from.
pub struct MadeFrom<'a> {
    /// The stack file's path, as it was given.
    pub file: &'a str,
    /// The stack file's text.
    pub text: &'a str,
    /// The environment laid over it.
    pub environment: Option<&'a str>,
    /// The values set over it.
    pub sets: &'a [String],
    /// Whose resources.
    pub scope: &'a Scope,
    /// The endpoint, where it is not AWS's own.
    pub endpoint: Option<&'a str>,
    /// What is wanted.
    pub resources: &'a Resources,
    /// What AWS has.
    pub observed: Snapshot,
    /// Protected resources whose data may go.
    pub delete_data: &'a BTreeSet<Address>,
}

impl Saved {
    /// A plan to save.
    pub fn of(from: MadeFrom<'_>) -> Self {
        Self {
            codedetect_plan: VERSION,
            file: from.file.to_owned(),
            file_hash: hash(from.text),
            environment: from.environment.map(str::to_owned),
            sets: from.sets.to_vec(),
            scope: from.scope.clone(),
            endpoint: from.endpoint.map(str::to_owned),
            resources: from
                .resources
                .iter()
                .map(|resource| SavedResource {
                    address: resource.address.clone(),
                    kind: resource.kind.type_name().to_owned(),
                    spec: resource.spec.clone(),
                    tags: resource.tags.clone(),
                    after: resource.after.clone(),
                    origin: resource.origin.clone(),
                })
                .collect(),
            observed_hash: from.observed.fingerprint(),
            observed: from.observed,
            delete_data: from.delete_data.clone(),
        }
    }

    /// A plan from the bytes of the file called `name`.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, SavedError> {
        let saved: Self = serde_json::from_slice(bytes)
            .map_err(|error| SavedError::Unreadable(name.to_owned(), error.to_string()))?;
        if saved.codedetect_plan == VERSION {
            Ok(saved)
        } else {
            Err(SavedError::Unreadable(
                name.to_owned(),
                format!("its version is {}, not {VERSION}", saved.codedetect_plan),
            ))
        }
    }

    /// What is wanted.
    pub fn resources(&self) -> Result<Resources, SavedError> {
        let mut resources = Resources::default();
        for saved in &self.resources {
            let kind = kinds::by_type(&saved.kind)
                .ok_or_else(|| SavedError::UnknownKind(saved.kind.clone()))?;
            resources.insert(Resource {
                address: saved.address.clone(),
                kind,
                spec: saved.spec.clone(),
                tags: saved.tags.clone(),
                after: saved.after.clone(),
                origin: saved.origin.clone(),
            });
        }
        Ok(resources)
    }

    /// Refuses if the stack file's text is not what the plan was made from.
    pub fn check_file(&self, text: &str) -> Result<(), SavedError> {
        if hash(text) == self.file_hash {
            Ok(())
        } else {
            Err(SavedError::FileMoved(self.file.clone()))
        }
    }

    /// Refuses if AWS is not what the plan was made for, saying what moved.
    pub fn check_world(&self, now: &Snapshot) -> Result<(), SavedError> {
        let moved = self.observed.moved(now);
        if moved.is_empty() {
            Ok(())
        } else {
            Err(SavedError::WorldMoved(moved))
        }
    }
}
