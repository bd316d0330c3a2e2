//! Bug reports go to the topic of alerts, where there is one.

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sns::error::DisplayErrorContext;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::store::scan::BugReport;

/// SNS's limit of a subject, in characters of ASCII.
const SUBJECT: usize = 100;

/// AWS as this process's environment describes it.
pub async fn aws() -> SdkConfig {
    let client = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(client)
        .load()
        .await
}

/// Where bug reports go.
pub struct Alerts {
    topic: Option<(aws_sdk_sns::Client, String)>,
}

/// The topic did not take a report.
#[derive(Debug, thiserror::Error)]
#[error("the topic {topic} did not take the report: {reason}")]
pub struct AlertError {
    topic: String,
    reason: String,
}

impl Alerts {
    /// To no topic: reports are only stored and logged.
    pub const fn none() -> Self {
        Self { topic: None }
    }

    /// To a topic, by its ARN.
    pub async fn to(topic: Option<&str>) -> Self {
        let Some(arn) = topic else {
            return Self::none();
        };
        let mut settings = aws_sdk_sns::config::Builder::from(&aws().await);
        // The region of a topic is in its ARN, whatever region the process is in.
        if let Some(region) = arn.split(':').nth(3).filter(|region| !region.is_empty()) {
            settings = settings.region(aws_sdk_sns::config::Region::new(region.to_owned()));
        }
        Self {
            topic: Some((
                aws_sdk_sns::Client::from_conf(settings.build()),
                arn.to_owned(),
            )),
        }
    }

    /// Publishes a report. `false`: there is no topic.
    pub async fn publish(&self, report: &BugReport) -> Result<bool, AlertError> {
        let Some((client, topic)) = &self.topic else {
            return Ok(false);
        };
        client
            .publish()
            .topic_arn(topic)
            .subject(subject(&report.title))
            .message(message(report))
            .send()
            .await
            .map_err(|source| AlertError {
                topic: topic.clone(),
                reason: DisplayErrorContext(source).to_string(),
            })?;
        Ok(true)
    }
}

/// A subject is printable ASCII, and starts with a letter.
fn subject(title: &str) -> String {
    format!("Bug report: {title}")
        .chars()
        .map(|c| {
            if c == ' ' || c.is_ascii_graphic() {
                c
            } else {
                '?'
            }
        })
        .take(SUBJECT)
        .collect()
}

fn message(report: &BugReport) -> String {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "not given".into());
    format!(
        "{}\n\n{}\n\nContact: {}\nScan: {}\nReport: {} at {}\n",
        report.title,
        report.description,
        or_none(report.contact.clone()),
        or_none(report.scan.map(|id| id.to_string())),
        report.id,
        report.created_at,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_what_sns_takes() {
        assert_eq!(subject("it broke"), "Bug report: it broke");
        assert_eq!(subject("a\nb\u{1f4a5}"), "Bug report: a?b?");
        assert_eq!(subject(&"x".repeat(300)).len(), SUBJECT);
    }
}
