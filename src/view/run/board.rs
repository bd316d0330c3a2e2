//! What is going on right now, kept from the events.

use std::time::Duration;

use tokio::time::Instant;

use crate::event::{Doing, Event};
use crate::reference::Address;

/// A step takes longer than usual from this multiple of its usual time on.
const LONG: u32 = 2;
/// No step is called slow before this.
const PATIENCE: Duration = Duration::from_secs(15);

/// A step that runs.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) address: Address,
    pub(super) doing: Doing,
    pub(super) usually: Duration,
    pub(super) since: Instant,
    /// What is waited for, with AWS's own last answer.
    pub(super) waiting: Option<String>,
}

impl Running {
    /// Whether it takes longer than it usually does.
    pub(super) fn slow(&self, now: Instant) -> bool {
        self.elapsed(now) > (self.usually * LONG).max(PATIENCE)
    }

    pub(super) fn elapsed(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }
}

/// The state of a run.
#[derive(Clone, Debug)]
pub(super) struct Board {
    pub(super) since: Instant,
    /// Steps to do.
    pub(super) steps: usize,
    pub(super) done: usize,
    pub(super) failed: usize,
    /// In the order in which they began.
    pub(super) running: Vec<Running>,
    /// How many resource types are being asked for; nothing while none are.
    pub(super) discovering: Option<usize>,
    pub(super) stopping: bool,
    pub(super) over: bool,
}

impl Board {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            steps: 0,
            done: 0,
            failed: 0,
            running: Vec::new(),
            discovering: None,
            stopping: false,
            over: false,
        }
    }

    /// Takes in an event. Whether it brings something that was not said before.
    pub(super) fn take(&mut self, event: &Event, now: Instant) -> bool {
        match event {
            Event::RunStarted { steps, .. } => {
                *self = Self {
                    steps: *steps,
                    ..Self::new(now)
                };
            }
            Event::Discovering { kinds } => self.discovering = Some(*kinds),
            Event::Discovered { .. } => self.discovering = None,
            Event::StepStarted {
                address,
                doing,
                usually,
                ..
            } => self.running.push(Running {
                address: address.clone(),
                doing: *doing,
                usually: *usually,
                since: now,
                waiting: None,
            }),
            Event::StepWaiting { address, what } => return self.wait(address, what),
            Event::StepDone { address, doing, .. } => {
                self.done += 1;
                self.end(address, *doing);
            }
            Event::StepFailed { address, doing, .. } => {
                self.failed += 1;
                self.end(address, *doing);
            }
            Event::Stopping { .. } => self.stopping = true,
            Event::RunFinished { .. } => {
                self.over = true;
                self.running.clear();
            }
            Event::StepNotStarted { .. } | Event::Note { .. } => {}
        }
        true
    }

    fn wait(&mut self, address: &Address, what: &str) -> bool {
        let what = what.strip_prefix("waiting for ").unwrap_or(what);
        let running = self.running.iter_mut().rev();
        let Some(step) = running.into_iter().find(|step| step.address == *address) else {
            return true;
        };
        let news = step.waiting.as_deref() != Some(what);
        step.waiting = Some(what.to_owned());
        news
    }

    fn end(&mut self, address: &Address, doing: Doing) {
        let ended = self
            .running
            .iter()
            .position(|step| step.address == *address && step.doing == doing);
        if let Some(ended) = ended {
            self.running.remove(ended);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn started(address: &str, doing: Doing) -> Event {
        Event::StepStarted {
            address: address.into(),
            kind: "ec2:vpc".to_owned(),
            doing,
            usually: Duration::from_secs(60),
        }
    }

    #[test]
    fn the_same_answer_again_is_no_news() {
        let now = Instant::now();
        let mut board = Board::new(now);
        board.take(&started("a", Doing::Create), now);
        let waiting = |what: &str| Event::StepWaiting {
            address: "a".into(),
            what: what.to_owned(),
        };
        assert!(board.take(&waiting("it to be active: provisioning"), now));
        assert!(!board.take(&waiting("waiting for it to be active: provisioning"), now));
        assert!(board.take(&waiting("it to be active: active_impaired"), now));
    }

    #[test]
    fn both_halves_of_a_replacement_are_told_apart() {
        let now = Instant::now();
        let mut board = Board::new(now);
        board.take(&started("a", Doing::Delete), now);
        board.take(&started("a", Doing::Create), now);
        board.take(
            &Event::StepDone {
                address: "a".into(),
                doing: Doing::Delete,
                took: Duration::ZERO,
            },
            now,
        );
        assert_eq!(board.running.len(), 1);
        assert_eq!(board.running[0].doing, Doing::Create);
        assert_eq!(board.done, 1);
    }

    #[test]
    fn slow_is_twice_the_usual_time_and_never_a_few_seconds() {
        let now = Instant::now();
        let step = |usually| Running {
            address: "a".into(),
            doing: Doing::Create,
            usually: Duration::from_secs(usually),
            since: now,
            waiting: None,
        };
        let after = |seconds| now + Duration::from_secs(seconds);
        assert!(!step(60).slow(after(119)));
        assert!(step(60).slow(after(121)));
        assert!(!step(1).slow(after(10)));
        assert!(step(1).slow(after(16)));
    }
}
