//! The steps that lead from what was observed to what is wanted.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

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
    for address in &order {
        let Some(resource) = intent.wanted.get(address) else {
            continue;
        };
        let resolved = draft.resolve(resource)?;
        let found = matched.take(resource, &resolved);
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

    /// Puts the edges in. What was to be made before its old self goes cannot be, where the new
    /// one waits for something that goes only after that old self: a group that would be made
    /// in a network which itself must be removed before it is made anew. Such a thing is removed
    /// first as well.
    fn connect(&mut self, graph: &Graph) {
        loop {
            let needs = self.edges(graph);
            let stuck = self.deleting.iter().copied().find_map(|gone| {
                let step = &self.steps[gone];
                let made = *self.changing.get(&step.address)?;
                (step.replacement == Some(Replacement::CreateFirst)
                    && reaches(&|at| &needs[at], made, gone))
                .then_some([gone, made])
            });
            let Some(halves) = stuck else {
                for (step, needs) in self.steps.iter_mut().zip(needs) {
                    step.needs = needs;
                }
                return;
            };
            for half in halves {
                self.steps[half].replacement = Some(Replacement::DeleteFirst);
            }
        }
    }

    /// A thing is made after what it refers to, and removed after everything that refers to it
    /// today has been removed or turned elsewhere.
    fn edges(&self, graph: &Graph) -> Vec<BTreeSet<usize>> {
        let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); self.steps.len()];
        for (address, index) in &self.changing {
            for need in self.standing(graph, address) {
                needs[*index].insert(need);
            }
        }
        let today = Names::of(&self.steps, &self.deleting, &self.live);
        for index in &self.deleting {
            let step = &self.steps[*index];
            for user in today.users_of(step) {
                let gone = self
                    .deleting
                    .iter()
                    .find(|other| **other != *index && self.is(**other, user));
                if let Some(gone) = gone {
                    needs[*index].insert(*gone);
                }
                if step.replacement != Some(Replacement::DeleteFirst)
                    && let Some(turned) = self.changing.get(&user.address)
                    && self.steps[*turned].action == Action::Update
                {
                    needs[*index].insert(*turned);
                }
            }
            match step.replacement {
                Some(Replacement::DeleteFirst) => {
                    if let Some(made) = self.changing.get(&step.address) {
                        needs[*made].insert(*index);
                    }
                }
                Some(Replacement::CreateFirst) => {
                    if let Some(made) = self.changing.get(&step.address) {
                        needs[*index].insert(*made);
                    }
                }
                None => {}
            }
        }
        needs
    }

    fn is(&self, index: usize, user: &User) -> bool {
        let step = &self.steps[index];
        step.address == user.address
            && step
                .found
                .as_ref()
                .is_some_and(|found| found.id() == user.id)
    }

    /// The steps after which everything that `address` needs stands. What needs no step
    /// passes on what it needs itself.
    fn standing(&self, graph: &Graph, address: &Address) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Address> = graph.needs(address).collect();
        while let Some(need) = open.pop() {
            if !seen.insert(need) {
                continue;
            }
            match self.changing.get(need) {
                Some(step) => {
                    found.insert(*step);
                }
                None => open.extend(graph.needs(need)),
            }
        }
        found
    }

    /// The plan, its steps in an order in which each comes after all that it needs.
    fn finish(self) -> Plan {
        let Self {
            mut plan,
            mut steps,
            ..
        } = self;
        let mut place = vec![None; steps.len()];
        let mut order = Vec::with_capacity(steps.len());
        while order.len() < steps.len() {
            let before = order.len();
            for (index, step) in steps.iter().enumerate() {
                if place[index].is_none() && step.needs.iter().all(|need| place[*need].is_some()) {
                    place[index] = Some(order.len());
                    order.push(index);
                }
            }
            if order.len() == before {
                let open = |index: usize| place[index].is_none();
                break_circle(&mut steps, &open);
            }
        }
        let mut ordered: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
        for old in order {
            if let Some(mut step) = ordered[old].take() {
                step.needs = step.needs.iter().filter_map(|need| place[*need]).collect();
                plan.steps.push(step);
            }
        }
        plan
    }
}

/// Whether `from` comes after `to`, directly or through others.
fn reaches<'a>(needs: &impl Fn(usize) -> &'a BTreeSet<usize>, from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = needs(from).iter().copied().collect();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(needs(at));
        }
    }
    false
}

