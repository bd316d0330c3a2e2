//! Names and values in one form, whichever of the equal forms was written or answered.
//!
//! To DNS `Example.com` and `example.com.` are one name; Route 53 answers with the final dot,
//! in lower case, and with `\052` for an asterisk (Developer Guide, "DNS domain name format").

use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::reference::Text;

/// A domain name; case and a final dot make no difference.
pub type DnsName = Normal<Name>;

/// One value of a record, as Route 53 takes it: TXT values stand in double quotes, an MX value is
/// `10 mail.example.com`. A final dot makes no difference.
pub type RecordValue = Normal<Value>;

/// Text in the one form that `F` gives to all its equal forms.
pub struct Normal<F> {
    text: Text,
    form: PhantomData<fn() -> F>,
}

/// The form of a [`DnsName`].
pub enum Name {}

/// The form of a [`RecordValue`].
pub enum Value {}

/// Which of several equal texts stands for them all.
pub trait Form {
    /// What the schema calls it.
    const NAME: &str;

    /// The one text that stands for this one and its equals.
    fn normal(text: &str) -> String;
}

impl Form for Name {
    const NAME: &str = "DnsName";

    fn normal(text: &str) -> String {
        plain(text)
    }
}

impl Form for Value {
    const NAME: &str = "RecordValue";

    /// A host name in it needs no final dot. Quoted text (TXT, CAA) stays as it is.
    fn normal(text: &str) -> String {
        text.strip_suffix('.').unwrap_or(text).to_owned()
    }
}

impl<F: Form> Normal<F> {
    /// The text, normalised where all of it is known.
    pub fn new(text: impl Into<Text>) -> Self {
        let text = text.into();
        let text = match text.known() {
            Some(known) => Text::literal(F::normal(&known)),
            None => text,
        };
        Self {
            text,
            form: PhantomData,
        }
    }
}

impl<F> Normal<F> {
    /// The text, whose pieces may be unknown still.
    pub fn text(&self) -> &Text {
        &self.text
    }

    /// The normalised string, where it is known.
    pub fn known(&self) -> Option<String> {
        self.text.known()
    }
}

impl<F> Clone for Normal<F> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            form: PhantomData,
        }
    }
}

impl<F> PartialEq for Normal<F> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<F> Eq for Normal<F> {}

impl<F> PartialOrd for Normal<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F> Ord for Normal<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl<F> Serialize for Normal<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de, F: Form> Deserialize<'de> for Normal<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Text::deserialize(deserializer).map(Self::new)
    }
}

impl<F: Form> JsonSchema for Normal<F> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        F::NAME.into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Text::json_schema(generator)
    }
}

impl<F> fmt::Debug for Normal<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// A name as people write it: lower case, no final dot, `*` rather than `\052`.
pub(crate) fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name.trim_end_matches('.');
    while let Some(at) = rest.find('\\') {
        let (before, escaped) = rest.split_at(at);
        text.push_str(before);
        match octal(escaped) {
            Some(character) => {
                text.push(character);
                rest = &escaped[4..];
            }
            None => {
                text.push('\\');
                rest = &escaped[1..];
            }
        }
    }
    text.push_str(rest);
    text.make_ascii_lowercase();
    text
}

/// The printable character that `\052` and its like stand for.
fn octal(escaped: &str) -> Option<char> {
    let digits = escaped.get(1..4)?;
    let code = u8::from_str_radix(digits, 8).ok()?;
    code.is_ascii_graphic().then_some(char::from(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Address;

    #[test]
    fn a_name_has_one_form() {
        for name in ["*.Example.com", r"\052.example.com.", "*.example.com."] {
            assert_eq!(plain(name), "*.example.com", "{name}");
        }
        assert_eq!(plain(r"a\400b"), r"a\400b");
        assert_eq!(plain(r"a\04"), r"a\04");
        assert_eq!(plain("é\\é."), "é\\é");
    }

    #[test]
    fn quoted_text_keeps_its_dots() {
        let value = RecordValue::new("\"v=spf1 -all.\"");
        assert_eq!(value.known().unwrap(), "\"v=spf1 -all.\"");
        let host = RecordValue::new("10 mail.example.com.");
        assert_eq!(host.known().unwrap(), "10 mail.example.com");
    }

    #[test]
    fn a_name_is_normalised_once_it_is_known() {
        let unknown = DnsName::new(Text::output(&Address::new("a.b"), "dns_name"));
        let json = serde_json::to_value(&unknown).unwrap();
        let filled = crate::reference::resolve(&json, &|_| Some("LB-1.Example.COM.".to_owned()));
        let known: DnsName = serde_json::from_value(filled).unwrap();
        assert_eq!(known.known().unwrap(), "lb-1.example.com");
    }
}
