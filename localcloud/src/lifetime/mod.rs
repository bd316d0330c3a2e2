//! A local cloud that lives in the background and belongs to a folder: `up`, `status`, `down`.
//!
//! The folder holds `local.json` (where it is, and a token that tells it from any other program), `local.lock`,
//! `local.log` and `moto.log`.

mod ask;
mod serve;
mod state;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fs_err as fs;
use rustix::fs::{FlockOperation, flock};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::provision::last_line;
use crate::{Counts, LocalError, MotoVenv, Progress};

pub use serve::{IDLE_EXIT_VARIABLE, serve};
pub use state::Running;

use ask::ask;
use state::{LOCK, LOG};

/// How long the background process may take until moto answers. It imports for 3 s on an idle core.
const START_LIMIT: Duration = Duration::from_secs(90);

/// How long it may take to end by itself.
const STOP_LIMIT: Duration = Duration::from_secs(5);

/// How a local cloud is brought up.
#[derive(Debug, Clone)]
pub struct UpOptions {
    /// The folder that it belongs to, such as `.codedetect/local`.
    pub dir: PathBuf,
    /// The command that calls [`serve`] with the same folder: a program and its arguments.
    pub serve_command: Vec<OsString>,
}

/// What is known of a folder's local cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It answers.
    Running(Running),
    /// None is there.
    Stopped,
    /// One was there and has ended without being brought down; its resources are gone.
    Ended(Running),
}

/// What `down` has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// None was running.
    WasNotRunning,
    /// One was running and has ended.
    Ended {
        /// What it was.
        running: Running,
        /// How many calls that change something it has taken since it started or was reset.
        changing_calls: u64,
    },
}

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Down::WasNotRunning => f.write_str("No local cloud was running."),
            Down::Ended {
                running: Running { endpoint, .. },
                changing_calls,
            } => {
                let made = match changing_calls {
                    0 => "nothing had been made on it".to_owned(),
                    1 => "what its one changing call made is forgotten".to_owned(),
                    calls => format!("all that its {calls} changing calls made is forgotten"),
                };
                write!(f, "The local cloud at {endpoint} has ended; {made}.")
            }
        }
    }
}

/// Brings up the local cloud of a folder: the living one, or a new one in the background.
///
/// Two processes that call this for one folder at once get the same cloud.
///
/// # Errors
/// moto cannot be provisioned, the background process does not come up, or the folder cannot be written.
pub fn up(options: &UpOptions, progress: impl FnMut(Progress)) -> Result<Running, LocalError> {
    let dir = absolute(&options.dir)?;
    fs::create_dir_all(&dir).map_err(LocalError::file(&dir))?;
    let _lock = lock(&dir)?;
    match look(&dir)? {
        Status::Running(running) => return Ok(running),
        Status::Ended(_) => state::remove(&dir)?,
        Status::Stopped => {}
    }
    // Here and not in the background: its errors and its progress belong on the screen.
    MotoVenv::provision(&dir, progress)?;
    let log = dir.join(LOG);
    let failed = |reason: String| LocalError::ServeFailed {
        reason,
        log: log.clone(),
    };
    let output = fs::File::create(&log)
        .map_err(LocalError::file(&log))?
        .into_file();
    let Some((program, arguments)) = options.serve_command.split_first() else {
        return Err(failed("no command was given for it".to_owned()));
    };
    let errors = output.try_clone().map_err(LocalError::file(&log))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let deadline = Instant::now() + START_LIMIT;
    loop {
        if let Status::Running(running) = look(&dir)? {
            // It is no longer ours to wait for: it has a session of its own and outlives this process.
            return Ok(running);
        }
        if let Ok(Some(status)) = child.try_wait() {
            let said = fs::read(&log).unwrap_or_default();
            return Err(failed(if said.is_empty() {
                status.to_string()
            } else {
                last_line(&said)
            }));
        }
        if Instant::now() > deadline {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(format!(
                "it did not answer within {} s",
                START_LIMIT.as_secs()
            )));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What is known of a folder's local cloud.
///
/// # Errors
/// The folder cannot be read.
pub fn status(dir: &Path) -> Result<Status, LocalError> {
    look(&absolute(dir)?)
}

/// Ends the local cloud of a folder, with everything in it.
///
/// # Errors
/// The folder cannot be written, or the background process does not end.
pub fn down(dir: &Path) -> Result<Down, LocalError> {
    let dir = absolute(dir)?;
    if !dir.exists() {
        return Ok(Down::WasNotRunning);
    }
    let _lock = lock(&dir)?;
    let running = match look(&dir)? {
        Status::Running(running) => running,
        Status::Ended(_) => {
            state::remove(&dir)?;
            return Ok(Down::WasNotRunning);
        }
        Status::Stopped => return Ok(Down::WasNotRunning),
    };
    let counts = ask(&running.endpoint, "GET", "/_codedetect/counts", "").ok();
    let counts = counts
        .and_then(|value| serde_json::from_value::<Counts>(value).ok())
        .unwrap_or_default();
    let body = json!({ "token": running.token }).to_string();
    // A refusal is seen below: it goes on answering.
    let _ = ask(&running.endpoint, "POST", "/_codedetect/stop", &body);
    let ended = |limit: Duration| {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline {
            if !answers(&running) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    };
    if !ended(STOP_LIMIT) {
        // The process is the one that has just given our token, so its number has not gone to another.
        if let Some(pid) = i32::try_from(running.pid).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::KILL);
        }
        if !ended(STOP_LIMIT) {
            let reason = format!("process {} does not end", running.pid);
            return Err(LocalError::NoAnswer {
                endpoint: running.endpoint,
                reason,
            });
        }
    }
    state::remove(&dir)?;
    Ok(Down::Ended {
        running,
        changing_calls: counts.changing,
    })
}

/// What the data plane of a running cloud has made of its instances and load balancers: where listeners are, which
/// instances run, and the file of the authority to trust (`docs/local-cloud.md`).
///
/// # Errors
/// The cloud does not answer, or has no data plane.
pub fn plane(running: &Running) -> Result<serde_json::Value, LocalError> {
    ask(&running.endpoint, "GET", "/_codedetect/plane", "").map_err(|reason| LocalError::NoAnswer {
        endpoint: running.endpoint.clone(),
        reason,
    })
}

fn absolute(dir: &Path) -> Result<PathBuf, LocalError> {
    std::path::absolute(dir).map_err(LocalError::file(dir))
}

/// Held while a cloud is brought up or down.
fn lock(dir: &Path) -> Result<fs::File, LocalError> {
    let path = dir.join(LOCK);
    let file = fs::File::create(&path).map_err(LocalError::file(&path))?;
    flock(&file, FlockOperation::LockExclusive).map_err(|error| LocalError::File {
        path,
        source: error.into(),
    })?;
    Ok(file)
}

fn look(dir: &Path) -> Result<Status, LocalError> {
    Ok(match state::read(dir)? {
        None => Status::Stopped,
        Some(running) if answers(&running) => Status::Running(running),
        Some(running) => Status::Ended(running),
    })
}

/// Whether the cloud itself answers at its address, and not another program that has come to its port.
fn answers(running: &Running) -> bool {
    ask(&running.endpoint, "GET", "/_codedetect/status", "")
        .is_ok_and(|status| status["token"] == running.token.as_str())
}
