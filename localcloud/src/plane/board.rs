//! Where everything stands: which targets take requests, and which process answers for which instance.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::behaviour::Behaviour;
use super::picture::{GroupArn, InstanceId, Picture, TargetGroup};
use super::refreshes::Refreshes;
use super::share::Shares;
use super::target::{State, Target};

/// What the load balancers, the health checks and the additions share.
#[derive(Debug, Default)]
pub(crate) struct Board {
    inner: Mutex<Inner>,
    refreshes: Arc<Refreshes>,
}

#[derive(Debug, Default)]
struct Inner {
    regions: BTreeMap<String, Picture>,
    targets: HashMap<(GroupArn, InstanceId), Target>,
    /// Where the workload of an instance listens, once it runs.
    addresses: HashMap<InstanceId, Answering>,
    shares: Shares,
    /// Every instance that an Auto Scaling group has ever had: moto keeps those that it has ended registered.
    of_fleets: BTreeSet<InstanceId>,
}

/// A process that answers for an instance.
#[derive(Clone, Debug)]
pub(crate) struct Answering {
    pub(crate) address: SocketAddr,
    pub(crate) behaviour: Behaviour,
}

/// Where a request goes. While it is held, the target counts it as in flight.
#[derive(Debug)]
pub(crate) struct Pick {
    pub(crate) instance: InstanceId,
    /// None while nothing listens there: the connection would be refused.
    pub(crate) answering: Option<Answering>,
    in_flight: Arc<AtomicUsize>,
}

impl Drop for Pick {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A target as the additions tell it.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) instance: InstanceId,
    pub(crate) state: State,
}

impl Board {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what the control plane of a region says now.
    pub(crate) fn take(&self, region: &str, picture: Picture, now: Instant) {
        let mut inner = self.inner();
        inner.of_fleets.extend(picture.gone.iter().cloned());
        inner.regions.insert(region.to_owned(), picture);
        let inner = &mut *inner;
        let mut wanted: BTreeSet<(GroupArn, InstanceId)> = BTreeSet::new();
        for picture in inner.regions.values() {
            let instances = picture.instances();
            inner
                .of_fleets
                .extend(instances.iter().map(|id| (*id).clone()));
            let in_use = picture.groups_in_use();
            for group in picture.groups.values() {
                for instance in picture.registered(group) {
                    if inner.of_fleets.contains(&instance) && !instances.contains(&instance) {
                        continue;
                    }
                    let key = (group.arn.clone(), instance);
                    let target = inner
                        .targets
                        .entry(key.clone())
                        .or_insert_with(|| Target::new(now));
                    target.registered_again(now);
                    target.use_by_rules(in_use.contains(&group.arn), now);
                    wanted.insert(key);
                }
            }
        }
        for (key, target) in &mut inner.targets {
            if !wanted.contains(key) {
                let drain = inner
                    .regions
                    .values()
                    .find_map(|picture| picture.groups.get(&key.0))
                    .map(|group| group.drain);
                target.deregister(drain.unwrap_or_default(), now);
            }
        }
    }

    /// Whether an Auto Scaling group is known to have had the instance.
    pub(crate) fn is_of_a_fleet(&self, instance: &str) -> bool {
        self.inner().of_fleets.contains(instance)
    }

    /// Forgets targets that have finished.
    pub(crate) fn sweep(&self, now: Instant) {
        self.inner()
            .targets
            .retain(|_, target| !target.drained(now));
    }

    /// All regions' pictures, for whoever reconciles.
    pub(crate) fn pictures(&self) -> Vec<(String, Picture)> {
        let inner = self.inner();
        inner
            .regions
            .iter()
            .map(|(region, picture)| (region.clone(), picture.clone()))
            .collect()
    }

    /// Whether any target of the instance still finishes requests.
    pub(crate) fn draining(&self, instance: &str, now: Instant) -> bool {
        self.inner()
            .targets
            .iter()
            .any(|((_, id), target)| id == instance && target.draining() && !target.drained(now))
    }

