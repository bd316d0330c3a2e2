//! moto's server as a child process.
//!
//! One child holds what was imported; each world, an empty AWS of its own, is a fork of it and starts in milliseconds.
//! Orders go over the child's stdin. When that pipe closes, the child and all its worlds end, so that nothing outlives
//! this process, whichever way it ends.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fs_err as fs;
use serde::Deserialize;

use crate::LocalError;
use crate::provision::{MotoVenv, last_line};

/// A child that starts worlds.
#[derive(Debug)]
pub(crate) struct MotoServer {
    venv: PathBuf,
    pipes: Mutex<Pipes>,
}

#[derive(Debug)]
struct Pipes {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// One AWS: ends when dropped.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    server: Arc<MotoServer>,
    alone: bool,
}

#[derive(Deserialize)]
struct Said {
    port: Option<u16>,
    pid: Option<u32>,
    error: Option<String>,
}

impl MotoServer {
    /// Starts the child. `validation` is how long a certificate stays pending before it is issued; `log` takes what moto
    /// says of its own errors, nothing keeps it where none is given.
    pub(crate) fn start(
        venv: &MotoVenv,
        validation: Duration,
        log: Option<&Path>,
    ) -> Result<Arc<MotoServer>, LocalError> {
        let stderr = match log {
            Some(path) => Stdio::from(
                fs::File::create(path)
                    .map_err(LocalError::file(path))?
                    .into_file(),
            ),
            None => Stdio::piped(),
        };
        let failed = |reason: String| LocalError::MotoFailed {
            venv: venv.path().to_owned(),
            reason,
        };
        let mut child = Command::new(venv.python())
            .arg(venv.server())
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .env("MOTO_ACM_VALIDATION_WAIT", validation.as_secs().to_string())
            // moto asks a real AWS for nothing; these keep boto3 below it from looking at the person's own profile.
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .env_remove("AWS_PROFILE")
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|error| failed(error.to_string()))?;
        let (Some(orders), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(failed("it has no pipes".to_owned()));
        };
        let complaints = child.stderr.take();
        let mut pipes = Pipes {
            child,
            orders,
            answers: BufReader::new(answers),
        };
        let mut ready = String::new();
        if pipes.answers.read_line(&mut ready).is_err() || !ready.contains("ready") {
            let mut said = Vec::new();
            if let Some(mut stderr) = complaints {
                let _ = std::io::Read::read_to_end(&mut stderr, &mut said);
            } else if let Some(path) = log {
                said = fs::read(path).unwrap_or_default();
            }
            let _ = pipes.child.wait();
            return Err(failed(last_line(&said)));
        }
        if let Some(mut stderr) = complaints {
            // Drained, or the child would block on a full pipe.
            std::thread::spawn(move || std::io::copy(&mut stderr, &mut std::io::sink()));
        }
        Ok(Arc::new(MotoServer {
            venv: venv.path().to_owned(),
            pipes: Mutex::new(pipes),
        }))
    }

    /// Starts a world beside the others.
    pub(crate) fn world(self: &Arc<Self>) -> Result<World, LocalError> {
        self.order("start", false)
    }

    /// Turns the child itself into its only world, which halves the memory.
    pub(crate) fn become_world(self: &Arc<Self>) -> Result<World, LocalError> {
        self.order("become", true)
    }

    fn order(self: &Arc<Self>, order: &str, alone: bool) -> Result<World, LocalError> {
        let failed = |reason: String| LocalError::MotoFailed {
            venv: self.venv.clone(),
            reason,
        };
        let said = self
            .tell(order)
            .map_err(|error| failed(error.to_string()))?;
        let said: Said =
            serde_json::from_str(&said).map_err(|_| failed(format!("it answered {said:?}")))?;
        match said {
            Said {
                port: Some(port),
                pid: Some(pid),
                ..
            } => Ok(World {
                address: (Ipv4Addr::LOCALHOST, port).into(),
                pid,
                server: Arc::clone(self),
                alone,
            }),
            other => Err(failed(
                other
                    .error
                    .unwrap_or_else(|| "it gave no reason".to_owned()),
            )),
        }
    }

    fn tell(&self, order: &str) -> std::io::Result<String> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(pipes.orders, "{order}")?;
        let mut said = String::new();
        pipes.answers.read_line(&mut said)?;
        Ok(said)
    }

    /// Whether the child has ended.
    pub(crate) fn ended(&self) -> bool {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        !matches!(pipes.child.try_wait(), Ok(None))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !self.alone {
            let _ = self.server.tell(&format!("stop {}", self.pid));
        }
    }
}

impl Drop for MotoServer {
    fn drop(&mut self) {
        let pipes = self.pipes.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = pipes.child.kill();
        let _ = pipes.child.wait();
    }
}
