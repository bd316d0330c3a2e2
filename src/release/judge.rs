//! The gates under traffic: what was seen of the new version beside the old, and what rings.

use std::collections::BTreeSet;

use super::evidence::{Latency, Sample};
use super::sight::TargetSight;

/// A new version may be this many times as slow as the old one, and this many milliseconds more.
const SLOWER: f64 = 2.0;
const SLOWER_MS: f64 = 250.0;
/// Fewer answers than this say nothing about latency.
const ENOUGH: usize = 10;

/// The new version may answer so many times as often with 500 and more, and this share of its requests.
const WORSE: f64 = 2.0;
const MORE: f64 = 0.01;

/// Requests of a colour, as the load balancer counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Counted {
    /// Requests that its targets answered.
    pub requests: f64,
    /// Of these, with 500 and more.
    pub errors: f64,
    /// Connections that its targets did not take.
    pub not_connected: f64,
}

impl Counted {
    fn rate(self) -> f64 {
        if self.requests > 0.0 {
            self.errors / self.requests
        } else {
            0.0
        }
    }
}

/// What there is to judge by.
#[derive(Debug)]
pub struct Seen<'a> {
    /// Requests through the load balancer since the share was given.
    pub since: &'a [Sample],
    /// Those that ended since the traffic first moved.
    pub moving: &'a [Sample],
    /// Those from before the first share.
    pub before: &'a [Sample],
    /// The new version, where the image says one.
    pub version: Option<&'a str>,
    /// The new colour's targets.
    pub targets: &'a [TargetSight],
    /// What the load balancer counted of the new colour, and of the old one.
    pub counted: (Counted, Counted),
    /// Alarms that ring now.
    pub ringing: &'a BTreeSet<String>,
    /// Alarms that rang before the release began.
    pub rang: &'a BTreeSet<String>,
}

/// Why the new version may not go on serving, all of it; nothing where all is well.
pub fn verdict(seen: &Seen<'_>) -> Option<String> {
    let found: Vec<String> = [
        failed_requests(seen.moving),
        unwell_target(seen.targets),
        not_connected(seen),
        more_errors(seen),
        alarm(seen),
        slower(seen),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!found.is_empty()).then(|| found.join("; "))
}

/// Whether any of these requests failed, and how.
pub fn failed_requests(moving: &[Sample]) -> Option<String> {
    let failed: Vec<&Sample> = moving.iter().filter(|one| one.failed()).collect();
    let first = failed.first()?;
    let what = match &first.answer {
        Ok(status) => format!("was answered {status}"),
        Err(what) => format!("failed: {what}"),
    };
    Some(format!(
        "{} of {} requests through the load balancer failed since the traffic began to move; the first {what}, {} ms after it was \
         sent",
        failed.len(),
        moving.len(),
        first.took.as_millis()
    ))
}

fn unwell_target(targets: &[TargetSight]) -> Option<String> {
    let target = targets.iter().find(|one| one.state == "unhealthy")?;
    let why = target.why.as_deref().unwrap_or("AWS gives no reason");
    Some(format!("target {} is unhealthy: {why}", target.instance))
}

/// What ends and is started again takes no connection meanwhile; the load balancer's answer then counts as no target's.
fn not_connected(seen: &Seen<'_>) -> Option<String> {
    let (new, old) = seen.counted;
    (new.not_connected > old.not_connected * WORSE).then(|| {
        format!(
            "the new version's targets did not take {} connections, the old one's {}, as the load balancer counts",
            new.not_connected, old.not_connected
        )
    })
}

/// A workload may have answered 500 now and then before; the new version may not do so more often.
fn more_errors(seen: &Seen<'_>) -> Option<String> {
    let (new, old) = seen.counted;
    (new.errors > 0.0 && new.rate() > old.rate() * WORSE + MORE).then(|| {
        format!(
            "the new version answered {} of {} requests with 500 or more, as the load balancer counts; the old one {} of {}",
            new.errors, new.requests, old.errors, old.requests
        )
    })
}

fn alarm(seen: &Seen<'_>) -> Option<String> {
    let new: Vec<&str> = seen
        .ringing
        .difference(seen.rang)
        .map(String::as_str)
        .collect();
    (!new.is_empty()).then(|| format!("alarm {} rings", new.join(", ")))
}

