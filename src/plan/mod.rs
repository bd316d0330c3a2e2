//! The pure planner: what is wanted and what was observed become ordered steps.
//!
//! Nothing here makes a call, reads a clock or writes a file. The plan leaves the executor no
//! choices: it names every change, why, what it endangers, and what must be done before it.

mod build;
mod compare;
pub mod cost;
mod matching;
mod observed;
pub mod prices;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

pub use build::{Intent, PlanError, plan};
pub use compare::{Difference, compare, keep_what_others_own, rule};
pub use matching::{Matched, match_up};
pub use observed::{Moved, Observed, Snapshot};

use crate::kinds::{AnyFound, AnyKind, Effect, Outputs, Owner};
use crate::reference::Address;
use crate::scope::{Scope, Tags};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Makes what is not there.
    Create,
    /// Changes it in place.
    Update,
    /// Waits for what an earlier run began and AWS has not finished.
    Await,
    /// Removes it.
    Delete,
}

/// The step's part in a replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    /// The new one is made before the old one is removed.
    CreateFirst,
    /// The old one is removed before the new one is made.
    DeleteFirst,
}

/// What a step puts at risk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Danger {
    /// How service suffers meanwhile, if it does.
    pub interrupts: Vec<String>,
    /// Whether data is lost with it.
    pub data: bool,
}

/// The change of a resource's tags.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TagChange {
    /// Tags to set, with their values.
    pub set: Tags,
    /// Keys to remove.
    pub remove: Vec<String>,
    /// The values that are set over or removed.
    pub before: Tags,
}

impl TagChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

/// One field that a step changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// JSON pointer into the specification.
    pub path: String,
    /// What AWS has; null when the resource is new.
    pub before: Value,
    /// What is wanted; an object with the key `$text` where it is known only after apply.
    pub after: Value,
    /// What the change does.
    pub effect: Effect,
    /// Why it does that, where AWS has a reason.
    pub why: Option<&'static str>,
}

/// One change to one resource.
#[derive(Clone)]
pub struct Step {
    /// The resource.
    pub address: Address,
    /// Its kind.
    pub kind: &'static dyn AnyKind,
    /// What is done.
    pub action: Action,
    /// Whether it is one half of a replacement.
    pub replacement: Option<Replacement>,
    /// Why it is done, for a person.
    pub reason: String,
    /// The fields that differ.
    pub changes: Vec<FieldChange>,
    /// The tags that differ.
    pub tags: TagChange,
    /// Every tag that the resource carries afterwards.
    pub all_tags: Tags,
    /// What it puts at risk.
    pub danger: Danger,
    /// The wanted specification, with references; none for a deletion.
    pub wanted: Option<Value>,
    /// The resource as it was found; none for a creation.
    pub found: Option<AnyFound>,
    /// The steps, by index in the plan, that must be done before.
    pub needs: BTreeSet<usize>,
    /// The place in the stack file that asked for it; empty for what is not in the file.
    pub origin: String,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {:?}", self.action, self.address, self.needs)
    }
}

/// A difference that is left as it is, because another verb or AWS owns the field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftAlone {
    /// The resource.
    pub address: Address,
    /// JSON pointer into the specification.
    pub path: String,
    /// What the file starts it with.
    pub file: Value,
    /// What AWS has.
    pub live: Value,
    /// Who owns it.
    pub owner: Owner,
}

/// Something with the stack's name that nothing proves to be the stack's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unclaimed {
    /// Its kind's type name.
    pub kind: String,
    /// Its natural key.
    pub key: String,
}

/// A change that would lose data and was not asked for by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// The resource.
    pub address: Address,
    /// What would be done to it, and what would remain of it.
    pub why: String,
}

impl Blocked {
    /// The option that lets it pass.
    pub fn option(&self) -> String {
        format!("--delete-data {}", self.address)
    }
}

/// The difference between a stack file and AWS, as ordered steps.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Whose.
    pub scope: Scope,
    /// The steps; each comes after all that it needs.
    pub steps: Vec<Step>,
    /// Resources that are as wanted.
    pub unchanged: Vec<Address>,
    /// Differences that belong to others.
    pub left_alone: Vec<LeftAlone>,
    /// What only looks like the stack's.
    pub unclaimed: Vec<Unclaimed>,
    /// What must not be done without `--delete-data`.
    pub blocked: Vec<Blocked>,
    /// The outputs of everything that stands already and stays.
    pub kept: BTreeMap<Address, Outputs>,
}

/// How many resources a plan touches, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// To be made.
    pub create: usize,
    /// To be changed in place.
    pub update: usize,
    /// To be replaced by another.
    pub replace: usize,
    /// To be removed.
    pub delete: usize,
    /// To be waited for.
    pub wait: usize,
    /// As wanted.
    pub unchanged: usize,
}

impl Plan {
    /// Whether AWS is as the file says.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The counts by action; the two halves of a replacement count once.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            unchanged: self.unchanged.len(),
            ..Summary::default()
        };
        for step in &self.steps {
            match (step.action, step.replacement) {
                (Action::Create, Some(_)) => summary.replace += 1,
                (Action::Delete, Some(_)) => {}
                (Action::Create, None) => summary.create += 1,
                (Action::Update, _) => summary.update += 1,
                (Action::Delete, None) => summary.delete += 1,
                (Action::Await, _) => summary.wait += 1,
            }
        }
        summary
    }

    /// Puts the removal of the resource at `address` behind all else, for one on which the run
    /// itself rests. False where the plan does not remove it.
    pub fn put_last(&mut self, address: &Address) -> bool {
        let removed = |step: &Step| step.action == Action::Delete && step.address == *address;
        let Some(from) = self.steps.iter().position(removed) else {
            return false;
        };
        let mut last = self.steps.remove(from);
        for step in &mut self.steps {
            let needs = std::mem::take(&mut step.needs);
            step.needs = needs
                .into_iter()
                .filter(|need| *need != from)
                .map(|need| if need > from { need - 1 } else { need })
                .collect();
        }
        last.needs = (0..self.steps.len()).collect();
        self.steps.push(last);
        true
    }

    /// The values that are known only after apply, as `address` and pointer.
    pub fn unknown_after(&self) -> Vec<(Address, String)> {
        let mut unknown = Vec::new();
        for step in &self.steps {
            for change in &step.changes {
                let mut path = change.path.clone();
                unknown_in(&change.after, &mut path, &mut |place| {
                    unknown.push((step.address.clone(), place.to_owned()));
                });
            }
        }
        unknown
    }
}

fn unknown_in(value: &Value, path: &mut String, each: &mut impl FnMut(&str)) {
    if crate::reference::unresolved(value).is_some() {
        each(path);
        return;
    }
    let mut below = |key: &str, item: &Value, path: &mut String| {
        let length = path.len();
        path.push('/');
        path.push_str(key);
        unknown_in(item, path, each);
        path.truncate(length);
    };
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                below(&index.to_string(), item, path);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                below(key, item, path);
            }
        }
        _ => {}
    }
}
