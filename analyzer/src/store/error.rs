//! What can go wrong between the service and what it keeps.

use sqlx::error::DatabaseError as _;
use sqlx::sqlite::SqliteError;

/// The store did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or is gone.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The object store refused or is gone.
    #[error("the object store: {0}")]
    Objects(#[from] object_store::Error),
    /// Another process held the database for longer than we wait.
    #[error("the database was held by another process for {0:?}")]
    Busy(std::time::Duration),
    /// The schema is of another release's making.
    #[error(transparent)]
    Schema(#[from] super::database::migrations::SchemaError),
    /// A row holds what no release of ours writes.
    #[error("a row of the database makes no sense: {0}")]
    Row(String),
    /// An object is just being swept away, or may have been: put it again.
    #[error("an object of the upload may have been removed as an orphan")]
    Condemned,
    /// The objects are another database's: whether one is an orphan cannot be told from here.
    #[error(
        "the uploads belong to another database, {owner}: none is swept. If that one is gone for good, \
         remove the object {object}, and this one sweeps what is put from now on"
    )]
    Foreign {
        /// The other database.
        owner: String,
        /// What says so.
        object: String,
    },
    /// Another sweep is at it.
    #[error("another sweep is removing orphans")]
    Swept,
    /// The service is about to end.
    #[error("the service is shutting down")]
    Closed,
    /// Something could not be set up.
    #[error("{what}: {why}")]
    Setup {
        /// What was tried.
        what: String,
        /// What was said.
        why: String,
    },
}

impl StoreError {
    /// Whether the same may well succeed in a moment.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Condemned | Self::Swept | Self::Closed => true,
            Self::Database(error) => matches!(
                error,
                sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed
            ),
            Self::Objects(_)
            | Self::Schema(_)
            | Self::Row(_)
            | Self::Foreign { .. }
            | Self::Setup { .. } => false,
        }
    }
}

/// SQLite's word for "another one has it": `SQLITE_BUSY` or `SQLITE_LOCKED`, in any extension.
/// PostgreSQL has codes that look like them as numbers (42501, no privilege) and mean another thing.
pub(super) fn is_busy(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<SqliteError>())
        .and_then(|error| error.code()?.parse::<i32>().ok())
        .is_some_and(|code| matches!(code & 0xff, 5 | 6))
}
