//! Questions to the database.

use codedetect_engine::report::{FileReport, Scores};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Database, StoreError, Value};
use crate::store::list::{Cursor, Key, ListQuery, Order, Page, Severity, Sort, folded};
use crate::store::scan::{Counts, FileSummary, Scan, ScanFile, ScanId, ScanSummary, TrendPoint};

const SUMMARY: &str =
    "id, created_at, name, file_count, loc, security, quality, high, medium, low, failed_files";

const FILE: &str = "position, path, object_key, sha256, size, loc, security, quality, high, \
                    medium, low";

impl Database {
    /// A part of the list of scans.
    pub async fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        let (sql, values) = list_sql(query);
        let scans = self
            .rows(&sql, &values)
            .await?
            .iter()
            .map(summary)
            .collect::<Result<_, _>>()?;
        Ok(Page::of(query, scans))
    }

    /// A scan's line.
    pub async fn summary(&self, id: ScanId) -> Result<Option<ScanSummary>, StoreError> {
        let sql = format!("SELECT {SUMMARY} FROM scans WHERE id = $1");
        let rows = self.rows(&sql, &[Value::Text(id.to_string())]).await?;
        rows.first().map(summary).transpose()
    }

    /// The files of a scan, without their reports.
    pub async fn files(&self, id: ScanId) -> Result<Vec<FileSummary>, StoreError> {
        let sql = format!("SELECT {FILE} FROM files WHERE scan_id = $1 ORDER BY position");
        let rows = self.rows(&sql, &[Value::Text(id.to_string())]).await?;
        rows.iter().map(file).collect()
    }

    /// The report of one file of a scan.
    pub async fn report(&self, id: ScanId, index: u32) -> Result<Option<FileReport>, StoreError> {
        let rows = self
            .rows(
                "SELECT document FROM reports WHERE scan_id = $1 AND position = $2",
                &[Value::Text(id.to_string()), Value::Integer(index.into())],
            )
            .await?;
        rows.first().map(report).transpose()
    }

    /// A scan with everything.
    pub async fn scan(&self, id: ScanId) -> Result<Option<Scan>, StoreError> {
        let Some(summary) = self.summary(id).await? else {
            return Ok(None);
        };
        let files = self.files(id).await?;
        let reports = self
            .rows(
                "SELECT document FROM reports WHERE scan_id = $1 ORDER BY position",
                &[Value::Text(id.to_string())],
            )
            .await?;
        if files.len() != reports.len() {
            return Err(StoreError::Row(format!("scan {id} lacks a report")));
        }
        let files = files
            .into_iter()
            .zip(&reports)
            .map(|(summary, row)| {
                Ok(ScanFile {
                    summary,
                    report: report(row)?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Some(Scan { summary, files }))
    }

    /// The latest scans, oldest first: all, or those of one name.
    pub async fn trend(
        &self,
        name: Option<&str>,
        limit: u32,
    ) -> Result<Vec<TrendPoint>, StoreError> {
        let mut values = vec![Value::Integer(limit.into())];
        let condition = match name {
            Some(name) => {
                values.push(Value::Text(folded(name)));
                "WHERE name_folded = $2"
            }
            None => "",
        };
        let sql = format!(
            "SELECT id, created_at, security, quality FROM scans {condition} \
             ORDER BY id DESC LIMIT $1"
        );
        let rows = self.rows(&sql, &values).await?;
        rows.iter().rev().map(trend_point).collect()
    }

    /// How many scans there are.
    pub async fn count(&self) -> Result<u64, StoreError> {
        match self.rows("SELECT COUNT(*) FROM scans", &[]).await?.first() {
            Some(row) => unsigned(row, 0),
            None => Ok(0),
        }
    }
}

fn list_sql(query: &ListQuery) -> (String, Vec<Value>) {
    let mut values = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut bind = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some(name) = &query.name {
        let name = folded(name)
            .replace('\\', "\\\\")
            .replace('%', "\\%")
            .replace('_', "\\_");
        let pattern = bind(Value::Text(format!("%{name}%")));
        conditions.push(format!("name_folded LIKE {pattern} ESCAPE '\\'"));
    }
    match query.severity {
        Some(Severity::Low) => conditions.push("high + medium + low > 0".into()),
        Some(Severity::Medium) => conditions.push("high + medium > 0".into()),
        Some(Severity::High) => conditions.push("high > 0".into()),
        None => {}
    }
    if let Some(score) = query.security_at_least {
        let score = bind(Value::Integer(i64::from(score)));
        conditions.push(format!("security >= {score}"));
    }
    if let Some(score) = query.security_at_most {
        let score = bind(Value::Integer(i64::from(score)));
        conditions.push(format!("security <= {score}"));
    }
    for (time, beyond) in [(query.since, ">="), (query.until, "<")] {
        if let Some(time) = time {
            let time = bind(Value::Integer(time.as_millisecond()));
            conditions.push(format!("created_at {beyond} {time}"));
        }
    }
    let backwards = query.cursor.as_ref().is_some_and(|cursor| cursor.backwards);
    let descending = (query.order == Order::Descending) != backwards;
    let (beyond, direction) = if descending {
        ("<", "DESC")
    } else {
        (">", "ASC")
    };
    if let Some(Cursor { key, id, .. }) = &query.cursor {
        let id = Value::Text(id.to_string());
        let place = match key {
            Key::Created => None,
            Key::Name(name) => Some(Value::Text(name.clone())),
            Key::Security(score) => Some(Value::Integer(i64::from(*score))),
            Key::Quality(score) => Some(Value::Real(*score)),
        };
        match place {
            None => {
                let id = bind(id);
                conditions.push(format!("id {beyond} {id}"));
            }
            Some(place) => {
                let column = column(query.sort);
                let (place, id) = (bind(place), bind(id));
                conditions.push(format!("({column}, id) {beyond} ({place}, {id})"));
            }
        }
    }
    let condition = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {} ", conditions.join(" AND "))
    };
    let order = match query.sort {
        Sort::Created => format!("id {direction}"),
        sort => format!("{} {direction}, id {direction}", column(sort)),
    };
    let limit = bind(Value::Integer(i64::from(query.limit) + 1));
    (
        format!("SELECT {SUMMARY} FROM scans {condition}ORDER BY {order} LIMIT {limit}"),
        values,
    )
}

fn column(sort: Sort) -> &'static str {
    match sort {
        Sort::Created => "id",
        Sort::Name => "name_folded",
        Sort::Security => "security",
        Sort::Quality => "quality",
    }
}

