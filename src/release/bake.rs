//! What is waited for under watch: the time after each share of the traffic, and the replacement of instances.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::carry_out::{Course, Failing, LOOK, pause};
use super::evidence::Sample;
use super::judge::{Seen, verdict};
use super::refresh::Progress;
use super::run::{News, Work, tag};
use super::sight::TargetSight;
use crate::model::workloads::Colour;

/// How long the load balancer's count of a share may take, in seconds: the first minute that begins after the share was given begins
/// within a minute, takes one, and is told one or two late ("CloudWatch metrics for your Application Load Balancer").
const COUNTED_WITHIN: i64 = 240;

/// What the gates were asked of, where all of them let it pass.
struct Asked {
    /// As it is told.
    of: String,
    /// Whether the load balancer's count is of the share that is watched, and not of the time before only.
    counted: bool,
}

/// Watches a colour for a time, and beyond it until the load balancer has told how users have fared.
pub(super) async fn bake(
    work: &Work<'_>,
    course: &Course,
    colour: Colour,
    time: Duration,
) -> Result<Option<String>, Failing> {
    let ends = Instant::now() + time;
    let mut steady = Steady::default();
    let mut told = false;
    loop {
        let asked = match colour {
            // Instances that have been replaced leave one by one.
            Colour::Single => gates(work, course, colour, <[_]>::to_vec).await?,
            _ => gates(work, course, colour, |targets| steady.telling(targets)).await?,
        };
        let left = ends.saturating_duration_since(Instant::now());
        if !left.is_zero() {
            pause(work, LOOK.min(left)).await?;
            continue;
        }
        if asked.counted {
            return Ok(Some(asked.of));
        }
        if Timestamp::now().as_second() >= course.shared_at + COUNTED_WITHIN {
            return uncounted(work.rate, &asked.of).map(Some);
        }
        if !told {
            told = true;
            (work.news)(News::StepWaits {
                what: "the load balancer has not told yet of requests since the share was given"
                    .to_owned(),
            });
        }
        pause(work, LOOK).await?;
    }
}

/// The load balancer has told of no request since the share was given. Where the watch has seen nothing either, nobody knows how the
/// new version does.
fn uncounted(rate: u32, asked: &str) -> Result<String, Failing> {
    if rate == 0 {
        return Err(Failing::Gate(format!(
            "the load balancer has told of no request for {COUNTED_WITHIN} s since the share was given, and with --rate 0 there are \
             no others to judge by"
        )));
    }
    Ok(format!(
        "{asked}; the load balancer has told of none in {COUNTED_WITHIN} s, so that nothing is known of its users' requests"
    ))
}

/// Waits until a replacement that is later than `after` is through. Where it is `watched`, what goes wrong meanwhile ends it.
pub(super) async fn await_refresh(
    work: &Work<'_>,
    course: &Course,
    colour: Colour,
    (after, watched): (Option<&str>, bool),
    within: Duration,
) -> Result<Option<String>, Failing> {
    let mut newcomers = Newcomers::new(work.hand.site.grace);
    let mut seen = None;
    let mut moved = Instant::now();
    loop {
        let latest = work
            .hand
            .latest_refresh(colour)
            .await?
            .filter(|one| Some(one.id.as_str()) != after);
        let Some(latest) = latest else {
            return Err(Failing::Gate(
                "Auto Scaling knows no replacement of these instances".to_owned(),
            ));
        };
        match latest.state {
            Progress::Through => return Ok(Some("all instances are new".to_owned())),
            Progress::Ended(how) => {
                let why = latest
                    .why
                    .unwrap_or_else(|| "AWS gives no reason".to_owned());
                return Err(Failing::Gate(format!(
                    "Auto Scaling ended the replacement: {how}: {why}"
                )));
            }
            Progress::Running => {}
        }
        if watched {
            gates(work, course, colour, |targets| newcomers.telling(targets)).await?;
        }
        let now = (latest.hundredths, latest.why);
        if seen.as_ref() != Some(&now) {
            let why = now
                .1
                .as_ref()
                .map_or(String::new(), |why| format!(": {why}"));
            (work.news)(News::StepWaits {
                what: format!("{} % replaced{why}", now.0),
            });
            if seen.as_ref().is_none_or(|(before, _)| *before != now.0) {
                moved = Instant::now();
            }
            seen = Some(now);
        }
        if moved.elapsed() >= within {
            return Err(Failing::Gate(format!(
                "no instance was replaced for {} s; Auto Scaling says {}",
                within.as_secs(),
                seen.and_then(|(_, why)| why)
                    .unwrap_or_else(|| "nothing".to_owned())
            )));
        }
        pause(work, LOOK).await?;
    }
}

