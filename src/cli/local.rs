//! `local`: the local cloud, and `--local` on any verb.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use codedetect_localcloud::{Down, Progress, Running, Status, UpOptions};
use serde_json::{Value, json};

use super::exit::{Exit, Trouble};
use super::options::Format;
use super::workload::{self, ANALYZER, VARIABLE};
use crate::aws::CloudOptions;
use crate::release::front::Reach;
use crate::view::Gate;

/// The folder of everything that belongs to the local cloud, below the working directory.
const FOLDER: &str = ".codedetect";

/// Start, show or end the local cloud of this folder
#[derive(Args, Debug)]
pub struct Local {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Start it, if it is not running
    Up {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// End it, and forget everything in it
    Down,
    /// Show whether it runs, and where
    Status {
        /// How the answer is written
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// Be the background process
    #[command(hide = true)]
    Serve {
        /// The folder that it belongs to
        dir: PathBuf,
    },
    /// Be an instance: run the workload, and end with the local cloud
    #[command(hide = true)]
    Workload {
        /// The program and its arguments
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        command: Vec<OsString>,
    },
}

impl Local {
    /// Runs the verb.
    pub fn run(&self, gate: &Gate) -> Result<Exit, Trouble> {
        match &self.what {
            What::Up { format } => {
                let running = up(gate)?;
                tell(&running, *format, gate);
                Ok(Exit::Done)
            }
            What::Down => {
                let down = codedetect_localcloud::down(&cloud_folder()).map_err(trouble)?;
                forget_state(&down)?;
                gate.result(&down.to_string());
                Ok(Exit::Done)
            }
            What::Status { format } => {
                let status = codedetect_localcloud::status(&cloud_folder()).map_err(trouble)?;
                self::status(&status, *format, gate)
            }
            What::Serve { dir } => {
                codedetect_localcloud::serve(dir, workload::command(dir)?).map_err(trouble)?;
                Ok(Exit::Done)
            }
            What::Workload { command } => Err(workload::become_it(command)),
        }
    }
}

/// How this machine reaches a listener of a load balancer of the local cloud.
pub fn reach(dns_name: &str, port: u16) -> Result<Reach, Trouble> {
    let Status::Running(running) =
        codedetect_localcloud::status(&cloud_folder()).map_err(trouble)?
    else {
        return Err(Trouble::Local("it does not run".to_owned()));
    };
    let plane = codedetect_localcloud::plane(&running).map_err(|_| {
        Trouble::Local(format!(
            "it has no instances to release to: build the workload (cargo build --release -p {ANALYZER}), or name one in \
             {VARIABLE}, then `local down` and apply again"
        ))
    })?;
    let address = listener(&plane, |one| {
        one["load_balancer"] == dns_name && one["port"] == port
    })
    .ok_or_else(|| Trouble::Local(format!("{dns_name} does not listen on {port} yet")))?;
    let authority = plane["authority"]
        .as_str()
        .and_then(|file| std::fs::read(file).ok());
    Ok(Reach {
        address: Some(address),
        authority,
    })
}

/// The address on this machine of the first listener that is as asked for.
fn listener(plane: &Value, fits: impl Fn(&Value) -> bool) -> Option<SocketAddr> {
    let listeners = plane["listeners"].as_array()?;
    let found = listeners.iter().find(|one| fits(one))?;
    found["address"].as_str()?.parse().ok()
}

/// Where a browser on this machine opens what stands behind a load balancer of the local cloud: its HTTPS listener, where it has
/// one. Nothing where the local cloud has no instances.
pub fn here(load_balancer: &str) -> Option<String> {
    let Status::Running(running) = codedetect_localcloud::status(&cloud_folder()).ok()? else {
        return None;
    };
    let plane = codedetect_localcloud::plane(&running).ok()?;
    ["https", "http"].into_iter().find_map(|scheme| {
        let address = listener(&plane, |one| {
            one["load_balancer"] == load_balancer && one["protocol"] == scheme.to_uppercase()
        })?;
        Some(format!("{scheme}://{address}"))
    })
}

fn cloud_folder() -> PathBuf {
    Path::new(FOLDER).join("local")
}

fn state_folder() -> PathBuf {
    Path::new(FOLDER).join("state")
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn trouble(error: codedetect_localcloud::LocalError) -> Trouble {
    Trouble::Local(error.to_string())
}

fn up(gate: &Gate) -> Result<Running, Trouble> {
    let dir = cloud_folder();
    let program = std::env::current_exe()
        .map_err(|error| Trouble::Local(format!("the local cloud cannot start: {error}")))?;
    let options = UpOptions {
        serve_command: vec![
            program.into_os_string(),
            "local".into(),
            "serve".into(),
            dir.clone().into_os_string(),
        ],
        dir,
    };
    let before = codedetect_localcloud::status(&options.dir).map_err(trouble)?;
    if let Status::Ended(_) = before {
        gate.news("The local cloud had ended, and with it all that was in it; starting afresh.");
    }
    let fresh = !matches!(before, Status::Running(_));
    if fresh {
        // What the journal says was made in the cloud that is gone.
        remove_state()?;
    }
    let running = codedetect_localcloud::up(&options, |progress| {
        gate.news(match progress {
            Progress::Waiting => "Waiting: another process is preparing the local cloud.",
            Progress::CreatingEnvironment => {
                "Preparing the local cloud, this once: a private Python environment …"
            }
            Progress::Installing => "Installing moto into it (seconds to a few minutes) …",
        });
    })
    .map_err(trouble)?;
    if fresh {
        gate.news(&format!("The local cloud is at {}.", running.endpoint));
    }
    Ok(running)
}

/// Sends calls to the local cloud, which is started if it does not run.
pub async fn use_it(
    options: &mut CloudOptions,
    state_dir: &mut Option<PathBuf>,
    gate: &Gate,
) -> Result<(), Trouble> {
    let gate = gate.clone();
    let running = tokio::task::spawn_blocking(move || up(&gate))
        .await
        .map_err(|error| Trouble::Local(format!("the local cloud cannot start: {error}")))??;
    options.endpoint_url = Some(running.endpoint);
    options.keys = Some(("local".to_owned(), "local".to_owned()));
    state_dir.get_or_insert_with(state_folder);
    Ok(())
}

fn tell(running: &Running, format: Format, gate: &Gate) {
    match format {
        Format::Human => gate.result(&format!(
            "The local cloud runs at {} (moto {}).",
            running.endpoint, running.moto_version
        )),
        Format::Json => gate.document(&json!({
            "version": 1,
            "document": "local",
            "running": true,
            "endpoint": running.endpoint,
            "pid": running.pid,
            "moto": running.moto_version,
            "account": codedetect_localcloud::ACCOUNT,
        })),
    }
}

fn status(status: &Status, format: Format, gate: &Gate) -> Result<Exit, Trouble> {
    if let Status::Running(running) = status {
        tell(running, format, gate);
        return Ok(Exit::Done);
    }
    match format {
        Format::Human => gate.result("No local cloud runs for this folder."),
        Format::Json => {
            gate.document(&json!({ "version": 1, "document": "local", "running": false }));
        }
    }
    Err(Trouble::Told(Exit::Failed))
}

fn forget_state(down: &Down) -> Result<(), Trouble> {
    match down {
        Down::Ended { .. } => remove_state(),
        Down::WasNotRunning => Ok(()),
    }
}

fn remove_state() -> Result<(), Trouble> {
    let folder = state_folder();
    match std::fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Trouble::File(format!("{}: {error}", folder.display())))
        }
        _ => Ok(()),
    }
}