fn unsigned<T: TryFrom<i64>>(row: &AnyRow, column: usize) -> Result<T, StoreError> {
    let value: i64 = row.try_get(column)?;
    T::try_from(value).map_err(|_| StoreError::Row(format!("{value} in column {column}")))
}

fn time(row: &AnyRow, column: usize) -> Result<jiff::Timestamp, StoreError> {
    jiff::Timestamp::from_millisecond(row.try_get(column)?)
        .map_err(|error| StoreError::Row(error.to_string()))
}

fn id(row: &AnyRow) -> Result<ScanId, StoreError> {
    let word: &str = row.try_get(0)?;
    word.parse()
        .map_err(|_| StoreError::Row(format!("{word:?} is no id")))
}

fn scores(row: &AnyRow, first: usize) -> Result<Scores, StoreError> {
    Ok(Scores {
        security: unsigned(row, first)?,
        quality: row.try_get(first + 1)?,
    })
}

fn counts(row: &AnyRow, first: usize) -> Result<Counts, StoreError> {
    Ok(Counts {
        high: unsigned(row, first)?,
        medium: unsigned(row, first + 1)?,
        low: unsigned(row, first + 2)?,
    })
}

fn summary(row: &AnyRow) -> Result<ScanSummary, StoreError> {
    Ok(ScanSummary {
        id: id(row)?,
        created_at: time(row, 1)?,
        name: row.try_get(2)?,
        file_count: unsigned(row, 3)?,
        loc: unsigned(row, 4)?,
        scores: scores(row, 5)?,
        counts: counts(row, 7)?,
        failed_files: unsigned(row, 10)?,
    })
}

fn file(row: &AnyRow) -> Result<FileSummary, StoreError> {
    Ok(FileSummary {
        index: unsigned(row, 0)?,
        path: row.try_get(1)?,
        object_key: row.try_get(2)?,
        sha256: row.try_get(3)?,
        size: unsigned(row, 4)?,
        loc: unsigned(row, 5)?,
        scores: scores(row, 6)?,
        counts: counts(row, 8)?,
    })
}

fn report(row: &AnyRow) -> Result<FileReport, StoreError> {
    serde_json::from_str(row.try_get(0)?)
        .map_err(|error| StoreError::Row(format!("a report: {error}")))
}

fn trend_point(row: &AnyRow) -> Result<TrendPoint, StoreError> {
    Ok(TrendPoint {
        id: id(row)?,
        created_at: time(row, 1)?,
        scores: scores(row, 2)?,
    })
}
