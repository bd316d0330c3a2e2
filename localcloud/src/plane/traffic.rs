//! What went through the load balancers, counted as CloudWatch's AWS/ApplicationELB metrics count it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::picture::{GroupArn, InstanceId};

/// Counts since they were last taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    /// Requests that a target answered.
    pub(crate) requests: u64,
    /// Of these, by the first digit of their status.
    pub(crate) by_class: [u64; 6],
    /// Answers of the load balancer's own, for want of a target's: 502, 503, 504.
    pub(crate) balancer_5xx: u64,
    /// Connections that a target did not take.
    pub(crate) not_connected: u64,
    /// How long targets took, in all.
    pub(crate) took: Duration,
    pub(crate) shortest: Option<Duration>,
    pub(crate) longest: Duration,
}

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Traffic {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By target group; under no name what came before a group was chosen.
    groups: HashMap<Option<GroupArn>, Counted>,
    /// All the requests that an instance has ever been given.
    served: HashMap<InstanceId, u64>,
    /// Requests that were sent to an instance and not answered by it.
    lost: BTreeMap<InstanceId, u64>,
}

/// Why the load balancer answers by itself, though there is a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The target did not take the connection.
    NotConnected,
    /// It broke off, or took too long.
    BrokenOff,
}

impl Traffic {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request of an instance; gives how many it has had.
    pub(crate) fn served(&self, instance: &str) -> u64 {
        let mut inner = self.inner();
        let served = inner.served.entry(instance.to_owned()).or_default();
        *served += 1;
        *served
    }

    pub(crate) fn target_answered(&self, group: &str, status: u16, took: Duration) {
        let mut inner = self.inner();
        let counted = inner.groups.entry(Some(group.to_owned())).or_default();
        counted.requests += 1;
        if let Some(class) = counted.by_class.get_mut(usize::from(status / 100)) {
            *class += 1;
        }
        counted.took += took;
        counted.shortest = Some(counted.shortest.map_or(took, |one| one.min(took)));
        counted.longest = counted.longest.max(took);
    }

    pub(crate) fn balancer_answered(&self, group: Option<&str>) {
        let key = group.map(str::to_owned);
        self.inner().groups.entry(key).or_default().balancer_5xx += 1;
    }

    /// A target was sent a request and did not answer it.
    pub(crate) fn unanswered(&self, group: &str, instance: &str, why: Unanswered) {
        let mut inner = self.inner();
        let counted = inner.groups.entry(Some(group.to_owned())).or_default();
        counted.balancer_5xx += 1;
        counted.not_connected += u64::from(why == Unanswered::NotConnected);
        *inner.lost.entry(instance.to_owned()).or_default() += 1;
    }

    /// Requests that were sent to an instance and not answered by it, by instance, since the beginning.
    pub(crate) fn lost(&self) -> BTreeMap<InstanceId, u64> {
        self.inner().lost.clone()
    }

    /// The counts since the last time, which start anew.
    pub(crate) fn take(&self) -> HashMap<Option<GroupArn>, Counted> {
        std::mem::take(&mut self.inner().groups)
    }

    /// An instance that is gone needs no counter.
    pub(crate) fn forget(&self, instance: &str) {
        self.inner().served.remove(instance);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_count_by_group_and_class() {
        let traffic = Traffic::default();
        traffic.target_answered("blue", 200, Duration::from_millis(10));
        traffic.target_answered("blue", 503, Duration::from_millis(30));
        traffic.unanswered("blue", "i-1", Unanswered::NotConnected);
        let taken = traffic.take();
        let counted = &taken[&Some("blue".to_owned())];
        assert_eq!((counted.requests, counted.balancer_5xx), (2, 1));
        assert_eq!((counted.by_class[2], counted.by_class[5]), (1, 1));
        assert_eq!(counted.not_connected, 1);
        assert_eq!(counted.longest, Duration::from_millis(30));
        assert_eq!(traffic.lost()["i-1"], 1);
        assert!(traffic.take().is_empty());
    }
}
