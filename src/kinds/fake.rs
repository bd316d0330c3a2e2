//! A kind of no service and the world it stands in, for tests of the planner and the walk.
//!
//! A specification is any JSON object. What its fields mean is [`FIELDS`]; `key` is the natural
//! key of a keyed kind, and a `name` gives the output `arn` ahead of its making.

mod world;

use std::collections::VecDeque;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{
    After, AnyFound, AnyKind, AnySurvey, Changes, Charge, Field, Making, Outputs, Owner, Progress,
    ReplaceOrder, Samples, Tagging, Wait, outputs,
};
use crate::aws::{AwsError, Cloud};
use crate::reference::{Address, Text};
use crate::resource::{Resource, Resources};
use crate::scope::{Scope, Tags};

use world::leave;
pub use world::{Script, World};

/// The rules of a fake's fields; all others change in place and belong to the file.
pub const FIELDS: &[Field] = &[
    Field::replace("/shape", "a shape is for good"),
    Field::replace("/within", "it cannot be moved"),
    Field::interrupts("/engine", "it restarts"),
    Field::owned("/weights", Owner::Switch),
    Field::owned("/image", Owner::Deploy),
    Field::owned("/capacity", Owner::Autoscaling),
];

/// A kind of a [`World`].
pub struct Fake {
    world: World,
    name: &'static str,
    tagging: Tagging,
    order: ReplaceOrder,
    protected: bool,
    keyed: bool,
    wait: Option<Wait>,
}

impl Fake {
    /// One whose new self is made before the old one goes.
    pub fn create_first(mut self) -> Self {
        self.order = ReplaceOrder::CreateFirst;
        self
    }

    /// One that holds data.
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// One without tags, known by its `key`.
    pub fn keyed(mut self) -> Self {
        self.keyed = true;
        self.tagging = Tagging::None;
        self
    }

    /// One whose tags are written and not read.
    pub fn write_only(mut self) -> Self {
        self.tagging = Tagging::WriteOnly;
        self
    }

    /// One that is waited for: it usually takes `usually`, and is given up after `deadline`.
    pub fn waits(mut self, usually: Duration, deadline: Duration) -> Self {
        self.wait = Some(Wait {
            until: "the thing to be usable",
            every: Duration::from_secs(2),
            usually,
            deadline,
        });
        self
    }

    /// The kind as the engine wants it, for as long as the test process lives.
    pub fn leak(self) -> &'static Self {
        Box::leak(Box::new(self))
    }
}

#[async_trait]
impl AnyKind for Fake {
    fn type_name(&self) -> &'static str {
        self.name
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn tagging(&self) -> Tagging {
        self.tagging
    }

    fn replace_order(&self) -> ReplaceOrder {
        self.order
    }

    fn protected(&self) -> bool {
        self.protected
    }

    fn schema(&self) -> Value {
        Value::Bool(true)
    }

    fn normalise(&self, spec: &Value) -> Result<Value, serde_json::Error> {
        serde_json::from_value::<serde_json::Map<_, _>>(spec.clone()).map(Value::Object)
    }

    fn key(&self, spec: &Value) -> Option<String> {
        let key = spec.get("key").filter(|_| self.keyed)?;
        key.as_str().map(str::to_owned)
    }

    fn predict(&self, _: &Scope, spec: &Value) -> Outputs {
        let name = spec.get("name").and_then(Value::as_str);
        name.map_or_else(Outputs::new, |name| {
            outputs([("arn", &format!("arn:aws:fake:::{name}"))])
        })
    }

    fn charges(&self, _: &Value) -> Vec<Charge> {
        Vec::new()
    }

    fn wait(&self, _: After) -> Option<Wait> {
        self.wait
    }

    fn samples(&self, _: &Scope) -> Result<Samples<Value>, serde_json::Error> {
        Ok(Samples {
            sample: json!({}),
            changed: json!({}),
            beside: Vec::new(),
        })
    }

