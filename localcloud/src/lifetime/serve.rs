//! The background process: a gateway, with moto as its child.

use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fs_err::File;
use tokio::signal::unix::{SignalKind, signal};

use super::state::{self, MOTO_LOG, Running};
use crate::moto::MotoServer;
use crate::{Gateway, GatewayOptions, LocalError, MotoVenv, PlaneOptions};

/// The environment variable that lets the background process end by itself after so many seconds without a call.
pub const IDLE_EXIT_VARIABLE: &str = "CODEDETECT_LOCAL_IDLE_EXIT";

/// A certificate is pending that long: enough to be seen, short enough to wait for.
const VALIDATION: Duration = Duration::from_secs(1);

/// Below the cloud's folder: file systems, logs of instances, the certificate.
const PLANE: &str = "plane";

/// How often the process looks whether it is still wanted.
const LOOK: Duration = Duration::from_secs(1);

/// What the background process runs: it serves until it is told to stop, or is no longer wanted because `local.json` is
/// gone or another's, or moto has ended. It takes a session of its own, so that a terminal's signals do not reach it.
///
/// With a command that runs a workload it has a data plane as well.
///
/// # Errors
/// moto cannot be started, no port is free, or the folder cannot be written.
pub fn serve(dir: &Path, workload: Option<Vec<OsString>>) -> Result<(), LocalError> {
    // Fails only where the process has a session already.
    let _ = rustix::process::setsid();
    let dir = std::path::absolute(dir).map_err(LocalError::file(dir))?;
    let venv = MotoVenv::provision(&dir, |_| {})?;
    let server = MotoServer::start(&venv, VALIDATION, Some(&dir.join(MOTO_LOG)))?;
    let world = server.become_world()?;
    let token = token()?;
    let gateway = Gateway::start(GatewayOptions {
        token: token.clone(),
        plane: workload.map(|workload| PlaneOptions {
            dir: dir.join(PLANE),
            workload,
        }),
        ..GatewayOptions::to(world.address)
    })?;
    let running = Running {
        endpoint: gateway.endpoint().to_owned(),
        pid: std::process::id(),
        moto_pid: world.pid,
        started: SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        moto_version: MotoVenv::version_of("moto").unwrap_or_default().to_owned(),
        token,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(LocalError::Listen)?;
    let reason = runtime.block_on(async {
        // The signals are taken before anyone can learn the process's number.
        let waiting = until_unwanted(&dir, &running, &gateway, &server)?;
        state::write(&dir, &running)?;
        Ok::<_, LocalError>(waiting.await)
    })?;
    if state::read(&dir).is_ok_and(|found| found.as_ref() == Some(&running)) {
        state::remove(&dir)?;
    }
    drop(gateway);
    match reason {
        Ended::Wanted => Ok(()),
        Ended::Moto => {
            let reason = "it has ended; see moto.log beside this log".to_owned();
            Err(LocalError::MotoFailed {
                venv: venv.path().to_owned(),
                reason,
            })
        }
    }
}

enum Ended {
    /// By a signal, on request, or because nobody wants it any more.
    Wanted,
    /// moto has ended by itself, and all resources with it.
    Moto,
}

fn until_unwanted(
    dir: &Path,
    running: &Running,
    gateway: &Gateway,
    server: &MotoServer,
) -> Result<impl Future<Output = Ended>, LocalError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(LocalError::Listen)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(LocalError::Listen)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(LocalError::Listen)?;
    let mut stop_asked = gateway.stop_asked();
    let idle_exit = std::env::var(IDLE_EXIT_VARIABLE)
        .ok()
        .and_then(|seconds| seconds.parse().ok())
        .map(Duration::from_secs);
    Ok(async move {
        let mut look = tokio::time::interval(LOOK);
        look.tick().await;
        loop {
            tokio::select! {
                _ = terminate.recv() => return Ended::Wanted,
                _ = interrupt.recv() => return Ended::Wanted,
                // The terminal it was started from has gone; that is no reason to end.
                _ = hang_up.recv() => {}
                _ = stop_asked.wait_for(|asked| *asked) => return Ended::Wanted,
                _ = look.tick() => {
                    // A file that cannot be read for the moment, as when there are no more descriptors, has not been removed.
                    let wanted = state::read(dir).map_or(true, |found| found.is_some_and(|found| found.token == running.token));
                    if !wanted || idle_exit.is_some_and(|limit| gateway.idle() > limit) {
                        return Ended::Wanted;
                    }
                    if server.ended() {
                        return Ended::Moto;
                    }
                }
            }
        }
    })
}

/// 128 random bits.
fn token() -> Result<String, LocalError> {
    let mut bytes = [0_u8; 16];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(LocalError::file("/dev/urandom"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
