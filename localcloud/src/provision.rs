//! moto's environment: built once below a folder, whole or not at all.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use fs_err as fs;
use rustix::fs::{FlockOperation, flock};

use crate::LocalError;
use crate::python::Python;

/// The environment variable that names an environment to use, or to build, instead of one below the given folder.
pub const VENV_VARIABLE: &str = "CODEDETECT_MOTO_VENV";

/// Every package, pinned, direct and transitive.
const REQUIREMENTS: &str = include_str!("moto/requirements.txt");

/// The program that runs moto inside the environment.
const SERVER: &str = include_str!("moto/server.py");

/// Marks a finished environment; holds the requirements it was built from.
const MARKER: &str = "codedetect-requirements.txt";

/// What happens while an environment is provisioned, for whoever shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Another process is building the same environment; it is waited for.
    Waiting,
    /// The environment is being made.
    CreatingEnvironment,
    /// moto and what it needs are being downloaded and installed: seconds, or minutes on a slow network.
    Installing,
}

/// A finished environment.
#[derive(Debug, Clone)]
pub struct MotoVenv {
    path: PathBuf,
    server: PathBuf,
}

impl MotoVenv {
    /// The environment below `folder` (or where `CODEDETECT_MOTO_VENV` says), built now if it is not there yet.
    ///
    /// Several processes may ask at once: one builds, the others wait for it. What a killed process left half made is
    /// built afresh.
    ///
    /// # Errors
    /// No usable Python, no venv module, pip failed, or the folder cannot be written.
    pub fn provision(
        folder: &Path,
        mut progress: impl FnMut(Progress),
    ) -> Result<MotoVenv, LocalError> {
        let path = match std::env::var_os(VENV_VARIABLE) {
            Some(named) if !named.is_empty() => PathBuf::from(named),
            _ => folder.join("moto-venv"),
        };
        let path = std::path::absolute(&path).map_err(LocalError::file(&path))?;
        if !finished(&path) {
            build(&path, &mut progress)?;
        }
        let server = place_server(&path)?;
        Ok(MotoVenv { path, server })
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its interpreter, which can import `boto3` as well.
    pub fn python(&self) -> PathBuf {
        self.path.join("bin").join("python")
    }

    pub(crate) fn server(&self) -> &Path {
        &self.server
    }

    /// The pinned version of a package, such as `moto`.
    pub fn version_of(package: &str) -> Option<&'static str> {
        REQUIREMENTS
            .lines()
            .find_map(|line| line.split_once("==").filter(|(name, _)| *name == package))
            .map(|(_, version)| version)
    }
}

fn finished(path: &Path) -> bool {
    fs::read_to_string(path.join(MARKER)).is_ok_and(|built_from| built_from == REQUIREMENTS)
}

/// Builds in place under a lock, the marker last: an environment cannot be moved, its scripts name their own folder.
fn build(path: &Path, progress: &mut impl FnMut(Progress)) -> Result<(), LocalError> {
    let parent = path.parent().unwrap_or(Path::new("/"));
    fs::create_dir_all(parent).map_err(LocalError::file(parent))?;
    let lock_path = path.with_extension("lock");
    let lock = fs::File::create(&lock_path).map_err(LocalError::file(&lock_path))?;
    if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        progress(Progress::Waiting);
        flock(&lock, FlockOperation::LockExclusive).map_err(|e| LocalError::File {
            path: lock_path.clone(),
            source: e.into(),
        })?;
    }
    if finished(path) {
        return Ok(());
    }
    let python = Python::find()?;
    progress(Progress::CreatingEnvironment);
    if path.exists() {
        remove_old(path)?;
    }
    let name = python.program.to_string_lossy().into_owned();
    let made = Command::new(&python.program)
        .args(["-m", "venv"])
        .arg(path)
        .stdin(Stdio::null())
        .output();
    match made {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            let said = if output.stdout.is_empty() {
                &output.stderr
            } else {
                &output.stdout
            };
            let reason = if String::from_utf8_lossy(said).contains("ensurepip") {
                "ensurepip is not available".to_owned()
            } else {
                last_line(said)
            };
            return Err(LocalError::VenvModuleMissing {
                python: name,
                reason,
            });
        }
        Err(error) => {
            return Err(LocalError::VenvModuleMissing {
                python: name,
                reason: error.to_string(),
            });
        }
    }
    progress(Progress::Installing);
    let list = path.join("requirements.txt");
    fs::write(&list, REQUIREMENTS).map_err(LocalError::file(&list))?;
    let installed = Command::new(path.join("bin").join("python"))
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
            "--no-compile",
            "-r",
        ])
        .arg(&list)
        .stdin(Stdio::null())
        .output();
    let reason = match installed {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(last_line(&output.stderr)),
        Err(error) => Some(error.to_string()),
    };
    if let Some(reason) = reason {
        return Err(LocalError::PipFailed {
            venv: path.to_owned(),
            reason,
        });
    }
    let marker = path.join(MARKER);
    fs::write(&marker, REQUIREMENTS).map_err(LocalError::file(&marker))
}

