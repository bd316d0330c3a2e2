//! What came of a walk.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::aws::AwsError;
use crate::event::Doing;
use crate::kinds::Outputs;
use crate::reference::Address;

/// A step that failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What was being done.
    pub doing: Doing,
    /// What AWS said.
    pub error: AwsError,
}

/// A step that was not started.
#[derive(Clone, Debug)]
pub struct NotStarted {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// What would have been done.
    pub doing: Doing,
    /// The failed steps in its way; empty where the run was interrupted.
    pub because: Vec<Address>,
}

/// When a step ran.
#[derive(Clone, Debug)]
pub struct StepTime {
    /// Index of the step in the plan.
    pub step: usize,
    /// The resource.
    pub address: Address,
    /// From the start of the walk.
    pub start: Duration,
    /// How long it took, wait included.
    pub took: Duration,
    /// How much of that AWS was waited for.
    pub waited: Duration,
}

/// How a walk ended.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Steps done.
    pub done: usize,
    /// Root causes.
    pub failed: Vec<Failure>,
    /// What was not started.
    pub not_started: Vec<NotStarted>,
    /// Steps whose wait was given up on request.
    pub abandoned: Vec<Address>,
    /// Steps whose call had no answer when there was no more time.
    pub unanswered: Vec<Address>,
    /// Outputs of everything that stands now.
    pub outputs: BTreeMap<Address, Outputs>,
    /// When each step ran.
    pub times: Vec<StepTime>,
    /// Wall time.
    pub took: Duration,
}

impl Outcome {
    /// Whether every step was done.
    pub fn complete(&self) -> bool {
        self.failed.is_empty()
            && self.not_started.is_empty()
            && self.abandoned.is_empty()
            && self.unanswered.is_empty()
    }
}