/// Waits until no replacement is under way.
pub(super) async fn stop_refresh(
    work: &Work<'_>,
    colour: Colour,
    within: Duration,
) -> Result<(), Failing> {
    let deadline = Instant::now() + within;
    while !work.hand.stop_refresh(colour).await? {
        if Instant::now() >= deadline {
            return Err(Failing::Gate(format!(
                "Auto Scaling has not stopped the replacement for {} s",
                within.as_secs()
            )));
        }
        pause(work, LOOK).await?;
    }
    Ok(())
}

/// Instances that are to last: one that was healthy when the watch began, and is replaced or restarted under it, is not well,
/// whatever the next one says.
#[derive(Default)]
struct Steady {
    well: Option<BTreeSet<String>>,
}

impl Steady {
    /// The targets, those that have not lasted as unhealthy.
    fn telling(&mut self, targets: &[TargetSight]) -> Vec<TargetSight> {
        let healthy = |one: &&TargetSight| one.state == "healthy";
        let well = self.well.get_or_insert_with(|| {
            let healthy = targets.iter().filter(healthy);
            healthy.map(|one| one.instance.clone()).collect()
        });
        let mut telling = targets.to_vec();
        for instance in well.iter() {
            let now = telling.iter_mut().find(|one| one.instance == *instance);
            match now {
                Some(one) if one.state == "healthy" || one.state == "unhealthy" => {}
                Some(one) => {
                    let state = std::mem::replace(&mut one.state, "unhealthy".to_owned());
                    let why = one.why.as_deref().unwrap_or("AWS gives no reason");
                    one.why = Some(format!(
                        "it was healthy when the watch began, and is {state} now: {why}"
                    ));
                }
                None => telling.push(TargetSight {
                    instance: instance.clone(),
                    state: "unhealthy".to_owned(),
                    why: Some("it was healthy when the watch began, and is gone".to_owned()),
                }),
            }
        }
        telling
    }
}

/// Instances that come while others go. One that starts fails its health checks at first, which says nothing about its version.
struct Newcomers {
    grace: Duration,
    since: BTreeMap<String, Instant>,
    well: BTreeSet<String>,
    /// Those that were unhealthy and never anything better, as they were last.
    unwell: BTreeMap<String, TargetSight>,
}

impl Newcomers {
    fn new(grace: Duration) -> Self {
        Self {
            grace,
            since: BTreeMap::new(),
            well: BTreeSet::new(),
            unwell: BTreeMap::new(),
        }
    }

    /// The targets whose state says something: they were healthy before, have had their time to become so, or were given up by
    /// Auto Scaling without ever having been.
    fn telling(&mut self, targets: &[TargetSight]) -> Vec<TargetSight> {
        let mut telling = Vec::new();
        for target in targets {
            let since = *self
                .since
                .entry(target.instance.clone())
                .or_insert_with(Instant::now);
            match target.state.as_str() {
                "healthy" => {
                    self.well.insert(target.instance.clone());
                    self.unwell.remove(&target.instance);
                }
                "unhealthy" if !self.well.contains(&target.instance) => {
                    self.unwell.insert(target.instance.clone(), target.clone());
                }
                _ => {}
            }
            if self.well.contains(&target.instance) || since.elapsed() > self.grace {
                telling.push(target.clone());
            }
        }
        let there = |id: &str| {
            let found = targets.iter().find(|target| target.instance == id);
            found.is_some_and(|target| target.state != "draining")
        };
        let given_up = self.unwell.values().filter(|one| !there(&one.instance));
        telling.extend(given_up.cloned());
        telling
    }
}

