use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// A domain name in small letters, without the closing dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

keeps_its_text!(DomainName);
written_as_text!(DomainName);

impl DomainName {
    /// Whether this is `zone` itself or a name under it.
    pub fn is_within(&self, zone: &Self) -> bool {
        self == zone
            || self
                .0
                .strip_suffix(zone.as_str())
                .is_some_and(|rest| rest.ends_with('.'))
    }
}

impl Unit for DomainName {
    const FORMAT: &'static str = "domain-name";
    const WHAT: &'static str = "a domain name";
    const WRITTEN: &'static str = "A domain name in small letters, without a closing dot.";
    const EXAMPLES: &'static [&'static str] = &["codedetect.example.com", "example.com"];
    const PATTERN: &'static str = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$";
}

impl FromStr for DomainName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match fault(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => {
                let bare = text
                    .trim()
                    .trim_start_matches("https://")
                    .trim_start_matches("http://")
                    .trim_end_matches(['/', '.'])
                    .to_ascii_lowercase();
                let error = UnitError::new::<Self>(text, reason);
                Err(if bare != text && fault(&bare).is_none() {
                    error.suggest(bare)
                } else {
                    error
                })
            }
        }
    }
}

fn fault(text: &str) -> Option<&'static str> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    if text.contains("://") {
        Some("it is an address; write the name alone")
    } else if !text.bytes().all(|b| legal(b) || b == b'.') {
        Some("it may have only small letters, digits, hyphens and dots")
    } else if text.len() > 253 {
        Some("it is longer than 253 characters")
    } else if !text.split('.').all(label) {
        Some("each part between dots has 1 to 63 characters and no hyphen at its ends")
    } else if !text.contains('.') {
        Some("it has at least two parts with a dot between them")
    } else if !text
        .rsplit('.')
        .next()
        .is_some_and(|top| top.len() > 1 && top.starts_with(|c: char| c.is_ascii_lowercase()))
    {
        Some("its last part begins with a letter")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for text in ["example.com", "a.b.example.co.uk", "xn--bcher-kva.example"] {
            assert_eq!(text.parse::<DomainName>().unwrap().as_str(), text);
        }
        for text in [
            "example",
            "-a.com",
            "a-.com",
            "a..com",
            ".com",
            "192.0.2.1",
            "exa mple.com",
            &format!("{}.com", "a".repeat(64)),
        ] {
            assert!(text.parse::<DomainName>().is_err(), "{text}");
        }
        for (text, meant) in [
            ("https://example.com/", "example.com"),
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
        ] {
            assert_eq!(
                text.parse::<DomainName>()
                    .unwrap_err()
                    .suggestion
                    .as_deref(),
                Some(meant)
            );
        }
    }

    #[test]
    fn within() {
        let zone: DomainName = "example.com".parse().unwrap();
        let within = |text: &str| text.parse::<DomainName>().unwrap().is_within(&zone);
        assert!(within("example.com") && within("a.b.example.com"));
        assert!(!within("badexample.com") && !within("example.org"));
    }
}
