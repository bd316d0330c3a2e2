//! A file of which nothing is known.

use codedetect_engine::report::{Analysis, AnalysisError, FileReport};
use codedetect_engine::scores;

/// What is said of a file that could not be looked at: no figure, and why.
pub fn unanalysed(path: &str, reason: &str) -> FileReport {
    let analyses = [
        Analysis::Security,
        Analysis::Complexity,
        Analysis::Raw,
        Analysis::Halstead,
        Analysis::Maintainability,
    ];
    let error = |analysis| AnalysisError {
        analysis,
        reason: reason.to_owned(),
        line: None,
    };
    FileReport {
        path: path.to_owned(),
        findings: Vec::new(),
        errors: analyses.map(error).into(),
        loc: 0,
        nosec: 0,
        skipped_tests: 0,
        complexity: Vec::new(),
        maintainability: None,
        raw: None,
        halstead: None,
        scores: scores::UNKNOWN,
    }
}