    pub(crate) fn answers(&self, instance: &str, answering: Answering) {
        self.inner()
            .addresses
            .insert(instance.to_owned(), answering);
    }

    /// The process of an instance is gone, and comes back.
    pub(crate) fn silent(&self, instance: &str) {
        self.inner().addresses.remove(instance);
    }

    /// An instance is gone for good.
    pub(crate) fn stopped(&self, instance: &str) {
        let mut inner = self.inner();
        inner.addresses.remove(instance);
        for ((_, id), target) in &mut inner.targets {
            if id == instance {
                target.stop();
            }
        }
    }

    /// The target of a group that takes the next request: the one the client stays with if it may, else the next.
    pub(crate) fn pick(
        &self,
        group: &TargetGroup,
        stays_with: Option<&str>,
        now: Instant,
    ) -> Option<Pick> {
        let mut inner = self.inner();
        let inner = &mut *inner;
        let of_group = || {
            inner
                .targets
                .iter()
                .filter(|((arn, _), target)| *arn == group.arn && target.takes_part())
        };
        let healthy = of_group().any(|(_, target)| target.state() == &State::Healthy);
        // A group without a healthy target fails open: every registered target gets requests.
        let able: Vec<(&InstanceId, &Target)> = of_group()
            .filter(|(_, target)| !healthy || target.state() == &State::Healthy)
            .map(|((_, instance), target)| (instance, target))
            .collect();
        let stays = stays_with
            .and_then(|id| able.iter().find(|(instance, _)| *instance == id))
            .map(|(instance, _)| (*instance).clone());
        let instance = match stays {
            Some(instance) => instance,
            None if group.least_outstanding => able
                .iter()
                .min_by_key(|(instance, target)| (target.in_flight(), (*instance).clone()))
                .map(|(instance, _)| (*instance).clone())?,
            None => {
                let mut weights: Vec<(InstanceId, u32)> = able
                    .iter()
                    .map(|(instance, target)| {
                        ((*instance).clone(), target.share(group.slow_start, now))
                    })
                    .collect();
                weights.sort();
                inner.shares.next(&group.arn, &weights)?.clone()
            }
        };
        let target = inner.targets.get(&(group.arn.clone(), instance.clone()))?;
        let in_flight = target.enter();
        Some(Pick {
            answering: inner.addresses.get(&instance).cloned(),
            instance,
            in_flight,
        })
    }

    /// The group that is next by a rule's weights.
    pub(crate) fn share(&self, rule: &str, weights: &[(GroupArn, u32)]) -> Option<GroupArn> {
        self.inner().shares.next(rule, weights).cloned()
    }

    /// A target group by its ARN.
    pub(crate) fn group(&self, arn: &str) -> Option<TargetGroup> {
        self.inner()
            .regions
            .values()
            .find_map(|picture| picture.groups.get(arn))
            .cloned()
    }

    /// The targets to ask for their health, with where they listen and whether they are new.
    pub(crate) fn to_ask(&self) -> Vec<(TargetGroup, InstanceId, Option<Answering>, bool)> {
        let inner = self.inner();
        inner
            .targets
            .iter()
            .filter(|(_, target)| target.is_asked())
            .filter_map(|((arn, instance), target)| {
                let group = inner
                    .regions
                    .values()
                    .find_map(|picture| picture.groups.get(arn))?;
                let answering = inner.addresses.get(instance).cloned();
                let is_new = target.state() == &State::Initial;
                Some((group.clone(), instance.clone(), answering, is_new))
            })
            .collect()
    }

