//! A report for others to read: one function a format, each pure.

mod csv;
mod lines;
mod sarif;

#[cfg(test)]
mod sample;

use codedetect_engine::report::{AnalysisError, FileReport, Report};

pub use csv::{COLUMNS as CSV_COLUMNS, Error as CsvError, csv, word};
pub use lines::Lines;
pub use sarif::sarif;

/// The report as it is, as one JSON document.
pub fn json(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string(report)
}

/// Why a file has no results, each reason once, though it may have kept several analyses from one.
pub fn reasons(file: &FileReport) -> Vec<&AnalysisError> {
    let mut told: Vec<&AnalysisError> = Vec::new();
    for error in &file.errors {
        if !told
            .iter()
            .any(|it| it.reason == error.reason && it.line == error.line)
        {
            told.push(error);
        }
    }
    told
}
