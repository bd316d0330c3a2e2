//! Replacements of the instances of Auto Scaling groups ("Use an instance refresh", Auto Scaling user guide): asked for through the
//! gateway, carried out by the data plane a step at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::board::Board;
use super::picture::{Fleet, InstanceId};
use super::read::Eyes;

/// The version of Auto Scaling's API.
const AUTOSCALING: &str = "2011-01-01";

/// Region and name of a group.
pub(crate) type Key = (String, String);

/// All that were ever asked for, by group, the latest last.
#[derive(Debug, Default)]
pub(crate) struct Refreshes {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    by_group: BTreeMap<Key, Vec<Refresh>>,
    warmups: BTreeMap<Key, Duration>,
}

/// How a replacement stands, in AWS's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Pending,
    InProgress,
    Successful,
    Cancelling,
    Cancelled,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::InProgress => "InProgress",
            Status::Successful => "Successful",
            Status::Cancelling => "Cancelling",
            Status::Cancelled => "Cancelled",
        }
    }

    pub(crate) fn goes_on(self) -> bool {
        matches!(
            self,
            Status::Pending | Status::InProgress | Status::Cancelling
        )
    }
}

/// One replacement.
#[derive(Clone, Debug)]
pub(crate) struct Refresh {
    pub(crate) id: String,
    pub(crate) status: Status,
    pub(crate) reason: Option<String>,
    pub(crate) started: Timestamp,
    pub(crate) ended: Option<Timestamp>,
    /// The least and the greatest share of healthy instances, in hundredths.
    pub(crate) shares: (u32, u32),
    pub(crate) warmup: Duration,
    pub(crate) hundredths: u32,
    /// The instances to be replaced, and how many are wanted, once the group was looked at.
    old: Option<(BTreeSet<InstanceId>, u32)>,
    /// When each new instance was first seen.
    since: BTreeMap<InstanceId, Instant>,
}

