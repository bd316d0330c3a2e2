//! What a release is judged against: how everything was before its traffic moved. It is kept in the record, so that what the new
//! version breaks does not count as what was before once a release goes on that was cut short.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::evidence::Sample;
use super::run::Work;

/// How far back the load balancer's counts are compared with, in seconds.
const BEFORE: i64 = 900;
/// So many answers stand for all of them.
const KEPT: usize = 50;

/// How everything was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Alarms that rang.
    pub rang: BTreeSet<String>,
    /// What the load balancer had counted of late.
    pub counted: Counts,
    /// How long answers took until the traffic moved, in milliseconds: a few, from the quickest to the slowest, that stand for all.
    #[serde(default)]
    pub took_ms: Vec<u64>,
}

impl Baseline {
    /// How everything is. Where the alarms or the counts cannot be had, whatever rings or fails counts as new.
    pub(super) async fn now(work: &Work<'_>) -> Self {
        let now = Timestamp::now().as_second();
        let rang = async { work.hand.ringing().await.unwrap_or_default() };
        let counted = async {
            let sight = work.hand.look().await?;
            work.hand.counts(&sight, (now - BEFORE, now)).await
        };
        let (rang, counted) = futures::future::join(rang, counted).await;
        Self {
            rang: rang.into_iter().collect(),
            counted: counted.unwrap_or_default(),
            took_ms: Vec::new(),
        }
    }

    /// Keeps how long these answers took.
    pub(super) fn keep(&mut self, samples: &[Sample]) {
        let mut took: Vec<u64> = samples
            .iter()
            .filter(|sample| sample.answer.is_ok())
            .map(|sample| u64::try_from(sample.took.as_millis()).unwrap_or(u64::MAX))
            .collect();
        took.sort_unstable();
        let kept = took.len().min(KEPT);
        // The middle of each of as many equal parts.
        let places = (0..kept).map(|part| (2 * part + 1) * took.len() / (2 * kept));
        self.took_ms = places
            .filter_map(|place| took.get(place).copied())
            .collect();
    }

    /// The answers that were kept, as if the watch had just seen them.
    pub(super) fn samples(&self) -> Vec<Sample> {
        let sample = |took: &u64| Sample {
            at: Duration::ZERO,
            took: Duration::from_millis(*took),
            answer: Ok(200),
            version: None,
        };
        self.took_ms.iter().map(sample).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::evidence::Latency;

    fn answered(took: u64) -> Sample {
        Sample {
            at: Duration::ZERO,
            took: Duration::from_millis(took),
            answer: Ok(200),
            version: None,
        }
    }

    #[test]
    fn a_few_answers_stand_for_all_of_them_as_quick_and_as_slow() {
        let mut seen: Vec<Sample> = (1..=1000).rev().map(answered).collect();
        seen.push(Sample {
            answer: Err("connection refused".to_owned()),
            ..answered(9_000)
        });
        let mut baseline = Baseline::default();
        baseline.keep(&seen);
        let kept = baseline.samples();
        assert_eq!(kept.len(), KEPT);
        let latency = Latency::of(kept.iter()).unwrap();
        assert!((480.0..=520.0).contains(&latency.p50), "{latency:?}");
        assert!(latency.max <= 1000.0, "{latency:?}");
    }

    #[test]
    fn of_few_answers_all_are_kept_and_of_none_none() {
        let mut baseline = Baseline::default();
        baseline.keep(&[answered(3), answered(1), answered(2)]);
        assert_eq!(baseline.took_ms, [1, 2, 3]);
        baseline.keep(&[]);
        assert_eq!(baseline.samples(), []);
    }
}
