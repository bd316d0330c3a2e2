//! Python source → security findings and quality figures, equal to Bandit's and Radon's. Pure:
//! no file, no clock, no network.

mod encoding;
pub mod parse;
mod quality;
pub mod report;
pub mod scores;
mod security;
pub mod source;
mod syntax;

use report::{Analysis, AnalysisError, FileReport, Report};
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
        scores: scores::UNKNOWN,
    };
    let source = Source::decode(bytes);
    let parsed = source.as_ref().map_err(Clone::clone).and_then(parse::parse);
    match (&source, &parsed) {
        (Ok(source), Ok(parsed)) => find(&mut report, source, parsed),
        (_, Err(error)) | (Err(error), _) => report.errors.push(error.clone()),
    }
    quality::fill(&mut report, bytes, source.as_ref(), parsed.as_ref());
    report
}

/// Adds the security findings and their score.
fn find(report: &mut FileReport, source: &Source<'_>, parsed: &parse::Parsed) {
    let security = security::run(source, parsed);
    report.scores.security = scores::security(&security.findings);
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
}

/// The report on a project: its files' reports, in the order given, and the scores of them all.
pub fn project(files: Vec<FileReport>) -> Report {
    Report {
        version: report::VERSION,
        scores: scores::of_project(&files),
        files,
    }
}
