//! Bandit's checks: what Bandit 1.9.4 says of one file by its default configuration.

mod call;
mod checks;
mod findings;
mod frames;
mod imports;
mod issue;
pub(crate) mod loc;
mod nosec;
mod python;
pub mod registry;
mod walk;

use findings::Findings;
use nosec::Nosec;
use walk::Walk;

use crate::parse::Parsed;
use crate::report::Finding;
use crate::source::Source;

/// Stack below which recursion over a tree takes more, and how much it takes.
pub(crate) const RED_ZONE: usize = 256 * 1024;
pub(crate) const STACK: usize = 1024 * 1024;

/// What Bandit says of a file.
pub(crate) struct Security {
    pub(crate) findings: Vec<Finding>,
    pub(crate) nosec: u64,
    pub(crate) skipped_tests: u64,
    /// Why there are no findings, if there was no way to find them.
    pub(crate) error: Option<&'static str>,
}

/// Runs every check.
pub(crate) fn run(source: &Source<'_>, parsed: &Parsed) -> Security {
    let findings = Findings::new(source, Nosec::of(source, parsed.tokens()));
    let mut walk = Walk::new(source, parsed.suite(), findings);
    walk.run();
    let (too_deep, mut findings) = (walk.too_deep, walk.findings);
    if too_deep {
        findings.found.clear();
    } else {
        for (check, run) in &registry::runs().files {
            if let Some((issue, line, col)) = run(source.text()) {
                findings.add_in_file(check, issue, line, col);
            }
        }
    }
    Security {
        findings: findings.found,
        nosec: findings.nosec,
        skipped_tests: findings.skipped_tests,
        error: too_deep.then_some(
            "exception while scanning file: the code nests too deep for Bandit's recursion",
        ),
    }
}

#[cfg(test)]
mod tests;
