//! Addresses, and text that is known only once another resource exists.
//!
//! A specification is written before anything stands. Where it needs the id of another
//! resource it holds a [`Link`], where it needs that id inside a longer string (a policy, a
//! boot script) it holds a [`Text`]. Both serialise to a plain string once every piece is
//! known, and to `{"$text": […]}` before that, so references are found and filled in at any
//! depth of a specification by [`references`] and [`resolve`], without reflection.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// The place of a resource in a stack, such as `network.subnet.public-a`.
///
/// It is written into the tag `codedetect:address`, so it holds only characters which AWS
/// accepts in tag values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

impl Address {
    /// An address from its text.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Arc::from(text.as_ref()))
    }

    /// The text of the address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first dot: the section that the resource comes from.
    pub fn section(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Address {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(String::deserialize(deserializer)?))
    }
}

/// One output of one resource: `network.vpc` and `id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OutputRef {
    /// The resource that will know the value.
    pub address: Address,
    /// The name of the value, as the resource's kind calls it (`id`, `arn`, `dns_name`).
    pub output: String,
}

impl fmt::Display for OutputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${{{}.{}}}", self.address, self.output)
    }
}

/// A piece of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Known characters.
    Literal(String),
    /// A value another resource will give.
    Output(OutputRef),
}

/// A string of which some pieces may be outputs of other resources.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text(Vec<Piece>);

impl Text {
    /// A text that is known.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    /// A text that is one output of another resource.
    pub fn output(address: &Address, output: &str) -> Self {
        Self(vec![Piece::Output(OutputRef {
            address: address.clone(),
            output: output.to_owned(),
        })])
    }

    /// This text followed by another.
    pub fn then(mut self, more: impl Into<Text>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// The pieces, in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// This text with each output that `lookup` knows put in its place.
    pub fn filled(&self, lookup: &impl Fn(&OutputRef) -> Option<String>) -> Self {
        Self(
            self.0
                .iter()
                .map(|piece| match piece {
                    Piece::Output(output) => match lookup(output) {
                        Some(text) => Piece::Literal(text),
                        None => piece.clone(),
                    },
                    Piece::Literal(_) => piece.clone(),
                })
                .collect(),
        )
    }

    /// The string, where every piece is known.
    pub fn known(&self) -> Option<String> {
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Output(_) => None,
            })
            .collect()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Output(output) => write!(f, "{output}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::literal(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::literal(text)
    }
}

const TEXT_KEY: &str = "$text";

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        if let Some(text) = self.known() {
            return serializer.serialize_str(&text);
        }
        let pieces: Vec<Value> = self
            .0
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Value::String(text.clone()),
                Piece::Output(o) => Value::Array(vec![
                    Value::String(o.address.to_string()),
                    Value::String(o.output.clone()),
                ]),
            })
            .collect();
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(TEXT_KEY, &pieces)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Value::String(text) = value {
            return Ok(Self::literal(text));
        }
        pieces_of(&value)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("expected a string or a $text"))
    }
}

impl schemars::JsonSchema for Text {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
}

/// The id of another resource, of kind `K`.
///
/// `K` is the kind's own type, so the id of a subnet cannot be written where that of a
/// security group belongs.
pub struct Link<K> {
    text: Text,
    kind: PhantomData<fn() -> K>,
}

impl<K> Link<K> {
    /// A link to an id that exists already.
    pub fn existing(id: impl Into<String>) -> Self {
        Self::from_text(Text::literal(id))
    }

    /// A link to what `text` says.
    pub fn from_text(text: Text) -> Self {
        Self {
            text,
            kind: PhantomData,
        }
    }

    /// The link as text, to stand within a longer one.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The id, where it is known.
    pub fn known(&self) -> Option<String> {
        self.text.known()
    }
}

impl<K> Clone for Link<K> {
    fn clone(&self) -> Self {
        Self::from_text(self.text.clone())
    }
}

impl<K> fmt::Debug for Link<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl<K> fmt::Display for Link<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.text, f)
    }
}

impl<K> PartialEq for Link<K> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<K> Eq for Link<K> {}

impl<K> PartialOrd for Link<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Link<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl<K> Serialize for Link<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de, K> Deserialize<'de> for Link<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(Self::from_text)
    }
}

impl<K> schemars::JsonSchema for Link<K> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Link".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Text::json_schema(generator)
    }
}

fn pieces_of(value: &Value) -> Option<Vec<Piece>> {
    let map = value.as_object().filter(|map| map.len() == 1)?;
    map.get(TEXT_KEY)?
        .as_array()?
        .iter()
        .map(|piece| match piece {
            Value::String(text) => Some(Piece::Literal(text.clone())),
            Value::Array(pair) => match pair.as_slice() {
                [Value::String(address), Value::String(output)] => Some(Piece::Output(OutputRef {
                    address: Address::new(address),
                    output: output.clone(),
                })),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Every output that a serialised specification refers to.
pub fn references(value: &Value) -> BTreeSet<OutputRef> {
    let mut found = BTreeSet::new();
    visit(value, &mut |output| {
        found.insert(output);
    });
    found
}

fn visit(value: &Value, each: &mut impl FnMut(OutputRef)) {
    if let Some(pieces) = pieces_of(value) {
        for piece in pieces {
            if let Piece::Output(output) = piece {
                each(output);
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
    if let Some(pieces) = pieces_of(value) {
        let filled = Text(pieces).filled(lookup);
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

/// The text that stands unresolved at this place, if one does.
pub fn unresolved(value: &Value) -> Option<Text> {
    pieces_of(value).map(Text)
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
