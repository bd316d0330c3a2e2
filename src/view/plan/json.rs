//! A plan for a machine: one versioned document, described in `docs/output.md`.

use serde_json::{Map, Value, json};

use super::entries::{Entry, Fate, sections};
use super::{CostLines, PlanView};
use crate::kinds::Effect;
use crate::plan::cost::{Per, WhatIf};
use crate::plan::{FieldChange, LeftAlone, Plan, Replacement, TagChange};
use crate::reference::unresolved;
use crate::units::Usd;
use crate::view::words;

/// Version of the document; grows when a field changes its meaning or goes.
const VERSION: u32 = 1;

impl PlanView<'_> {
    /// The plan as a document.
    pub fn json(&self) -> Value {
        let plan = self.plan;
        let changes: Vec<_> = sections(plan, self.sections)
            .iter()
            .flat_map(|section| &section.entries)
            .map(|entry| self.change(entry))
            .collect();
        let left_alone: Vec<_> = plan.left_alone.iter().map(left_alone_json).collect();
        let unclaimed: Vec<_> = plan
            .unclaimed
            .iter()
            .map(|one| json!({"kind": one.kind, "key": one.key}))
            .collect();
        let blocked: Vec<_> = plan
            .blocked
            .iter()
            .map(|one| {
                json!({
                    "address": one.address,
                    "why": one.why,
                    "option": one.option(),
                })
            })
            .collect();
        json!({
            "version": VERSION,
            "document": "plan",
            "stack": plan.scope.stack,
            "environment": plan.scope.environment,
            "region": plan.scope.region,
            "account": plan.scope.account,
            "empty": plan.is_empty(),
            "summary": plan.summary(),
            "changes": changes,
            "left_alone": left_alone,
            "unclaimed": unclaimed,
            "blocked": blocked,
            "unchanged": plan.unchanged,
            "cost": self.cost.map(cost),
        })
    }

    fn change(&self, entry: &Entry<'_>) -> Value {
        let step = entry.step;
        let order = match entry.fate {
            Fate::Replace(Replacement::CreateFirst) => Some("create_first"),
            Fate::Replace(Replacement::DeleteFirst) => Some("delete_first"),
            _ => None,
        };
        let fields: Vec<_> = step.changes.iter().map(field_json).collect();
        let price = self.cost.and_then(|cost| cost.steps.get(&step.address));
        json!({
            "address": step.address,
            "section": step.address.section(),
            "kind": step.kind.type_name(),
            "what": words::kind(step.kind.type_name()),
            "action": entry.fate.name(),
            "order": order,
            "reason": step.reason,
            "origin": Some(&step.origin).filter(|origin| !origin.is_empty()),
            "id": entry.id(),
            "fields": fields,
            "tags": tags_json(&step.tags),
            "danger": {
                "interrupts": entry.interrupts(),
                "data": entry.loses_data(),
                "remains": entry.remains().filter(|_| entry.loses_data()),
            },
            "needs": needs(self.plan, entry),
            "monthly_usd": price.map(|price| price.as_f64()),
        })
    }
}

/// The addresses of the entries that come first; the two halves of a replacement need each
/// other, which says nothing.
fn needs(plan: &Plan, entry: &Entry<'_>) -> Vec<String> {
    let halves = [Some(entry.step), entry.gone];
    let mut needs: Vec<String> = halves
        .into_iter()
        .flatten()
        .flat_map(|step| &step.needs)
        .filter_map(|index| plan.steps.get(*index))
        .map(|step| step.address.to_string())
        .filter(|address| address != entry.step.address.as_str())
        .collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}

/// A field that changes.
pub(in crate::view) fn field_json(change: &FieldChange) -> Value {
    let mut later = Vec::new();
    let after = readable(&change.after, &mut change.path.clone(), &mut later);
    json!({
        "path": change.path,
        "before": change.before,
        "after": after,
        "after_apply": later,
        "effect": change.effect,
        "why": match change.effect {
            Effect::InPlace => None,
            Effect::Interrupts(why) | Effect::Replace(why) => Some(why),
        },
    })
}

/// The value with `${address.output}` for what is known only after apply, and the places of
/// such texts.
fn readable(value: &Value, path: &mut String, later: &mut Vec<String>) -> Value {
    if let Some(text) = unresolved(value) {
        later.push(path.clone());
        return Value::String(text.to_string());
    }
    let mut below = |key: &str, item: &Value, path: &mut String| {
        let length = path.len();
        path.push('/');
        path.push_str(&key.replace('~', "~0").replace('/', "~1"));
        let item = readable(item, path, later);
        path.truncate(length);
        item
    };
    match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| below(&index.to_string(), item, path))
            .collect(),
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, item)| (key.clone(), below(key, item, path)))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

/// The tags that change.
pub(in crate::view) fn tags_json(tags: &TagChange) -> Value {
    let set: Vec<_> = tags
        .set
        .iter()
        .map(|(key, value)| json!({"key": key, "before": tags.before.get(key), "after": value}))
        .collect();
    let remove: Vec<_> = tags
        .remove
        .iter()
        .map(|key| json!({"key": key, "before": tags.before.get(key)}))
        .collect();
    json!({"set": set, "remove": remove})
}

/// A difference that is left to its owner.
pub(in crate::view) fn left_alone_json(left: &LeftAlone) -> Value {
    json!({
        "address": left.address,
        "path": left.path,
        "file": readable(&left.file, &mut String::new(), &mut Vec::new()),
        "live": left.live,
        "owner": left.owner,
    })
}

fn cost(cost: &CostLines) -> Value {
    let what_if: Vec<_> = cost.what_if.iter().map(what_if_json).collect();
    let added: Usd = cost.after - cost.before;
    json!({
        "prices_of": cost.prices_of,
        "before_monthly_usd": cost.before.as_f64(),
        "after_monthly_usd": cost.after.as_f64(),
        "added_monthly_usd": added.as_f64(),
        "free_tier_monthly_usd": cost.free_tier.map(Usd::as_f64),
        "what_if": what_if,
        "not_priced": cost.unpriced,
    })
}

/// A step that is not planned, with what it would add.
pub(in crate::view) fn what_if_json(one: &WhatIf) -> Value {
    json!({
        "what": one.what,
        "adds_usd": one.adds.as_f64(),
        "per": match one.per {
            Per::Month => "month",
            Per::Hour => "hour",
        },
    })
}
