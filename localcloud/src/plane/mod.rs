//! The data plane: what the control plane says becomes processes and sockets of this machine.
//!
//! An instance of an Auto Scaling group is a process of the workload on a port of its own; a listener of a load balancer is a
//! socket, with a reverse proxy behind it that keeps to what Elastic Load Balancing documents. After each call that changes
//! something, and once a second, the plane reads the control plane and makes this machine match it.

mod balancer;
mod behaviour;
mod board;
mod boot;
mod condition;
mod health;
mod host;
mod instances;
mod logs;
mod metrics;
mod picture;
mod read;
pub(crate) mod refreshes;
pub(crate) mod schedule;
mod share;
mod target;
mod traffic;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::LocalError;
use crate::call::Call;
use crate::gateway::Moto;

use balancer::forward::Forwarder;
use balancer::{Authority, Here, Listeners};
pub(crate) use board::Board;
pub(crate) use host::INSTANCE_KEY;
use host::Machine;
use instances::Instances;
use read::Eyes;
use traffic::Traffic;

/// How often the control plane is read although nobody has called: instances end by themselves too.
const TICK: Duration = Duration::from_secs(1);

/// How a data plane is started.
#[derive(Debug, Clone)]
pub struct PlaneOptions {
    /// Where file systems, logs of instances and the certificate lie.
    pub dir: PathBuf,
    /// The command that runs the workload: it listens on `LISTEN` (its port is in `PORT` too), is configured by its environment, and ends when its
    /// standard input does.
    pub workload: Vec<OsString>,
}

/// A running data plane; ends, with its processes, when dropped.
pub(crate) struct Plane {
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    board: Arc<Board>,
    traffic: Arc<Traffic>,
    /// The last call of each region, whose credential scope the plane borrows.
    seeds: Mutex<BTreeMap<String, Call>>,
    changed: Arc<Notify>,
    here: Mutex<Vec<Here>>,
    running: Mutex<Vec<Value>>,
    authority: PathBuf,
}

impl std::fmt::Debug for Plane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plane").finish_non_exhaustive()
    }
}

impl Plane {
    /// Starts a data plane over a control plane; the workload calls it at `endpoint`.
    ///
    /// # Errors
    /// The folder cannot be written, or no thread can be had.
    pub(crate) fn start(
        options: PlaneOptions,
        moto: Moto,
        endpoint: String,
    ) -> Result<Plane, LocalError> {
        let dir = std::path::absolute(&options.dir).map_err(LocalError::file(&options.dir))?;
        fs_err::create_dir_all(&dir).map_err(LocalError::file(&dir))?;
        let authority = Arc::new(Authority::new(&dir)?);
        let shared = Arc::new(Shared {
            board: Arc::default(),
            traffic: Arc::default(),
            seeds: Mutex::default(),
            changed: Arc::default(),
            here: Mutex::default(),
            running: Mutex::default(),
            authority: authority.file().to_owned(),
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("data-plane")
            .enable_all()
            .build()
            .map_err(LocalError::Listen)?;
        let (stop, stopped) = oneshot::channel();
        let work = Work {
            shared: Arc::clone(&shared),
            moto,
            options: PlaneOptions { dir, ..options },
            endpoint,
            authority,
        };
        let thread = std::thread::Builder::new()
            .name("data-plane".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = work.go() => {}
                        _ = stopped => {}
                    }
                });
            })
            .map_err(LocalError::Listen)?;
        Ok(Plane {
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// A call has changed something.
    pub(crate) fn changed(&self, call: &Call) {
        if !["autoscaling", "elbv2", "ec2"].contains(&call.service.as_str()) {
            return;
        }
        self.shared
            .seeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(call.region.clone(), call.clone());
        self.shared.changed.notify_one();
    }

    pub(crate) fn board(&self) -> &Arc<Board> {
        &self.shared.board
    }

    /// Where everything is, for `GET /_codedetect/plane`.
    pub(crate) fn told(&self) -> Value {
        let listeners: Vec<Value> = self
            .shared
            .here
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|here| {
                json!({
                    "load_balancer": here.dns_name,
                    "port": here.port,
                    "protocol": if here.secure { "HTTPS" } else { "HTTP" },
                    "address": here.address.to_string(),
                })
            })
            .collect();
        let mut instances = self
            .shared
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for instance in &mut instances {
            let in_flight = instance["id"]
                .as_str()
                .map(|id| self.shared.board.in_flight(id));
            instance["in_flight"] = json!(in_flight);
            let health = instance["id"]
                .as_str()
                .and_then(|id| self.shared.board.health(id));
            instance["health"] = json!(health);
        }
        json!({
            "listeners": listeners,
            "instances": instances,
            "lost": self.shared.traffic.lost(),
            "authority": self.shared.authority,
        })
    }
}

impl Drop for Plane {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    shared: Arc<Shared>,
    moto: Moto,
    options: PlaneOptions,
    endpoint: String,
    authority: Arc<Authority>,
}

impl Work {
    async fn go(self) {
        let board = Arc::clone(&self.shared.board);
        let traffic = Arc::clone(&self.shared.traffic);
        let forwarder = Forwarder::new(Arc::clone(&board), Arc::clone(&traffic));
        let mut listeners = Listeners::new(forwarder, Arc::clone(&self.authority));
        let mut instances = Instances::new(
            Arc::clone(&board),
            Arc::clone(&traffic),
            Arc::clone(&self.shared.changed),
            self.options.dir.clone(),
            Machine {
                workload: self.options.workload.clone(),
                endpoint: self.endpoint.clone(),
                region: String::new(),
            },
        );
        tokio::spawn(health_rounds(Arc::clone(&board)));
        let mut tick = tokio::time::interval(TICK);
        let mut published = (Instant::now(), SystemTime::now());
        loop {
            tokio::select! {
                () = self.shared.changed.notified() => {}
                _ = tick.tick() => {}
            }
            let seeds = self
                .shared
                .seeds
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            for (region, seed) in &seeds {
                let eyes = Eyes {
                    moto: &self.moto,
                    seed,
                };
                schedule::carry_out(&eyes).await;
                // No whole answer: what stands stays.
                if let Some(picture) = eyes.look(&board).await {
                    board.take(region, picture, Instant::now());
                }
            }
            let pictures = board.pictures();
            listeners.become_as(&pictures).await;
            for (region, picture) in &pictures {
                if let Some(seed) = seeds.get(region) {
                    let eyes = Eyes {
                        moto: &self.moto,
                        seed,
                    };
                    instances.become_as(region, picture, &eyes).await;
                    board
                        .refreshes()
                        .advance(region, &picture.fleets, &board, &eyes)
                        .await;
                }
            }
            if published.0.elapsed() >= metrics::EVERY {
                let (_, since) =
                    std::mem::replace(&mut published, (Instant::now(), SystemTime::now()));
                let counted = traffic.take();
                for (region, picture) in &pictures {
                    if let Some(seed) = seeds.get(region) {
                        let eyes = Eyes {
                            moto: &self.moto,
                            seed,
                        };
                        metrics::publish(&eyes, &metrics::data(picture, &board, &counted), since)
                            .await;
                    }
                }
            }
            board.sweep(Instant::now());
            *self
                .shared
                .here
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = listeners.here();
            *self
                .shared
                .running
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = instances.told();
        }
    }
}

async fn health_rounds(board: Arc<Board>) {
    let mut rounds = health::Rounds::default();
    let mut look = tokio::time::interval(health::LOOK);
    loop {
        look.tick().await;
        rounds.go(&board, Instant::now());
    }
}