/// Asks all gates, of the targets those that `telling` leaves; says of how many requests since the last share.
async fn gates(
    work: &Work<'_>,
    course: &Course,
    colour: Colour,
    telling: impl FnOnce(&[TargetSight]) -> Vec<TargetSight>,
) -> Result<Asked, Failing> {
    let whole = work.hand.look().await?;
    let mut sight = whole.of(colour);
    sight.targets = telling(&sight.targets);
    let now = Timestamp::now().as_second();
    let new = work.hand.counts(&whole, (course.shared_at, now));
    let all = work.hand.counts(&whole, (course.began_at, now));
    let (new, all) = futures::future::try_join(new, all).await?;
    let old = match colour.other() {
        Some(other) => all.of(other),
        // Where no other colour can be compared with, the workload's own past is.
        None => course.counted_before.of(colour),
    };
    let ringing: BTreeSet<String> = work.hand.ringing().await?.into_iter().collect();
    let since = course.watch.since(course.shared);
    let image = sight.image();
    let version = image.as_deref().and_then(tag);
    let former = |sample: &Sample| match (colour.other(), course.moved) {
        (Some(_), Some((began, _))) => sample.at < began,
        // Old and new instances answer side by side.
        (None, Some(_)) => version.is_some() && sample.version.as_deref() != version,
        (_, None) => false,
    };
    let mut before = course.watch.since(Duration::ZERO);
    before.retain(former);
    before.extend_from_slice(&course.seen_before);
    let found = verdict(&Seen {
        since: &since,
        moving: &course.moving(),
        before: &before,
        version,
        targets: &sight.targets,
        counted: (new.of(colour), old),
        whole: (&new, &course.counted_before),
        ringing: &ringing,
        rang: &course.rang,
        unwell_alarm: work
            .hand
            .site
            .place(colour)
            .and_then(|place| place.unwell_alarm.as_deref()),
    });
    if let Some(cause) = found {
        return Err(Failing::Gate(cause));
    }
    let is_last = colour
        .other()
        .is_none_or(|other| whole.of(other).weight == 0);
    Ok(Asked {
        of: match work.rate {
            0 => format!(
                "{} requests to it so far, by the load balancer's count",
                new.of(colour).requests
            ),
            _ => format!("{} requests, 0 failed", since.len()),
        },
        // Those between are judged by what is there: the next share follows, and a release is not to take all day.
        counted: !(course.is_first_share() || is_last) || is_of(new.newest, course.shared_at),
    })
}

/// Whether the latest time that was told of began after the share was given. One that began before may have ended then.
fn is_of(newest: Option<i64>, shared_at: i64) -> bool {
    newest.is_some_and(|began| began >= shared_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_the_minute_in_which_the_share_was_given_says_nothing_of_it_yet() {
        let (ten, shared_at) = (36_000, 36_020);
        assert!(!is_of(None, shared_at));
        assert!(!is_of(Some(ten), shared_at));
        assert!(is_of(Some(ten + 60), shared_at));
    }

    #[test]
    fn a_version_that_nobody_has_asked_is_not_taken_for_sound_and_with_a_watch_the_report_says_so()
    {
        let Err(Failing::Gate(cause)) = uncounted(0, "0 requests") else {
            panic!("it has passed");
        };
        assert!(cause.contains("no request"), "{cause}");
        let Ok(told) = uncounted(20, "600 requests, 0 failed") else {
            panic!("what the watch has seen is enough");
        };
        assert!(told.contains("nothing is known of its users"), "{told}");
    }

    fn target(instance: &str, state: &str) -> TargetSight {
        TargetSight {
            instance: instance.to_owned(),
            state: state.to_owned(),
            why: None,
        }
    }

    #[test]
    fn one_that_does_not_last_under_the_watch_counts_whoever_takes_its_place() {
        let mut steady = Steady::default();
        let both = [target("i-1", "healthy"), target("i-2", "healthy")];
        assert_eq!(steady.telling(&both), both);
        let told = steady.telling(&[target("i-1", "draining"), target("i-3", "healthy")]);
        let unwell: Vec<_> = told.iter().filter(|one| one.state == "unhealthy").collect();
        assert_eq!(unwell.len(), 2, "{told:?}");
        assert!(unwell[0].why.as_ref().unwrap().contains("draining now"));
        assert!(unwell[1].why.as_ref().unwrap().contains("is gone"));
    }

    #[test]
    fn an_instance_that_starts_may_fail_its_checks_until_its_time_is_over() {
        let mut patient = Newcomers::new(Duration::from_secs(3600));
        assert_eq!(patient.telling(&[target("i-new", "unhealthy")]), []);
        let mut strict = Newcomers::new(Duration::ZERO);
        strict.telling(&[target("i-new", "initial")]);
        assert_eq!(strict.telling(&[target("i-new", "unhealthy")]).len(), 1);
    }

    #[test]
    fn one_that_was_healthy_and_is_not_counts_at_once() {
        let mut newcomers = Newcomers::new(Duration::from_secs(3600));
        newcomers.telling(&[target("i-old", "healthy")]);
        assert_eq!(newcomers.telling(&[target("i-old", "unhealthy")]).len(), 1);
    }

    #[test]
    fn one_that_auto_scaling_gives_up_unhealthy_counts_though_its_place_is_taken() {
        let mut newcomers = Newcomers::new(Duration::from_secs(3600));
        newcomers.telling(&[target("i-new", "unhealthy")]);
        let told = newcomers.telling(&[target("i-next", "initial")]);
        assert_eq!(told, [target("i-new", "unhealthy")]);
        let mut newcomers = Newcomers::new(Duration::from_secs(3600));
        newcomers.telling(&[target("i-new", "initial")]);
        assert_eq!(
            newcomers.telling(&[]),
            [],
            "killed before it could say anything"
        );
    }
}
