//! Opening a database: connections, their settings, the schema.

use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::{Arc, Once};
use std::time::Duration;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, Row as _};
use tokio::sync::RwLock;

use super::migrations::{MIGRATIONS, Migration, migrate};
use super::writer::Writer;
use super::{Backend, Database, Patience, StoreError, is_busy};
use crate::config::DatabaseAddress;

/// Connections that read. SQLite's are threads that wait for the disk.
const READERS: u32 = 8;

/// What an URL's path must not hold as it is.
const PATH: &AsciiSet = &CONTROLS.add(b' ').add(b'?').add(b'#').add(b'%');

impl Database {
    /// Opens the database, makes it if it is a file that is not there, and migrates it.
    pub async fn open(address: &DatabaseAddress) -> Result<Self, StoreError> {
        let database = Self::open_with(address, MIGRATIONS).await?;
        database.ask_for_pardons().await?;
        Ok(database)
    }

    pub(in crate::store) async fn open_with(
        address: &DatabaseAddress,
        history: &[Migration],
    ) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let (backend, options) = match address {
            DatabaseAddress::Sqlite(path) => (Backend::Sqlite, sqlite(path)?),
            DatabaseAddress::Postgres(url) => (
                Backend::Postgres,
                AnyConnectOptions::from_str(url.reveal()).map_err(|_| StoreError::Setup {
                    // The error would repeat the URL, and so the password.
                    what: "DATABASE_URL".into(),
                    why: "is not the URL of a PostgreSQL database".into(),
                })?,
            ),
        };
        let readers = pool(backend, &options, READERS);
        let writing = pool(backend, &options, 1);
        let schema = migrated(&writing, backend, history).await?;
        let file = match address {
            DatabaseAddress::Sqlite(path) => Some(OpenFile::of(path)?),
            DatabaseAddress::Postgres(_) => None,
        };
        let gate = Arc::new(RwLock::new(()));
        let heard = Arc::default();
        Ok(Self {
            backend,
            readers,
            writer: Writer::start(backend, writing, Arc::clone(&gate), Arc::clone(&heard)),
            gate,
            heard,
            schema,
            file,
        })
    }
}

async fn migrated(
    pool: &AnyPool,
    backend: Backend,
    history: &[Migration],
) -> Result<super::Schema, StoreError> {
    let mut patience = Patience::new();
    loop {
        let outcome = async {
            let mut connection = pool.acquire().await?;
            migrate(&mut connection, backend, history).await
        };
        match outcome.await {
            Err(StoreError::Database(error)) if is_busy(&error) => patience.wait().await?,
            outcome => return outcome,
        }
    }
}

fn sqlite(path: &Path) -> Result<AnyConnectOptions, StoreError> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Setup {
            what: format!("the folder of the database, {}", folder.display()),
            why: error.to_string(),
        })?;
    }
    let path = path.to_str().ok_or_else(|| StoreError::Setup {
        what: format!("the path of the database, {}", path.display()),
        why: "is not UTF-8".into(),
    })?;
    let url = format!("sqlite://{}?mode=rwc", utf8_percent_encode(path, PATH));
    Ok(AnyConnectOptions::from_str(&url)?)
}

fn pool(backend: Backend, options: &AnyConnectOptions, connections: u32) -> AnyPool {
    AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        // A connection to a file does not go away by itself; one to a server may.
        .test_before_acquire(backend == Backend::Postgres)
        .idle_timeout((backend == Backend::Postgres).then(|| Duration::from_secs(300)))
        .max_lifetime(None)
        .after_connect(move |connection, _| {
            Box::pin(async move {
                match backend {
                    Backend::Sqlite => set_up(connection).await,
                    Backend::Postgres => Ok(()),
                }
            })
        })
        .connect_lazy_with(options.clone())
}

/// See the module: why these.
async fn set_up(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let mode: String = sqlx::query("PRAGMA journal_mode = TRUNCATE")
        .fetch_one(&mut *connection)
        .await?
        .try_get(0)?;
    if mode != "truncate" {
        return Err(sqlx::Error::Configuration(
            format!("the database's journal is in mode {mode}, and cannot be put into mode truncate: does another program use the file?").into(),
        ));
    }
    for setting in [
        "PRAGMA synchronous = FULL",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA cache_size = -8192",
        "PRAGMA busy_timeout = 0",
    ] {
        sqlx::query(setting).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The file as it was when it was opened: a deleted one can still be read and written by who has
/// it open, and all of it is lost.
pub(super) struct OpenFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl OpenFile {
    fn of(path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            path: path.to_owned(),
            identity: identity(path)?,
        })
    }

    pub(super) fn is_still_there(&self) -> Result<(), StoreError> {
        if identity(&self.path)? == self.identity {
            return Ok(());
        }
        Err(StoreError::Setup {
            what: format!("the database {}", self.path.display()),
            why: "is another file than the one that was opened: start again".into(),
        })
    }
}

fn identity(path: &Path) -> Result<(u64, u64), StoreError> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = std::fs::metadata(path).map_err(|error| StoreError::Setup {
        what: format!("the database {}", path.display()),
        why: error.to_string(),
    })?;
    Ok((metadata.dev(), metadata.ino()))
}
