//! One target of a group: its state as Elastic Load Balancing tells it ("Target health status", user guide).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::picture::HealthCheck;

/// How long a target without requests stays in draining: a request may be on its way to it.
const SETTLE: Duration = Duration::from_secs(1);
/// The share of a target that takes its full part.
pub(crate) const FULL: u32 = 100;

/// The state of a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Registered, and not asked often enough yet.
    Initial,
    Healthy,
    Unhealthy(Failing),
    /// Taken out; finishes what it has.
    Draining,
    /// No rule names its group: it is not asked.
    Unused,
    /// Its instance is gone, and it is not taken out yet.
    Stopped,
}

/// Why a target is unhealthy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failing {
    /// It answered something else than the matcher asks for.
    Status(u16),
    /// No answer in time.
    Timeout,
    /// It could not be connected to, or closed the connection.
    Refused,
}

impl State {
    /// AWS's words: state, reason code and description, the latter two where there are any.
    pub(crate) fn words(&self) -> (&'static str, Option<&'static str>, Option<String>) {
        match self {
            State::Initial => (
                "initial",
                Some("Elb.InitialHealthChecking"),
                Some("Initial health checks in progress".to_owned()),
            ),
            State::Healthy => ("healthy", None, None),
            State::Unhealthy(Failing::Status(status)) => (
                "unhealthy",
                Some("Target.ResponseCodeMismatch"),
                Some(format!("Health checks failed with these codes: [{status}]")),
            ),
            State::Unhealthy(Failing::Timeout) => (
                "unhealthy",
                Some("Target.Timeout"),
                Some("Request timed out".to_owned()),
            ),
            State::Unhealthy(Failing::Refused) => (
                "unhealthy",
                Some("Target.FailedHealthChecks"),
                Some("Health checks failed".to_owned()),
            ),
            State::Draining => (
                "draining",
                Some("Target.DeregistrationInProgress"),
                Some("Target deregistration is in progress".to_owned()),
            ),
            State::Unused => (
                "unused",
                Some("Target.NotInUse"),
                Some(
                    "Target group is not configured to receive traffic from the load balancer"
                        .to_owned(),
                ),
            ),
            State::Stopped => (
                "unused",
                Some("Target.InvalidState"),
                Some("Target is in the stopped or terminated state".to_owned()),
            ),
        }
    }
}

/// A target.
#[derive(Debug)]
pub(crate) struct Target {
    state: State,
    passed: u32,
    failed: u32,
    /// Since when its share grows; none where it has its full part.
    growing_since: Option<Instant>,
    /// When it was taken out, and how long it may still work.
    taken_out: Option<(Instant, Duration)>,
    in_flight: Arc<AtomicUsize>,
}

impl Target {
    pub(crate) fn new(_now: Instant) -> Target {
        Target {
            state: State::Initial,
            passed: 0,
            failed: 0,
            growing_since: None,
            taken_out: None,
            in_flight: Arc::default(),
        }
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// It is registered; if it was being taken out, it starts anew.
    pub(crate) fn registered_again(&mut self, now: Instant) {
        if self.taken_out.is_some() {
            let in_flight = Arc::clone(&self.in_flight);
            *self = Target {
                in_flight,
                ..Target::new(now)
            };
        }
    }

    /// Whether a rule names its group.
    pub(crate) fn use_by_rules(&mut self, used: bool, now: Instant) {
        match (used, &self.state) {
            (_, State::Stopped) | (false, State::Unused) => {}
            (false, _) => self.state = State::Unused,
            (true, State::Unused) => {
                let in_flight = Arc::clone(&self.in_flight);
                *self = Target {
                    in_flight,
                    ..Target::new(now)
                };
            }
            (true, _) => {}
        }
    }

    /// Its instance is gone: it gets nothing from now on.
    pub(crate) fn stop(&mut self) {
        if self.taken_out.is_none() {
            self.state = State::Stopped;
        }
    }

    /// It is no longer registered.
    pub(crate) fn deregister(&mut self, delay: Duration, now: Instant) {
        if self.taken_out.is_none() {
            self.taken_out = Some((now, delay));
            self.state = State::Draining;
        }
    }

    pub(crate) fn draining(&self) -> bool {
        self.taken_out.is_some()
    }

    /// Whether it has finished, or may not go on.
    pub(crate) fn drained(&self, now: Instant) -> bool {
        self.taken_out.is_some_and(|(since, delay)| {
            let out = now.saturating_duration_since(since);
            out >= delay || (out >= SETTLE.min(delay) && self.in_flight() == 0)
        })
    }

    /// Whether it can be given requests at all.
    pub(crate) fn takes_part(&self) -> bool {
        !matches!(self.state, State::Draining | State::Unused | State::Stopped)
    }

    pub(crate) fn is_asked(&self) -> bool {
        self.takes_part()
    }

    pub(crate) fn is_unhealthy(&self) -> bool {
        matches!(self.state, State::Unhealthy(_))
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Relaxed)
    }

