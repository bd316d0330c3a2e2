//! A workload about to be released, for tests.

use super::Known;
use crate::model::workloads::Colour;
use crate::release::facts::Facts;
use crate::release::sample::{sight, site};
use crate::release::sight::{ColourSight, Sight, TargetSight};
use crate::release::site::Site;

/// What is known of it. Green is to serve.
pub(super) struct Sample {
    pub(super) site: Site,
    sight: Sight,
    pub(super) ringing: Vec<String>,
    pub(super) facts: Facts,
}

impl Sample {
    pub(super) fn new(blue: ColourSight, green: ColourSight) -> Self {
        Self {
            site: site(),
            sight: sight(blue, green),
            ringing: Vec::new(),
            facts: Facts::default(),
        }
    }

    pub(super) fn known(&self) -> Known<'_> {
        Known {
            site: &self.site,
            sight: &self.sight,
            to: Colour::Green,
            ringing: &self.ringing,
            facts: &self.facts,
        }
    }
}

pub(super) fn colour(in_service: u32, most: u32, state: &str) -> ColourSight {
    ColourSight {
        in_service,
        most,
        targets: (0..in_service)
            .map(|number| TargetSight {
                instance: format!("i-{number}"),
                state: state.to_owned(),
                why: None,
            })
            .collect(),
        ..ColourSight::default()
    }
}
