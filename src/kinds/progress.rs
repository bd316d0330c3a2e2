//! How far AWS is with a resource, and how it is waited for.

use std::time::Duration;

use super::Outputs;

/// How far AWS is with a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Usable; more outputs may be known now.
    Ready(Outputs),
    /// AWS works on it; its own word for the state, and reason where it gives one.
    Pending(String),
    /// It will never be usable; AWS's own reason.
    Failed(String),
    /// It does not exist (any more).
    Gone,
}

/// A wait for AWS, declared rather than coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// What is waited for, as it reads after "waiting for": "the load balancer to be active".
    pub until: &'static str,
    /// The longest time between two looks: the first ones come sooner. Jitter is added.
    pub every: Duration,
    /// How long it usually takes.
    pub usually: Duration,
    /// When to give up, as AWS documents it.
    pub deadline: Duration,
}

/// After which change a wait follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// The resource was made.
    Create,
    /// The resource was changed.
    Update,
    /// The resource was removed.
    Delete,
}
