//! A string of which parts are known only once another resource exists.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::address::{Address, OutputRef};

const TEXT_KEY: &str = "$text";

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

/// The text that stands unresolved at this place, if one does.
pub fn unresolved(value: &Value) -> Option<Text> {
    pieces_of(value).map(Text)
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
