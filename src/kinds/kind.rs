//! What an AWS resource type must say and do.
//!
//! A kind is one file: a typed specification, the rules of its fields, and the calls that
//! read, make, change and remove it. The engine never sees the types: [`super::Registered`]
//! wraps a [`Kind`] as an [`super::AnyKind`].

use std::fmt::Debug;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{After, Changes, Field, Found, Outputs, Progress, Samples, Survey, Wait};
use crate::aws::{AwsError, Cloud, Patience, Secrets};
use crate::reference::Address;
use crate::scope::{Scope, Tags};

/// How a kind's tags can be handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// Written in the create call, read back by `list`, compared and repaired.
    Compared,
    /// Written in the create call; AWS reads them back only one resource a call, so they are
    /// not compared, and `drift` says so. The resource is known by its deterministic name.
    WriteOnly,
    /// The type has no tags; the resource is known by its natural key.
    None,
}

/// Which of the two comes first when a resource is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplaceOrder {
    /// The new one first: its name differs from the old one's by the hash of the fields that
    /// force replacement.
    CreateFirst,
    /// The old one first, because both cannot stand at once.
    DeleteFirst,
}

/// A part of the monthly price: so many units of an item of the price table.
#[derive(Clone, Debug, PartialEq)]
pub struct Charge {
    /// Key in the price table, such as `ec2.t3.small`.
    pub item: String,
    /// Units a month.
    pub quantity: f64,
}

/// A specification: typed here, serialised for the engine.
pub trait Spec:
    Serialize + DeserializeOwned + JsonSchema + Clone + Debug + PartialEq + Send + Sync + 'static
{
}

impl<T> Spec for T where
    T: Serialize
        + DeserializeOwned
        + JsonSchema
        + Clone
        + Debug
        + PartialEq
        + Send
        + Sync
        + 'static
{
}

/// What a call that makes or changes a resource is given.
pub struct Making<'a> {
    /// Where calls go.
    pub cloud: &'a Cloud,
    /// The stack.
    pub scope: &'a Scope,
    /// The resource.
    pub address: &'a Address,
    /// Every tag the resource must carry, those of the stack included.
    pub tags: &'a Tags,
    /// Idempotency token: 32 hexadecimal digits, the same when a run is taken up again.
    pub token: &'a str,
    /// Where secret values come from.
    pub secrets: &'a dyn Secrets,
    /// For calls that must wait until AWS shows what it has accepted.
    pub patience: Patience<'a>,
}

/// An AWS resource type.
///
/// Optional fields of a specification must not be skipped when absent: both sides of a diff
/// have the same shape. Sets are `BTreeSet`s, so order never differs.
///
/// Its futures are boxed: the compiler copies others into each place that awaits them, and a
/// change of one kind would then compile all of them again.
#[async_trait]
pub trait Kind: Sized + Send + Sync + 'static {
    /// What is wanted, complete: no field means "don't care".
    type Spec: Spec;

    /// Service and type in AWS's words: `ec2:vpc`.
    const TYPE: &'static str;
    /// The rules of fields that differ from "in place, owned by the file".
    const FIELDS: &'static [Field] = &[];
    /// How tags are handled.
    const TAGGING: Tagging = Tagging::Compared;
    /// Which comes first in a replacement.
    const REPLACE: ReplaceOrder = ReplaceOrder::DeleteFirst;
    /// Whether it holds data that only `--delete-data` may remove.
    const PROTECTED: bool = false;

    /// The natural key of a resource that is known by it instead of by its tags; nothing
    /// while a part of it is unknown.
    fn key(_spec: &Self::Spec) -> Option<String> {
        None
    }

    /// Outputs that can be computed before the resource exists (an ARN from its name).
    fn predict(_scope: &Scope, _spec: &Self::Spec) -> Outputs {
        Outputs::new()
    }

    /// What it costs a month.
    fn charges(_spec: &Self::Spec) -> Vec<Charge> {
        Vec::new()
    }

    /// All of the stack's resources of this kind, in as few calls as AWS allows.
    async fn list(
        cloud: &Cloud,
        survey: &Survey<'_, Self::Spec>,
    ) -> Result<Vec<Found<Self::Spec>>, AwsError>;

    /// Makes it, with its tags in the call where AWS allows that, and returns its outputs.
    /// Its own earlier, half-made self is success.
    async fn create(making: &Making<'_>, spec: &Self::Spec) -> Result<Outputs, AwsError>;

    /// Makes the changes in place. Tags are handled by [`Kind::retag`].
    async fn update(
        making: &Making<'_>,
        spec: &Self::Spec,
        found: &Found<Self::Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError>;

    /// Sets and removes tags. Never called for a kind without compared tags.
    async fn retag(
        _making: &Making<'_>,
        _found: &Found<Self::Spec>,
        _set: &Tags,
        _remove: &[String],
    ) -> Result<(), AwsError> {
        Ok(())
    }

    /// Removes it; gone already is success. Data is removed as well: the engine has asked.
    async fn delete(making: &Making<'_>, found: &Found<Self::Spec>) -> Result<(), AwsError>;

    /// What to wait for after a change.
    fn wait(_after: After) -> Option<Wait> {
        None
    }

    /// How far AWS is. Called only where [`Kind::wait`] declares a wait; `outputs` are those
    /// that `create` gave or `list` found.
    async fn poll(_cloud: &Cloud, _outputs: &Outputs) -> Result<Progress, AwsError> {
        Ok(Progress::Ready(Outputs::new()))
    }

    /// Specifications to test with.
    fn samples(scope: &Scope) -> Samples<Self::Spec>;
}
