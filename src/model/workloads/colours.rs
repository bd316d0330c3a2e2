//! The groups of instances of a workload: two colours of which one serves, or one group that a release replaces bit by bit.

use serde::{Deserialize, Serialize};

use crate::stack::document::Workload;

/// A group of instances of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// The colour that serves first.
    Blue,
    /// The colour that is idle first.
    Green,
    /// The only group, of a workload that is released by rolling.
    Single,
}

impl Colour {
    /// The groups that a workload has.
    pub fn of(workload: &Workload) -> &'static [Self] {
        if workload.rolling.is_some() {
            &[Self::Single]
        } else {
            &[Self::Blue, Self::Green]
        }
    }

    /// As it stands in names, addresses and weights.
    pub fn key(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Single => "single",
        }
    }

    /// The other of the two colours; the only group has none.
    pub fn other(self) -> Option<Self> {
        match self {
            Self::Blue => Some(Self::Green),
            Self::Green => Some(Self::Blue),
            Self::Single => None,
        }
    }

    /// Whether it serves from the start. Afterwards `switch` decides.
    pub fn starts_active(self) -> bool {
        self != Self::Green
    }
}