/// What is done next.
#[derive(Debug, PartialEq, Eq)]
enum Move {
    Wait(&'static str),
    /// So many instances are wanted for the time being.
    Want(u32),
    /// These end, and are replaced or not.
    End(Vec<InstanceId>, Replaced),
    Through,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Replaced {
    Already,
    Afterwards,
}

impl Refresh {
    pub(crate) fn new(id: String, shares: (u32, u32), warmup: Duration) -> Refresh {
        Refresh {
            id,
            status: Status::Pending,
            reason: None,
            started: Timestamp::now(),
            ended: None,
            shares,
            warmup,
            hundredths: 0,
            old: None,
            since: BTreeMap::new(),
        }
    }

    pub(crate) fn end(&mut self, status: Status) {
        self.status = status;
        self.ended = Some(Timestamp::now());
        self.reason = None;
        if status == Status::Successful {
            self.hundredths = 100;
        }
    }

    /// How many instances the group's owner wants, whatever is wanted for the time being.
    pub(crate) fn wanted(&self) -> Option<u32> {
        self.old.as_ref().map(|(_, wanted)| *wanted)
    }

    fn next(&mut self, fleet: &Fleet, healthy: &BTreeSet<InstanceId>, now: Instant) -> Move {
        let (old, wanted) = self
            .old
            .get_or_insert_with(|| (fleet.instances.keys().cloned().collect(), fleet.desired));
        let wanted = *wanted;
        let total = old.len();
        let left: Vec<InstanceId> = old
            .iter()
            .filter(|id| fleet.instances.contains_key(*id))
            .cloned()
            .collect();
        let new: Vec<&InstanceId> = fleet
            .instances
            .keys()
            .filter(|id| !old.contains(*id))
            .collect();
        for id in &new {
            self.since.entry((*id).clone()).or_insert(now);
        }
        let warm = |id: &InstanceId| {
            self.since
                .get(id)
                .is_some_and(|since| now.saturating_duration_since(*since) >= self.warmup)
        };
        let (ready, unready): (Vec<_>, Vec<_>) = new
            .into_iter()
            .partition(|id| healthy.contains(*id) && warm(id));
        let through = ready.len().min(total - left.len());
        self.hundredths = u32::try_from(through * 100 / total.max(1)).unwrap_or(100);
        let surplus = fleet.desired.saturating_sub(wanted);
        if self.status == Status::Cancelling {
            // What is new and not ready goes first.
            let mut extra: Vec<InstanceId> = unready.into_iter().cloned().chain(left).collect();
            extra.truncate(surplus as usize);
            return if extra.is_empty() {
                Move::Cancelled
            } else {
                Move::End(extra, Replaced::Already)
            };
        }
        if !unready.is_empty() || fleet.instances.len() < fleet.desired as usize {
            return Move::Wait(
                "Waiting for new instances to pass their health checks and to warm up",
            );
        }
        if surplus > 0 && !left.is_empty() {
            let ending = left.into_iter().take(surplus as usize).collect();
            return Move::End(ending, Replaced::Already);
        }
        if left.is_empty() {
            return Move::Through;
        }
        let (least, most) = self.shares;
        if most > 100 {
            let more = (wanted * (most - 100) / 100).max(1);
            let more = more.min(u32::try_from(left.len()).unwrap_or(u32::MAX));
            Move::Want(wanted + more)
        } else {
            let stay = (wanted * least).div_ceil(100);
            let gone = wanted.saturating_sub(stay).max(1);
            let ending = left.into_iter().take(gone as usize).collect();
            Move::End(ending, Replaced::Afterwards)
        }
    }
}

impl Refreshes {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long the instances of a group warm up, where it says so.
    pub(crate) fn warms_up(&self, key: Key, warmup: Option<Duration>) {
        let mut inner = self.inner();
        match warmup {
            Some(warmup) => drop(inner.warmups.insert(key, warmup)),
            None => drop(inner.warmups.remove(&key)),
        }
    }

    pub(crate) fn warmup(&self, key: &Key) -> Option<Duration> {
        self.inner().warmups.get(key).copied()
    }

    /// Adds one, unless another goes on.
    pub(crate) fn begin(&self, key: Key, refresh: Refresh) -> bool {
        let mut inner = self.inner();
        let all = inner.by_group.entry(key).or_default();
        let free = all.last().is_none_or(|last| !last.status.goes_on());
        if free {
            all.push(refresh);
        }
        free
    }

    /// Changes the latest one of a group, if there is one.
    pub(crate) fn latest<T>(&self, key: &Key, change: impl FnOnce(&mut Refresh) -> T) -> Option<T> {
        let mut inner = self.inner();
        inner.by_group.get_mut(key)?.last_mut().map(change)
    }

    /// Those of a group, the latest first.
    pub(crate) fn of(&self, key: &Key) -> Vec<Refresh> {
        let inner = self.inner();
        let all = inner.by_group.get(key);
        all.into_iter().flatten().rev().cloned().collect()
    }

    /// The groups of a region whose instances are being replaced, with the number that their owners want.
    pub(crate) fn under_way(&self, region: &str) -> Vec<(String, u32)> {
        let inner = self.inner();
        let of_region = inner.by_group.iter().filter(|((of, _), _)| of == region);
        of_region
            .filter_map(|((_, name), all)| {
                let last = all.last().filter(|one| one.status.goes_on())?;
                Some((name.clone(), last.wanted()?))
            })
            .collect()
    }

    /// Brings what goes on a step further.
    pub(crate) async fn advance(
        &self,
        region: &str,
        fleets: &[Fleet],
        board: &Board,
        eyes: &Eyes<'_>,
    ) {
        let now = Instant::now();
        for fleet in fleets {
            let key = (region.to_owned(), fleet.name.clone());
            let healthy = || {
                let well = fleet
                    .instances
                    .keys()
                    .filter(|id| board.well(id, &fleet.groups));
                well.cloned().collect()
            };
            let next = self
                .latest(&key, |refresh| {
                    if !refresh.status.goes_on() {
                        return None;
                    }
                    if refresh.status == Status::Pending {
                        refresh.status = Status::InProgress;
                    }
                    let next = refresh.next(fleet, &healthy(), now);
                    match &next {
                        Move::Wait(why) => refresh.reason = Some((*why).to_owned()),
                        Move::Through => refresh.end(Status::Successful),
                        Move::Cancelled => refresh.end(Status::Cancelled),
                        Move::Want(_) | Move::End(..) => {}
                    }
                    Some(next)
                })
                .flatten();
            match next {
                Some(Move::Want(number)) => want(eyes, &fleet.name, number).await,
                Some(Move::End(ids, replaced)) => {
                    for id in &ids {
                        end(eyes, id, replaced).await;
                    }
                }
                _ => {}
            }
        }
    }
}

async fn want(eyes: &Eyes<'_>, group: &str, number: u32) {
    let number = number.to_string();
    let form = [
        ("AutoScalingGroupName", group),
        ("DesiredCapacity", number.as_str()),
    ];
    eyes.ask("autoscaling", AUTOSCALING, "SetDesiredCapacity", &form)
        .await;
}

async fn end(eyes: &Eyes<'_>, instance: &str, replaced: Replaced) {
    let decrement = match replaced {
        Replaced::Already => "true",
        Replaced::Afterwards => "false",
    };
    let form = [
        ("InstanceId", instance),
        ("ShouldDecrementDesiredCapacity", decrement),
    ];
    eyes.ask(
        "autoscaling",
        AUTOSCALING,
        "TerminateInstanceInAutoScalingGroup",
        &form,
    )
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plane::picture::Member;

    fn fleet(desired: u32, ids: &[&str]) -> Fleet {
        let member = Member {
            zone: "eu-west-1a".to_owned(),
            template: "lt-1".to_owned(),
            version: "1".to_owned(),
        };
        Fleet {
            name: "web".to_owned(),
            instances: ids
                .iter()
                .map(|id| ((*id).to_owned(), member.clone()))
                .collect(),
            groups: Vec::new(),
            judged_by_balancer: true,
            grace: Duration::ZERO,
            desired,
        }
    }

    fn refresh(shares: (u32, u32), warmup: u64) -> Refresh {
        let mut refresh = Refresh::new("r".to_owned(), shares, Duration::from_secs(warmup));
        refresh.status = Status::InProgress;
        refresh
    }

    fn well(ids: &[&str]) -> BTreeSet<InstanceId> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn ended(ids: &[&str], replaced: Replaced) -> Move {
        Move::End(ids.iter().map(|id| (*id).to_owned()).collect(), replaced)
    }

    #[test]
    fn a_new_instance_is_healthy_and_warm_before_an_old_one_ends() {
        let now = Instant::now();
        let later = now + Duration::from_secs(10);
        let mut one = refresh((100, 200), 10);
        assert_eq!(
            one.next(&fleet(1, &["a"]), &well(&["a"]), now),
            Move::Want(2)
        );
        let both = fleet(2, &["a", "b"]);
        assert!(matches!(one.next(&both, &well(&["a"]), now), Move::Wait(_)));
        assert!(matches!(
            one.next(&both, &well(&["a", "b"]), now),
            Move::Wait(_)
        ));
        assert_eq!(
            one.next(&both, &well(&["a", "b"]), later),
            ended(&["a"], Replaced::Already)
        );
        assert_eq!(
            one.next(&fleet(1, &["b"]), &well(&["b"]), later),
            Move::Through
        );
    }

    #[test]
    fn with_less_than_all_healthy_old_ones_end_first_and_no_more_than_may() {
        let now = Instant::now();
        let mut half = refresh((50, 100), 0);
        let all = fleet(4, &["a", "b", "c", "d"]);
        assert_eq!(
            half.next(&all, &well(&[]), now),
            ended(&["a", "b"], Replaced::Afterwards)
        );
        let next = fleet(4, &["c", "d", "x", "y"]);
        assert!(matches!(
            half.next(&next, &well(&["x"]), now),
            Move::Wait(_)
        ));
        assert_eq!(half.hundredths, 25);
        assert_eq!(
            half.next(&next, &well(&["x", "y"]), now),
            ended(&["c", "d"], Replaced::Afterwards)
        );
    }

    #[test]
    fn what_is_cancelled_gives_up_what_was_started_for_it() {
        let now = Instant::now();
        let mut one = refresh((100, 200), 0);
        one.next(&fleet(1, &["a"]), &well(&["a"]), now);
        one.status = Status::Cancelling;
        assert_eq!(
            one.next(&fleet(2, &["a", "b"]), &well(&["a"]), now),
            ended(&["b"], Replaced::Already)
        );
        assert_eq!(
            one.next(&fleet(1, &["a"]), &well(&["a"]), now),
            Move::Cancelled
        );
    }
}
