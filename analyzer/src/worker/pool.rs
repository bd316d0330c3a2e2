//! Warm workers, and the scans that wait for one.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use codedetect_engine::report::FileReport;
use futures::stream::{self, Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::attendant::Attendant;
use super::nursery::{Nursery, Program};
use super::{Failure, Isolation, Limits};

/// Worker processes, as many at a time as were asked for.
#[derive(Clone, Debug)]
pub struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limits: Limits,
    size: NonZeroUsize,
    isolation: Isolation,
    nursery: Nursery,
    runtime: Handle,
    /// One permit a worker. A scan that waits for one waits in line.
    slots: Arc<Semaphore>,
    /// Workers that nobody uses. The one that worked last, whose memory is warm, is taken first.
    idle: Mutex<Vec<Attendant>>,
    successor: Mutex<Successor>,
    waiting: AtomicUsize,
    started: AtomicU64,
    failed: AtomicU64,
}

/// The worker that takes the place of one that has done its number of scans. One at a time, and the
/// old one works until the new one stands ready: no scan ever waits for a replacement, however many
/// workers come to their number together.
#[derive(Debug, Default)]
enum Successor {
    #[default]
    None,
    Coming,
    Ready(Box<Attendant>),
}

/// Why there is no pool.
#[derive(Debug, thiserror::Error)]
#[error("no worker process could be started from {program}")]
pub struct StartError {
    program: String,
    source: io::Error,
}

/// What a pool has done so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Workers that may run at a time.
    pub workers: usize,
    /// Of those, idle now.
    pub idle: usize,
    /// Scans waiting for a worker.
    pub waiting: usize,
    /// Workers started since the beginning.
    pub started: u64,
    /// Workers that a scan has cost.
    pub failed: u64,
}

impl Pool {
    /// Starts `size` workers and waits until they are ready.
    pub async fn start(
        program: Program,
        size: NonZeroUsize,
        limits: Limits,
    ) -> Result<Pool, StartError> {
        let name = program.path.display().to_string();
        Pool::try_start(program, size, limits)
            .await
            .map_err(|source| StartError {
                program: name,
                source,
            })
    }

    async fn try_start(program: Program, size: NonZeroUsize, limits: Limits) -> io::Result<Pool> {
        let runtime = Handle::current();
        let nursery = Nursery::open(program, runtime.clone())?;
        let births = (0..size.get()).map(|_| birth(&nursery, limits));
        let mut idle = Vec::with_capacity(size.get());
        let mut isolation = None;
        for born in futures::future::join_all(births).await {
            let (attendant, its) = born?;
            idle.push(attendant);
            isolation = Some(its);
        }
        let isolation = isolation.ok_or(io::ErrorKind::InvalidInput)?;
        match isolation.missing() {
            None => tracing::info!(?isolation, workers = size, "workers are ready"),
            Some(missing) => tracing::warn!(
                missing,
                "workers are ready, but not locked up as they should be; the other limits hold"
            ),
        }
        let started = AtomicU64::new(idle.len() as u64);
        Ok(Pool {
            shared: Arc::new(Shared {
                limits,
                size,
                isolation,
                nursery,
                runtime,
                slots: Arc::new(Semaphore::new(size.get())),
                idle: Mutex::new(idle),
                successor: Mutex::default(),
                waiting: AtomicUsize::new(0),
                started,
                failed: AtomicU64::new(0),
            }),
        })
    }

    /// How far the kernel locks the workers up.
    pub fn isolation(&self) -> &Isolation {
        &self.shared.isolation
    }

    /// What has been done so far.
    pub fn counts(&self) -> Counts {
        Counts {
            workers: self.shared.size.get(),
            idle: self.shared.idle().len(),
            waiting: self.shared.waiting.load(Ordering::Relaxed),
            started: self.shared.started.load(Ordering::Relaxed),
            failed: self.shared.failed.load(Ordering::Relaxed),
        }
    }

    /// Analyses one file in a worker. When the caller stops waiting, the scan is ended.
    pub async fn analyze(&self, name: &str, source: &[u8]) -> Result<FileReport, Failure> {
        let Limits { source: limit, .. } = self.shared.limits;
        if source.len() > limit as usize {
            return Err(Failure::Source {
                size: source.len(),
                limit,
            });
        }
        let mut lease = self.lease().await?;
        let wall = self.shared.limits.wall;
        let outcome = match &mut lease.attendant {
            Some(attendant) => tokio::time::timeout(wall, attendant.analyze(name, source)).await,
            None => return Err(Failure::Nonsense),
        };
        let failure = match outcome {
            Ok(Ok(answer)) => {
                lease.give_back();
                return answer;
            }
            Ok(Err(broken)) => match lease.attendant.take() {
                Some(attendant) => attendant.autopsy(broken).await,
                None => Failure::Nonsense,
            },
            Err(_) => {
                if let Some(attendant) = lease.attendant.take() {
                    attendant.kill().await;
                }
                Failure::Wall { limit: wall }
            }
        };
        self.shared.failed.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(
            file = name,
            bytes = source.len(),
            cause = failure.label(),
            "a scan has cost a worker, which is replaced"
        );
        Err(failure)
    }

