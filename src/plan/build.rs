//! The steps that lead from what was observed to what is wanted.

mod difference;
mod edges;
mod today;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use self::difference::{all_fields, differs, field_name, tag_change};
use self::today::Mentions;
use super::compare::{compare, keep_what_others_own};
use super::matching::match_up;
use super::{
    Action, Blocked, Danger, FieldChange, LeftAlone, Observed, Plan, Replacement, Step, TagChange,
};
use crate::graph::{Graph, GraphError};
use crate::kinds::{AnyFound, Effect, Outputs, Owner, Progress, ReplaceOrder, Tagging, remains};
use crate::reference::{Address, OutputRef, resolve};
use crate::resource::{Resource, Resources};
use crate::scope::{PROTECTED_TAG, Scope, Tags};

/// What is planned for.
pub struct Intent<'a> {
    /// Whose resources.
    pub scope: &'a Scope,
    /// What the stack wants; nothing, to destroy it.
    pub wanted: &'a Resources,
    /// What AWS has.
    pub observed: &'a [Observed],
    /// The address under which an earlier run made what has this key: (kind, address, key).
    pub manifest: &'a [(String, Address, String)],
    /// Protected resources whose data may go.
    pub delete_data: &'a BTreeSet<Address>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The resources have no order.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A specification that its own kind does not accept.
    #[error("{address}: {source}")]
    Specification {
        /// The resource.
        address: Address,
        /// What does not fit.
        source: serde_json::Error,
    },
    /// `--delete-data` names something that the plan would not remove.
    #[error(
        "--delete-data names {0}, which this plan neither removes nor replaces; \
         its data is safe and the option not needed"
    )]
    NothingToDelete(Address),
}

/// The plan for an intent.
pub fn plan(intent: &Intent<'_>) -> Result<Plan, PlanError> {
    let graph = Graph::of(intent.wanted)?;
    let order = graph.order()?;
    let mut draft = Draft {
        intent,
        known: BTreeMap::new(),
        steps: Vec::new(),
        changing: BTreeMap::new(),
        deleting: Vec::new(),
        plan: Plan {
            scope: intent.scope.clone(),
            steps: Vec::new(),
            unchanged: Vec::new(),
            left_alone: Vec::new(),
            unclaimed: Vec::new(),
            blocked: Vec::new(),
            kept: BTreeMap::new(),
        },
        live: Vec::new(),
    };
    let mut matched = match_up(intent.observed);
    let mentions = Mentions::of(intent.observed);
    for address in &order {
        let Some(resource) = intent.wanted.get(address) else {
            continue;
        };
        let resolved = draft.resolve(resource)?;
        let users = |found: &AnyFound| mentions.users_of(resource.kind.type_name(), found);
        let found = matched.take(resource, &resolved, users);
        draft.settle(resource, resolved, found);
    }
    let (rest, unclaimed) = matched.rest(|kind, key| {
        intent
            .manifest
            .iter()
            .find(|(of, _, known)| of == kind && known == key)
            .map(|(_, address, _)| address.clone())
    });
    draft.plan.unclaimed = unclaimed;
    for (address, observed) in rest {
        let reason = if intent.wanted.get(&address).is_some() {
            "it was replaced by a newer one"
        } else {
            "the stack file does not ask for it"
        };
        draft.remove(&address, observed, reason, None, "");
    }
    for asked in intent.delete_data {
        let removed = draft
            .steps
            .iter()
            .any(|step| step.action == Action::Delete && step.address == *asked);
        if !removed {
            return Err(PlanError::NothingToDelete(asked.clone()));
        }
    }
    draft.connect(&graph);
    Ok(draft.finish())
}

struct Draft<'a> {
    intent: &'a Intent<'a>,
    /// The outputs that will hold after the plan, as far as they are known.
    known: BTreeMap<Address, Outputs>,
    steps: Vec<Step>,
    /// The step that makes, changes or awaits the resource at an address.
    changing: BTreeMap<Address, usize>,
    deleting: Vec<usize>,
    plan: Plan,
    /// What stays or is changed in place, as it was observed: who refers to whom today.
    live: Vec<(Address, AnyFound)>,
}