/// Two things that refer to each other today can go neither before nor after one another, nor
/// can one be turned away from another that must go before it is turned. One is removed as if
/// it were free, rather one of the second sort, and AWS may refuse that: better than to plan
/// nothing. All else keeps its order.
fn break_circle(steps: &mut [Step], open: &impl Fn(usize) -> bool) {
    let needs = |at: usize| &steps[at].needs;
    let removed = |at: usize| steps[at].action == Action::Delete;
    let circle = |at: usize, soft: bool| {
        let back = needs(at).iter().copied().filter(|need| {
            (*need == at || reaches(&needs, *need, at)) && !(soft && removed(*need))
        });
        let back: BTreeSet<usize> = back.collect();
        (removed(at) && open(at) && !back.is_empty()).then_some((at, back))
    };
    let first = (0..steps.len())
        .find_map(|at| circle(at, true))
        .or_else(|| (0..steps.len()).find_map(|at| circle(at, false)));
    if let Some((at, back)) = first {
        steps[at].needs.retain(|need| !back.contains(need));
    }
}

/// Who refers to whom in AWS today, from the ids, ARNs and names in observed specifications.
struct Names {
    users: BTreeMap<String, Vec<User>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct User {
    address: Address,
    id: String,
}

impl Names {
    fn of(steps: &[Step], deleting: &[usize], live: &[(Address, AnyFound)]) -> Self {
        let mut users: BTreeMap<String, Vec<User>> = BTreeMap::new();
        let removed = deleting
            .iter()
            .filter_map(|index| Some((&steps[*index].address, steps[*index].found.as_ref()?)));
        let standing = live.iter().map(|(address, found)| (address, found));
        for (address, found) in removed.chain(standing) {
            let user = User {
                address: address.clone(),
                id: found.id().to_owned(),
            };
            mentioned(&found.spec, &mut |text| {
                users.entry(text.to_owned()).or_default().push(user.clone());
            });
        }
        Self { users }
    }

    fn users_of(&self, step: &Step) -> BTreeSet<&User> {
        let Some(found) = &step.found else {
            return BTreeSet::new();
        };
        found
            .outputs
            .values()
            .filter(|output| !output.is_empty())
            .filter_map(|output| self.users.get(output))
            .flatten()
            .filter(|user| user.address != step.address || user.id != found.id())
            .collect()
    }
}

/// The strings of a specification that may refer to others. Its own name and its tags never
/// do, though another thing may be called the same.
fn mentioned(spec: &Value, each: &mut impl FnMut(&str)) {
    let fields = spec.as_object().into_iter().flatten();
    for (field, value) in fields {
        if field != "name" && !field.ends_with("tags") {
            strings(value, each);
        }
    }
}

fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(map) => map.values().for_each(|item| strings(item, each)),
        _ => {}
    }
}

fn all_fields(wanted: &Value) -> Vec<FieldChange> {
    wanted
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| FieldChange {
            path: format!("/{key}"),
            before: Value::Null,
            after: value.clone(),
            effect: Effect::InPlace,
            why: None,
        })
        .collect()
}

fn tag_change(seen: &Tags, wanted: &Tags) -> TagChange {
    let mut change = TagChange::default();
    for (key, value) in wanted {
        if seen.get(key) != Some(value) {
            change.set.insert(key.clone(), value.clone());
            if let Some(before) = seen.get(key) {
                change.before.insert(key.clone(), before.clone());
            }
        }
    }
    for (key, value) in seen {
        if !wanted.contains_key(key) {
            change.remove.push(key.clone());
            change.before.insert(key.clone(), value.clone());
        }
    }
    change
}

fn field_name(path: &str) -> &str {
    path.trim_start_matches('/')
}

fn differs(changes: &[FieldChange], tags: &TagChange) -> String {
    let mut names: Vec<&str> = changes
        .iter()
        .map(|change| field_name(&change.path))
        .collect();
    if !tags.is_empty() {
        names.push("tags");
    }
    format!("differs in {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_or_tag_that_another_thing_shares_is_no_reference() {
        let template = json!({
            "name": "codedetect-prod-blue",
            "instance_tags": { "Name": "codedetect-prod-blue" },
            "instance_profile": "codedetect-prod-analyzer",
            "security_groups": ["sg-1"],
        });
        let mut found = Vec::new();
        mentioned(&template, &mut |text| found.push(text.to_owned()));
        assert_eq!(found, ["codedetect-prod-analyzer", "sg-1"]);
    }
}
