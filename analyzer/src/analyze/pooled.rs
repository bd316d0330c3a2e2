//! Analysing in the pool of worker processes.

use async_trait::async_trait;
use codedetect_engine::report::{FileReport, Report};
use futures::stream::{self, StreamExt as _};

use super::{Analyze, AnalyzeError, AnalyzerLoad, NamedFile};
use crate::worker::{Failure, Pool, unanalysed};

/// How many scans may wait for each worker before more are refused: what waits longer than a few
/// seconds has been given up by whoever asked.
const WAITING: usize = 256;

/// Findings and functions of all files of a scan. Each is a few hundred bytes, several times over
/// on its way into the database and back to whoever reads the scan. A file of [`MOST`] by itself is
/// longer than any that a person has written.
const MOST: usize = 100_000;

/// The pool, as the service sees it.
pub struct Pooled {
    pool: Pool,
}

impl Pooled {
    /// Over a pool that has started.
    pub fn new(pool: Pool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl Analyze for Pooled {
    async fn analyze(&self, files: Vec<NamedFile>) -> Result<Report, AnalyzeError> {
        let counts = self.pool.counts();
        if counts.waiting > counts.workers.saturating_mul(WAITING) {
            return Err(AnalyzeError::Overloaded);
        }
        let named: Vec<_> = files
            .iter()
            .map(|file| (file.path.as_str(), file.content.as_ref()))
            .collect();
        let mut outcomes = std::pin::pin!(stream::iter(&files).zip(self.pool.analyze_each(&named)));
        let mut reports = Vec::with_capacity(files.len());
        let mut failures = 0;
        let mut left = MOST;
        while let Some((file, outcome)) = outcomes.next().await {
            match outcome {
                Ok(report) => match left.checked_sub(entries(&report)) {
                    Some(fewer) => {
                        left = fewer;
                        reports.push(report);
                    }
                    None => reports.push(unanalysed(&file.path, &too_many())),
                },
                Err(failure) if failure.is_passing() => {
                    return Err(AnalyzeError::Unavailable(failure.to_string()));
                }
                Err(failure) if files.len() == 1 => return Err(stopped(file, &failure)),
                Err(failure) => {
                    failures += 1;
                    if failures == files.len() {
                        return Err(stopped(file, &failure));
                    }
                    reports.push(unanalysed(&file.path, &failure.to_string()));
                }
            }
        }
        Ok(codedetect_engine::project(reports))
    }

    fn load(&self) -> AnalyzerLoad {
        let counts = self.pool.counts();
        let isolation = self.pool.isolation();
        AnalyzerLoad {
            queued: counts.waiting as u64,
            running: counts.workers.saturating_sub(counts.idle) as u64,
            worker_deaths: counts.failed,
            landlock: isolation.landlock.is_on(),
            seccomp: isolation.seccomp.is_on(),
        }
    }
}

/// What a report has many of.
fn entries(report: &FileReport) -> usize {
    report.findings.len() + report.complexity.len()
}

fn too_many() -> String {
    format!("the files of the upload have more than {MOST} findings and functions together")
}

fn stopped(file: &NamedFile, failure: &Failure) -> AnalyzeError {
    AnalyzeError::Stopped {
        path: file.path.clone(),
        reason: failure.to_string(),
    }
}
