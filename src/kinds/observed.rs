//! What is asked when a stack's resources are looked for, and what is found.

use std::collections::BTreeMap;

use crate::aws::Reads;
use crate::reference::Address;
use crate::scope::{Scope, Tags};

use super::Progress;

/// The values that a resource gives to others, by name: `id`, `arn`, `dns_name`. Every kind
/// gives `id`, the identifier by which AWS changes and removes the resource.
pub type Outputs = BTreeMap<String, String>;

/// Outputs from pairs.
pub fn outputs<const N: usize>(pairs: [(&str, &str); N]) -> Outputs {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A resource as AWS has it.
#[derive(Clone, Debug)]
pub struct Found<S> {
    /// From the tag `codedetect:address`, where the type has tags and they were read.
    pub address: Option<Address>,
    /// The natural key (see [`super::Kind::key`]) of a kind that is not known by its tags.
    pub key: Option<String>,
    /// AWS's state in the terms of the specification, normalised as the wanted one is.
    pub spec: S,
    /// All tags that were read, ours included; empty for a kind without compared tags.
    pub tags: Tags,
    /// What others may refer to; always has `id`.
    pub outputs: Outputs,
    /// Whether AWS has finished with it.
    pub progress: Progress,
}

impl<S> Found<S> {
    /// The identifier by which AWS changes and removes the resource.
    pub fn id(&self) -> &str {
        self.outputs.get("id").map_or("", String::as_str)
    }

    /// The output of that name, or an empty string.
    pub fn output(&self, name: &str) -> &str {
        self.outputs.get(name).map_or("", String::as_str)
    }
}

/// A resource that the stack wants, as `list` sees it: references may be unknown still.
#[derive(Clone, Debug)]
pub struct Wanted<S> {
    /// Where it stands in the stack.
    pub address: Address,
    /// What it should be.
    pub spec: S,
}

/// What `list` may know: whose resources to find, and by which keys.
pub struct Survey<'a, S> {
    /// The stack.
    pub scope: &'a Scope,
    /// Reads shared by several kinds in one discovery (one `DescribeLoadBalancers` serves the
    /// load balancer and its listeners).
    pub reads: &'a Reads,
    /// The wanted resources of this kind.
    pub wanted: Vec<Wanted<S>>,
    /// Natural keys that earlier runs made, by address, for kinds without tags.
    pub manifest: Vec<(Address, String)>,
}

impl<S> Survey<'_, S> {
    /// The address under which an earlier run made what has this key.
    pub fn made_as(&self, key: &str) -> Option<Address> {
        self.manifest
            .iter()
            .find(|(_, known)| known == key)
            .map(|(address, _)| address.clone())
    }
}
