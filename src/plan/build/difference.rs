//! The words of a difference: fields, tags, and the reason they give.

use serde_json::Value;

use crate::kinds::Effect;
use crate::plan::{FieldChange, TagChange};
use crate::scope::Tags;

pub(super) fn all_fields(wanted: &Value) -> Vec<FieldChange> {
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

pub(super) fn tag_change(seen: &Tags, wanted: &Tags) -> TagChange {
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

pub(super) fn field_name(path: &str) -> &str {
    path.trim_start_matches('/')
}

pub(super) fn differs(changes: &[FieldChange], tags: &TagChange) -> String {
    let mut names: Vec<&str> = changes
        .iter()
        .map(|change| field_name(&change.path))
        .collect();
    if !tags.is_empty() {
        names.push("tags");
    }
    format!("differs in {}", names.join(", "))
}
