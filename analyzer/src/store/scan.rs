//! What is kept of an upload: one scan, and a row for each of its files.

use std::fmt;
use std::str::FromStr;

use codedetect_engine::report::{FileReport, Rank, Scores};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The name of a scan in addresses. Ids grow with time, so their order is that of the scans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScanId(Uuid);

impl ScanId {
    /// A new one, greater than all that this process made before.
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl Default for ScanId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for ScanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl FromStr for ScanId {
    type Err = NoScanId;

    fn from_str(word: &str) -> Result<Self, NoScanId> {
        Uuid::try_parse(word).map(Self).map_err(|_| NoScanId)
    }
}

/// The word is no id of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not the id of a scan")]
pub struct NoScanId;

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Of high severity.
    pub high: u32,
    /// Of medium severity.
    pub medium: u32,
    /// Of low severity, or of none that Bandit would name.
    pub low: u32,
}

impl Counts {
    /// Counts the findings of some files.
    pub fn of<'a>(files: impl IntoIterator<Item = &'a FileReport>) -> Self {
        let mut counts = Self::default();
        for finding in files.into_iter().flat_map(|file| &file.findings) {
            match finding.severity {
                Rank::High => counts.high += 1,
                Rank::Medium => counts.medium += 1,
                Rank::Low | Rank::Undefined => counts.low += 1,
            }
        }
        counts
    }
}

/// A line of the dashboard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScanSummary {
    /// Its id.
    pub id: ScanId,
    /// What was uploaded: a file's name, an archive's, or a project's.
    pub name: String,
    /// When.
    pub created_at: jiff::Timestamp,
    /// How many files.
    pub file_count: u32,
    /// Lines of code in them.
    pub loc: u64,
    /// The scores of all files together.
    pub scores: Scores,
    /// The findings of all files together.
    pub counts: Counts,
    /// Files of which some analysis gave nothing.
    pub failed_files: u32,
}

/// A file of a scan, without its report: a line of a project's page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FileSummary {
    /// Its place in the upload, from 0.
    pub index: u32,
    /// Its name there.
    pub path: String,
    /// Where its bytes are.
    pub object_key: String,
    /// What they hash to, in hexadecimal.
    pub sha256: String,
    /// How many there are.
    pub size: u64,
    /// Lines of code.
    pub loc: u64,
    /// Its scores.
    pub scores: Scores,
    /// Its findings.
    pub counts: Counts,
}

/// A file of a scan with all that was found in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScanFile {
    /// Which file.
    #[serde(flatten)]
    pub summary: FileSummary,
    /// What was found.
    pub report: FileReport,
}

/// A scan with all its files.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scan {
    /// The line of the dashboard.
    #[serde(flatten)]
    pub summary: ScanSummary,
    /// Its files, in the order of the upload.
    pub files: Vec<ScanFile>,
}

impl Scan {
    /// The document that `analyze --format json` prints, for the exports.
    pub fn report(&self) -> codedetect_engine::report::Report {
        codedetect_engine::report::Report {
            version: codedetect_engine::report::VERSION,
            files: self.files.iter().map(|file| file.report.clone()).collect(),
            scores: self.summary.scores,
        }
    }
}

/// A point of the trend chart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TrendPoint {
    /// Which scan.
    pub id: ScanId,
    /// When.
    pub created_at: jiff::Timestamp,
    /// Its scores.
    pub scores: Scores,
}

/// What somebody wrote to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BugReport {
    /// Its id.
    pub id: ScanId,
    /// When.
    pub created_at: jiff::Timestamp,
    /// In a line.
    pub title: String,
    /// In full.
    pub description: String,
    /// Where an answer may go, if they said.
    pub contact: Option<String>,
    /// The scan it is about, if they said.
    pub scan: Option<ScanId>,
}
