//! `local.json`: where a folder's local cloud is.

use std::io::ErrorKind;
use std::path::Path;

use fs_err as fs;
use serde::{Deserialize, Serialize};

use crate::LocalError;

pub(super) const STATE: &str = "local.json";
pub(super) const LOCK: &str = "local.lock";
pub(super) const LOG: &str = "local.log";
pub(super) const MOTO_LOG: &str = "moto.log";

/// A local cloud in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// Its address, for `--endpoint-url`: `http://127.0.0.1:40123`.
    pub endpoint: String,
    /// The gateway's process.
    pub pid: u32,
    /// moto's process, which ends with the gateway.
    pub moto_pid: u32,
    /// Seconds since 1970 when it started.
    pub started: u64,
    /// The gateway's version.
    pub version: String,
    /// moto's version.
    pub moto_version: String,
    /// What tells it from any other program at its address.
    pub token: String,
}

/// What is written, if anything. A file that is not ours to read counts as none: it is replaced.
pub(super) fn read(dir: &Path) -> Result<Option<Running>, LocalError> {
    let path = dir.join(STATE);
    match fs::read(&path) {
        Ok(text) => Ok(serde_json::from_slice(&text).ok()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(LocalError::File {
            path,
            source: error,
        }),
    }
}

/// Writes it whole or not at all, readable by its owner only.
pub(super) fn write(dir: &Path, running: &Running) -> Result<(), LocalError> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let path = dir.join(STATE);
    let draft = dir.join(format!("{STATE}.{}", running.pid));
    let text = serde_json::to_string_pretty(running).map_err(|e| LocalError::File {
        path: path.clone(),
        source: e.into(),
    })?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&draft).map_err(LocalError::file(&draft))?;
    file.write_all(text.as_bytes())
        .map_err(LocalError::file(&draft))?;
    fs::rename(&draft, &path).map_err(LocalError::file(&path))
}

pub(super) fn remove(dir: &Path) -> Result<(), LocalError> {
    let path = dir.join(STATE);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(LocalError::File {
            path,
            source: error,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn running() -> Running {
        Running {
            endpoint: "http://127.0.0.1:1".to_owned(),
            pid: 7,
            moto_pid: 8,
            started: 9,
            version: "0".to_owned(),
            moto_version: "5".to_owned(),
            token: "t".to_owned(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_is_nobody_elses_to_read() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
        write(dir.path(), &running()).unwrap();
        assert_eq!(read(dir.path()).unwrap(), Some(running()));
        let mode = std::fs::metadata(dir.path().join(STATE))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        remove(dir.path()).unwrap();
        remove(dir.path()).unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
    }

    #[test]
    fn a_torn_file_counts_as_none() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(STATE), "{\"endpoint\":").unwrap();
        assert_eq!(read(dir.path()).unwrap(), None);
    }
}
