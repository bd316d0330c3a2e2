//! What is wrong with a stack of the right shape. One file a topic; every check looks at all of the stack and adds what it finds.

use super::document::Document;
use super::shape::within;
use super::source::{Node, Step};
use crate::diag::{Code, Diagnostics, Span};

mod alerts;
mod buckets;
mod cycles;
mod databases;
mod domain;
mod files;
mod network;
mod placement;
mod references;
mod release;
mod retention;
mod secrets;
mod sqlite;
mod ssh;
mod timing;
mod zones;

/// A check.
pub(super) struct Check {
    /// Its topic, which is the name of its file.
    #[cfg_attr(not(test), expect(dead_code, reason = "the registry's tests read it"))]
    pub topic: &'static str,
    /// What it may find.
    #[cfg_attr(not(test), expect(dead_code, reason = "the registry's tests read it"))]
    pub codes: &'static [Code],
    /// Looks, and adds what it finds.
    pub run: fn(&Context<'_>, &mut Diagnostics),
}

/// Every check, by topic.
pub(super) const CHECKS: &[Check] = &[
    alerts::CHECK,
    buckets::CHECK,
    cycles::CHECK,
    databases::CHECK,
    domain::CHECK,
    files::CHECK,
    network::CHECK,
    placement::CHECK,
    references::CHECK,
    release::CHECK,
    retention::CHECK,
    secrets::CHECK,
    sqlite::CHECK,
    ssh::CHECK,
    timing::CHECK,
    zones::CHECK,
];

/// What a check looks at.
pub(super) struct Context<'a> {
    /// The stack.
    pub document: &'a Document,
    /// The tree that it was read from, for the places.
    pub tree: &'a Node,
    /// The tree as it was written, with what was left out because it is malformed.
    pub written: &'a Node,
    /// The environment that was asked for by name.
    pub overlay: Option<&'a str>,
}

impl Context<'_> {
    /// Where the value at a path stands, or its key where it is a mapping or a list. What is not written leads to what is around it.
    pub fn at(&self, keys: &[&str]) -> Option<Span> {
        self.tree.locate(&steps(keys))
    }

    /// Where the key at the end of a path stands.
    pub fn key(&self, keys: &[&str]) -> Option<Span> {
        self.tree
            .find(&steps(keys))
            .and_then(|(key, _)| key)
            .or_else(|| self.at(keys))
    }

    /// Where an item of the list at a path stands.
    pub fn item(&self, keys: &[&str], index: usize) -> Option<Span> {
        let mut steps = steps(keys);
        steps.push(Step::Index(index));
        self.tree.locate(&steps)
    }

    /// Where a part of the text at a path stands.
    pub fn part(&self, keys: &[&str], range: &std::ops::Range<usize>) -> Option<Span> {
        let (_, node) = self.tree.find(&steps(keys))?;
        Some(within(node.span, node, range))
    }
}

fn steps(keys: &[&str]) -> Vec<Step> {
    keys.iter()
        .map(|key| Step::Key((*key).to_owned()))
        .collect()
}

/// What must not be reported when parts of the stack were left out because they are malformed: it could be their absence.
const UNSURE: &[Code] = &[
    Code::DisabledReference,
    Code::TooFewZones,
    Code::NatNeedsZone,
    Code::UnknownRegion,
    Code::UnknownZone,
    Code::ReleaseForm,
    Code::ParameterSource,
    Code::SqlitePlace,
    Code::OutsideZone,
    Code::SubnetOutside,
    Code::UnusedParameter,
    Code::NothingToWatch,
    Code::BurstingFiles,
    Code::HealthTimeout,
    Code::MinAboveMax,
];

/// Runs every check. `whole` is false where parts of the stack were left out.
pub(super) fn run(context: &Context<'_>, whole: bool, found: &mut Diagnostics) {
    let mut all = Diagnostics::without(if whole { &[] } else { UNSURE });
    for check in CHECKS {
        (check.run)(context, &mut all);
    }
    found.append(all);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_sorted_and_each_code_has_one_topic() {
        let topics: Vec<_> = CHECKS.iter().map(|check| check.topic).collect();
        let mut sorted = topics.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(topics, sorted);
        let mut codes: Vec<_> = CHECKS
            .iter()
            .flat_map(|check| check.codes)
            .map(|code| code.id())
            .collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }

    #[test]
    fn every_file_of_the_folder_is_registered() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/stack/check");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                entry
                    .unwrap()
                    .file_name()
                    .to_str()?
                    .strip_suffix(".rs")
                    .map(str::to_owned)
            })
            .filter(|name| name != "mod")
            .collect();
        files.sort_unstable();
        let topics: Vec<_> = CHECKS.iter().map(|check| check.topic).collect();
        assert_eq!(files, topics);
    }
}
