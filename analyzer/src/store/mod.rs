//! What the service keeps: objects (the uploaded bytes) and rows (what was found in them).
//!
//! An upload is acknowledged when both are durable. Objects come first, so a crash in between
//! leaves objects that no row speaks of and that nobody sees; [`sweep`] removes them later.

pub mod database;
pub mod error;
pub mod key;
pub mod list;
mod objects;
pub mod scan;
mod stored;
pub mod sweep;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use codedetect_engine::report::Report;

use crate::analyze::NamedFile;
use crate::config::{DatabaseAddress, UploadsAddress};
use database::NewRows;
use database::migrations::Schema;
pub use database::{Database, Pardons};
pub use error::StoreError;
use objects::Objects;
use scan::{BugReport, Counts, FileSummary, Scan, ScanFile, ScanId, ScanSummary};

/// How long an upload waits for a sweep that is removing an object of it.
const LONGEST_SWEEP: Duration = Duration::from_secs(30);

/// How often it looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Objects and rows.
pub struct Store {
    objects: Objects,
    database: Database,
    known: stored::KnownObjects,
}

/// The objects of an upload, put and durable, that no row speaks of yet.
#[derive(Debug)]
pub struct PutObjects {
    files: Vec<PutObject>,
}

#[derive(Debug)]
struct PutObject {
    key: String,
    sha256: String,
    size: u64,
}

impl PutObject {
    fn of(file: &NamedFile) -> Self {
        let sha256 = key::sha256(&file.content);
        Self {
            key: key::object_key(&sha256, &file.path),
            sha256,
            size: file.content.len() as u64,
        }
    }
}

impl Store {
    /// Opens both.
    pub async fn open(
        database: &DatabaseAddress,
        uploads: &UploadsAddress,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            objects: Objects::open(uploads)?,
            database: Database::open(database).await?,
            known: stored::KnownObjects::default(),
        })
    }

    /// The rows: lists, scans, files, reports, trends.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Puts the files' bytes. An object that a committed row of ours speaks of is there already.
    pub async fn put(&self, files: &[NamedFile]) -> Result<PutObjects, StoreError> {
        let mut puts = Vec::with_capacity(files.len());
        for some in files.chunks(objects::AT_ONCE) {
            let some = some.iter().map(|file| self.put_one(file));
            puts.extend(futures::future::try_join_all(some).await?);
        }
        Ok(PutObjects { files: puts })
    }

    async fn put_one(&self, file: &NamedFile) -> Result<PutObject, StoreError> {
        let put = PutObject::of(file);
        if !self.known.has(&put.key) {
            self.objects.put(&put.key, file.content.clone()).await?;
        }
        Ok(put)
    }

    /// What is known of sweeps: an upload takes it along from before its objects are put, for
    /// [`Store::record`] to see whether they are still there.
    pub fn pardons(&self) -> Pardons {
        self.database.pardons()
    }

    /// Puts all objects of a scan again, as soon as no sweep is removing any.
    pub async fn put_again(&self, files: &[NamedFile]) -> Result<Pardons, StoreError> {
        let puts: Vec<PutObject> = files.iter().map(PutObject::of).collect();
        let keys: HashSet<&str> = puts.iter().map(|put| put.key.as_str()).collect();
        let since = Instant::now();
        while self.database.condemns_any(&keys).await? {
            if since.elapsed() > LONGEST_SWEEP {
                return Err(StoreError::Condemned);
            }
            tokio::time::sleep(PAUSE).await;
        }
        let pardons = self.database.ask_for_pardons().await?;
        for (put, file) in puts.iter().zip(files) {
            self.objects.put(&put.key, file.content.clone()).await?;
        }
        Ok(pardons)
    }

    /// A scan of what was put and what was found. The report has a file for each of the objects,
    /// in the same order.
    pub fn scan_of(name: &str, put: PutObjects, report: Report) -> Result<Scan, StoreError> {
        if put.files.len() != report.files.len() {
            return Err(StoreError::Row(format!(
                "the analysis of {} files speaks of {}",
                put.files.len(),
                report.files.len()
            )));
        }
        let failed = report.files.iter().filter(|file| !file.errors.is_empty());
        let summary = ScanSummary {
            id: ScanId::new(),
            name: name.to_owned(),
            created_at: now(),
            file_count: u32::try_from(put.files.len()).unwrap_or(u32::MAX),
            loc: report.files.iter().map(|file| file.loc).sum(),
            scores: report.scores,
            counts: Counts::of(&report.files),
            failed_files: u32::try_from(failed.count()).unwrap_or(u32::MAX),
        };
        let files = (0..)
            .zip(put.files)
            .zip(report.files)
            .map(|((index, put), report)| ScanFile {
                summary: FileSummary {
                    index,
                    path: report.path.clone(),
                    object_key: put.key,
                    sha256: put.sha256,
                    size: put.size,
                    loc: report.loc,
                    scores: report.scores,
                    counts: Counts::of([&report]),
                },
                report,
            })
            .collect();
        Ok(Scan { summary, files })
    }

    /// Writes the rows of a scan whose objects have been put after `since`. A sweep that came
    /// to an end later may have removed some: then it is [`StoreError::Condemned`].
    pub async fn record(&self, scan: &Scan, since: Pardons) -> Result<(), StoreError> {
        self.database
            .write(NewRows::scan(&scan.summary, &scan.files, since)?)
            .await?;
        self.known.add(
            scan.files
                .iter()
                .map(|file| file.summary.object_key.clone()),
        );
        Ok(())
    }

    /// The bytes of a file, as they were uploaded.
    pub async fn source(&self, file: &FileSummary) -> Result<Bytes, StoreError> {
        self.objects.get(&file.object_key).await
    }

    /// Keeps a bug report.
    pub async fn keep(&self, report: BugReport) -> Result<(), StoreError> {
        self.database.write(NewRows::Bug(report)).await
    }

    /// Whether objects and rows can be had: the schema that the database has.
    pub async fn probe(&self) -> Result<Schema, StoreError> {
        self.objects.probe().await?;
        self.database.probe().await
    }

    /// Commits what is queued and closes.
    pub async fn close(&self) {
        self.database.close().await;
    }
}

/// The time, to the millisecond that a row keeps.
pub(crate) fn now() -> jiff::Timestamp {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}
