//! The schema's history: one list for SQLite and PostgreSQL, written in what both understand.
//!
//! Two releases run side by side while traffic moves from one to the other, so a migration either
//! **expands** (adds what the former release does not miss) or **contracts** (removes what no
//! release since `since` uses), at least a release later. The database says which versions of the
//! schema work with it: from [`Schema::works_from`], up to the latest. A release refuses a
//! database that has been contracted beyond it.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Row as _};

use super::Backend;

/// One step of the history.
#[derive(Clone, Copy, Debug)]
pub struct Migration {
    /// What it does to releases that know nothing of it.
    pub phase: Phase,
    /// Its statements. `BYTEWISE` stands for the collation that knows no language, `MILLISECONDS`
    /// for the time, and `RANDOM` for a word that no other database has drawn: each database says
    /// these otherwise.
    pub statements: &'static [&'static str],
}

/// What a migration does to releases that know nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// They go on working.
    Expand,
    /// Those whose schema is older than `since` stop working.
    Contract {
        /// The first version whose release does without what is removed.
        since: i64,
    },
}

/// The history. The version of the schema is its length.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        phase: Phase::Expand,
        statements: &[
            "CREATE TABLE scans (
            id TEXT BYTEWISE PRIMARY KEY,
            created_at BIGINT NOT NULL,
            name TEXT NOT NULL,
            name_folded TEXT BYTEWISE NOT NULL,
            file_count BIGINT NOT NULL,
            loc BIGINT NOT NULL,
            security BIGINT NOT NULL,
            quality DOUBLE PRECISION NOT NULL,
            high BIGINT NOT NULL,
            medium BIGINT NOT NULL,
            low BIGINT NOT NULL,
            failed_files BIGINT NOT NULL
        )",
            "CREATE INDEX scans_by_name ON scans (name_folded, id)",
            "CREATE INDEX scans_by_security ON scans (security, id)",
            "CREATE INDEX scans_by_quality ON scans (quality, id)",
            "CREATE TABLE files (
            scan_id TEXT NOT NULL,
            position BIGINT NOT NULL,
            path TEXT NOT NULL,
            object_key TEXT NOT NULL,
            sha256 TEXT NOT NULL,
            size BIGINT NOT NULL,
            loc BIGINT NOT NULL,
            security BIGINT NOT NULL,
            quality DOUBLE PRECISION NOT NULL,
            high BIGINT NOT NULL,
            medium BIGINT NOT NULL,
            low BIGINT NOT NULL,
            PRIMARY KEY (scan_id, position)
        )",
            "CREATE TABLE reports (
            scan_id TEXT NOT NULL,
            position BIGINT NOT NULL,
            document TEXT NOT NULL,
            PRIMARY KEY (scan_id, position)
        )",
            "CREATE TABLE bug_reports (
            id TEXT PRIMARY KEY,
            created_at BIGINT NOT NULL,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            contact TEXT,
            scan_id TEXT
        )",
            "CREATE TABLE condemned (
            object_key TEXT PRIMARY KEY,
            condemned_at BIGINT NOT NULL
        )",
        ],
    },
    // Tells an upload that a sweep came to an end meanwhile.
    Migration {
        phase: Phase::Expand,
        statements: &[
            "CREATE TABLE sweeps (pardons BIGINT NOT NULL)",
            "INSERT INTO sweeps (pardons) VALUES (0)",
        ],
    },
    // Tells a sweep which objects can be this database's at all. One that has scans has been there
    // a while before the first of them.
    Migration {
        phase: Phase::Expand,
        statements: &[
            "CREATE TABLE identity (id TEXT NOT NULL, born BIGINT NOT NULL)",
            "INSERT INTO identity (id, born)
             SELECT RANDOM, COALESCE(MIN(created_at) - 86400000, MILLISECONDS) FROM scans",
        ],
    },
];

/// The versions of the schema that go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Schema {
    /// The oldest version whose release works with a database that this one has migrated.
    #[serde(rename = "min")]
    pub works_from: i64,
    /// The version.
    #[serde(rename = "max")]
    pub version: i64,
}

