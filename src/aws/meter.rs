//! What calls were made, when, and how long they took.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// One call to AWS, retries being calls of their own.
#[derive(Clone, Debug)]
pub struct Call {
    /// Service and operation, such as `ec2:DescribeVpcs`.
    pub operation: String,
    /// How long it was held back before that, so as not to ask its service too often.
    pub held: Duration,
    /// When it was sent, from the start of the run.
    pub start: Duration,
    /// How long the answer took.
    pub took: Duration,
    /// HTTP status; nothing where no answer came.
    pub status: Option<u16>,
}

/// Counts and times the calls of one run.
#[derive(Debug)]
pub struct Meter {
    origin: Instant,
    calls: Mutex<Vec<Call>>,
    ahead: Mutex<Option<i64>>,
}

impl Default for Meter {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
            calls: Mutex::new(Vec::new()),
            ahead: Mutex::new(None),
        }
    }
}

impl Meter {
    pub(super) fn record(
        &self,
        operation: String,
        held: Duration,
        sent: Instant,
        status: Option<u16>,
    ) {
        let call = Call {
            operation,
            held,
            start: sent.duration_since(self.origin),
            took: sent.elapsed(),
            status,
        };
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(call);
    }

    /// Notes the `Date` of an answer.
    pub(super) fn told_date(&self, date: &str) {
        if let Ok(theirs) = jiff::fmt::rfc2822::parse(date) {
            let seconds = jiff::Timestamp::now().as_second() - theirs.timestamp().as_second();
            *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(seconds);
        }
    }

    /// By how many seconds this machine's clock is ahead of AWS's; nothing before an answer.
    pub fn clock_ahead(&self) -> Option<i64> {
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All calls so far, in the order of their answers.
    pub fn calls(&self) -> Vec<Call> {
        self.calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Calls so far by operation.
    pub fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls() {
            *counts.entry(call.operation).or_default() += 1;
        }
        counts
    }
}
