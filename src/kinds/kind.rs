//! What an AWS resource type must say and do, and its erasure for the engine.
//!
//! A kind is one file: a typed specification, the rules of its fields, and the calls that
//! read, make, change and remove it. The engine never sees the types: [`Registered`] wraps a
//! [`Kind`] as an [`AnyKind`] whose specifications are the serialised ones, so one diff, one
//! planner and one executor serve every kind.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;
use std::marker::PhantomData;
use std::time::Duration;

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::aws::{AwsError, Cloud, Patience, Reads, Secrets};
use crate::reference::{Address, Link, Text};
use crate::scope::{Scope, Tags};

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

/// What a change to a field does to the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// AWS changes it while the resource serves on.
    InPlace,
    /// AWS changes it, and says how service suffers meanwhile.
    Interrupts(&'static str),
    /// AWS cannot change it; says why a new resource is needed.
    Replace(&'static str),
}

/// Who decides the value of a field after the resource was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The stack file: `apply` closes any difference.
    File,
    /// `deploy`: images and launch-template versions in use.
    Deploy,
    /// `switch`: listener weights.
    Switch,
    /// Auto Scaling: desired capacity.
    Autoscaling,
}

/// The rule of one field. Fields without a rule change in place and belong to the file.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// JSON pointer into the serialised specification; rules the whole subtree.
    pub path: &'static str,
    /// What a change does.
    pub effect: Effect,
    /// Who may make it.
    pub owner: Owner,
}

impl Field {
    /// A field whose change needs a new resource, and why.
    pub const fn replace(path: &'static str, why: &'static str) -> Self {
        Self {
            path,
            effect: Effect::Replace(why),
            owner: Owner::File,
        }
    }

    /// A field whose change hurts service for a while, and how.
    pub const fn interrupts(path: &'static str, how: &'static str) -> Self {
        Self {
            path,
            effect: Effect::Interrupts(how),
            owner: Owner::File,
        }
    }

    /// A field which the file only starts; another verb or AWS moves it afterwards.
    pub const fn owned(path: &'static str, owner: Owner) -> Self {
        Self {
            path,
            effect: Effect::InPlace,
            owner,
        }
    }
}

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

/// How far AWS is with a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Usable; more outputs may be known now.
    Ready(Outputs),
    /// AWS works on it; its own word for the state, and reason where it gives one.
    Pending(String),
    /// It will never be usable; AWS's own reason.
    Failed(String),
    /// It does not exist (any more).
    Gone,
}

/// A wait for AWS, declared rather than coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What is waited for, as it reads after "waiting for": "the load balancer to be active".
    pub until: &'static str,
    /// Time between two looks; jitter is added.
    pub every: Duration,
    /// How long it usually takes.
    pub usually: Duration,
    /// When to give up, as AWS documents it.
    pub deadline: Duration,
}

/// After which change a wait follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The resource was made.
    Create,
    /// The resource was changed.
    Update,
    /// The resource was removed.
    Delete,
}

/// A resource as AWS has it.
#[derive(Clone, Debug)]
pub struct Found<S> {
    /// From the tag `codedetect:address`, where the type has tags and they were read.
    pub address: Option<Address>,
    /// The natural key (see [`Kind::key`]) of a kind that is not known by its tags.
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

/// One field that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// JSON pointer into the serialised specification.
    pub path: String,
    /// What AWS has.
    pub before: Value,
    /// What is wanted.
    pub after: Value,
}

/// The changes that an update must make.
#[derive(Clone, Debug, Default)]
pub struct Changes(pub Vec<Change>);

impl Changes {
    /// Whether the field at `path`, or one below or above it, differs.
    pub fn touch(&self, path: &str) -> bool {
        self.0
            .iter()
            .any(|change| under(&change.path, path) || under(path, &change.path))
    }
}

