use std::str::FromStr;

use super::{DomainName, Unit, UnitError, keeps_its_text, written_as_text};

/// An e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

keeps_its_text!(Email);
written_as_text!(Email);

impl Unit for Email {
    const FORMAT: &'static str = "email";
    const WHAT: &'static str = "an e-mail address";
    const WRITTEN: &'static str = "An e-mail address.";
    const EXAMPLES: &'static [&'static str] = &["ops@example.com"];
    const PATTERN: &'static str = r"^[^@\s]+@[^@\s]+\.[^@\s]+$";
}

impl FromStr for Email {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let refuse = |reason: &str| Err(UnitError::new::<Self>(text, reason));
        let Some((person, host)) = text.rsplit_once('@') else {
            return refuse("it has no @");
        };
        let legal = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
        if person.is_empty()
            || person.len() > 64
            || !person.chars().all(legal)
            || person.starts_with('.')
            || person.ends_with('.')
        {
            return refuse(
                "the part before the @ is empty, too long or has a character that is not allowed there",
            );
        }
        if host.to_ascii_lowercase().parse::<DomainName>().is_err() {
            return refuse("the part after the @ is not a domain name");
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for text in ["ops@example.com", "first.last+tag@sub.example.com"] {
            assert_eq!(text.parse::<Email>().unwrap().as_str(), text);
        }
        for text in [
            "ops",
            "@example.com",
            "ops@",
            "ops@localhost",
            "a b@example.com",
            "a@b@example.com",
            ".a@example.com",
        ] {
            assert!(text.parse::<Email>().is_err(), "{text}");
        }
    }
}
