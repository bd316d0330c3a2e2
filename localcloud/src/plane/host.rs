//! The process that an instance is here, from its start to its end.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use fs_err as fs;
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};
use tokio::sync::{oneshot, watch};

use super::boot::Boot;

/// How long a process may take to end after it was asked to.
const FAREWELL: Duration = Duration::from_secs(30);

/// What all instances have in common.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    /// The command that runs the workload.
    pub(crate) workload: Vec<OsString>,
    /// The cloud that the workload calls.
    pub(crate) endpoint: String,
    pub(crate) region: String,
}

/// A running process. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Host {
    pub(crate) pid: Option<u32>,
    pub(crate) address: SocketAddr,
    ended: watch::Receiver<Option<Ended>>,
    farewell: oneshot::Sender<()>,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Somebody killed it: the instance is lost.
    Killed,
    /// By itself; its container is started again.
    Exited,
}

impl Machine {
    /// Starts a process, whose output goes to the log. `gone` is called the moment that it has ended unasked.
    ///
    /// # Errors
    /// In a sentence for the log.
    pub(crate) fn start(
        &self,
        instance: &str,
        boot: &Boot,
        log: &Path,
        gone: impl FnOnce(Ended) + Send + 'static,
    ) -> Result<Host, String> {
        let (program, arguments) = self
            .workload
            .split_first()
            .ok_or("the local cloud was given no workload to run")?;
        let port = free_port().map_err(|error| format!("there is no free port: {error}"))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let output = fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| error.to_string())?
            .into_file();
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(&boot.environment)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LISTEN", address.to_string())
            .env("PORT", port.to_string())
            .env("CODEDETECT_VERSION", &boot.version)
            .env("CODEDETECT_INSTANCE", instance)
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", &self.region)
            .env("AWS_ACCESS_KEY_ID", INSTANCE_KEY)
            .env("AWS_SECRET_ACCESS_KEY", "local")
            // It ends when this pipe does: nothing outlives the cloud, however that died.
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("the workload does not start: {error}"))?;
        let pid = child.id();
        let (tell, ended) = watch::channel(None);
        let (farewell, asked) = oneshot::channel();
        tokio::spawn(async move {
            if let Some(how) = attend(child, asked).await {
                // Nobody listens where the instance is gone, too.
                let _ = tell.send(Some(how));
                gone(how);
            }
        });
        Ok(Host {
            pid,
            address,
            ended,
            farewell,
        })
    }
}

/// The access key of instances: their calls are not counted with those of the person at the terminal.
pub(crate) const INSTANCE_KEY: &str = "LOCALINSTANCE";

impl Host {
    /// Whether it has ended unasked, and how.
    pub(crate) fn ended(&self) -> Option<Ended> {
        *self.ended.borrow()
    }

    /// Asks it to end; where it takes too long over it, it is ended.
    pub(crate) fn farewell(self) {
        let _ = self.farewell.send(());
    }
}

/// Waits until a process ends. Where it ended unasked, says how.
async fn attend(mut child: Child, asked: oneshot::Receiver<()>) -> Option<Ended> {
    // To wait would close it, which is the end of the process.
    let _pipe = child.stdin.take();
    tokio::select! {
        status = child.wait() => {
            let signal = status.ok().and_then(|status| status.signal());
            return Some(signal.map_or(Ended::Exited, |_| Ended::Killed));
        }
        asked = asked => {
            if asked.is_ok() {
                terminate(&child);
                if tokio::time::timeout(FAREWELL, child.wait()).await.is_ok() {
                    return None;
                }
            }
        }
    }
    let _ = child.kill().await;
    None
}

/// Sends the signal that asks a process to end.
fn terminate(child: &Child) {
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok());
    if let Some(pid) = pid.and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::TERM);
    }
}

/// A port that nobody listens on. Somebody may before the process does; then it ends, and is started again on another.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
