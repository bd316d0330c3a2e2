//! A report for others to read: one function a format, each pure.

mod csv;
mod sarif;

#[cfg(test)]
mod sample;

use codedetect_engine::report::Report;

pub use csv::{COLUMNS as CSV_COLUMNS, Error as CsvError, csv};
pub use sarif::sarif;

/// The report as it is, as one JSON document.
pub fn json(report: &Report) -> serde_json::Result<String> {
    serde_json::to_string(report)
}
