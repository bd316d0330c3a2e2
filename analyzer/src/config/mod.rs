//! The configuration: from the environment, each variable once, in [`variables::ALL`].

mod instance;
mod parse;
mod quantity;
pub mod secrets;
pub mod variables;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::worker::Limits as ScanLimits;
pub use instance::Instance;
pub use parse::{ConfigError, from_environment, from_lookup};

/// What the service was told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where rows go.
    pub database: DatabaseAddress,
    /// Where objects go.
    pub uploads: UploadsAddress,
    /// The topic of bug reports.
    pub alerts_topic: Option<String>,
    /// Signs what a browser hands back. Absent: random, for as long as the process lives.
    pub secret_key: Option<Secret>,
    /// The version that it says it is.
    pub version: String,
    /// Which instance it is. Absent: answers do not say.
    pub instance: Option<Instance>,
    /// What an upload may be.
    pub limits: Limits,
    /// What the analysis of a file may take.
    pub scan: ScanLimits,
    /// Requests that change something, a second and client. Absent: 20, and none on this machine.
    pub rate_limit: Option<u32>,
    /// How many connections are served at once.
    pub connections: usize,
    /// How long a connection may rest between two requests.
    pub keep_alive: Duration,
    /// How long after SIGTERM it still accepts connections.
    pub shutdown_delay: Duration,
    /// How long running requests may take to end after that.
    pub drain: Duration,
    /// How old an object without a row must be before it is swept away.
    pub sweep_grace: Duration,
    /// How often orphans are looked for.
    pub sweep_every: Duration,
    /// How logs look.
    pub log_format: LogFormat,
    /// Worker processes. Absent: one a processor.
    pub workers: Option<usize>,
}

/// Where rows go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatabaseAddress {
    /// A file.
    Sqlite(PathBuf),
    /// A server, by its URL, password included.
    Postgres(Secret),
}

/// Where objects go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadsAddress {
    /// A folder of this machine, or one mounted; `uploads/` is made in it.
    Folder(PathBuf),
    /// A bucket, and the prefix of every key: `uploads/` if nothing else is said.
    S3 {
        /// Its name.
        bucket: String,
        /// Ends with a slash, unless it is empty.
        prefix: String,
    },
}

/// What an upload may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub file_bytes: usize,
    /// Bytes of a request, and of what an archive holds.
    pub upload_bytes: usize,
    /// Files of an upload.
    pub files: usize,
    /// How long the body of a request may keep silent.
    pub silence: Duration,
    /// How long it may take in all.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 1 << 20,
            upload_bytes: 16 << 20,
            files: 500,
            silence: Duration::from_secs(10),
            time: Duration::from_secs(60),
        }
    }
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON document a line.
    Json,
    /// For a terminal.
    Text,
}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for whoever really needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}
