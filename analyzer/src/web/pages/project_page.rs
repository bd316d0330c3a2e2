//! The page of a scan of several files.

use askama::Template;

use crate::store::scan::{Counts, Scan, ScanFile};

use super::figure::{self, Score};
use super::file_page::{address, silenced};
use super::findings::{self, Group, Least, Level, Listed};
use super::scan_line::ScanLine;
use super::shell::Shell;
use super::visible::Visible;

/// The page.
#[derive(Template)]
#[template(path = "project.html")]
pub struct ProjectPage {
    shell: Shell,
    scan: ScanLine,
    earlier: Option<String>,
    security: Score,
    quality: Score,
    counts: Counts,
    loc: String,
    silenced: String,
    groups: Vec<Group>,
    levels: Vec<Level>,
    /// What is said in place of "nothing was found" where the checks have not seen all.
    doubt: Option<&'static str>,
    files: Vec<FileRow>,
}

struct FileRow {
    address: String,
    path: String,
    problem: Option<String>,
    security: Score,
    quality: Score,
    counts: Counts,
    looked_at: bool,
    loc: String,
}

impl FileRow {
    fn new(scan: &ScanLine, file: &ScanFile) -> Self {
        Self {
            address: address(scan, file.summary.index),
            path: file.summary.path.clone(),
            problem: file.report.errors.first().map(|error| error.reason.clone()),
            security: figure::security(file.summary.scores),
            quality: figure::quality(file.summary.scores),
            counts: file.summary.counts,
            looked_at: findings::looked_at(&file.report),
            loc: figure::count(file.summary.loc),
        }
    }

    fn path(&self) -> Visible<'_> {
        Visible(&self.path)
    }

    fn problem(&self) -> Option<Visible<'_>> {
        self.problem.as_deref().map(Visible)
    }
}

impl ProjectPage {
    /// The page of `scan`. `earlier` compares it with the scan before.
    pub fn new(shell: Shell, scan: Scan, earlier: Option<String>, least: Least) -> Self {
        let line = ScanLine::new(scan.summary);
        let listed: Vec<Listed<'_>> = scan
            .files
            .iter()
            .map(|file| Listed {
                page: address(&line, file.summary.index),
                path: Some(&file.summary.path),
                report: &file.report,
            })
            .collect();
        let page = format!("/scans/{}", line.id);
        let reports: Vec<_> = scan.files.iter().map(|file| &file.report).collect();
        Self {
            shell,
            earlier,
            security: line.security(),
            quality: line.quality(),
            counts: line.counts(),
            loc: line.loc(),
            silenced: silenced(&reports),
            groups: findings::groups(&listed, least),
            levels: findings::levels(&listed, &page, least),
            doubt: (!reports.iter().all(|report| findings::looked_at(report)))
                .then_some("Nothing was found in the files that the checks could look at."),
            files: scan
                .files
                .iter()
                .map(|file| FileRow::new(&line, file))
                .collect(),
            scan: line,
        }
    }
}