    /// Notes the outcome of a health check.
    pub(crate) fn asked(
        &self,
        group: &TargetGroup,
        instance: &str,
        answer: Result<(), super::target::Failing>,
        now: Instant,
    ) {
        let mut inner = self.inner();
        let others_serve = inner.targets.iter().any(|((arn, id), target)| {
            *arn == group.arn
                && id != instance
                && target.state() == &State::Healthy
                && target.share(group.slow_start, now) == super::target::FULL
        });
        let key = (group.arn.clone(), instance.to_owned());
        if let Some(target) = inner.targets.get_mut(&key) {
            target.asked(answer, &group.health, others_serve, now);
        }
    }

    /// The targets of a group as `DescribeTargetHealth` tells them; none where the group is not known here.
    pub(crate) fn told(&self, group: &str) -> Option<Vec<Told>> {
        let inner = self.inner();
        inner
            .regions
            .values()
            .find_map(|picture| picture.groups.get(group))?;
        let mut told: Vec<Told> = inner
            .targets
            .iter()
            .filter(|((arn, _), _)| arn == group)
            .map(|((_, instance), target)| Told {
                instance: instance.clone(),
                state: target.state().clone(),
            })
            .collect();
        told.sort_by(|a, b| a.instance.cmp(&b.instance));
        Some(told)
    }

    /// How many requests the instance has now, in all its groups.
    pub(crate) fn in_flight(&self, instance: &str) -> usize {
        self.inner()
            .targets
            .iter()
            .filter(|((_, id), _)| id == instance)
            .map(|(_, target)| target.in_flight())
            .sum()
    }

    /// The replacements of instances.
    pub(crate) fn refreshes(&self) -> &Arc<Refreshes> {
        &self.refreshes
    }

    /// Whether the load balancer holds the instance for healthy in each of these groups; without any, whether it runs.
    pub(crate) fn well(&self, instance: &str, groups: &[GroupArn]) -> bool {
        let inner = self.inner();
        if groups.is_empty() {
            return inner.addresses.contains_key(instance);
        }
        groups.iter().all(|group| {
            inner
                .targets
                .get(&(group.clone(), instance.to_owned()))
                .is_some_and(|target| target.state() == &State::Healthy)
        })
    }

