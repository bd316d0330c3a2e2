//! What a load balancer counts of all requests, the users' included.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::workloads::Colour;

/// What the load balancer counts over a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// By colour.
    pub colours: BTreeMap<Colour, Counted>,
    /// Requests that it had a target for.
    pub requests: f64,
    /// Answers of its own with 500 and more: no target was there, or the one that was asked gave no answer.
    pub own_errors: f64,
    /// When the latest time began of which it has told any requests, in seconds since 1970; nothing where it has told of none.
    pub newest: Option<i64>,
}

impl Counts {
    /// Those of a colour.
    pub fn of(&self, colour: Colour) -> Counted {
        self.colours.get(&colour).copied().unwrap_or_default()
    }
}

/// Requests of a colour, as the load balancer counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Requests that it was chosen for.
    pub requests: f64,
    /// Of these, answered by its targets with 500 and more.
    pub errors: f64,
    /// Connections that its targets did not take.
    pub not_connected: f64,
    /// How long an answer of its targets took on average, in milliseconds, where there was one.
    pub mean_ms: Option<f64>,
}

impl Counted {
    /// The share that was answered with 500 and more.
    pub fn rate(self) -> f64 {
        share(self.errors, self.requests)
    }
}

/// A share of all; none of none.
pub fn share(some: f64, all: f64) -> f64 {
    if all > 0.0 { some / all } else { 0.0 }
}

/// All requests of a time, as the load balancer counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balanced {
    /// Given to targets.
    pub requests: u64,
    /// Of these, answered by targets with 500 and more.
    pub target_errors: u64,
    /// Answered by the load balancer itself with 500 and more.
    pub own_errors: u64,
}

impl Balanced {
    /// Those of all colours.
    pub fn of(counts: &Counts) -> Self {
        // Counts are whole and not negative; what is none is none.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = |count: f64| count.max(0.0).round() as u64;
        Self {
            requests: whole(counts.requests),
            target_errors: whole(counts.colours.values().map(|one| one.errors).sum()),
            own_errors: whole(counts.own_errors),
        }
    }
}
