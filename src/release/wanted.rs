//! What the file asks a workload to run, as `apply` leaves it for the next `deploy`.
//!
//! The release parameter of a colour is `deploy`'s, so that an `apply` changes nothing that runs. New variables, secrets, mounts
//! or another port go live with the next release: it takes all of them from here, and the image from the command line. What it
//! holds are references that have been filled in (the id of a file system, the name of a parameter), which only an `apply` knows.

use std::collections::BTreeMap;

use crate::exec::store::{Store, StoreError};
use crate::reference::{Address, OutputRef, Text, resolve};
use crate::resource::Resources;

fn key(workload: &str) -> String {
    format!("wanted/{workload}.json")
}

/// The release that the file asks for, with the outputs that `known` has; nothing while one is missing.
pub fn release(
    resources: &Resources,
    workload: &str,
    known: &BTreeMap<Address, BTreeMap<String, String>>,
) -> Option<String> {
    let prefix = format!("workloads.{workload}.release.");
    // All colours are made with the same.
    let of_a_colour = resources
        .iter()
        .find(|resource| resource.address.as_str().starts_with(&prefix))?;
    let lookup = |output: &OutputRef| known.get(&output.address)?.get(&output.output).cloned();
    let value = resolve(of_a_colour.spec.get("value")?, &lookup);
    serde_json::from_value::<Text>(value).ok()?.known()
}

/// Leaves it for the next release.
///
/// # Errors
/// The store does not answer.
pub async fn leave(store: &dyn Store, workload: &str, release: &str) -> Result<(), StoreError> {
    let key = key(workload);
    let before = store.get(&key).await?;
    if before.is_some_and(|before| before.bytes == release.as_bytes()) {
        return Ok(());
    }
    store.put(&key, release.as_bytes()).await.map(drop)
}

/// What the last `apply` left; nothing where it was one of a version that left nothing.
///
/// # Errors
/// The store does not answer, or what was left is damaged.
pub async fn left(store: &dyn Store, workload: &str) -> Result<Option<String>, StoreError> {
    let key = key(workload);
    let Some(stored) = store.get(&key).await? else {
        return Ok(None);
    };
    String::from_utf8(stored.bytes)
        .map(Some)
        .map_err(|error| StoreError {
            doing: "reading",
            place: format!("{}{key}", store.place()),
            cause: format!("it is damaged ({error}); `apply` writes it anew"),
        })
}
