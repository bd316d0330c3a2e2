//! What went through the load balancers, counted as CloudWatch's AWS/ApplicationELB metrics count it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::picture::{BalancerArn, GroupArn, InstanceId};

/// Counts since they were last taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) groups: HashMap<GroupArn, Counted>,
    /// Answers of a load balancer's own, for want of a target's: 502, 503, 504. CloudWatch keeps them by load balancer only.
    pub(crate) own_5xx: HashMap<BalancerArn, u64>,
}

/// Of one target group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    /// Requests that a target answered.
    pub(crate) answered: u64,
    /// Of these, by the first digit of their status.
    pub(crate) by_class: [u64; 6],
    /// Requests that a target was sent and did not answer.
    pub(crate) unanswered: u64,
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
    counts: Counts,
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

impl Counted {
    /// Adds another group's counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.not_connected += other.not_connected;
        for (class, count) in self.by_class.iter_mut().zip(other.by_class) {
            *class += count;
        }
        self.took += other.took;
        self.shortest = [self.shortest, other.shortest].into_iter().flatten().min();
        self.longest = self.longest.max(other.longest);
    }
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
        let counted = inner.counts.groups.entry(group.to_owned()).or_default();
        counted.answered += 1;
        if let Some(class) = counted.by_class.get_mut(usize::from(status / 100)) {
            *class += 1;
        }
        counted.took += took;
        counted.shortest = Some(counted.shortest.map_or(took, |one| one.min(took)));
        counted.longest = counted.longest.max(took);
    }

    /// A load balancer had no target to send a request to, and answered itself.
    pub(crate) fn balancer_answered(&self, balancer: &str) {
        let mut inner = self.inner();
        let own = &mut inner.counts.own_5xx;
        *own.entry(balancer.to_owned()).or_default() += 1;
    }

    /// A target was sent a request and did not answer it; the load balancer did.
    pub(crate) fn unanswered(&self, balancer: &str, group: &str, instance: &str, why: Unanswered) {
        self.balancer_answered(balancer);
        let mut inner = self.inner();
        let counted = inner.counts.groups.entry(group.to_owned()).or_default();
        counted.unanswered += 1;
        counted.not_connected += u64::from(why == Unanswered::NotConnected);
        *inner.lost.entry(instance.to_owned()).or_default() += 1;
    }

    /// Requests that were sent to an instance and not answered by it, by instance, since the beginning.
    pub(crate) fn lost(&self) -> BTreeMap<InstanceId, u64> {
        self.inner().lost.clone()
    }

    /// The counts since the last time, which start anew.
    pub(crate) fn take(&self) -> Counts {
        std::mem::take(&mut self.inner().counts)
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
        traffic.unanswered("front", "blue", "i-1", Unanswered::NotConnected);
        traffic.balancer_answered("front");
        let taken = traffic.take();
        let counted = &taken.groups["blue"];
        assert_eq!((counted.answered, counted.unanswered), (2, 1));
        assert_eq!(taken.own_5xx["front"], 2);
        assert_eq!((counted.by_class[2], counted.by_class[5]), (1, 1));
        assert_eq!(counted.not_connected, 1);
        assert_eq!(counted.longest, Duration::from_millis(30));
        assert_eq!(traffic.lost()["i-1"], 1);
        assert_eq!(traffic.take(), Counts::default());
    }
}