fn under(path: &str, root: &str) -> bool {
    path.strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

/// An AWS resource type.
///
/// Optional fields of a specification must not be skipped when absent: both sides of a diff
/// have the same shape. Sets are `BTreeSet`s, so order never differs.
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
    fn list(
        cloud: &Cloud,
        survey: &Survey<'_, Self::Spec>,
    ) -> impl Future<Output = Result<Vec<Found<Self::Spec>>, AwsError>> + Send;

    /// Makes it, with its tags in the call where AWS allows that, and returns its outputs.
    /// Its own earlier, half-made self is success.
    fn create(
        making: &Making<'_>,
        spec: &Self::Spec,
    ) -> impl Future<Output = Result<Outputs, AwsError>> + Send;

    /// Makes the changes in place. Tags are handled by [`Kind::retag`].
    fn update(
        making: &Making<'_>,
        spec: &Self::Spec,
        found: &Found<Self::Spec>,
        changes: &Changes,
    ) -> impl Future<Output = Result<(), AwsError>> + Send;

    /// Sets and removes tags. Never called for a kind without compared tags.
    fn retag(
        _making: &Making<'_>,
        _found: &Found<Self::Spec>,
        _set: &Tags,
        _remove: &[String],
    ) -> impl Future<Output = Result<(), AwsError>> + Send {
        async { Ok(()) }
    }

    /// Removes it; gone already is success. Data is removed as well: the engine has asked.
    fn delete(
        making: &Making<'_>,
        found: &Found<Self::Spec>,
    ) -> impl Future<Output = Result<(), AwsError>> + Send;

    /// What to wait for after a change.
    fn wait(_after: After) -> Option<Wait> {
        None
    }

    /// How far AWS is. Called only where [`Kind::wait`] declares a wait; `outputs` are those
    /// that `create` gave or `list` found.
    fn poll(
        _cloud: &Cloud,
        _outputs: &Outputs,
    ) -> impl Future<Output = Result<Progress, AwsError>> + Send {
        async { Ok(Progress::Ready(Outputs::new())) }
    }

    /// Specifications to test with.
    fn samples(scope: &Scope) -> Samples<Self::Spec>;
}

/// What the contract test of a kind makes, changes and removes.
///
/// The sample stands at [`sample_address`]; it may refer to the samples of other kinds by
/// [`sample`] and [`sample_output`], which the test then makes first.
#[derive(Clone, Debug)]
pub struct Samples<S> {
    /// A complete specification.
    pub sample: S,
    /// One that differs from it in every field that can change in place.
    pub changed: S,
    /// Further resources that the sample refers to, where another kind's sample is not enough
    /// (a second subnet in a second zone).
    pub beside: Vec<Beside>,
}

/// A resource that a sample needs beside it.
#[derive(Clone)]
pub struct Beside {
    /// Where it stands, below `sample`.
    pub address: Address,
    /// Its kind.
    pub kind: &'static dyn AnyKind,
    /// Its serialised specification.
    pub spec: Value,
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.address, self.kind.type_name())
    }
}

impl Beside {
    /// A resource of kind `K` at `sample.<name>`.
    pub fn new<K: Kind>(name: &str, spec: &K::Spec) -> Self {
        Self {
            address: Address::new(format!("sample.{name}")),
            kind: &const { Registered::<K>::NEW },
            spec: serde_json::to_value(spec).unwrap_or_default(),
        }
    }

    /// Its id, for the sample to refer to.
    pub fn link<K: Kind>(&self) -> Link<K> {
        link(&self.address)
    }
}

/// Where the sample of a type stands: `sample.ec2-vpc` for `ec2:vpc`.
pub fn sample_address(type_name: &str) -> Address {
    Address::new(format!("sample.{}", type_name.replace(':', "-")))
}

/// The id of the sample of kind `K`.
pub fn sample<K: Kind>() -> Link<K> {
    link(&sample_address(K::TYPE))
}

/// An output of the sample of kind `K`.
pub fn sample_output<K: Kind>(output: &str) -> Text {
    Text::output(&sample_address(K::TYPE), output)
}

/// The id of a resource of kind `K` at `address`.
pub fn link<K>(address: &Address) -> Link<K> {
    Link::from_text(Text::output(address, "id"))
}

/// [`Found`], erased.
pub type AnyFound = Found<Value>;

/// A wanted resource, erased.
pub type AnyWanted = Wanted<Value>;

/// [`Survey`], erased.
pub type AnySurvey<'a> = Survey<'a, Value>;

