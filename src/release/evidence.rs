//! What was seen through the load balancer during a release, added up: the proof that no request was lost, or that one was.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::counts::Balanced;

/// One request.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// When it was sent, since the watch began.
    pub at: Duration,
    /// How long the answer took.
    pub took: Duration,
    /// The status, or what went wrong instead.
    pub answer: Result<u16, String>,
    /// The version that answered, where it says so.
    pub version: Option<String>,
}

impl Sample {
    /// Whether the request failed: no answer, or one of 500 and more.
    pub fn failed(&self) -> bool {
        self.answer.as_ref().map_or(true, |status| *status >= 500)
    }

    fn kind(&self) -> String {
        match &self.answer {
            Ok(status) => status.to_string(),
            Err(what) => what.clone(),
        }
    }
}

/// Requests added up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Requests sent.
    pub requests: u64,
    /// Of these, failed.
    pub failed: u64,
    /// Of the failed ones, those that had ended before the traffic moved.
    #[serde(default)]
    pub failed_before: u64,
    /// The failed ones by kind: a status, or what went wrong.
    pub failures: BTreeMap<String, u64>,
    /// Answers by version; under `?` those that name none.
    pub versions: BTreeMap<String, u64>,
    /// Before the first weight was changed, while the traffic moved, and afterwards.
    pub latency: Latencies,
    /// What the load balancer has counted of all requests, as far as CloudWatch had it by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Balanced>,
}

/// How long answers took, by part of the release.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latencies {
    /// Before the traffic moved.
    pub before: Option<Latency>,
    /// While it moved.
    pub during: Option<Latency>,
    /// Afterwards.
    pub after: Option<Latency>,
}

/// How long answers took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Latency {
    /// Half of the answers took no longer.
    pub p50: f64,
    /// 95 of 100 took no longer.
    pub p95: f64,
    /// The longest.
    pub max: f64,
}

impl Latency {
    /// Of some answers; none of none.
    pub fn of<'a>(samples: impl Iterator<Item = &'a Sample>) -> Option<Self> {
        let mut took: Vec<f64> = samples
            .filter(|sample| sample.answer.is_ok())
            .map(|sample| sample.took.as_secs_f64() * 1000.0)
            .collect();
        took.sort_by(f64::total_cmp);
        let at = |hundredths: usize| {
            let rank = (took.len() * hundredths).div_ceil(100).max(1) - 1;
            took.get(rank).copied()
        };
        Some(Self {
            p50: at(50)?,
            p95: at(95)?,
            max: at(100)?,
        })
    }
}

impl Evidence {
    /// Adds samples up. `moved` is when the traffic first moved and when it stood, where it did.
    pub fn of(samples: &[Sample], moved: Option<(Duration, Duration)>) -> Self {
        let mut evidence = Self {
            requests: samples.len() as u64,
            ..Self::default()
        };
        for sample in samples {
            if sample.failed() {
                evidence.failed += 1;
                let moved = moved.map_or(Duration::MAX, |(began, _)| began);
                evidence.failed_before += u64::from(sample.at + sample.took < moved);
                *evidence.failures.entry(sample.kind()).or_default() += 1;
            }
            if sample.answer.is_ok() {
                let version = sample.version.clone().unwrap_or_else(|| "?".to_owned());
                *evidence.versions.entry(version).or_default() += 1;
            }
        }
        let part = |from: Duration, to: Duration| {
            Latency::of(
                samples
                    .iter()
                    .filter(|sample| sample.at >= from && sample.at < to),
            )
        };
        evidence.latency = match moved {
            None => Latencies {
                before: part(Duration::ZERO, Duration::MAX),
                ..Latencies::default()
            },
            Some((began, stood)) => Latencies {
                before: part(Duration::ZERO, began),
                during: part(began, stood),
                after: part(stood, Duration::MAX),
            },
        };
        evidence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(at: u64, took: u64, answer: Result<u16, &str>, version: &str) -> Sample {
        Sample {
            at: Duration::from_millis(at),
            took: Duration::from_millis(took),
            answer: answer.map_err(str::to_owned),
            version: Some(version.to_owned()),
        }
    }

    #[test]
    fn failures_are_counted_by_kind_and_a_client_error_is_none() {
        let samples = [
            sample(0, 5, Ok(200), "1"),
            sample(1, 5, Ok(404), "1"),
            sample(2, 5, Ok(503), "2"),
            sample(3, 5, Err("connection refused"), "2"),
        ];
        let evidence = Evidence::of(&samples, None);
        assert_eq!((evidence.requests, evidence.failed), (4, 2));
        assert_eq!(evidence.failures["503"], 1);
        assert_eq!(evidence.failures["connection refused"], 1);
        assert_eq!(evidence.versions["1"], 2);
    }

    #[test]
    fn latency_is_told_before_while_and_after_the_traffic_moved() {
        let samples = [
            sample(0, 10, Ok(200), "1"),
            sample(50, 30, Ok(200), "1"),
            sample(100, 20, Ok(200), "2"),
        ];
        let moved = Some((Duration::from_millis(40), Duration::from_millis(90)));
        let latency = Evidence::of(&samples, moved).latency;
        assert_eq!(latency.before.map(|one| one.max), Some(10.0));
        assert_eq!(latency.during.map(|one| one.max), Some(30.0));
        assert_eq!(latency.after.map(|one| one.max), Some(20.0));
    }

    #[test]
    fn what_failed_before_the_traffic_moved_is_told_apart() {
        let samples = [
            sample(0, 5, Ok(503), "1"),
            sample(10, 60, Ok(503), "1"),
            sample(100, 5, Ok(503), "2"),
        ];
        let moved = Some((Duration::from_millis(50), Duration::from_millis(90)));
        let evidence = Evidence::of(&samples, moved);
        assert_eq!((evidence.failed, evidence.failed_before), (3, 1));
    }

    #[test]
    fn of_no_answers_there_is_no_latency() {
        assert_eq!(Latency::of([].iter()), None);
    }
}
