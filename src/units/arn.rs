use std::fmt;
use std::str::FromStr;

use super::{Unit, UnitError, keeps_its_text, written_as_text};

/// An AWS account's number: twelve digits, which may begin with zeros.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(String);

keeps_its_text!(AccountId);
written_as_text!(AccountId);

impl Unit for AccountId {
    const FORMAT: &'static str = "account-id";
    const WHAT: &'static str = "an AWS account number";
    const WRITTEN: &'static str = "An AWS account's number: twelve digits, in quotes.";
    const EXAMPLES: &'static [&'static str] = &["123456789012"];
    const PATTERN: &'static str = "^[0-9]{12}$";
}

impl FromStr for AccountId {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(text.to_owned()));
        }
        let error = UnitError::new::<Self>(text, "it is twelve digits");
        let bare = text.replace(['-', ' '], "");
        Err(if bare != text && bare.parse::<Self>().is_ok() {
            error.suggest(bare)
        } else {
            error
        })
    }
}

/// An Amazon Resource Name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Arn {
    text: String,
    /// Where the parts `partition:service:region:account:resource` begin in `text`.
    starts: [usize; 5],
}

impl Arn {
    /// An ARN of its parts; region and account are empty for services that have none in theirs (IAM, S3).
    pub fn of(
        partition: &str,
        service: &str,
        region: &str,
        account: &str,
        resource: &str,
    ) -> Result<Self, UnitError> {
        format!("arn:{partition}:{service}:{region}:{account}:{resource}").parse()
    }

    /// `aws`, `aws-cn` or `aws-us-gov`.
    pub fn partition(&self) -> &str {
        self.part(0)
    }

    /// The service, such as `elasticloadbalancing`.
    pub fn service(&self) -> &str {
        self.part(1)
    }

    /// The region; empty for a global service.
    pub fn region(&self) -> &str {
        self.part(2)
    }

    /// The account; empty for S3.
    pub fn account(&self) -> &str {
        self.part(3)
    }

    /// All that follows the account.
    pub fn resource(&self) -> &str {
        self.part(4)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn part(&self, index: usize) -> &str {
        let start = self.starts.get(index).copied().unwrap_or(self.text.len());
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| next.saturating_sub(1));
        self.text.get(start..end).unwrap_or_default()
    }
}

impl Unit for Arn {
    const FORMAT: &'static str = "arn";
    const WHAT: &'static str = "an ARN";
    const WRITTEN: &'static str = "An Amazon Resource Name.";
    const EXAMPLES: &'static [&'static str] = &["arn:aws:iam::123456789012:role/example"];
    const PATTERN: &'static str = "^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$";
}

impl FromStr for Arn {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let refuse = |reason: &str| UnitError::new::<Self>(text, reason);
        if text.len() > 2048 || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(refuse("it has spaces or is longer than 2048 characters"));
        }
        let mut starts = [0; 5];
        let mut rest = 0;
        for start in &mut starts {
            let colon = text.get(rest..).and_then(|tail| tail.find(':'));
            rest += colon.ok_or_else(|| refuse("it has six parts with colons between them"))? + 1;
            *start = rest;
        }
        let arn = Self {
            text: text.to_owned(),
            starts,
        };
        if !text.starts_with("arn:")
            || arn.partition().is_empty()
            || arn.service().is_empty()
            || arn.resource().is_empty()
        {
            return Err(refuse(
                "it begins with arn: and names a partition, a service and a resource",
            ));
        }
        Ok(arn)
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

written_as_text!(Arn);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts() {
        assert_eq!(
            "012345678901".parse::<AccountId>().unwrap().as_str(),
            "012345678901"
        );
        assert_eq!(
            "1234-5678-9012"
                .parse::<AccountId>()
                .unwrap_err()
                .suggestion
                .as_deref(),
            Some("123456789012")
        );
        assert!("12345678901".parse::<AccountId>().is_err());
    }

    #[test]
    fn arns_have_parts() {
        let arn: Arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/codedetect-prod/secret-key"
            .parse()
            .unwrap();
        assert_eq!(
            (arn.partition(), arn.service(), arn.region(), arn.account()),
            ("aws", "ssm", "eu-west-1", "123456789012")
        );
        assert_eq!(arn.resource(), "parameter/codedetect-prod/secret-key");
        let log: Arn = "arn:aws:logs:eu-west-1:123456789012:log-group:x:*"
            .parse()
            .unwrap();
        assert_eq!(log.resource(), "log-group:x:*");
        assert_eq!(
            Arn::of("aws", "s3", "", "", "bucket").unwrap().to_string(),
            "arn:aws:s3:::bucket"
        );
        for text in [
            "arn:aws:s3::bucket",
            "arn:aws:s3:::",
            "x:aws:s3:::b",
            "arn::s3:::b",
            "arn:aws:s3::: b",
        ] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}