/// A [`Kind`] whose specifications are serialised.
#[async_trait]
#[allow(
    missing_docs,
    reason = "each mirrors the item of the same name in `Kind`"
)]
pub trait AnyKind: Send + Sync {
    fn type_name(&self) -> &'static str;
    fn fields(&self) -> &'static [Field];
    fn tagging(&self) -> Tagging;
    fn replace_order(&self) -> ReplaceOrder;
    fn protected(&self) -> bool;
    fn schema(&self) -> Value;
    /// The specification as the kind itself would write it: sets sorted, defaults absent.
    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error>;
    fn key(&self, spec: &Value) -> Option<String>;
    fn predict(&self, scope: &Scope, spec: &Value) -> Outputs;
    fn charges(&self, spec: &Value) -> Vec<Charge>;
    fn wait(&self, after: After) -> Option<Wait>;
    fn samples(&self, scope: &Scope) -> Result<Samples<Value>, serde_json::Error>;
    async fn list(&self, cloud: &Cloud, survey: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError>;
    async fn create(&self, making: &Making<'_>, spec: &Value) -> Result<Outputs, AwsError>;
    async fn update(
        &self,
        making: &Making<'_>,
        spec: &Value,
        found: &AnyFound,
        changes: &Changes,
    ) -> Result<(), AwsError>;
    async fn retag(
        &self,
        making: &Making<'_>,
        found: &AnyFound,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError>;
    async fn delete(&self, making: &Making<'_>, found: &AnyFound) -> Result<(), AwsError>;
    async fn poll(&self, cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError>;
}

/// The erasure of `K`.
pub struct Registered<K>(PhantomData<fn() -> K>);

impl<K> Registered<K> {
    /// The erasure, as a constant.
    pub const NEW: Self = Self(PhantomData);
}

impl<K: Kind> Registered<K> {
    fn typed(spec: &Value) -> Result<K::Spec, AwsError> {
        serde_json::from_value(spec.clone()).map_err(|e| AwsError::malformed(K::TYPE, &e))
    }

    fn found(found: &AnyFound) -> Result<Found<K::Spec>, AwsError> {
        Ok(Found {
            address: found.address.clone(),
            key: found.key.clone(),
            spec: Self::typed(&found.spec)?,
            tags: found.tags.clone(),
            outputs: found.outputs.clone(),
            progress: found.progress.clone(),
        })
    }
}

#[async_trait]
impl<K: Kind> AnyKind for Registered<K> {
    fn type_name(&self) -> &'static str {
        K::TYPE
    }

    fn fields(&self) -> &'static [Field] {
        K::FIELDS
    }

    fn tagging(&self) -> Tagging {
        K::TAGGING
    }

    fn replace_order(&self) -> ReplaceOrder {
        K::REPLACE
    }

    fn protected(&self) -> bool {
        K::PROTECTED
    }

    fn schema(&self) -> Value {
        schemars::schema_for!(K::Spec).to_value()
    }

    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error> {
        serde_json::to_value(serde_json::from_value::<K::Spec>(spec.clone())?)
    }

    fn key(&self, spec: &Value) -> Option<String> {
        Self::typed(spec).ok().and_then(|spec| K::key(&spec))
    }

    fn predict(&self, scope: &Scope, spec: &Value) -> Outputs {
        Self::typed(spec).map_or_else(|_| Outputs::new(), |spec| K::predict(scope, &spec))
    }

    fn charges(&self, spec: &Value) -> Vec<Charge> {
        Self::typed(spec).map_or_else(|_| Vec::new(), |spec| K::charges(&spec))
    }

    fn wait(&self, after: After) -> Option<Wait> {
        K::wait(after)
    }

    fn samples(&self, scope: &Scope) -> Result<Samples<Value>, serde_json::Error> {
        let typed = K::samples(scope);
        Ok(Samples {
            sample: serde_json::to_value(typed.sample)?,
            changed: serde_json::to_value(typed.changed)?,
            beside: typed.beside,
        })
    }

    async fn list(&self, cloud: &Cloud, survey: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError> {
        let wanted = survey
            .wanted
            .iter()
            .map(|wanted| {
                Ok(Wanted {
                    address: wanted.address.clone(),
                    spec: Self::typed(&wanted.spec)?,
                })
            })
            .collect::<Result<_, AwsError>>()?;
        let typed = Survey {
            scope: survey.scope,
            reads: survey.reads,
            wanted,
            manifest: survey.manifest,
        };
        K::list(cloud, &typed)
            .await?
            .into_iter()
            .map(|found| {
                Ok(Found {
                    spec: serde_json::to_value(&found.spec)
                        .map_err(|e| AwsError::malformed(K::TYPE, &e))?,
                    address: found.address,
                    key: found.key,
                    tags: found.tags,
                    outputs: found.outputs,
                    progress: found.progress,
                })
            })
            .collect()
    }

    async fn create(&self, making: &Making<'_>, spec: &Value) -> Result<Outputs, AwsError> {
        K::create(making, &Self::typed(spec)?).await
    }

    async fn update(
        &self,
        making: &Making<'_>,
        spec: &Value,
        found: &AnyFound,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        K::update(making, &Self::typed(spec)?, &Self::found(found)?, changes).await
    }

    async fn retag(
        &self,
        making: &Making<'_>,
        found: &AnyFound,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        K::retag(making, &Self::found(found)?, set, remove).await
    }

    async fn delete(&self, making: &Making<'_>, found: &AnyFound) -> Result<(), AwsError> {
        K::delete(making, &Self::found(found)?).await
    }

    async fn poll(&self, cloud: &Cloud, outputs: &Outputs) -> Result<Progress, AwsError> {
        K::poll(cloud, outputs).await
    }
}