fn slower(seen: &Seen<'_>) -> Option<String> {
    let version = seen.version?;
    let of_new = || {
        seen.since
            .iter()
            .filter(|one| one.version.as_deref() == Some(version))
    };
    if of_new().count() < ENOUGH || seen.before.len() < ENOUGH {
        return None;
    }
    let (new, old) = (Latency::of(of_new())?, Latency::of(seen.before.iter())?);
    (new.p50 > old.p50 * SLOWER + SLOWER_MS).then(|| {
        format!(
            "version {version} is slow: half of its answers take more than {:.0} ms, where it was {:.0} ms before",
            new.p50, old.p50
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn samples(number: usize, took: u64, answer: Result<u16, &str>, version: &str) -> Vec<Sample> {
        vec![
            Sample {
                at: Duration::ZERO,
                took: Duration::from_millis(took),
                answer: answer.map_err(str::to_owned),
                version: Some(version.to_owned()),
            };
            number
        ]
    }

    fn judged(since: &[Sample], targets: &[TargetSight], ringing: &[&str]) -> Option<String> {
        let ringing = ringing.iter().map(|name| (*name).to_owned()).collect();
        judged_with(
            since,
            targets,
            &ringing,
            (Counted::default(), Counted::default()),
        )
    }

    fn judged_with(
        since: &[Sample],
        targets: &[TargetSight],
        ringing: &BTreeSet<String>,
        counted: (Counted, Counted),
    ) -> Option<String> {
        let before = samples(20, 10, Ok(200), "1");
        let rang = ["old".to_owned()].into();
        verdict(&Seen {
            counted,
            since,
            moving: since,
            before: &before,
            version: Some("2"),
            targets,
            ringing,
            rang: &rang,
        })
    }

    #[test]
    fn errors_that_the_load_balancer_counts_are_weighed_against_the_old_versions() {
        let counted = |requests, errors| Counted {
            requests,
            errors,
            not_connected: 0.0,
        };
        let judged = |new, old| judged_with(&[], &[], &BTreeSet::new(), (new, old));
        assert!(judged(counted(100.0, 5.0), counted(1000.0, 0.0)).is_some());
        assert_eq!(judged(counted(100.0, 5.0), counted(1000.0, 40.0)), None);
        assert_eq!(judged(counted(0.0, 0.0), counted(1000.0, 40.0)), None);
    }

    #[test]
    fn connections_that_only_the_new_version_does_not_take_count() {
        let counted = |not_connected| Counted {
            requests: 100.0,
            errors: 0.0,
            not_connected,
        };
        let judged = |new, old| judged_with(&[], &[], &BTreeSet::new(), (new, old));
        assert!(judged(counted(3.0), counted(0.0)).is_some());
        assert_eq!(judged(counted(3.0), counted(2.0)), None);
        assert_eq!(judged(counted(0.0), counted(0.0)), None);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let since = samples(1, 3, Ok(502), "2");
        let cause = judged(&since, &[], &["new"]).unwrap();
        assert!(
            cause.contains("502") && cause.contains("alarm new"),
            "{cause}"
        );
    }

    #[test]
    fn a_sound_version_goes_on() {
        assert_eq!(judged(&samples(20, 12, Ok(200), "2"), &[], &["old"]), None);
    }

    #[test]
    fn one_failed_request_is_enough() {
        let mut since = samples(20, 12, Ok(200), "2");
        since.extend(samples(1, 3, Ok(502), "2"));
        let cause = judged(&since, &[], &[]).unwrap();
        assert!(
            cause.contains("1 of 21") && cause.contains("502"),
            "{cause}"
        );
    }

    #[test]
    fn an_unhealthy_target_is_named_with_its_reason() {
        let target = TargetSight {
            instance: "i-1".to_owned(),
            state: "unhealthy".to_owned(),
            why: Some("Health checks failed with these codes: [503]".to_owned()),
        };
        let cause = judged(&[], &[target], &[]).unwrap();
        assert!(cause.contains("i-1") && cause.contains("[503]"), "{cause}");
    }

    #[test]
    fn an_alarm_counts_only_if_it_did_not_ring_before() {
        assert_eq!(judged(&[], &[], &["old"]), None);
        assert!(judged(&[], &[], &["new"]).unwrap().contains("new"));
    }

    #[test]
    fn a_slow_version_is_found_by_comparison() {
        let slow = samples(20, 1500, Ok(200), "2");
        assert!(judged(&slow, &[], &[]).unwrap().contains("slow"));
        assert_eq!(judged(&samples(5, 1500, Ok(200), "2"), &[], &[]), None);
        assert_eq!(judged(&samples(20, 200, Ok(200), "2"), &[], &[]), None);
    }
}