    /// How the load balancer holds the instance's target, in AWS's word; none where it has none.
    pub(crate) fn health(&self, instance: &str) -> Option<&'static str> {
        self.inner()
            .targets
            .iter()
            .find(|((_, id), _)| id == instance)
            .map(|(_, target)| target.state().words().0)
    }

    /// Whether the load balancer holds the instance for unhealthy in any group.
    pub(crate) fn unhealthy(&self, instance: &str) -> bool {
        self.inner()
            .targets
            .iter()
            .any(|((_, id), target)| id == instance && target.is_unhealthy())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::plane::picture::HealthCheck;
    use crate::plane::target::Failing;

    fn group(registered: &[&str]) -> TargetGroup {
        TargetGroup {
            arn: "blue".to_owned(),
            name: "blue".to_owned(),
            health: HealthCheck {
                path: "/api/health".to_owned(),
                every: Duration::from_secs(30),
                timeout: Duration::from_secs(5),
                healthy: 2,
                unhealthy: 2,
                matcher: "200".to_owned(),
            },
            drain: Duration::from_secs(30),
            slow_start: Duration::ZERO,
            stickiness: None,
            least_outstanding: false,
            registered: registered.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    fn board(registered: &[&str], now: Instant) -> (Board, TargetGroup) {
        let board = Board::default();
        let group = group(registered);
        retake(&board, &group, now);
        (board, group)
    }

    fn retake(board: &Board, group: &TargetGroup, now: Instant) {
        let rule = crate::plane::picture::Rule {
            arn: "r".to_owned(),
            priority: None,
            conditions: Vec::new(),
            action: crate::plane::picture::Action::Forward(crate::plane::picture::Forward {
                weights: vec![(group.arn.clone(), 1)],
                stickiness: None,
            }),
        };
        let picture = Picture {
            balancers: vec![crate::plane::picture::Balancer {
                arn: "b".to_owned(),
                dns_name: "b.example.com".to_owned(),
                idle_timeout: Duration::from_secs(60),
                drop_invalid_headers: false,
                listeners: vec![crate::plane::picture::Listener {
                    arn: "l".to_owned(),
                    port: 80,
                    secure: false,
                    rules: vec![rule],
                }],
            }],
            groups: [(group.arn.clone(), group.clone())].into(),
            ..Picture::default()
        };
        board.take("eu-west-1", picture, now);
    }

    fn chosen(board: &Board, group: &TargetGroup, now: Instant) -> Option<String> {
        board
            .pick(group, None, now)
            .map(|pick| pick.instance.clone())
    }

    #[test]
    fn only_healthy_targets_take_requests_while_there_is_one() {
        let now = Instant::now();
        let (board, group) = board(&["i-a", "i-b"], now);
        board.asked(&group, "i-b", Ok(()), now);
        for _ in 0..4 {
            assert_eq!(chosen(&board, &group, now).as_deref(), Some("i-b"));
        }
    }

    #[test]
    fn a_group_without_a_healthy_target_fails_open() {
        let now = Instant::now();
        let (board, group) = board(&["i-a", "i-b"], now);
        for id in ["i-a", "i-b"] {
            board.asked(&group, id, Err(Failing::Timeout), now);
            board.asked(&group, id, Err(Failing::Timeout), now);
        }
        let seen: BTreeSet<_> = (0..4).filter_map(|_| chosen(&board, &group, now)).collect();
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn an_empty_group_takes_nothing() {
        let now = Instant::now();
        let (board, group) = board(&[], now);
        assert!(board.pick(&group, None, now).is_none());
    }

    #[test]
    fn a_target_that_was_taken_out_gets_no_new_request_and_finishes_those_it_has() {
        let now = Instant::now();
        let (board, group_before) = board(&["i-a"], now);
        board.asked(&group_before, "i-a", Ok(()), now);
        let pick = board.pick(&group_before, None, now).unwrap();
        let without = group(&[]);
        retake(&board, &without, now);
        assert!(board.pick(&without, None, now).is_none());
        assert!(board.draining("i-a", now));
        drop(pick);
        assert!(!board.draining("i-a", now + Duration::from_secs(2)));
    }

    #[test]
    fn what_was_gone_before_it_was_seen_is_no_target() {
        let now = Instant::now();
        let (board, group) = board(&["i-a"], now);
        let mut picture = board.pictures().remove(0).1;
        picture
            .groups
            .insert(group.arn.clone(), self::group(&["i-a", "i-ghost"]));
        picture.gone.insert("i-ghost".to_owned());
        board.take("eu-west-1", picture, now);
        let told: Vec<_> = board
            .told("blue")
            .unwrap()
            .into_iter()
            .map(|told| told.instance)
            .collect();
        assert_eq!(told, ["i-a"]);
    }

    #[test]
    fn what_never_ends_is_cut_off_after_the_deregistration_delay() {
        let now = Instant::now();
        let (board, with) = board(&["i-a"], now);
        board.asked(&with, "i-a", Ok(()), now);
        let _pick = board.pick(&with, None, now);
        retake(&board, &group(&[]), now);
        assert!(board.draining("i-a", now + Duration::from_secs(29)));
        assert!(!board.draining("i-a", now + Duration::from_secs(31)));
    }

    #[test]
    fn a_client_stays_with_its_target_while_that_can_take_requests() {
        let now = Instant::now();
        let (board, group) = board(&["i-a", "i-b"], now);
        for id in ["i-a", "i-b"] {
            board.asked(&group, id, Ok(()), now);
        }
        for _ in 0..3 {
            let pick = board.pick(&group, Some("i-b"), now).unwrap();
            assert_eq!(pick.instance, "i-b");
        }
        assert!(board.pick(&group, Some("i-gone"), now).is_some());
    }
}
