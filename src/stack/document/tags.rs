use std::str::FromStr;

use super::Keyed;
use crate::units::{Unit, UnitError, keeps_its_text, written_as_text};

/// Tags by their key.
pub type Tags = Keyed<TagKey, TagValue>;

/// The key of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagKey(String);

/// The value of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagValue(String);

keeps_its_text!(TagKey);
keeps_its_text!(TagValue);
written_as_text!(TagKey);
written_as_text!(TagValue);

impl Unit for TagKey {
    const FORMAT: &'static str = "tag-key";
    const WHAT: &'static str = "the key of a tag";
    const WRITTEN: &'static str = "1 to 128 letters, digits, spaces and _ . : / = + - @";
    const EXAMPLES: &'static [&'static str] = &["Tier", "cost-centre"];
    const PATTERN: &'static str = r"^[\p{L}\p{N} _.:/=+@-]+$";
}

impl Unit for TagValue {
    const FORMAT: &'static str = "tag-value";
    const WHAT: &'static str = "the value of a tag";
    const WRITTEN: &'static str = "Up to 256 letters, digits, spaces and _ . : / = + - @";
    const EXAMPLES: &'static [&'static str] = &["private"];
    const PATTERN: &'static str = r"^[\p{L}\p{N} _.:/=+@-]*$";
}

/// The characters that every AWS service takes in a tag.
fn is_legal(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || " _.:/=+-@".contains(c))
}

impl FromStr for TagKey {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let refuse = |reason: &str| Err(UnitError::new::<Self>(text, reason));
        if text.trim().is_empty() || text.chars().count() > 128 {
            return refuse("it has 1 to 128 characters");
        }
        if !is_legal(text) {
            return refuse("it may have letters, digits, spaces and _ . : / = + - @");
        }
        let start = text.get(..4).unwrap_or_default();
        if start.eq_ignore_ascii_case("aws:") {
            return refuse("keys that begin with aws: belong to AWS");
        }
        if text.starts_with("codedetect:") {
            return refuse(
                "keys that begin with codedetect: are how the stack knows its resources",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for TagValue {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.chars().count() > 256 {
            return Err(UnitError::new::<Self>(
                text,
                "it has at most 256 characters",
            ));
        }
        if !is_legal(text) {
            return Err(UnitError::new::<Self>(
                text,
                "it may have letters, digits, spaces and _ . : / = + - @",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_takes() {
        assert_eq!("Tier".parse::<TagKey>().unwrap().as_str(), "Tier");
        for key in [
            "",
            " ",
            "aws:x",
            "AWS:x",
            "codedetect:stack",
            "a;b",
            &"x".repeat(129),
        ] {
            assert!(key.parse::<TagKey>().is_err(), "{key}");
        }
        assert!("".parse::<TagValue>().is_ok());
        assert!("<b>".parse::<TagValue>().is_err());
    }
}
