//! The ground everything stands on: values that carry their meaning in their type.
//!
//! Each type is read from what a person writes in a stack file and printed the same way, has serde and JSON Schema, and says in
//! its error what was expected and, where it can tell, what was probably meant. A type that is written as text implements
//! [`Unit`]; its `FORMAT` stands in the schema, and [`check`] is what the stack language asks for a value under that format, so
//! that the schema, the typed document and the messages can never disagree.

use std::fmt::Display;
use std::str::FromStr;

mod arn;
mod cidr;
mod compute;
mod domain;
mod duration;
mod email;
mod github;
mod http_path;
mod image;
pub mod name;
mod paths;
mod percent;
mod port;
mod region;
mod size;
mod stack_name;
mod usd;

pub use arn::{AccountId, Arn};
pub use cidr::Cidr;
pub use compute::{DbClass, InstanceType};
pub use domain::DomainName;
pub use duration::Duration;
pub use email::Email;
pub use github::{BranchName, GithubRepo};
pub use http_path::HttpPath;
pub use image::ImageRef;
pub use paths::{MountPath, VariableName};
pub use percent::Percent;
pub use port::Port;
pub use region::{Region, ZoneLetter};
pub use size::Size;
pub use stack_name::{EnvironmentName, ItemName, StackName};
pub use usd::Usd;

/// A value that a person writes as text, such as `80%` or `10.0.0.0/16`.
pub trait Unit: Sized + FromStr<Err = UnitError> + Display {
    /// The JSON Schema `format` that names this unit.
    const FORMAT: &'static str;
    /// What it is, with its article, as it reads in a sentence: `a percentage`.
    const WHAT: &'static str;
    /// How it is written, for a person.
    const WRITTEN: &'static str;
    /// Values that are right, the most usual first.
    const EXAMPLES: &'static [&'static str];
    /// A regular expression for editors. Coarser than the reading itself, which alone decides.
    const PATTERN: &'static str;
}

/// Why a text is not the value it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not {what}: {reason}")]
pub struct UnitError {
    /// The text as written, shortened when it is long.
    pub text: String,
    /// What it should have been, with its article.
    pub what: &'static str,
    /// What is wrong with it.
    pub reason: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl UnitError {
    /// An error about `text` for the unit `U`.
    pub fn new<U: Unit>(text: &str, reason: impl Into<String>) -> Self {
        const SHOWN: usize = 60;
        let shortened = match text.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.to_owned(),
        };
        Self {
            text: shortened,
            what: U::WHAT,
            reason: reason.into(),
            suggestion: None,
        }
    }

    /// The same error with what was probably meant.
    pub fn suggest(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// What the stack language knows of a unit: its schema format, how it is written, and how it is checked.
pub struct UnitEntry {
    /// The JSON Schema `format`.
    pub format: &'static str,
    /// What it is, with its article.
    pub what: &'static str,
    /// How it is written.
    pub written: &'static str,
    /// Values that are right.
    pub examples: &'static [&'static str],
    /// Reads a text, keeping only the verdict.
    pub check: fn(&str) -> Result<(), UnitError>,
}

impl UnitEntry {
    /// The entry of a unit.
    pub const fn of<U: Unit>() -> Self {
        Self {
            format: U::FORMAT,
            what: U::WHAT,
            written: U::WRITTEN,
            examples: U::EXAMPLES,
            check: |text| text.parse::<U>().map(drop),
        }
    }
}

/// Every unit that is written as text, by its format in alphabetical order.
pub const UNITS: &[UnitEntry] = &[
    UnitEntry::of::<AccountId>(),
    UnitEntry::of::<Arn>(),
    UnitEntry::of::<BranchName>(),
    UnitEntry::of::<Cidr>(),
    UnitEntry::of::<DbClass>(),
    UnitEntry::of::<DomainName>(),
    UnitEntry::of::<Email>(),
    UnitEntry::of::<EnvironmentName>(),
    UnitEntry::of::<GithubRepo>(),
    UnitEntry::of::<HttpPath>(),
    UnitEntry::of::<ImageRef>(),
    UnitEntry::of::<InstanceType>(),
    UnitEntry::of::<ItemName>(),
    UnitEntry::of::<MountPath>(),
    UnitEntry::of::<Percent>(),
    UnitEntry::of::<Region>(),
    UnitEntry::of::<StackName>(),
    UnitEntry::of::<Size>(),
    UnitEntry::of::<Duration>(),
    UnitEntry::of::<VariableName>(),
    UnitEntry::of::<ZoneLetter>(),
];

/// The unit that the schema knows under `format`.
pub fn by_format(format: &str) -> Option<&'static UnitEntry> {
    UNITS.iter().find(|unit| unit.format == format)
}

/// serde and JSON Schema for a unit that is written as text.
macro_rules! written_as_text {
    ($type:ident) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "string",
                    "format": <$type as $crate::units::Unit>::FORMAT,
                    "pattern": <$type as $crate::units::Unit>::PATTERN,
                    "description": <$type as $crate::units::Unit>::WRITTEN,
                    "examples": <$type as $crate::units::Unit>::EXAMPLES,
                })
            }
        }
    };
}

/// `as_str`, `AsRef<str>` and `Display` for a unit that keeps its text.
macro_rules! keeps_its_text {
    ($type:ident) => {
        impl $type {
            /// The text as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

pub(crate) use {keeps_its_text, written_as_text};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_unique_and_sorted() {
        let formats: Vec<_> = UNITS.iter().map(|unit| unit.format).collect();
        let mut sorted = formats.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(formats, sorted);
    }

    #[test]
    fn every_example_is_right_and_nonsense_is_not() {
        for unit in UNITS {
            assert!(!unit.examples.is_empty(), "{} has no example", unit.format);
            for example in unit.examples {
                assert_eq!((unit.check)(example), Ok(()), "{}", unit.format);
            }
            for nonsense in ["", " ", "!", "\u{0}", "-", "é é"] {
                let refused = (unit.check)(nonsense);
                assert!(refused.is_err(), "{} takes {nonsense:?}", unit.format);
            }
        }
    }

    #[test]
    fn a_long_text_is_shortened_in_the_error() {
        let error = "x".repeat(5_000).parse::<Percent>().unwrap_err();
        assert!(error.to_string().len() < 250, "{error}");
    }
}
