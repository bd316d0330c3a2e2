//! Rows, in SQLite or PostgreSQL, by the same statements.
//!
//! SQLite is used as a file on a network file system that several instances share: a rollback
//! journal that is truncated (a write-ahead log needs shared memory), every commit synced, one
//! writer a process, which takes the write lock at once and commits what has queued up in a
//! group. Who finds the file locked asks again every few milliseconds rather than by SQLite's
//! own timeout, whose steps grow to a tenth of a second. Within a process readers and the
//! writer's commit wait for each other in a queue, so they never meet at the file.

mod identity;
mod insert;
pub mod migrations;
mod open;
mod read;
mod sweep;
mod writer;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt as _;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::sync::RwLock;

use super::error::{StoreError, is_busy};
pub(super) use insert::NewRows;
use migrations::Schema;
pub use sweep::Pardons;
pub(super) use sweep::fingerprint;
pub use writer::CommitFigures;

/// How long somebody waits for a database that another process holds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Backend {
    /// The start of a transaction that writes.
    const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// The collation that compares bytes.
    const fn bytewise(self) -> &'static str {
        match self {
            Self::Sqlite => "COLLATE BINARY",
            Self::Postgres => "COLLATE \"C\"",
        }
    }

    /// The time, in milliseconds since 1970.
    const fn milliseconds(self) -> &'static str {
        match self {
            Self::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
            Self::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        }
    }

    /// A word that no other has drawn.
    const fn random(self) -> &'static str {
        match self {
            Self::Sqlite => "lower(hex(randomblob(16)))",
            Self::Postgres => "replace(CAST(gen_random_uuid() AS TEXT), '-', '')",
        }
    }
}

/// The database, open and of the right schema.
pub struct Database {
    backend: Backend,
    readers: AnyPool,
    /// Held for reading while a statement reads, for writing while the writer commits.
    gate: Arc<RwLock<()>>,
    heard: Arc<sweep::Heard>,
    writer: writer::Writer,
    schema: Schema,
    file: Option<open::OpenFile>,
}

impl Database {
    /// Which of the two it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// What the database said of its schema when it was opened.
    pub fn schema(&self) -> Schema {
        self.schema
    }

    /// How the writer is doing.
    pub fn commits(&self) -> &CommitFigures {
        self.writer.figures()
    }

    /// Writes rows; they are durable when this returns.
    pub(super) async fn write(&self, rows: NewRows) -> Result<(), StoreError> {
        self.writer.write(rows).await
    }

    /// The rows that a question finds; it is asked again while another process commits.
    async fn rows(&self, sql: &str, values: &[Value]) -> Result<Vec<AnyRow>, StoreError> {
        let mut patience = Patience::new();
        loop {
            match self.ask(sql, values).await {
                Err(error) if is_busy(&error) => patience.wait().await?,
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn ask(&self, sql: &str, values: &[Value]) -> Result<Vec<AnyRow>, sqlx::Error> {
        let mut question = sqlx::query(AssertSqlSafe(sql.to_owned()));
        for value in values {
            question = match value {
                Value::Text(value) => question.bind(value.as_str()),
                Value::Integer(value) => question.bind(*value),
                Value::Real(value) => question.bind(*value),
            };
        }
        let mut connection = self.readers.acquire().await?;
        let _passing = match self.backend {
            Backend::Sqlite => Some(self.gate.read().await),
            Backend::Postgres => None,
        };
        question.fetch_all(&mut *connection).await
    }

    /// Whether the database answers, and is the one that was opened: the schema that it has.
    pub async fn probe(&self) -> Result<Schema, StoreError> {
        if let Some(file) = &self.file {
            file.is_still_there()?;
        }
        let rows = self.rows(migrations::QUESTION, &[]).await?;
        let row = rows.first();
        let row = row.ok_or_else(|| StoreError::Row("schema_state is empty".into()))?;
        Ok(migrations::of(row)?)
    }

    /// Commits what is queued and closes.
    pub async fn close(&self) {
        self.writer.close().await;
        self.readers.close().await;
    }
}

/// A value of a question, by its place: `$1`, `$2`.
enum Value {
    Text(String),
    Integer(i64),
    Real(f64),
}

/// Waiting for another process, in small steps and not for ever.
struct Patience {
    since: Instant,
}

impl Patience {
    fn new() -> Self {
        Self {
            since: Instant::now(),
        }
    }

    async fn wait(&mut self) -> Result<(), StoreError> {
        if self.since.elapsed() > PATIENCE {
            return Err(StoreError::Busy(PATIENCE));
        }
        let step = rand::rng().random_range(500..2_000);
        tokio::time::sleep(Duration::from_micros(step)).await;
        Ok(())
    }
}