    /// Analyses many files, spread over the workers; answers in the order of the files, each as
    /// soon as it is its turn. Other scans get theirs meanwhile: no more of these wait in line than
    /// there are workers.
    pub fn analyze_each<'a, N, S>(
        &'a self,
        files: &'a [(N, S)],
    ) -> impl Stream<Item = Result<FileReport, Failure>> + Send + 'a
    where
        N: AsRef<str> + Sync,
        S: AsRef<[u8]> + Sync,
    {
        let scans: Vec<_> = files
            .iter()
            .map(|(name, source)| self.analyze(name.as_ref(), source.as_ref()))
            .collect();
        stream::iter(scans).buffered(self.shared.size.get())
    }

    async fn lease(&self) -> Result<Lease, Failure> {
        let shared = &self.shared;
        let permit = {
            let _waiting = Waiting::begin(&shared.waiting);
            Arc::clone(&shared.slots).acquire_owned().await
        };
        let permit = permit.map_err(|_| Failure::NoWorker {
            reason: "the service is ending".to_owned(),
        })?;
        let mut lease = Lease {
            attendant: None,
            permit: Some(permit),
            shared: Arc::clone(shared),
        };
        while let Some(mut attendant) = shared.take_idle() {
            if !attendant.is_dead() {
                lease.attendant = Some(attendant);
                return Ok(lease);
            }
            tracing::warn!("a worker died while it was idle");
        }
        lease.attendant = Some(shared.birth().await.map_err(|error| Failure::NoWorker {
            reason: error.to_string(),
        })?);
        Ok(lease)
    }
}

impl Shared {
    /// A list whose owner panicked is still a list of workers.
    fn idle(&self) -> MutexGuard<'_, Vec<Attendant>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_idle(&self) -> Option<Attendant> {
        self.idle().pop()
    }

    async fn birth(&self) -> io::Result<Attendant> {
        let (attendant, _) = birth(&self.nursery, self.limits).await?;
        self.started.fetch_add(1, Ordering::Relaxed);
        Ok(attendant)
    }

    fn successor(&self) -> MutexGuard<'_, Successor> {
        self.successor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// What works on after a worker that has done its number of scans: the successor, or, until one
    /// stands ready, the worker itself.
    fn succeed(self: &Arc<Shared>, worn: Attendant) -> Attendant {
        let mut successor = self.successor();
        match std::mem::take(&mut *successor) {
            Successor::Ready(fresh) => return *fresh,
            Successor::Coming => *successor = Successor::Coming,
            Successor::None => {
                *successor = Successor::Coming;
                let shared = Arc::clone(self);
                self.runtime.spawn(async move {
                    let born = shared.birth().await;
                    *shared.successor() = match born {
                        Ok(fresh) => Successor::Ready(Box::new(fresh)),
                        Err(error) => {
                            tracing::warn!(%error, "a worker could not be replaced yet");
                            Successor::None
                        }
                    };
                });
            }
        }
        worn
    }
}

/// A worker that does not become ready in this time never will.
const BIRTH: std::time::Duration = std::time::Duration::from_secs(10);

async fn birth(nursery: &Nursery, limits: Limits) -> io::Result<(Attendant, Isolation)> {
    let child = nursery.spawn().await?;
    tokio::time::timeout(BIRTH, Attendant::welcome(child, limits)).await?
}

/// The right to use one worker. However it ends, the next scan finds one that works.
struct Lease {
    attendant: Option<Attendant>,
    permit: Option<OwnedSemaphorePermit>,
    shared: Arc<Shared>,
}

impl Lease {
    /// The worker has answered and waits for more.
    fn give_back(mut self) {
        let Some(mut attendant) = self.attendant.take() else {
            return;
        };
        if attendant.scans >= self.shared.limits.scans {
            attendant = self.shared.succeed(attendant);
        }
        attendant.tidy();
        self.shared.idle().push(attendant);
        self.permit = None;
    }
}

impl Drop for Lease {
    /// A worker that was not given back is ended by being dropped, and its slot stays taken
    /// until another stands ready.
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else {
            return;
        };
        drop(self.attendant.take());
        let shared = Arc::clone(&self.shared);
        self.shared.runtime.spawn(async move {
            match shared.birth().await {
                Ok(attendant) => shared.idle().push(attendant),
                Err(error) => tracing::warn!(%error, "a worker could not be replaced yet"),
            }
            drop(permit);
        });
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Waiting<'_> {
    fn begin(count: &AtomicUsize) -> Waiting<'_> {
        count.fetch_add(1, Ordering::Relaxed);
        Waiting(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
