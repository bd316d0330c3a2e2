//! The world that fakes stand in.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::{Fake, scope};
use crate::aws::AwsError;
use crate::kinds::{AnyFound, AnyKind, Making, Outputs, Progress, ReplaceOrder, Tagging, outputs};
use crate::plan::Observed;
use crate::reference::Address;
use crate::scope::{ADDRESS_TAG, Tags};

/// A call that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// `create`, `update`, `retag` or `delete`.
    pub verb: &'static str,
    /// On which resource.
    pub address: Address,
    /// With which token.
    pub token: String,
    /// What was sent.
    pub spec: Value,
}

/// What becomes of the calls of one verb on one address.
#[derive(Clone)]
pub enum Script {
    /// They fail without effect.
    Fail(AwsError),
    /// They take effect, and the answer never comes.
    Hang,
    /// They take this long.
    Take(Duration),
}

pub(super) struct Standing {
    pub(super) kind: &'static Fake,
    pub(super) found: AnyFound,
}

#[derive(Default)]
pub(super) struct State {
    made: usize,
    pub(super) standing: BTreeMap<String, Standing>,
    pub(super) by_token: BTreeMap<String, String>,
    pub(super) address_of: BTreeMap<String, Address>,
    calls: Vec<Call>,
    scripts: BTreeMap<(&'static str, Address), Script>,
    pub(super) answers: BTreeMap<Address, VecDeque<Progress>>,
    pub(super) polls: BTreeMap<Address, usize>,
    pub(super) lenient: bool,
}

/// What stands, what was called, and what is to happen to calls.
#[derive(Clone, Default)]
pub struct World(Arc<Mutex<State>>);

impl World {
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A kind of this world that is known by its tags and removed before it is made anew.
    pub fn kind(&self, name: &'static str) -> Fake {
        Fake {
            world: self.clone(),
            name,
            tagging: Tagging::Compared,
            order: ReplaceOrder::DeleteFirst,
            protected: false,
            keyed: false,
            wait: None,
        }
    }

    /// Lets a thing go although others that could be changed in place still refer to it.
    pub fn lenient(&self, lenient: bool) {
        self.state().lenient = lenient;
    }

    /// Scripts the calls of `verb` on `address`.
    pub fn script(&self, verb: &'static str, address: &str, script: Script) {
        let key = (verb, Address::new(address));
        self.state().scripts.insert(key, script);
    }

    /// Takes a script back.
    pub fn relent(&self, verb: &'static str, address: &str) {
        self.state().scripts.remove(&(verb, Address::new(address)));
    }

    /// The next answers to those who wait for the resource at `address`.
    pub fn answer(&self, address: &str, answers: impl IntoIterator<Item = Progress>) {
        let mut state = self.state();
        let queue = state.answers.entry(Address::new(address)).or_default();
        queue.extend(answers);
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The calls so far, as `create a`.
    pub fn said(&self) -> Vec<String> {
        let calls = self.calls();
        let words = calls.iter().map(|c| format!("{} {}", c.verb, c.address));
        words.collect()
    }

    /// How often the resource at `address` was asked after.
    pub fn polls(&self, address: &str) -> usize {
        let state = self.state();
        state
            .polls
            .get(&Address::new(address))
            .copied()
            .unwrap_or(0)
    }

    /// Everything that stands.
    pub fn observed(&self) -> Vec<Observed> {
        let state = self.state();
        let all = state.standing.values().map(|standing| Observed {
            kind: standing.kind,
            found: standing.found.clone(),
        });
        all.collect()
    }

    /// The addresses of everything that stands.
    pub fn addresses(&self) -> Vec<String> {
        let state = self.state();
        let mut all: Vec<String> = state
            .standing
            .keys()
            .filter_map(|id| state.address_of.get(id).map(Address::to_string))
            .collect();
        all.sort();
        all
    }

    /// Puts a resource there with the stack's tags and those given; its id.
    pub fn stands(&self, kind: &'static Fake, address: &str, spec: Value, tags: &Tags) -> String {
        let address = Address::new(address);
        let mut all = scope().own_tags(&address);
        all.extend(tags.clone());
        self.put(kind, &address, spec, &all)
    }

    pub(super) fn put(
        &self,
        kind: &'static Fake,
        address: &Address,
        spec: Value,
        tags: &Tags,
    ) -> String {
        let mut state = self.state();
        state.made += 1;
        let id = format!("{}-{:03}", kind.name, state.made);
        let mut given = kind.predict(&scope(), &spec);
        given.extend(outputs([("id", &id)]));
        let tagged = kind.tagging != Tagging::None;
        let found = AnyFound {
            address: tags.get(ADDRESS_TAG).filter(|_| tagged).map(Address::new),
            key: kind.key(&spec),
            spec,
            tags: match kind.tagging {
                Tagging::Compared => tags.clone(),
                Tagging::WriteOnly | Tagging::None => Tags::new(),
            },
            outputs: given,
            progress: Progress::Ready(Outputs::new()),
        };
        state.address_of.insert(id.clone(), address.clone());
        state.standing.insert(id.clone(), Standing { kind, found });
        id
    }

    /// Changes what stands under an id, by hand.
    pub fn touch(&self, id: &str, change: impl FnOnce(&mut AnyFound)) {
        if let Some(standing) = self.state().standing.get_mut(id) {
            change(&mut standing.found);
        }
    }

    /// Takes away what stands at these addresses, by hand.
    pub fn vanish(&self, addresses: &[&str]) {
        let mut state = self.state();
        let State {
            standing,
            address_of,
            ..
        } = &mut *state;
        standing.retain(|id, _| !addresses.contains(&address_of[id].as_str()));
    }

    pub(super) async fn enter(
        &self,
        verb: &'static str,
        making: &Making<'_>,
        spec: &Value,
    ) -> Result<Option<Script>, AwsError> {
        let script = {
            let mut state = self.state();
            state.calls.push(Call {
                verb,
                address: making.address.clone(),
                token: making.token.to_owned(),
                spec: spec.clone(),
            });
            let key = (verb, making.address.clone());
            state.scripts.get(&key).cloned()
        };
        match &script {
            Some(Script::Fail(error)) => return Err(error.clone()),
            Some(Script::Take(time)) => tokio::time::sleep(*time).await,
            Some(Script::Hang) | None => {}
        }
        Ok(script)
    }
}

pub(super) async fn leave(script: Option<Script>) {
    if matches!(script, Some(Script::Hang)) {
        std::future::pending::<()>().await;
    }
}
