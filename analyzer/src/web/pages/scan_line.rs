//! A scan as lists and titles name it.

use jiff::Timestamp;

use crate::store::scan::{Counts, ScanSummary};

use super::figure::{self, Score};
use super::visible::{Visible, plain};

/// A scan's summary in words.
pub struct ScanLine {
    /// Its id.
    pub id: String,
    summary: ScanSummary,
}

impl ScanLine {
    /// Says it in words.
    pub fn new(summary: ScanSummary) -> Self {
        Self {
            id: summary.id.to_string(),
            summary,
        }
    }

    /// Its name, shown safely.
    pub fn name(&self) -> Visible<'_> {
        Visible(&self.summary.name)
    }

    /// Its name where no markup can stand.
    pub fn plain_name(&self) -> String {
        plain(&self.summary.name)
    }

    /// When, for a machine.
    pub fn at(&self) -> Timestamp {
        self.summary.created_at
    }

    /// When, for a person.
    pub fn moment(&self) -> String {
        figure::moment(self.summary.created_at)
    }

    /// `3 files · 1,204 lines of code`.
    pub fn extent(&self) -> String {
        let lines = figure::counted(self.summary.loc, "line");
        match self.summary.file_count {
            1 => format!("{lines} of code"),
            files => format!(
                "{} · {lines} of code",
                figure::counted(files.into(), "file")
            ),
        }
    }

    /// How many files it has.
    pub fn files(&self) -> u32 {
        self.summary.file_count
    }

    /// How many of them could not be analysed in full.
    pub fn failed(&self) -> u32 {
        self.summary.failed_files
    }

    /// The same in words.
    pub fn failed_words(&self) -> String {
        match (self.summary.failed_files, self.summary.file_count) {
            (_, 1) => "could not be analysed in full".to_owned(),
            (n, _) => format!(
                "{} could not be analysed in full",
                figure::counted(n.into(), "file")
            ),
        }
    }

    /// Its findings.
    pub fn counts(&self) -> Counts {
        self.summary.counts
    }

    /// Its security score.
    pub fn security(&self) -> Score {
        figure::security(self.summary.scores)
    }

    /// Its quality score.
    pub fn quality(&self) -> Score {
        figure::quality(self.summary.scores)
    }

    /// Its lines of code.
    pub fn loc(&self) -> String {
        figure::count(self.summary.loc)
    }

    /// The trend of the scans of its name.
    pub fn trend(&self) -> String {
        super::address::query("/trends", &[("name", &self.summary.name)])
    }
}
