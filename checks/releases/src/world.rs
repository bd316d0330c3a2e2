//! The stack on its local cloud, and the program that releases to it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::Command;

use crate::Failure;
use crate::http::{Clients, Over};

/// How long a step of the preparation may take.
const LIMIT: Duration = Duration::from_secs(120);

/// How much of a log is shown.
const LAST_LINES: usize = 20;

/// The workload as `stacks/codedetect.yaml` has it, without a domain: rows in SQLite on the shared file system, objects in a bucket.
const STACK: &str = "\
stack: codedetect
environment: load
region: eu-west-1
network:
  cidr: 10.0.0.0/16
  public: { a: 10.0.1.0/24, b: 10.0.2.0/24 }
  private: { a: 10.0.11.0/24, b: 10.0.12.0/24 }
workloads:
  analyzer:
    image: ghcr.io/example/codedetect:1.0.0
    port: 5000
    health: { path: /api/health, every: 5s, timeout: 4s, grace: 1m }
    blue_green: { instance: t3.small, min: 2, max: 4 }
    load_balancer: { drain: 10s }
    mounts: { /mnt/efs: files.shared }
    environment:
      DATABASE_URL: sqlite:///mnt/efs/database/codedetect.db
      UPLOADS: s3://${buckets.uploads.name}/uploads/
      RATE_LIMIT: '0'
      RUST_LOG: warn
    access: [ buckets.uploads ]
files: { shared: {} }
buckets: { uploads: {} }
";

/// The image of a version.
pub fn image(version: u32) -> String {
    format!("ghcr.io/example/codedetect:1.{version}.0")
}

/// A folder with the stack and its local cloud, which ends with it.
pub struct World {
    folder: tempfile::TempDir,
    program: PathBuf,
    gateway: Clients,
    /// Where the load balancer listens.
    pub front: SocketAddr,
}

impl World {
    /// The stack is applied, and all its instances are healthy.
    ///
    /// # Errors
    /// What failed, with what the program said.
    pub async fn new(program: &Path) -> Result<Self, Failure> {
        let folder =
            tempfile::tempdir().map_err(|error| Failure::new("a folder cannot be made", error))?;
        fs_err::write(folder.path().join("stack.yaml"), STACK)
            .map_err(|error| Failure::new("the stack cannot be written", error))?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut world = Self {
            folder,
            program: program.to_owned(),
            gateway: Clients::of(nowhere),
            front: nowhere,
        };
        world
            .run(&["apply", "stack.yaml", "--local", "--yes"])
            .await?;
        let status = world.run(&["local", "status", "--format", "json"]).await?;
        let endpoint = json(&status.stdout)?["endpoint"]
            .as_str()
            .and_then(|endpoint| endpoint.strip_prefix("http://")?.parse().ok())
            .ok_or_else(|| Failure::new("`local status`", "it names no endpoint"))?;
        world.gateway = Clients::of(endpoint);
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(front) = world.ready().await? {
                world.front = front;
                return Ok(world);
            }
            if Instant::now() > deadline {
                return Err(Failure::new(
                    "the stack does not get ready",
                    world.plane().await?,
                ));
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The load balancer's address, once a release would be let through.
    async fn ready(&self) -> Result<Option<SocketAddr>, Failure> {
        let plane = self.plane().await?;
        let front = plane["listeners"][0]["address"]
            .as_str()
            .and_then(|address| address.parse().ok());
        let plan = self
            .output(&[
                "deploy",
                "stack.yaml",
                "--local",
                "--image",
                &image(1),
                "--dry-run",
                "--format",
                "json",
            ])
            .await?;
        let ready = plan.status.success();
        Ok(front.filter(|_| ready))
    }

    /// What the data plane says of itself.
    pub async fn plane(&self) -> Result<Value, Failure> {
        let answer = self
            .gateway
            .send(
                Over::New,
                "GET",
                "/_codedetect/plane",
                hyper::body::Bytes::new(),
            )
            .await
            .map_err(|error| Failure::new("the local cloud", error))?;
        json(&answer.body)
    }

    /// A release, whose report is returned.
    ///
    /// # Errors
    /// It did not do what it should.
    pub async fn release(&self, verb: &str, arguments: &[&str]) -> Result<Value, Failure> {
        let arguments = [
            &[verb, "stack.yaml", "--local", "--format", "json"],
            arguments,
        ]
        .concat();
        let output = self.run(&arguments).await?;
        let report = json(&output.stdout)?;
        let ended = &report["release"]["ended"];
        if ended["verdict"] == "done" && ended["evidence"]["failed"] == 0 {
            Ok(report)
        } else {
            Err(Failure::new(verb, format!("{ended:#}")))
        }
    }

    async fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let output = self.output(arguments).await?;
        if output.status.success() {
            return Ok(output);
        }
        let said = [&output.stderr[..], &output.stdout[..]].concat();
        Err(Failure::new(
            &format!("`{}` ended with {}", arguments.join(" "), output.status),
            String::from_utf8_lossy(&said),
        ))
    }

    async fn output(&self, arguments: &[&str]) -> Result<Output, Failure> {
        self.command(arguments)
            .output()
            .await
            .map_err(|error| Failure::new(&self.program.to_string_lossy(), error))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("NO_COLOR", "1")
            // Should this be killed, its cloud does not stay.
            .env("CODEDETECT_LOCAL_IDLE_EXIT", "600")
            .stdin(Stdio::null());
        command
    }

    /// The last that the cloud's own logs say, for whoever looks for the cause of a failure.
    pub fn last_words(&self) -> String {
        let folder = self.folder.path().join(".codedetect/local");
        let mut said = String::new();
        for log in ["local.log", "moto.log"] {
            let text = fs_err::read_to_string(folder.join(log)).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            said += &format!("{log}:\n");
            for line in &lines[lines.len().saturating_sub(LAST_LINES)..] {
                said += &format!("    {line}\n");
            }
        }
        said
    }

    /// Ends the cloud, and all that is in it.
    ///
    /// # Errors
    /// It does not end.
    pub async fn end(self) -> Result<(), Failure> {
        self.run(&["local", "down"]).await.map(drop)
    }
}

fn json(bytes: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(bytes).map_err(|error| {
        Failure::new(
            &format!("no JSON ({error})"),
            String::from_utf8_lossy(bytes),
        )
    })
}
