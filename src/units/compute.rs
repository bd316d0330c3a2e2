use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// An EC2 instance type, such as `t3.small`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceType(String);

/// An RDS instance class, such as `db.t3.micro`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DbClass(String);

keeps_its_text!(InstanceType);
keeps_its_text!(DbClass);
written_as_text!(InstanceType);
written_as_text!(DbClass);

impl InstanceType {
    /// Whether its processors are Graviton (`t4g`, `c7gn`), which run arm64 images.
    pub fn is_arm(&self) -> bool {
        let family = self.0.split('.').next().unwrap_or_default();
        let capabilities = family
            .trim_start_matches(|c: char| !c.is_ascii_digit())
            .trim_start_matches(|c: char| c.is_ascii_digit());
        capabilities.contains('g') || family == "a1"
    }
}

impl DbClass {
    /// `db.t3.micro`, the smallest that every engine runs on.
    pub fn t3_micro() -> Self {
        Self("db.t3.micro".to_owned())
    }

    /// `db.t3.small`, the next one.
    pub fn t3_small() -> Self {
        Self("db.t3.small".to_owned())
    }
}

impl Unit for InstanceType {
    const FORMAT: &'static str = "instance-type";
    const WHAT: &'static str = "an EC2 instance type";
    const WRITTEN: &'static str = "An EC2 instance type: family, dot, size.";
    const EXAMPLES: &'static [&'static str] = &["t3.small", "t4g.micro"];
    const PATTERN: &'static str = "^[a-z][a-z0-9-]*[.][a-z0-9-]+$";
}

impl Unit for DbClass {
    const FORMAT: &'static str = "db-class";
    const WHAT: &'static str = "an RDS instance class";
    const WRITTEN: &'static str =
        "An RDS instance class: db, family, size, with dots between them.";
    const EXAMPLES: &'static [&'static str] = &["db.t3.micro", "db.t4g.small"];
    const PATTERN: &'static str = "^db[.][a-z][a-z0-9-]*[.][a-z0-9-]+$";
}

impl FromStr for InstanceType {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if is_type(text) && text.len() <= 32 {
            return Ok(Self(text.to_owned()));
        }
        let error = UnitError::new::<Self>(text, "it is written like t3.small");
        Err(match text.strip_prefix("db.") {
            Some(bare) if is_type(bare) => error.suggest(bare),
            _ => error,
        })
    }
}

impl FromStr for DbClass {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.strip_prefix("db.") {
            Some(bare) if is_type(bare) && text.len() <= 32 => Ok(Self(text.to_owned())),
            None if is_type(text) => Err(UnitError::new::<Self>(
                text,
                "the classes of databases begin with db.",
            )
            .suggest(format!("db.{text}"))),
            _ => Err(UnitError::new::<Self>(
                text,
                "it is written like db.t3.micro",
            )),
        }
    }
}

fn is_type(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .split_once('.')
            .is_some_and(|(family, size)| part(family) && part(size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_types() {
        for text in [
            "t3.small",
            "m7i-flex.large",
            "u-6tb1.metal",
            "c7gn.16xlarge",
        ] {
            assert_eq!(text.parse::<InstanceType>().unwrap().as_str(), text);
        }
        for text in ["t3", "t3.", "T3.small", "t3.small.x", "3t.small"] {
            assert!(text.parse::<InstanceType>().is_err(), "{text}");
        }
        assert_eq!(
            "db.t3.small"
                .parse::<InstanceType>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("t3.small")
        );
        let arm = |text: &str| text.parse::<InstanceType>().unwrap().is_arm();
        assert!(arm("t4g.small") && arm("c7gn.large") && arm("a1.large"));
        assert!(!arm("t3.small") && !arm("g4dn.xlarge") && !arm("m7i-flex.large"));
    }

    #[test]
    fn db_classes() {
        assert_eq!(
            "db.t3.micro".parse::<DbClass>().unwrap().to_string(),
            "db.t3.micro"
        );
        assert_eq!(
            "t3.micro"
                .parse::<DbClass>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("db.t3.micro")
        );
        assert!("db.t3".parse::<DbClass>().is_err());
    }
}
