use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// The name of a stack: 2 to 20 characters, so that the names derived from it keep room for what distinguishes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StackName(String);

/// The name of an environment: 1 to 12 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EnvironmentName(String);

/// The name of one thing of a section, such as a bucket or a workload: 1 to 32 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ItemName(String);

keeps_its_text!(StackName);
keeps_its_text!(EnvironmentName);
keeps_its_text!(ItemName);
written_as_text!(StackName);
written_as_text!(EnvironmentName);
written_as_text!(ItemName);

impl Unit for StackName {
    const FORMAT: &'static str = "stack-name";
    const WHAT: &'static str = "the name of a stack";
    const WRITTEN: &'static str =
        "2 to 20 small letters, digits and single hyphens, beginning with a letter.";
    const EXAMPLES: &'static [&'static str] = &["codedetect"];
    const PATTERN: &'static str = "^[a-z](-?[a-z0-9])+$";
}

impl Unit for EnvironmentName {
    const FORMAT: &'static str = "environment-name";
    const WHAT: &'static str = "the name of an environment";
    const WRITTEN: &'static str =
        "1 to 12 small letters, digits and single hyphens, beginning with a letter.";
    const EXAMPLES: &'static [&'static str] = &["prod", "staging"];
    const PATTERN: &'static str = "^[a-z](-?[a-z0-9])*$";
}

impl Unit for ItemName {
    const FORMAT: &'static str = "item-name";
    const WHAT: &'static str = "a name";
    const WRITTEN: &'static str =
        "1 to 32 small letters, digits and single hyphens, beginning with a letter.";
    const EXAMPLES: &'static [&'static str] = &["uploads", "secret-key"];
    const PATTERN: &'static str = "^[a-z](-?[a-z0-9])*$";
}

impl FromStr for StackName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        slug::<Self>(text, 2, 20)?;
        // SSM refuses parameters whose path begins so; ELB refuses names that begin with `internal-`.
        for (reserved, owner) in [
            ("aws", "Parameter Store"),
            ("ssm", "Parameter Store"),
            ("internal", "load balancers"),
        ] {
            if text == reserved
                || text.starts_with(&format!("{reserved}-"))
                || (reserved != "internal" && text.starts_with(reserved))
            {
                return Err(UnitError::new::<Self>(
                    text,
                    format!("AWS keeps names that begin with {reserved} to itself ({owner})"),
                ));
            }
        }
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for EnvironmentName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        slug::<Self>(text, 1, 12)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for ItemName {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        slug::<Self>(text, 1, 32)?;
        Ok(Self(text.to_owned()))
    }
}

/// Small letters, digits and single inner hyphens, a letter first: what every AWS service takes in a name (RDS refuses double
/// hyphens, ELB a hyphen at either end, S3 capitals).
fn slug<U: Unit>(text: &str, least: usize, most: usize) -> Result<(), UnitError> {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let reason = if !text.is_ascii() || !text.bytes().all(legal) {
        "it may have only small letters, digits and hyphens".to_owned()
    } else if !text.starts_with(|c: char| c.is_ascii_lowercase()) {
        "it begins with a letter".to_owned()
    } else if text.ends_with('-') || text.contains("--") {
        "hyphens stand alone between letters or digits".to_owned()
    } else if text.len() > most {
        format!("it has {} characters and may have {most}", text.len())
    } else if text.len() < least {
        format!("it has at least {least} characters")
    } else {
        return Ok(());
    };
    let error = UnitError::new::<U>(text, reason);
    let meant = suggestion(text, most);
    Err(if meant.len() >= least && meant != text {
        error.suggest(meant)
    } else {
        error
    })
}

fn suggestion(text: &str, most: usize) -> String {
    let mut meant = String::new();
    for c in text.chars().take(most * 4) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() => meant.push(c),
            c if c.is_ascii_digit() && !meant.is_empty() => meant.push(c),
            '-' | '_' | ' ' | '.' if !meant.is_empty() && !meant.ends_with('-') => meant.push('-'),
            _ => {}
        }
    }
    meant.truncate(most);
    meant.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_slugs_of_bounded_length() {
        for text in ["codedetect", "code-detect-2", "ab"] {
            assert_eq!(text.parse::<StackName>().unwrap().as_str(), text);
        }
        for text in [
            "a",
            "Code",
            "2code",
            "code-",
            "code--x",
            "code_x",
            "internal-x",
            "internal",
            "awsome",
            "ssm-x",
            &"x".repeat(21),
        ] {
            assert!(text.parse::<StackName>().is_err(), "{text}");
        }
        assert!("internals".parse::<StackName>().is_ok());
        assert!("production-eu".parse::<EnvironmentName>().is_err());
        assert!("production".parse::<EnvironmentName>().is_ok());
        assert!("x".repeat(32).parse::<ItemName>().is_ok());
    }

    #[test]
    fn what_was_meant() {
        for (text, meant) in [
            ("Secret_Key", "secret-key"),
            ("my bucket", "my-bucket"),
            ("2nd", "nd"),
            ("a--b", "a-b"),
        ] {
            assert_eq!(
                text.parse::<ItemName>().unwrap_err().suggestion.as_deref(),
                Some(meant)
            );
        }
        assert_eq!("###".parse::<ItemName>().unwrap_err().suggestion, None);
    }
}
