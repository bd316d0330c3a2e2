//! Python source → security findings and quality figures, equal to Bandit's and Radon's. Pure:
//! no file, no clock, no network.

mod encoding;
pub mod parse;
pub mod report;
mod security;
pub mod source;

use report::{Analysis, AnalysisError, FileReport, Scores};
pub use security::registry::Check;
use source::Source;

/// All checks, by id.
pub fn checks() -> &'static [&'static Check] {
    security::registry::ALL
}

/// Analyses one file. `path` is its name in the report, and is not looked at otherwise.
pub fn analyze(path: &str, bytes: &[u8]) -> FileReport {
    let mut report = FileReport {
        path: path.to_owned(),
        findings: Vec::new(),
        errors: Vec::new(),
        loc: security::loc::count(bytes),
        nosec: 0,
        skipped_tests: 0,
        complexity: Vec::new(),
        maintainability: None,
        raw: None,
        halstead: None,
        scores: Scores {
            security: 100,
            quality: 10.0,
        },
    };
    if let Err(error) = fill(&mut report, bytes) {
        report.errors.push(error);
    }
    report
}

fn fill(report: &mut FileReport, bytes: &[u8]) -> Result<(), AnalysisError> {
    let source = Source::decode(bytes)?;
    let parsed = parse::parse(&source)?;
    let security = security::run(&source, &parsed);
    report.findings = security.findings;
    report.nosec = security.nosec;
    report.skipped_tests = security.skipped_tests;
    report
        .errors
        .extend(security.error.map(|reason| AnalysisError {
            analysis: Analysis::Security,
            reason: reason.to_owned(),
            line: None,
        }));
    Ok(())
}
