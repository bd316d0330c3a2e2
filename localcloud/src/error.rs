//! What can go wrong with the local cloud: each error is one sentence with its remedy.

use std::io;
use std::path::PathBuf;

/// An error of the local cloud.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// No Python interpreter was found.
    #[error(
        "the local cloud needs Python 3.10 or newer and none was found ({tried}): install python3, or name one in CODEDETECT_PYTHON"
    )]
    PythonMissing {
        /// The names that were tried.
        tried: String,
    },
    /// The interpreter is older than moto supports.
    #[error(
        "the local cloud needs Python 3.10 or newer and {python} is {version}: install a newer one, or name one in CODEDETECT_PYTHON"
    )]
    PythonTooOld {
        /// The interpreter that was asked.
        python: String,
        /// What it said.
        version: String,
    },
    /// The interpreter cannot make virtual environments.
    #[error(
        "{python} cannot make a virtual environment ({reason}): install its venv module (on Debian and Ubuntu: apt install python3-venv), or name another interpreter in CODEDETECT_PYTHON"
    )]
    VenvModuleMissing {
        /// The interpreter that was asked.
        python: String,
        /// Its last words.
        reason: String,
    },
    /// pip could not install what moto's server needs.
    #[error(
        "installing moto into {venv} failed ({reason}): check the network or pip's index settings and run it again, or name a folder with a finished environment in CODEDETECT_MOTO_VENV"
    )]
    PipFailed {
        /// The environment that was being built.
        venv: PathBuf,
        /// pip's last words.
        reason: String,
    },
    /// moto did not start.
    #[error("moto's server did not start ({reason}): remove {venv} to have it installed afresh")]
    MotoFailed {
        /// The environment it was started from.
        venv: PathBuf,
        /// Its last words.
        reason: String,
    },
    /// The background process did not come up.
    #[error("the local cloud's background process did not start ({reason}): its log is {log}")]
    ServeFailed {
        /// Why, as far as known.
        reason: String,
        /// Where to read on.
        log: PathBuf,
    },
    /// A file or folder of the local cloud cannot be used.
    #[error("the local cloud cannot use {path}: {source}")]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The gateway could not take a port of 127.0.0.1, or start its thread.
    #[error("the local cloud's gateway cannot listen on 127.0.0.1: {0}")]
    Listen(io::Error),
    /// The local cloud's own interface did not answer as it should.
    #[error(
        "the local cloud at {endpoint} did not answer ({reason}): run `local down`, then `local up`"
    )]
    NoAnswer {
        /// Its address.
        endpoint: String,
        /// What came instead.
        reason: String,
    },
}

impl LocalError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> LocalError {
        let path = path.into();
        move |source| LocalError::File { path, source }
    }
}
