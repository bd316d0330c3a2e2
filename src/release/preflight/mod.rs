//! What is refused before the first step, with the reason and the remedy: all of it at once.

mod alarms;
mod capacity;
mod certificate;
mod drain;
mod quota;
mod ready;
#[cfg(test)]
mod sample;
mod schema;
mod serving;
mod size;
mod stickiness;

use super::facts::Facts;
use super::sight::Sight;
use super::site::Site;
use crate::model::workloads::Colour;

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// A new release on the idle colour.
    Deploy,
    /// The traffic to a colour that runs.
    Switch,
    /// The traffic back to the colour that served before.
    Rollback,
}

/// What was looked up for the preflight.
#[derive(Debug)]
pub struct Known<'a> {
    /// The workload's names and settings.
    pub site: &'a Site,
    /// The workload as it stands.
    pub sight: &'a Sight,
    /// The colour that is to serve.
    pub to: Colour,
    /// Alarms that ring.
    pub ringing: &'a [String],
    /// What was looked up beyond that.
    pub facts: &'a Facts,
}

impl Known<'_> {
    /// How many more instances a deploy has run than run now: as many as serve, while what the colour has ends first.
    fn starts(&self) -> u32 {
        let Some(from) = self.to.other() else {
            return 0;
        };
        let serving = self.sight.of(from).in_service.max(self.site.bounds.0);
        let there = self.sight.of(self.to).instances.len();
        serving.saturating_sub(u32::try_from(there).unwrap_or(u32::MAX))
    }
}

/// What may be in the way.
type Check = fn(Aim, &Known<'_>) -> Vec<String>;

/// Every check, by the name of its file, in the order in which they are told.
const CHECKS: [(&str, Check); 10] = [
    ("serving", serving::check),
    ("size", size::check),
    ("ready", ready::check),
    ("stickiness", stickiness::check),
    ("alarms", alarms::check),
    ("capacity", capacity::check),
    ("quota", quota::check),
    ("drain", drain::check),
    ("certificate", certificate::check),
    ("schema", schema::check),
];

/// Why it is not begun; nothing where it may be.
pub fn refusals(aim: Aim, known: &Known<'_>) -> Vec<String> {
    CHECKS
        .iter()
        .flat_map(|(_, check)| check(aim, known))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::sample::{Sample, colour};
    use super::*;

    #[test]
    fn a_sound_stack_is_deployed_to() {
        let sample = Sample::new(colour(1, 2, "healthy"), colour(0, 2, ""));
        assert_eq!(refusals(Aim::Deploy, &sample.known()), Vec::<String>::new());
    }

    #[test]
    fn all_that_is_in_the_way_is_told_at_once() {
        let mut sample = Sample::new(colour(3, 4, "unhealthy"), colour(0, 2, ""));
        sample.ringing = vec!["cpu".to_owned()];
        assert_eq!(refusals(Aim::Switch, &sample.known()).len(), 4);
    }

    #[test]
    fn every_check_in_this_folder_is_asked() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/release/preflight");
        let files = std::fs::read_dir(folder).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        let there: BTreeSet<String> = paths
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .filter(|name| !["mod", "sample"].contains(&name.as_str()))
            .collect();
        let asked: BTreeSet<String> = CHECKS.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(asked, there);
        assert_eq!(asked.len(), CHECKS.len());
    }
}