/// Removes what an earlier build left. A folder that is neither ours nor a virtual environment is not touched.
fn remove_old(path: &Path) -> Result<(), LocalError> {
    let ours = path.join("pyvenv.cfg").exists()
        || fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    if !ours {
        let source = std::io::Error::other("it is not empty and not a virtual environment");
        return Err(LocalError::File {
            path: path.to_owned(),
            source,
        });
    }
    fs::remove_dir_all(path).map_err(LocalError::file(path))
}

/// Writes the server program into the environment, under a name that changes with its text, so that two versions of this
/// crate can share an environment.
fn place_server(path: &Path) -> Result<PathBuf, LocalError> {
    let hash = SERVER
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let target = path.join(format!("codedetect_moto_{hash:016x}.py"));
    if !target.exists() {
        static DRAFTS: AtomicU32 = AtomicU32::new(0);
        let draft = path.join(format!(
            "draft-{}-{}.py",
            std::process::id(),
            DRAFTS.fetch_add(1, Ordering::Relaxed)
        ));
        fs::write(&draft, SERVER).map_err(LocalError::file(&draft))?;
        fs::rename(&draft, &target).map_err(LocalError::file(&target))?;
    }
    Ok(target)
}

/// The last line that says something: what a program ends with is its reason.
pub(crate) fn last_line(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let line = text
        .lines()
        .rev()
        .map(str::trim)
        .find(|line| !line.is_empty());
    line.unwrap_or("it gave no reason").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_requirement_is_pinned_to_one_version() {
        let packages: Vec<_> = REQUIREMENTS
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!(packages.len() > 20);
        for line in packages {
            assert!(
                line.split_once("==").is_some_and(
                    |(name, version)| !name.is_empty() && !version.contains(['*', '>', ','])
                ),
                "{line}"
            );
        }
        assert_eq!(MotoVenv::version_of("moto"), Some("5.2.5"));
    }

    #[test]
    fn a_folder_that_is_something_else_is_not_removed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.txt"), "years of work").unwrap();
        let error = remove_old(dir.path()).unwrap_err();
        assert!(
            error.to_string().contains("not a virtual environment"),
            "{error}"
        );
        assert!(dir.path().join("thesis.txt").exists());
    }

    #[test]
    fn a_half_made_environment_is_not_finished() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!finished(dir.path()));
        std::fs::write(dir.path().join(MARKER), "moto==1.0\n").unwrap();
        assert!(!finished(dir.path()));
        std::fs::write(dir.path().join(MARKER), REQUIREMENTS).unwrap();
        assert!(finished(dir.path()));
    }

    #[test]
    fn the_reason_is_the_last_line_that_says_something() {
        assert_eq!(
            last_line(b"Collecting\nERROR: no route to host\n\n"),
            "ERROR: no route to host"
        );
        assert_eq!(last_line(b""), "it gave no reason");
    }
}
