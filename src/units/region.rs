use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// An AWS region by its code, such as `eu-west-1`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(String);

impl Region {
    /// The only region that has billing metrics, and the one whose name S3 does not take as a location.
    pub const US_EAST_1: &'static str = "us-east-1";

    /// The availability zone of this region with that letter, such as `eu-west-1a`.
    pub fn zone(&self, letter: ZoneLetter) -> String {
        format!("{}{letter}", self.0)
    }
}

keeps_its_text!(Region);
written_as_text!(Region);

impl Unit for Region {
    const FORMAT: &'static str = "region";
    const WHAT: &'static str = "an AWS region";
    const WRITTEN: &'static str = "An AWS region by its code.";
    const EXAMPLES: &'static [&'static str] = &["eu-west-1", "us-east-1"];
    const PATTERN: &'static str = "^[a-z]{2}(-[a-z]+)+-[1-9]$";
}

impl FromStr for Region {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let mut parts = text.split('-');
        let area = parts
            .next()
            .is_some_and(|part| part.len() == 2 && is_lower(part));
        let number = parts
            .next_back()
            .is_some_and(|part| part.len() == 1 && matches!(part.as_bytes(), [b'1'..=b'9']));
        let middle: Vec<_> = parts.collect();
        if area
            && number
            && !middle.is_empty()
            && middle.iter().all(|part| is_lower(part))
            && text.len() <= 32
        {
            return Ok(Self(text.to_owned()));
        }
        let error = UnitError::new::<Self>(text, "a region is written like eu-west-1");
        Err(match text.strip_suffix(|c: char| c.is_ascii_lowercase()) {
            Some(region) if region.parse::<Self>().is_ok() => error.suggest(region),
            _ => error,
        })
    }
}

fn is_lower(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase())
}

/// The letter of an availability zone within its region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ZoneLetter(char);

impl ZoneLetter {
    /// The letter.
    pub fn letter(self) -> char {
        self.0
    }
}

impl Unit for ZoneLetter {
    const FORMAT: &'static str = "zone-letter";
    const WHAT: &'static str = "the letter of a zone";
    const WRITTEN: &'static str = "The letter of an availability zone within the region.";
    const EXAMPLES: &'static [&'static str] = &["a", "b"];
    const PATTERN: &'static str = "^[a-z]$";
}

impl FromStr for ZoneLetter {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.as_bytes() {
            [letter @ b'a'..=b'z'] => Ok(Self(char::from(*letter))),
            [letter @ b'A'..=b'Z'] => Err(UnitError::new::<Self>(text, "it is a small letter")
                .suggest(char::from(letter.to_ascii_lowercase()).to_string())),
            _ => {
                let error = UnitError::new::<Self>(text, "write the letter alone, such as a");
                Err(match text.split_at_checked(text.len().saturating_sub(1)) {
                    Some((region, letter)) if region.parse::<Region>().is_ok() => {
                        error.suggest(letter)
                    }
                    _ => error,
                })
            }
        }
    }
}

impl fmt::Display for ZoneLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

written_as_text!(ZoneLetter);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions() {
        for text in [
            "eu-west-1",
            "us-gov-west-1",
            "ap-southeast-2",
            "il-central-1",
        ] {
            assert_eq!(text.parse::<Region>().unwrap().as_str(), text);
        }
        for text in [
            "eu-west",
            "eu",
            "EU-WEST-1",
            "eu_west_1",
            "eu-west-11",
            "eu--1",
            "Ireland",
            "eu-west-0",
        ] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
        assert_eq!(
            "eu-west-1a"
                .parse::<Region>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("eu-west-1")
        );
    }

    #[test]
    fn zones() {
        let region: Region = "eu-west-1".parse().unwrap();
        assert_eq!(region.zone("b".parse().unwrap()), "eu-west-1b");
        assert_eq!(
            "A".parse::<ZoneLetter>().unwrap_err().suggestion.as_deref(),
            Some("a")
        );
        assert_eq!(
            "eu-west-1c"
                .parse::<ZoneLetter>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("c")
        );
        assert!("1".parse::<ZoneLetter>().is_err());
    }
}
