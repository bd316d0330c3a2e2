//! The structural difference of two specifications.

use serde::Serialize;
use serde_json::Value;

use crate::kinds::{Effect, Field, Owner};
use crate::reference::unresolved;

/// One field that differs, with the rule that it falls under.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// JSON pointer into the specification.
    pub path: String,
    /// What AWS has.
    pub before: Value,
    /// What is wanted; holds a `$text` where it is known only after apply.
    pub after: Value,
    /// What the change does.
    pub effect: Effect,
    /// Who may make it.
    pub owner: Owner,
}

/// The rule of the field at `path`: the longest one that covers it.
pub fn rule(fields: &[Field], path: &str) -> (Effect, Owner) {
    fields
        .iter()
        .filter(|field| {
            path.strip_prefix(field.path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|field| field.path.len())
        .map_or((Effect::InPlace, Owner::File), |field| {
            (field.effect, field.owner)
        })
}

/// Every field in which `wanted` differs from `seen`. Maps are compared key by key, lists as
/// a whole: their elements have no names to tell which is which.
pub fn compare(fields: &[Field], seen: &Value, wanted: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(fields, &mut String::new(), seen, wanted, &mut found);
    found
}

fn walk(
    fields: &[Field],
    path: &mut String,
    seen: &Value,
    wanted: &Value,
    found: &mut Vec<Difference>,
) {
    if seen == wanted {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (seen, wanted)
        && unresolved(wanted).is_none()
    {
        let mut keys: Vec<&String> = before.keys().chain(after.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            let length = path.len();
            path.push('/');
            path.push_str(&key.replace('~', "~0").replace('/', "~1"));
            walk(
                fields,
                path,
                before.get(key).unwrap_or(&Value::Null),
                after.get(key).unwrap_or(&Value::Null),
                found,
            );
            path.truncate(length);
        }
        return;
    }
    let (effect, owner) = rule(fields, path);
    found.push(Difference {
        path: path.clone(),
        before: seen.clone(),
        after: wanted.clone(),
        effect,
        owner,
    });
}

/// `wanted` with the fields that the file does not own as AWS has them, so that no call
/// writes what belongs to another.
pub fn keep_what_others_own(fields: &[Field], seen: &Value, wanted: &Value) -> Value {
    let mut kept = wanted.clone();
    for field in fields.iter().filter(|field| field.owner != Owner::File) {
        if let (Some(live), Some(place)) = (seen.pointer(field.path), kept.pointer_mut(field.path))
        {
            keep(place, live);
        }
    }
    kept
}

/// In a map the wanted keys stay: one that AWS does not have yet starts with its wanted value,
/// one that is no longer wanted goes.
fn keep(place: &mut Value, live: &Value) {
    match (place, live) {
        (Value::Object(wanted), Value::Object(live)) => {
            for (key, value) in wanted {
                if let Some(live) = live.get(key) {
                    keep(value, live);
                }
            }
        }
        (place, live) => *place = live.clone(),
    }
}

impl Serialize for Effect {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::InPlace => "in_place",
            Self::Interrupts(_) => "interrupts",
            Self::Replace(_) => "replace",
        })
    }
}

impl Serialize for Owner {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Owner {
    /// The owner as a person knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Deploy => "deploy",
            Self::Switch => "switch",
            Self::Autoscaling => "autoscaling",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: &[Field] = &[
        Field::replace("/cidr", "fixed"),
        Field::owned("/weights", Owner::Switch),
    ];

    #[test]
    fn equal_specifications_have_no_difference() {
        let spec = json!({ "a": [1, { "b": null }] });
        assert!(compare(FIELDS, &spec, &spec).is_empty());
    }

    #[test]
    fn a_nested_field_is_named_by_its_pointer_and_ruled_by_its_parent() {
        let found = compare(
            FIELDS,
            &json!({ "weights": { "a": 100 }, "x": { "y/z": 1 } }),
            &json!({ "weights": { "a": 0 }, "x": { "y/z": 2 } }),
        );
        assert_eq!(found[0].path, "/weights/a");
        assert_eq!(found[0].owner, Owner::Switch);
        assert_eq!(found[1].path, "/x/y~1z");
        assert_eq!(found[1].effect, Effect::InPlace);
    }

    #[test]
    fn what_is_known_after_apply_differs_from_any_value() {
        let wanted = json!({ "cidr": { "$text": [["a.b", "id"]] } });
        let found = compare(FIELDS, &json!({ "cidr": "10.0.0.0/16" }), &wanted);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].effect, Effect::Replace("fixed"));
    }

    #[test]
    fn a_new_weight_starts_as_the_file_says_and_an_old_one_goes() {
        let sent = keep_what_others_own(
            FIELDS,
            &json!({ "weights": { "blue": 30, "old": 70 } }),
            &json!({ "weights": { "blue": 100, "green": 5 } }),
        );
        assert_eq!(sent, json!({ "weights": { "blue": 30, "green": 5 } }));
    }

    #[test]
    fn live_weights_stay_in_what_is_sent() {
        let sent = keep_what_others_own(
            FIELDS,
            &json!({ "weights": { "blue": 0, "green": 100 }, "port": 80 }),
            &json!({ "weights": { "blue": 100, "green": 0 }, "port": 81 }),
        );
        assert_eq!(
            sent,
            json!({ "weights": { "blue": 0, "green": 100 }, "port": 81 })
        );
    }
}
