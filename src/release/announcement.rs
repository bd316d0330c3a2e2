//! What the stack's topic is told when a release has ended: short enough for a telephone.

use std::fmt::Write;

use super::record::{Record, Verdict};
use super::run::tag;
use crate::aws::{AwsError, Cloud, During};
use crate::model::workloads::Colour;

/// The longest subject that SNS takes; it must be ASCII, on one line ("Publish", API reference).
const LONGEST_SUBJECT: usize = 100;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
}

impl Announcement {
    /// How a release of a stack ended; nothing while it has not.
    pub fn of(stack: &str, record: &Record) -> Option<Self> {
        let ended = record.ended.as_ref()?;
        let version = tag(&record.image).unwrap_or(&record.image);
        let what = match (ended.verdict, record.verb.as_str()) {
            (Verdict::Done, "refresh") => format!("{version} runs on new instances"),
            (Verdict::Done, _) => format!("{version} is live"),
            (Verdict::RolledBack, _) => format!("{version} was rolled back"),
            (Verdict::Aborted, verb) => format!("{verb} of {version} was aborted"),
        };
        let serving = match (record.to, ended.verdict) {
            (Colour::Single, Verdict::Done) => "It serves.".to_owned(),
            (Colour::Single, _) => "The former version serves.".to_owned(),
            (to, Verdict::Done) => format!("{} serves.", to.key()),
            (_, _) => format!("{} serves.", record.from.key()),
        };
        let mut body = format!(
            "{} of {} to workload {}, by {}, {} to {}.\n{serving}\n",
            record.verb, record.image, record.workload, record.by, record.started, ended.at
        );
        // Writing to a string does not fail.
        if let Some(cause) = &ended.cause {
            let _ = writeln!(body, "Because {cause}.");
        }
        if let Some(evidence) = &ended.evidence {
            let _ = writeln!(
                body,
                "{} requests through the load balancer, {} failed.",
                evidence.requests, evidence.failed
            );
            for (kind, number) in &evidence.failures {
                let _ = writeln!(body, "  {number} x {kind}");
            }
            let versions: Vec<String> = evidence
                .versions
                .iter()
                .map(|(version, number)| format!("{version} {number}"))
                .collect();
            if !versions.is_empty() {
                let _ = writeln!(body, "Answers by version: {}.", versions.join(", "));
            }
        }
        let _ = writeln!(
            body,
            "The whole report: codedetect-infra history show {}",
            record.run
        );
        Some(Self {
            subject: subject(&format!("{stack}: {what}")),
            body,
        })
    }

    /// Publishes it.
    ///
    /// # Errors
    /// AWS's.
    pub async fn publish(&self, cloud: &Cloud, topic: &str) -> Result<(), AwsError> {
        cloud
            .sns()
            .publish()
            .topic_arn(topic)
            .subject(&self.subject)
            .message(&self.body)
            .send()
            .await
            .during("sns:Publish")?;
        Ok(())
    }
}

/// As SNS takes it: begins with a letter, digit or mark, and has no control character.
fn subject(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .take(LONGEST_SUBJECT)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::evidence::Evidence;
    use crate::release::record::{Before, Beginning, Ended};

    fn record(verdict: Verdict, cause: Option<&str>) -> Record {
        let mut record = Record::new(
            Beginning {
                run: "20260101T000000Z-000001".to_owned(),
                verb: "deploy",
                by: "ops@localhost".to_owned(),
                started: "2026-01-01T00:00:00Z".to_owned(),
                workload: "analyzer".to_owned(),
                from: Colour::Blue,
                to: Colour::Green,
                image: "ghcr.io/example/codedetect:1.1.0".to_owned(),
                before: Before::default(),
            },
            Vec::new(),
        );
        record.ended = Some(Ended {
            at: "2026-01-01T00:01:00Z".to_owned(),
            verdict,
            cause: cause.map(str::to_owned),
            evidence: Some(Evidence {
                requests: 400,
                failed: 1,
                failures: [("503".to_owned(), 1)].into(),
                versions: [("1.0.0".to_owned(), 399)].into(),
                ..Evidence::default()
            }),
        });
        record
    }

    #[test]
    fn it_says_version_colour_cause_and_evidence() {
        let record = record(Verdict::RolledBack, Some("alarm cpu rings"));
        let told = Announcement::of("codedetect-prod", &record).unwrap();
        assert_eq!(told.subject, "codedetect-prod: 1.1.0 was rolled back");
        assert_eq!(
            told.body,
            "deploy of ghcr.io/example/codedetect:1.1.0 to workload analyzer, by ops@localhost, \
             2026-01-01T00:00:00Z to 2026-01-01T00:01:00Z.\n\
             blue serves.\n\
             Because alarm cpu rings.\n\
             400 requests through the load balancer, 1 failed.\n  1 x 503\n\
             Answers by version: 1.0.0 399.\n\
             The whole report: codedetect-infra history show 20260101T000000Z-000001\n"
        );
        let done = self::record(Verdict::Done, None);
        let told = Announcement::of("codedetect-prod", &done).unwrap();
        assert_eq!(told.subject, "codedetect-prod: 1.1.0 is live");
        assert!(told.body.contains("green serves."), "{}", told.body);
    }

    #[test]
    fn a_subject_is_what_sns_takes() {
        let long = subject(&format!("stack: é\n{}", "x".repeat(200)));
        assert_eq!(long.len(), LONGEST_SUBJECT);
        assert!(long.starts_with("stack: ??x"), "{long}");
    }

    #[test]
    fn of_what_has_not_ended_nothing_is_told() {
        let mut open = record(Verdict::Done, None);
        open.ended = None;
        assert_eq!(Announcement::of("codedetect-prod", &open), None);
    }
}
