//! The gates under traffic: what was seen of the new version beside the old, and what rings.

use std::collections::BTreeSet;

use super::counts::{Counted, Counts, share};
use super::evidence::{Latency, Sample};
use super::sight::TargetSight;

/// A new version may be this many times as slow as the old one, and this many milliseconds more.
const SLOWER: f64 = 2.0;
const SLOWER_MS: f64 = 250.0;
/// Fewer answers than this say nothing about latency.
const ENOUGH: usize = 10;
/// The same of users' requests, which differ more from each other.
const USERS_ENOUGH: f64 = 100.0;

/// The new version may answer so many times as often with 500 and more, and this share of its requests.
const WORSE: f64 = 2.0;
const MORE: f64 = 0.01;

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
    /// What it counted in all since the share was given, and before the release.
    pub whole: (&'a Counts, &'a Counts),
    /// Alarms that ring now.
    pub ringing: &'a BTreeSet<String>,
    /// Alarms that rang before the release began.
    pub rang: &'a BTreeSet<String>,
    /// The alarm of the new colour's unhealthy targets, where the stack has one. Its targets are judged themselves; the alarm
    /// rings for instances that boot, too, and a while after they are well.
    pub unwell_alarm: Option<&'a str>,
}

/// Why the new version may not go on serving, all of it; nothing where all is well.
pub fn verdict(seen: &Seen<'_>) -> Option<String> {
    let found: Vec<String> = [
        failed_requests(seen.moving),
        unwell_target(seen.targets),
        not_connected(seen),
        more_errors(seen),
        more_own_errors(seen),
        alarm(seen),
        slower(seen),
        slower_for_users(seen),
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

/// What a target breaks off, or has nobody to take it, is no target's answer: the load balancer gives it itself.
fn more_own_errors(seen: &Seen<'_>) -> Option<String> {
    let (now, before) = seen.whole;
    let rate = |counts: &Counts| share(counts.own_errors, counts.requests + counts.own_errors);
    (now.own_errors > 0.0 && rate(now) > rate(before) * WORSE + MORE).then(|| {
        format!(
            "the load balancer itself answered {} requests with 500 or more since the share was given, and {} were given to targets; \
             before the release it was {} and {}",
            now.own_errors, now.requests, before.own_errors, before.requests
        )
    })
}

fn alarm(seen: &Seen<'_>) -> Option<String> {
    let new: Vec<&str> = seen
        .ringing
        .difference(seen.rang)
        .map(String::as_str)
        .filter(|name| Some(*name) != seen.unwell_alarm)
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

/// The same by the requests of all, which ask for more than the watch does.
fn slower_for_users(seen: &Seen<'_>) -> Option<String> {
    let (new, old) = seen.counted;
    let enough = |counted: Counted| counted.requests >= USERS_ENOUGH;
    let (new_ms, old_ms) = (new.mean_ms?, old.mean_ms?);
    (enough(new) && enough(old) && new_ms > old_ms * SLOWER + SLOWER_MS).then(|| {
        format!(
            "the new version is slow: its answers take {new_ms:.0} ms on average, as the load balancer counts, the old one's {old_ms:.0} ms"
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
            whole: (&Counts::default(), &Counts::default()),
            since,
            moving: since,
            before: &before,
            version: Some("2"),
            targets,
            ringing,
            rang: &rang,
            unwell_alarm: Some("web-green-unhealthy"),
        })
    }

    #[test]
    fn errors_that_the_load_balancer_counts_are_weighed_against_the_old_versions() {
        let counted = |requests, errors| Counted {
            requests,
            errors,
            ..Counted::default()
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
            not_connected,
            ..Counted::default()
        };
        let judged = |new, old| judged_with(&[], &[], &BTreeSet::new(), (new, old));
        assert!(judged(counted(3.0), counted(0.0)).is_some());
        assert_eq!(judged(counted(3.0), counted(2.0)), None);
        assert_eq!(judged(counted(0.0), counted(0.0)), None);
    }

    fn judged_whole(now: Counts, before: &Counts) -> Option<String> {
        verdict(&Seen {
            counted: (Counted::default(), Counted::default()),
            whole: (&now, before),
            since: &[],
            moving: &[],
            before: &[],
            version: Some("2"),
            targets: &[],
            ringing: &BTreeSet::new(),
            rang: &BTreeSet::new(),
            unwell_alarm: None,
        })
    }

    #[test]
    fn what_the_load_balancer_answers_for_want_of_a_target_is_weighed_against_the_time_before() {
        let counts = |requests, own_errors| Counts {
            requests,
            own_errors,
            ..Counts::default()
        };
        let cause = judged_whole(counts(90.0, 10.0), &counts(1000.0, 0.0)).unwrap();
        assert!(cause.contains("itself answered 10 requests"), "{cause}");
        assert_eq!(
            judged_whole(counts(1000.0, 5.0), &counts(1000.0, 0.0)),
            None
        );
        assert_eq!(
            judged_whole(counts(90.0, 10.0), &counts(900.0, 100.0)),
            None
        );
        assert_eq!(judged_whole(counts(0.0, 0.0), &Counts::default()), None);
    }

    #[test]
    fn a_version_that_is_slow_for_users_is_found_though_the_watch_asks_for_something_quick() {
        let counted = |requests, mean_ms| Counted {
            requests,
            mean_ms,
            ..Counted::default()
        };
        let judged = |new, old| judged_with(&[], &[], &BTreeSet::new(), (new, old));
        let old = counted(5000.0, Some(80.0));
        let cause = judged(counted(500.0, Some(900.0)), old).unwrap();
        assert!(cause.contains("900 ms on average"), "{cause}");
        assert_eq!(judged(counted(500.0, Some(300.0)), old), None);
        assert_eq!(judged(counted(20.0, Some(900.0)), old), None, "of too few");
        assert_eq!(judged(counted(500.0, None), old), None);
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
    fn the_alarm_that_rings_because_new_instances_boot_does_not_take_a_sound_version_back() {
        assert_eq!(judged(&[], &[], &["web-green-unhealthy"]), None);
        let cause = judged(&[], &[], &["web-blue-unhealthy"]).unwrap();
        assert!(cause.contains("web-blue-unhealthy"), "{cause}");
    }

    #[test]
    fn a_slow_version_is_found_by_comparison() {
        let slow = samples(20, 1500, Ok(200), "2");
        assert!(judged(&slow, &[], &[]).unwrap().contains("slow"));
        assert_eq!(judged(&samples(5, 1500, Ok(200), "2"), &[], &[]), None);
        assert_eq!(judged(&samples(20, 200, Ok(200), "2"), &[], &[]), None);
    }
}
