//! Addresses, and text that is known only once another resource exists.
//!
//! A specification is written before anything stands. Where it needs the id of another
//! resource it holds a [`Link`], where it needs that id inside a longer string (a policy, a
//! boot script) it holds a [`Text`]. Both serialise to a plain string once every piece is
//! known, and to `{"$text": […]}` before that, so references are found and filled in at any
//! depth of a specification by [`references`] and [`resolve`], without reflection.

mod address;
mod link;
mod text;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

pub use address::{Address, OutputRef};
pub use link::Link;
pub use text::{Piece, Text, unresolved};

/// Every output that a serialised specification refers to.
pub fn references(value: &Value) -> BTreeSet<OutputRef> {
    let mut found = BTreeSet::new();
    visit(value, &mut |output| {
        found.insert(output);
    });
    found
}

fn visit(value: &Value, each: &mut impl FnMut(OutputRef)) {
    if let Some(text) = unresolved(value) {
        for piece in text.pieces() {
            if let Piece::Output(output) = piece {
                each(output.clone());
            }
        }
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| visit(item, each)),
        Value::Object(map) => map.values().for_each(|item| visit(item, each)),
        _ => {}
    }
}

/// The value with each reference that `lookup` knows put in its place. A text all of whose
/// pieces are known becomes a plain string; another keeps what is unknown.
pub fn resolve(value: &Value, lookup: &impl Fn(&OutputRef) -> Option<String>) -> Value {
    if let Some(text) = unresolved(value) {
        let filled = text.filled(lookup);
        return serde_json::to_value(filled).unwrap_or_else(|_| value.clone());
    }
    match value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| resolve(item, lookup)).collect())
        }
        Value::Object(map) => Value::Object(
            map.iter()
                .map(|(key, item)| (key.clone(), resolve(item, lookup)))
                .collect::<Map<_, _>>(),
        ),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_known_text_is_a_plain_string() {
        let text = Text::literal("arn:").then("x");
        assert_eq!(serde_json::to_value(&text).unwrap(), json!("arn:x"));
    }

    #[test]
    fn a_reference_inside_a_policy_is_found_and_filled_in() {
        let bucket = Address::new("buckets.uploads");
        let policy = json!({ "Resource": [Text::output(&bucket, "arn").then("/*")], "n": 1 });
        let found = references(&policy);
        assert_eq!(found.len(), 1);
        let filled = resolve(&policy, &|o| {
            (o.output == "arn").then(|| "arn:aws:s3:::b".to_owned())
        });
        assert_eq!(filled, json!({ "Resource": ["arn:aws:s3:::b/*"], "n": 1 }));
        assert!(references(&filled).is_empty());
    }

    #[test]
    fn an_unknown_reference_stays_and_reads_like_the_stack_file() {
        let text = Text::literal("id=").then(Text::output(&Address::new("files.shared"), "id"));
        let value = serde_json::to_value(&text).unwrap();
        let same = resolve(&value, &|_| None);
        assert_eq!(same, value);
        assert_eq!(
            unresolved(&same).unwrap().to_string(),
            "id=${files.shared.id}"
        );
        assert_eq!(serde_json::from_value::<Text>(value).unwrap(), text);
    }
}