impl Schema {
    /// What a history leads to.
    pub const fn after(history: &[Migration]) -> Self {
        let mut works_from = 1;
        let mut at = 0;
        while at < history.len() {
            if let Phase::Contract { since } = history[at].phase
                && since > works_from
            {
                works_from = since;
            }
            at += 1;
        }
        Self {
            works_from,
            version: history.len() as i64,
        }
    }
}

/// What this release works with: `/api/health` says it, and a deployment compares it with that
/// of the release which runs. Two releases can share a database if the `max` of either is not
/// below the `min` of the other.
pub const SCHEMA: Schema = Schema::after(MIGRATIONS);

/// The database and this release do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database's schema is version {} and works with releases of schema {} or later, \
     but this release's is {}: run a later release, or restore a backup from before it",
    .database.version, .database.works_from, .release
)]
pub struct SchemaError {
    /// What the database says.
    pub database: Schema,
    /// This release's version.
    pub release: i64,
}

/// Brings the database to the end of the history, or finds that it is beyond it and still works.
/// Any number of processes may do so at once.
pub(super) async fn migrate(
    connection: &mut AnyConnection,
    backend: Backend,
    history: &[Migration],
) -> Result<Schema, super::StoreError> {
    sqlx::query(backend.begin())
        .execute(&mut *connection)
        .await?;
    let outcome = match inside(connection, backend, history).await {
        Ok(schema) => match sqlx::query("COMMIT").execute(&mut *connection).await {
            Ok(_) => Ok(schema),
            // SQLite commits nothing while others read, and leaves the transaction open.
            Err(error) => Err(error.into()),
        },
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        // Fails where the database has rolled back by itself.
        let _ = sqlx::query("ROLLBACK").execute(&mut *connection).await;
    }
    outcome
}

async fn inside(
    connection: &mut AnyConnection,
    backend: Backend,
    history: &[Migration],
) -> Result<Schema, super::StoreError> {
    if backend == Backend::Postgres {
        // SQLite's BEGIN IMMEDIATE lets one in at a time; this does for PostgreSQL.
        sqlx::query("SELECT pg_advisory_xact_lock(5000)::text")
            .execute(&mut *connection)
            .await?;
    }
    sqlx::query(
        "CREATE TABLE IF NOT EXISTS schema_state (version BIGINT NOT NULL, works_from BIGINT NOT NULL)",
    )
    .execute(&mut *connection)
    .await?;
    let found = read(connection).await?;
    let target = Schema::after(history);
    if let Some(database) = found {
        if database.works_from > target.version {
            return Err(SchemaError {
                database,
                release: target.version,
            }
            .into());
        }
        if database.version >= target.version {
            return Ok(database);
        }
    }
    let from = found.map_or(0, |schema| schema.version);
    for migration in history.iter().skip(usize::try_from(from).unwrap_or(0)) {
        for statement in migration.statements {
            let statement = statement
                .replace("BYTEWISE", backend.bytewise())
                .replace("MILLISECONDS", backend.milliseconds())
                .replace("RANDOM", backend.random());
            sqlx::query(AssertSqlSafe(statement))
                .execute(&mut *connection)
                .await?;
        }
    }
    let write = if found.is_some() {
        "UPDATE schema_state SET version = $1, works_from = $2"
    } else {
        "INSERT INTO schema_state (version, works_from) VALUES ($1, $2)"
    };
    sqlx::query(write)
        .bind(target.version)
        .bind(target.works_from)
        .execute(&mut *connection)
        .await?;
    Ok(target)
}

/// Asks what the database says of itself.
pub(super) const QUESTION: &str = "SELECT version, works_from FROM schema_state";

/// The answer to [`QUESTION`].
pub(super) fn of(row: &AnyRow) -> Result<Schema, sqlx::Error> {
    Ok(Schema {
        version: row.try_get(0)?,
        works_from: row.try_get(1)?,
    })
}

/// What the database says of itself; nothing, if it is new.
pub(super) async fn read(connection: &mut AnyConnection) -> Result<Option<Schema>, sqlx::Error> {
    let row = sqlx::query(QUESTION).fetch_optional(connection).await?;
    row.as_ref().map(of).transpose()
}
