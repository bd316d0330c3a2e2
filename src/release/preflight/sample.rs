//! A workload about to be released, for tests.

use std::time::Duration;

use super::Known;
pub(super) use super::tests::colour;
use super::tests::{sight, site};
use crate::model::workloads::Colour;
use crate::release::facts::Facts;
use crate::release::sight::{ColourSight, Sight};
use crate::release::site::Site;

/// What is known of it. Green is to serve.
pub(super) struct Sample {
    site: Site,
    sight: Sight,
    pub(super) facts: Facts,
}

impl Sample {
    pub(super) fn new(blue: ColourSight, green: ColourSight) -> Self {
        Self {
            site: site(),
            sight: sight(blue, green),
            facts: Facts::default(),
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            site: &self.site,
            sight: &self.sight,
            to: Colour::Green,
            keep: Duration::from_secs(600),
            ringing: &[],
            facts: &self.facts,
        }
    }
}