    async fn list(&self, _: &Cloud, _: AnySurvey<'_>) -> Result<Vec<AnyFound>, AwsError> {
        let mine = self.world.observed().into_iter();
        Ok(mine
            .filter(|one| one.kind.type_name() == self.name)
            .map(|one| one.found)
            .collect())
    }

    async fn create(&self, making: &Making<'_>, spec: &Value) -> Result<Outputs, AwsError> {
        let script = self.world.enter("create", making, spec).await?;
        let known = self.world.state().by_token.get(making.token).cloned();
        let id = match known {
            Some(id) => id,
            None => {
                // A kind is leaked once and copied never: the copy is as good as the original.
                let kind = Fake {
                    world: self.world.clone(),
                    ..*self
                };
                let id = self
                    .world
                    .put(kind.leak(), making.address, spec.clone(), making.tags);
                let token = making.token.to_owned();
                self.world.state().by_token.insert(token, id.clone());
                id
            }
        };
        leave(script).await;
        let mut given = self.predict(making.scope, spec);
        given.extend(outputs([("id", &id)]));
        Ok(given)
    }

    async fn update(
        &self,
        making: &Making<'_>,
        spec: &Value,
        found: &AnyFound,
        _: &Changes,
    ) -> Result<(), AwsError> {
        let script = self.world.enter("update", making, spec).await?;
        self.world
            .touch(found.id(), |found| found.spec = spec.clone());
        leave(script).await;
        Ok(())
    }

    async fn retag(
        &self,
        making: &Making<'_>,
        found: &AnyFound,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        let sent = json!({ "set": set, "remove": remove });
        let script = self.world.enter("retag", making, &sent).await?;
        self.world.touch(found.id(), |found| {
            found.tags.extend(set.clone());
            found.tags.retain(|key, _| !remove.contains(key));
        });
        leave(script).await;
        Ok(())
    }

    async fn delete(&self, making: &Making<'_>, found: &AnyFound) -> Result<(), AwsError> {
        let script = self.world.enter("delete", making, &Value::Null).await?;
        {
            let mut state = self.world.state();
            let holder = state.standing.iter().find(|(id, other)| {
                let bound = match (&other.found.spec, state.lenient) {
                    (spec, true) => spec.get("within").cloned().unwrap_or_default(),
                    (spec, false) => spec.clone(),
                };
                *id != found.id() && bound.to_string().contains(&format!("\"{}\"", found.id()))
            });
            if let Some((holder, _)) = holder {
                let text = format!("{holder} still refers to {}", found.id());
                let mut error = AwsError::unexpected("fake:Delete", text);
                error.code = "DependencyViolation".to_owned();
                return Err(error);
            }
            state.standing.remove(found.id());
        }
        leave(script).await;
        Ok(())
    }

    async fn poll(&self, _: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let mut state = self.world.state();
        let id = known.get("id").cloned().unwrap_or_default();
        let there = state.standing.contains_key(&id);
        if let Some(address) = state.address_of.get(&id).cloned() {
            *state.polls.entry(address.clone()).or_default() += 1;
            let queue = state.answers.get_mut(&address);
            if let Some(answer) = queue.and_then(VecDeque::pop_front) {
                return Ok(answer);
            }
        }
        Ok(match there {
            true => Progress::Ready(Outputs::new()),
            false => Progress::Gone,
        })
    }
}

/// Whose resources tests are about.
pub fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

/// A wanted resource.
pub fn resource(kind: &'static Fake, address: &str, spec: Value) -> Resource {
    Resource {
        address: Address::new(address),
        kind,
        spec,
        tags: Tags::new(),
        after: std::collections::BTreeSet::new(),
        origin: address.to_owned(),
    }
}

/// Several of them.
pub fn resources(all: impl IntoIterator<Item = Resource>) -> Resources {
    let mut resources = Resources::default();
    for one in all {
        resources.insert(one);
    }
    resources
}

/// The id of the resource at an address, for a specification.
pub fn id_of(address: &str) -> Value {
    output_of(address, "id")
}

/// Another output of it.
pub fn output_of(address: &str, output: &str) -> Value {
    serde_json::to_value(Text::output(&Address::new(address), output)).unwrap()
}
