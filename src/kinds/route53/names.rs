//! Names and values in one form, whichever of the equal forms was written or answered.
//!
//! To DNS `Example.com` and `example.com.` are one name; Route 53 answers with the final dot,
//! in lower case, and with `\052` for an asterisk (Developer Guide, "DNS domain name format").

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::reference::Text;

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

/// A value as people write it: a host name in it needs no final dot. Quoted text (TXT, CAA)
/// stays as it is.
fn plain_value(value: &str) -> String {
    value.strip_suffix('.').unwrap_or(value).to_owned()
}

macro_rules! normalised {
    ($(#[$doc:meta])* $name:ident, $normalise:path) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Text);

        impl $name {
            /// The text, normalised where all of it is known.
            pub fn new(text: impl Into<Text>) -> Self {
                let text = text.into();
                match text.known() {
                    Some(known) => Self(Text::literal($normalise(&known))),
                    None => Self(text),
                }
            }

            /// The text, whose pieces may be unknown still.
            pub fn text(&self) -> &Text {
                &self.0
            }

            /// The normalised string, where it is known.
            pub fn known(&self) -> Option<String> {
                self.0.known()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Text::deserialize(deserializer).map(Self::new)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

normalised! {
    /// A domain name; case and a final dot make no difference.
    DnsName, plain
}

normalised! {
    /// One value of a record, as Route 53 takes it: TXT values stand in double quotes, an MX
    /// value is `10 mail.example.com`. A final dot makes no difference.
    RecordValue, plain_value
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
