//! The id of another resource, which only a resource of the right kind can have.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::text::Text;

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
