//! What happens during a run, as one stream that every view reads.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::reference::Address;

/// Version of the event stream; grows when a field changes its meaning.
pub const EVENT_VERSION: u32 = 1;

/// What a step does, as events name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Making a resource.
    Create,
    /// Changing it.
    Update,
    /// Waiting for it.
    Await,
    /// Removing it.
    Delete,
}

impl Doing {
    /// In progress: "creating".
    pub fn now(self) -> &'static str {
        match self {
            Self::Create => "creating",
            Self::Update => "changing",
            Self::Await => "waiting for",
            Self::Delete => "removing",
        }
    }

    /// Done: "created".
    pub fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Update => "changed",
            Self::Await => "ready",
            Self::Delete => "removed",
        }
    }
}

/// Something that happened. Holds no secret and nothing that could be one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A run began.
    RunStarted {
        /// Its id.
        run: String,
        /// The verb: `apply`, `destroy`.
        verb: String,
        /// `<stack>-<environment>`.
        stack: String,
        /// Steps to do.
        steps: usize,
    },
    /// AWS is being asked what exists.
    Discovering {
        /// Kinds asked for.
        kinds: usize,
    },
    /// AWS has answered.
    Discovered {
        /// Resources of the stack that exist.
        resources: usize,
        /// Calls that it took.
        calls: usize,
        /// How long it took.
        #[serde(serialize_with = "millis")]
        took: Duration,
    },
    /// A step began.
    StepStarted {
        /// The resource.
        address: Address,
        /// Its kind's type name.
        kind: String,
        /// What is done.
        doing: Doing,
        /// How long this usually takes.
        #[serde(serialize_with = "millis")]
        usually: Duration,
    },
    /// A step waits for AWS.
    StepWaiting {
        /// The resource.
        address: Address,
        /// What is waited for, with AWS's own last answer.
        what: String,
    },
    /// A step ended well.
    StepDone {
        /// The resource.
        address: Address,
        /// What was done.
        doing: Doing,
        /// How long it took.
        #[serde(serialize_with = "millis")]
        took: Duration,
    },
    /// A step failed: a root cause.
    StepFailed {
        /// The resource.
        address: Address,
        /// Its kind's type name.
        kind: String,
        /// What was being done.
        doing: Doing,
        /// The error with AWS's own words and request id.
        error: String,
        /// What to do, where it is known.
        hint: Option<String>,
    },
    /// A step was not started.
    StepNotStarted {
        /// The resource.
        address: Address,
        /// What would have been done.
        doing: Doing,
        /// The failed steps in its way; empty where the run was interrupted.
        because: Vec<Address>,
    },
    /// The person asked to stop.
    Stopping {
        /// Steps whose calls are still being answered.
        running: usize,
    },
    /// Something worth saying.
    Note {
        /// The resource it concerns, if one.
        address: Option<Address>,
        /// What.
        text: String,
    },
    /// A run ended.
    RunFinished {
        /// Steps done.
        done: usize,
        /// Steps that failed.
        failed: usize,
        /// Steps not started.
        not_started: usize,
        /// How long it took.
        #[serde(serialize_with = "millis")]
        took: Duration,
    },
}

fn millis<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
}

/// Where events go. Called from several tasks at once.
pub trait Events: Send + Sync {
    /// Takes one event.
    fn emit(&self, event: Event);
}

impl<T: Events + ?Sized> Events for Arc<T> {
    fn emit(&self, event: Event) {
        (**self).emit(event);
    }
}

/// Forgets every event.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Events for Silent {
    fn emit(&self, _: Event) {}
}

/// Keeps every event, for tests and reports.
#[derive(Debug, Default)]
pub struct Recorded(std::sync::Mutex<Vec<Event>>);

impl Recorded {
    /// The events so far.
    pub fn events(&self) -> Vec<Event> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl Events for Recorded {
    fn emit(&self, event: Event) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(event);
    }
}