impl Draft<'_> {
    fn lookup(&self, output: &OutputRef) -> Option<String> {
        self.known
            .get(&output.address)?
            .get(&output.output)
            .cloned()
    }

    fn resolve(&self, resource: &Resource) -> Result<Value, PlanError> {
        let filled = resolve(&resource.spec, &|output| self.lookup(output));
        resource
            .kind
            .normalise(&filled)
            .map_err(|source| PlanError::Specification {
                address: resource.address.clone(),
                source,
            })
    }

    fn settle(&mut self, resource: &Resource, resolved: Value, found: Option<AnyFound>) {
        let predicted = resource.kind.predict(self.intent.scope, &resolved);
        let mut tags = resource.tags.clone();
        tags.extend(self.intent.scope.own_tags(&resource.address));
        if resource.kind.protected() {
            tags.insert(PROTECTED_TAG.to_owned(), "true".to_owned());
        }
        let Some(found) = found else {
            self.known.insert(resource.address.clone(), predicted);
            self.create(resource, resolved, tags, None, String::new());
            return;
        };
        let mut mine = Vec::new();
        for difference in compare(resource.kind.fields(), &found.spec, &resolved) {
            if difference.owner == Owner::File {
                mine.push(difference);
            } else if !difference.before.is_null() && !difference.after.is_null() {
                // A key that only one side has is no value left alone: it starts or goes with
                // what it belongs to.
                self.plan.left_alone.push(LeftAlone {
                    address: resource.address.clone(),
                    path: difference.path,
                    file: difference.after,
                    live: difference.before,
                    owner: difference.owner,
                });
            }
        }
        let changes: Vec<FieldChange> = mine
            .into_iter()
            .map(|difference| FieldChange {
                path: difference.path,
                before: difference.before,
                after: difference.after,
                effect: difference.effect,
                why: match difference.effect {
                    Effect::InPlace => None,
                    Effect::Interrupts(why) | Effect::Replace(why) => Some(why),
                },
            })
            .collect();
        let forcing: Vec<String> = changes
            .iter()
            .filter_map(|change| match change.effect {
                Effect::Replace(why) => Some(format!("{}: {why}", field_name(&change.path))),
                _ => None,
            })
            .collect();
        let failed = match &found.progress {
            Progress::Failed(why) => Some(format!("AWS gave it up: {why}")),
            _ => None,
        };
        let sent = keep_what_others_own(resource.kind.fields(), &found.spec, &resolved);
        if !forcing.is_empty() || failed.is_some() {
            self.known.insert(resource.address.clone(), predicted);
            let reason = failed.unwrap_or_else(|| forcing.join("; "));
            self.replace(resource, sent, found, tags, changes, reason);
            return;
        }
        let mut outputs = predicted;
        outputs.extend(found.outputs.clone());
        self.plan
            .kept
            .insert(resource.address.clone(), outputs.clone());
        self.known.insert(resource.address.clone(), outputs);
        let retag = if resource.kind.tagging() == Tagging::Compared {
            tag_change(&found.tags, &tags)
        } else {
            TagChange::default()
        };
        let pending = match &found.progress {
            Progress::Pending(state) => Some(state.clone()),
            _ => None,
        };
        self.live.push((resource.address.clone(), found.clone()));
        let (action, reason) = if !changes.is_empty() || !retag.is_empty() {
            (Action::Update, differs(&changes, &retag))
        } else if let Some(state) = pending {
            (Action::Await, format!("AWS has not finished it: {state}"))
        } else {
            self.plan.unchanged.push(resource.address.clone());
            return;
        };
        let interrupts = changes
            .iter()
            .filter_map(|change| match change.effect {
                Effect::Interrupts(how) => Some(how.to_owned()),
                _ => None,
            })
            .collect();
        self.changing
            .insert(resource.address.clone(), self.steps.len());
        self.steps.push(Step {
            address: resource.address.clone(),
            kind: resource.kind,
            action,
            replacement: None,
            reason,
            changes,
            tags: retag,
            all_tags: tags,
            danger: Danger {
                interrupts,
                data: false,
            },
            wanted: Some(sent),
            found: Some(found),
            needs: BTreeSet::new(),
            origin: resource.origin.clone(),
        });
    }

    fn create(
        &mut self,
        resource: &Resource,
        wanted: Value,
        tags: Tags,
        replacement: Option<(Replacement, Vec<FieldChange>)>,
        reason: String,
    ) {
        let (replacement, changes) = match replacement {
            Some((order, changes)) => (Some(order), changes),
            None => (None, all_fields(&wanted)),
        };
        let reason = if reason.is_empty() {
            "it does not exist".to_owned()
        } else {
            reason
        };
        self.changing
            .insert(resource.address.clone(), self.steps.len());
        self.steps.push(Step {
            address: resource.address.clone(),
            kind: resource.kind,
            action: Action::Create,
            replacement,
            reason,
            changes,
            tags: TagChange {
                set: tags.clone(),
                ..TagChange::default()
            },
            all_tags: tags,
            danger: Danger::default(),
            wanted: Some(wanted),
            found: None,
            needs: BTreeSet::new(),
            origin: resource.origin.clone(),
        });
    }

    fn replace(
        &mut self,
        resource: &Resource,
        sent: Value,
        found: AnyFound,
        tags: Tags,
        changes: Vec<FieldChange>,
        reason: String,
    ) {
        let order = match resource.kind.replace_order() {
            ReplaceOrder::CreateFirst => Replacement::CreateFirst,
            ReplaceOrder::DeleteFirst => Replacement::DeleteFirst,
        };
        let observed = Observed {
            kind: resource.kind,
            found,
        };
        self.remove(
            &resource.address,
            observed,
            &reason,
            Some(order),
            &resource.origin,
        );
        self.create(resource, sent, tags, Some((order, changes)), reason);
    }

    fn remove(
        &mut self,
        address: &Address,
        observed: Observed,
        reason: &str,
        replacement: Option<Replacement>,
        origin: &str,
    ) {
        let data = observed.kind.protected() || observed.found.tags.contains_key(PROTECTED_TAG);
        if data && !self.intent.delete_data.contains(address) {
            let what = if replacement.is_some() {
                "replaced"
            } else {
                "removed"
            };
            let kind = observed.kind.type_name();
            let remains = remains::after_removal(kind, &observed.found.spec);
            let remains = remains.map_or_else(String::new, |says| format!("; {says}"));
            self.plan.blocked.push(Blocked {
                address: address.clone(),
                why: format!(
                    "{address} ({kind} {}) holds data and would be {what}: {reason}{remains}",
                    observed.found.id(),
                ),
            });
        }
        self.deleting.push(self.steps.len());
        self.steps.push(Step {
            address: address.clone(),
            kind: observed.kind,
            action: Action::Delete,
            replacement,
            reason: reason.to_owned(),
            changes: Vec::new(),
            tags: TagChange::default(),
            all_tags: observed.found.tags.clone(),
            danger: Danger {
                interrupts: Vec::new(),
                data,
            },
            wanted: None,
            found: Some(observed.found),
            needs: BTreeSet::new(),
            origin: origin.to_owned(),
        });
    }
}
