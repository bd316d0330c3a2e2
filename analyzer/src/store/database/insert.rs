//! Rows on their way into the database.

use sqlx::query::Query;
use sqlx::{Any, AnyConnection, AssertSqlSafe};

use super::sweep::Pardons;
use crate::store::StoreError;
use crate::store::list::folded;
use crate::store::scan::{BugReport, FileSummary, ScanFile, ScanSummary};

/// What is written at once or not at all.
#[derive(Debug)]
pub(in crate::store) enum NewRows {
    /// A scan with its files and their reports.
    Scan {
        summary: ScanSummary,
        files: Vec<NewFile>,
        /// What was known of sweeps before its objects were put.
        since: Pardons,
    },
    /// A bug report.
    Bug(BugReport),
    /// Objects that are about to be removed.
    Condemn(Vec<String>),
    /// Objects that have been removed, or are not to be.
    Pardon(Vec<String>),
}

/// A file's row and its report, which is another.
#[derive(Debug)]
pub(in crate::store) struct NewFile {
    pub(in crate::store) summary: FileSummary,
    /// The report as JSON.
    pub(in crate::store) report: String,
}

impl NewRows {
    /// The rows of a scan. Reports become JSON here, in the request's own task, not the writer's.
    pub(in crate::store) fn scan(
        summary: &ScanSummary,
        files: &[ScanFile],
        since: Pardons,
    ) -> Result<Self, StoreError> {
        let files = files
            .iter()
            .map(|file| {
                Ok(NewFile {
                    summary: file.summary.clone(),
                    report: serde_json::to_string(&file.report)
                        .map_err(|error| StoreError::Row(error.to_string()))?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Self::Scan {
            summary: summary.clone(),
            files,
            since,
        })
    }
}

type Insert<'a> = Query<'a, Any, <Any as sqlx::Database>::Arguments>;

/// Rows go many to a statement, in few lengths, so that each length is prepared once.
const LENGTHS: [usize; 4] = [64, 16, 4, 1];

/// A table, and the columns of ours that are written, in order.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
}

const SCANS: Table = Table {
    name: "scans",
    columns: &[
        "id",
        "created_at",
        "name",
        "name_folded",
        "file_count",
        "loc",
        "security",
        "quality",
        "high",
        "medium",
        "low",
        "failed_files",
    ],
};

const FILES: Table = Table {
    name: "files",
    columns: &[
        "scan_id",
        "position",
        "path",
        "object_key",
        "sha256",
        "size",
        "loc",
        "security",
        "quality",
        "high",
        "medium",
        "low",
    ],
};

const REPORTS: Table = Table {
    name: "reports",
    columns: &["scan_id", "position", "document"],
};

impl Table {
    fn insert(&self, rows: usize) -> String {
        let width = self.columns.len();
        let mut sql = format!(
            "INSERT INTO {} ({}) VALUES ",
            self.name,
            self.columns.join(", ")
        );
        for row in 0..rows {
            sql.push_str(if row == 0 { "(" } else { ", (" });
            for column in 1..=width {
                let comma = if column == 1 { "" } else { ", " };
                sql.push_str(&format!("{comma}${}", row * width + column));
            }
            sql.push(')');
        }
        sql
    }

    async fn write<T>(
        &self,
        connection: &mut AnyConnection,
        mut rows: &[T],
        bind: impl for<'a> Fn(Insert<'a>, &'a T) -> Insert<'a>,
    ) -> Result<(), sqlx::Error> {
        for length in LENGTHS {
            while rows.len() >= length {
                let (now, later) = rows.split_at(length);
                rows = later;
                let mut insert = sqlx::query(AssertSqlSafe(self.insert(length)));
                for row in now {
                    insert = bind(insert, row);
                }
                insert.execute(&mut *connection).await?;
            }
        }
        Ok(())
    }
}

/// The score and count columns' type: no figure of ours comes near its limit.
fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Writes all of a group's rows, within a transaction that the caller has begun.
pub(super) async fn insert(
    connection: &mut AnyConnection,
    group: &[&NewRows],
) -> Result<(), StoreError> {
    let mut scans = Vec::new();
    let mut files = Vec::new();
    for rows in group {
        match rows {
            NewRows::Scan {
                summary,
                files: own,
                ..
            } => {
                let id = summary.id.to_string();
                files.extend(own.iter().map(|file| (id.clone(), file)));
                scans.push((id, folded(&summary.name), summary));
            }
            NewRows::Bug(report) => bug(connection, report).await?,
            NewRows::Condemn(keys) => super::sweep::condemn(connection, keys).await?,
            NewRows::Pardon(keys) => super::sweep::pardon(connection, keys).await?,
        }
    }
    SCANS
        .write(connection, &scans, |insert, (id, name, scan)| {
            insert
                .bind(id.as_str())
                .bind(scan.created_at.as_millisecond())
                .bind(scan.name.as_str())
                .bind(name.as_str())
                .bind(i64::from(scan.file_count))
                .bind(number(scan.loc))
                .bind(i64::from(scan.scores.security))
                .bind(scan.scores.quality)
                .bind(i64::from(scan.counts.high))
                .bind(i64::from(scan.counts.medium))
                .bind(i64::from(scan.counts.low))
                .bind(i64::from(scan.failed_files))
        })
        .await?;
    FILES
        .write(connection, &files, |insert, (id, file)| {
            let file = &file.summary;
            insert
                .bind(id.as_str())
                .bind(i64::from(file.index))
                .bind(file.path.as_str())
                .bind(file.object_key.as_str())
                .bind(file.sha256.as_str())
                .bind(number(file.size))
                .bind(number(file.loc))
                .bind(i64::from(file.scores.security))
                .bind(file.scores.quality)
                .bind(i64::from(file.counts.high))
                .bind(i64::from(file.counts.medium))
                .bind(i64::from(file.counts.low))
        })
        .await?;
    REPORTS
        .write(connection, &files, |insert, (id, file)| {
            insert
                .bind(id.as_str())
                .bind(i64::from(file.summary.index))
                .bind(file.report.as_str())
        })
        .await?;
    Ok(())
}

async fn bug(connection: &mut AnyConnection, report: &BugReport) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO bug_reports (id, created_at, title, description, contact, scan_id)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(report.id.to_string())
    .bind(report.created_at.as_millisecond())
    .bind(report.title.as_str())
    .bind(report.description.as_str())
    .bind(report.contact.as_deref())
    .bind(report.scan.map(|id| id.to_string()))
    .execute(connection)
    .await?;
    Ok(())
}