    /// Counts a request in.
    pub(crate) fn enter(&self) -> Arc<AtomicUsize> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        Arc::clone(&self.in_flight)
    }

    /// Its part of the requests, in hundredths: grows through slow start.
    pub(crate) fn share(&self, slow_start: Duration, now: Instant) -> u32 {
        let Some(since) = self.growing_since else {
            return FULL;
        };
        if slow_start.is_zero() {
            return FULL;
        }
        let part = now.saturating_duration_since(since).as_secs_f64() / slow_start.as_secs_f64();
        // Between 1 and 100, so that nothing is lost.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let hundredths = (part * f64::from(FULL)).clamp(1.0, f64::from(FULL)) as u32;
        hundredths
    }

    /// The outcome of a health check. One good answer makes a new target healthy. Its share grows from then on only where
    /// others take their full part: else nobody would ("Slow start mode").
    pub(crate) fn asked(
        &mut self,
        answer: Result<(), Failing>,
        check: &HealthCheck,
        others_serve: bool,
        now: Instant,
    ) {
        if !self.is_asked() {
            return;
        }
        match answer {
            Ok(()) => {
                self.failed = 0;
                self.passed = self.passed.saturating_add(1);
                let enough = self.state == State::Initial || self.passed >= check.healthy;
                if enough && self.state != State::Healthy {
                    self.state = State::Healthy;
                    self.growing_since = others_serve.then_some(now);
                }
            }
            Err(failing) => {
                self.passed = 0;
                self.failed = self.failed.saturating_add(1);
                if self.is_unhealthy() || self.failed >= check.unhealthy {
                    self.state = State::Unhealthy(failing);
                    self.growing_since = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check() -> HealthCheck {
        HealthCheck {
            path: "/".to_owned(),
            every: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            healthy: 3,
            unhealthy: 2,
            matcher: "200".to_owned(),
        }
    }

    #[test]
    fn one_good_answer_makes_a_new_target_healthy_and_it_takes_more_after_a_failure() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.asked(Ok(()), &check(), false, now);
        assert_eq!(target.state(), &State::Healthy);
        target.asked(Err(Failing::Timeout), &check(), false, now);
        assert_eq!(target.state(), &State::Healthy);
        target.asked(Err(Failing::Timeout), &check(), false, now);
        assert_eq!(target.state(), &State::Unhealthy(Failing::Timeout));
        target.asked(Ok(()), &check(), false, now);
        target.asked(Ok(()), &check(), false, now);
        assert!(target.is_unhealthy());
        target.asked(Ok(()), &check(), false, now);
        assert_eq!(target.state(), &State::Healthy);
    }

    #[test]
    fn a_new_target_becomes_unhealthy_only_after_the_threshold() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.asked(Err(Failing::Refused), &check(), false, now);
        assert_eq!(target.state(), &State::Initial);
        target.asked(Err(Failing::Status(503)), &check(), false, now);
        assert_eq!(
            target.state().words().2.as_deref(),
            Some("Health checks failed with these codes: [503]")
        );
    }

    #[test]
    fn a_group_outside_every_rule_is_not_asked() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.use_by_rules(false, now);
        target.asked(Ok(()), &check(), false, now);
        assert_eq!(target.state(), &State::Unused);
        target.use_by_rules(true, now);
        assert_eq!(target.state(), &State::Initial);
    }

    #[test]
    fn slow_start_gives_a_new_target_little_at_first() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.asked(Ok(()), &check(), true, now);
        let slow = Duration::from_secs(30);
        assert_eq!(target.share(slow, now), 1);
        assert_eq!(target.share(slow, now + Duration::from_secs(15)), 50);
        assert_eq!(target.share(slow, now + Duration::from_secs(60)), 100);
        assert_eq!(target.share(Duration::ZERO, now), 100);
    }

    #[test]
    fn slow_start_does_nothing_where_nobody_else_serves() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.asked(Ok(()), &check(), false, now);
        assert_eq!(target.share(Duration::from_secs(30), now), 100);
    }

    #[test]
    fn a_target_whose_instance_is_gone_gets_nothing_until_it_is_taken_out() {
        let now = Instant::now();
        let mut target = Target::new(now);
        target.asked(Ok(()), &check(), false, now);
        target.stop();
        target.use_by_rules(true, now);
        assert!(!target.takes_part());
        assert_eq!(target.state().words().1, Some("Target.InvalidState"));
        target.deregister(Duration::ZERO, now);
        assert_eq!(target.state(), &State::Draining);
    }
}
