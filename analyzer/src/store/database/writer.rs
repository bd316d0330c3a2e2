//! The one writer of this process. What queues up while it commits, it commits together: a disk
//! syncs a hundred rows in the time of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Row as _};
use tokio::sync::{Mutex, RwLock, mpsc, oneshot};
use tokio::task::JoinHandle;

use super::insert::{NewRows, insert};
use super::{Backend, PATIENCE, Patience, StoreError, is_busy, sweep};

/// The most that is committed together.
const GROUP: usize = 256;

/// How many may queue before those who write have to wait.
const QUEUE: usize = 1_024;

/// How long the lock is left alone between two commits when another process wants it too:
/// somewhat longer than the step in which that one asks.
const COURTESY: Duration = Duration::from_millis(3);

/// For how many commits after seeing another process's rows the writer stays courteous.
const COURTEOUS: u32 = 200;

/// How the writer is doing.
#[derive(Debug, Default)]
pub struct CommitFigures {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Uploads and reports in them.
    pub writes: AtomicU64,
    /// Times that it found the database locked.
    pub locked: AtomicU64,
}

struct Job {
    rows: NewRows,
    done: oneshot::Sender<Result<(), StoreError>>,
}

pub(super) struct Writer {
    queue: std::sync::Mutex<Option<mpsc::Sender<Job>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    figures: Arc<CommitFigures>,
}

impl Writer {
    pub(super) fn start(
        backend: Backend,
        pool: AnyPool,
        gate: Arc<RwLock<()>>,
        heard: Arc<sweep::Heard>,
    ) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let figures = Arc::new(CommitFigures::default());
        let task = Task {
            backend,
            pool,
            gate,
            heard,
            figures: Arc::clone(&figures),
            connection: None,
            others: Others::default(),
        };
        Self {
            queue: std::sync::Mutex::new(Some(queue)),
            task: Mutex::new(Some(tokio::spawn(task.run(jobs)))),
            figures,
        }
    }

    pub(super) fn figures(&self) -> &CommitFigures {
        &self.figures
    }

    pub(super) async fn write(&self, rows: NewRows) -> Result<(), StoreError> {
        let queue = match self.queue.lock() {
            Ok(queue) => queue.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
        .ok_or(StoreError::Closed)?;
        let (done, outcome) = oneshot::channel();
        queue
            .send(Job { rows, done })
            .await
            .map_err(|_| StoreError::Closed)?;
        drop(queue);
        outcome.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Takes nothing more, and returns when all that was taken is committed.
    pub(super) async fn close(&self) {
        match self.queue.lock() {
            Ok(mut queue) => queue.take(),
            Err(poisoned) => poisoned.into_inner().take(),
        };
        if let Some(task) = self.task.lock().await.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the writer ended badly");
        }
    }
}

struct Task {
    backend: Backend,
    pool: AnyPool,
    gate: Arc<RwLock<()>>,
    heard: Arc<sweep::Heard>,
    figures: Arc<CommitFigures>,
    connection: Option<PoolConnection<Any>>,
    others: Others,
}

/// Whether other processes write, too.
#[derive(Default)]
struct Others {
    seen: i64,
    courteous: u32,
}

impl Task {
    async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut group = Vec::with_capacity(GROUP);
        while jobs.recv_many(&mut group, GROUP).await > 0 {
            self.write(&mut group).await;
            if self.others.courteous > 0 && self.backend == Backend::Sqlite {
                tokio::time::sleep(COURTESY).await;
            }
        }
        self.connection = None;
        self.pool.close().await;
    }

    async fn write(&mut self, group: &mut Vec<Job>) {
        let rows: Vec<&NewRows> = group.iter().map(|job| &job.rows).collect();
        let outcome = self.commit(&rows).await;
        match outcome {
            Ok(()) => {
                self.figures.commits.fetch_add(1, Ordering::Relaxed);
                self.figures
                    .writes
                    .fetch_add(group.len() as u64, Ordering::Relaxed);
                for job in group.drain(..) {
                    // Who asked may have gone meanwhile.
                    let _ = job.done.send(Ok(()));
                }
            }
            Err(error) if group.len() == 1 => {
                if let Some(job) = group.pop() {
                    let _ = job.done.send(Err(error));
                }
            }
            // One of them, or none: each for itself, so that a bad one fails alone. When the database
            // is out of reach, each has waited for it with the others: none waits again.
            Err(error) => {
                let mut out_of_reach = is_out_of_reach(&error);
                for job in group.drain(..) {
                    let outcome = if out_of_reach {
                        Err(StoreError::Busy(PATIENCE))
                    } else {
                        self.commit(&[&job.rows]).await
                    };
                    out_of_reach |= outcome.as_ref().is_err_and(is_out_of_reach);
                    let _ = job.done.send(outcome);
                }
            }
        }
    }

    /// One transaction, tried until the database is free.
    async fn commit(&mut self, rows: &[&NewRows]) -> Result<(), StoreError> {
        let mut patience = Patience::new();
        loop {
            match self.transaction(rows, &mut patience).await {
                Err(StoreError::Database(error)) if is_busy(&error) => {
                    self.figures.locked.fetch_add(1, Ordering::Relaxed);
                    patience.wait().await?;
                }
                outcome => return outcome,
            }
        }
    }

    async fn transaction(
        &mut self,
        rows: &[&NewRows],
        patience: &mut Patience,
    ) -> Result<(), StoreError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        if self.backend == Backend::Sqlite {
            self.others.look(&mut connection).await?;
        }
        sqlx::query(self.backend.begin())
            .execute(&mut *connection)
            .await
            .inspect_err(|error| {
                tracing::debug!(%error, "the transaction could not begin");
            })?;
        let outcome = match inside(&mut connection, self.backend, &self.heard, rows).await {
            Ok(()) => self.finish(&mut connection, patience).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => {
                self.connection = Some(connection);
                Ok(())
            }
            Err(error) => {
                // A connection that cannot roll back is closed rather than used again.
                if sqlx::query("ROLLBACK")
                    .execute(&mut *connection)
                    .await
                    .is_ok()
                {
                    self.connection = Some(connection);
                } else {
                    connection.close_on_drop();
                }
                Err(error)
            }
        }
    }

    /// SQLite's commit waits until nobody reads; those who come later wait for it.
    async fn finish(
        &mut self,
        connection: &mut AnyConnection,
        patience: &mut Patience,
    ) -> Result<(), StoreError> {
        let _alone = match self.backend {
            Backend::Sqlite => Some(self.gate.write().await),
            Backend::Postgres => None,
        };
        loop {
            match sqlx::query("COMMIT").execute(&mut *connection).await {
                Ok(_) => return Ok(()),
                Err(error) if is_busy(&error) => {
                    self.figures.locked.fetch_add(1, Ordering::Relaxed);
                    patience.wait().await?;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether the database itself was waited for in vain.
fn is_out_of_reach(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Busy(_) | StoreError::Database(sqlx::Error::PoolTimedOut)
    )
}

async fn inside(
    connection: &mut AnyConnection,
    backend: Backend,
    heard: &sweep::Heard,
    rows: &[&NewRows],
) -> Result<(), StoreError> {
    sweep::take_turns(connection, backend, rows).await?;
    sweep::refuse_condemned(connection, rows, heard).await?;
    insert(connection, rows).await
}

impl Others {
    /// SQLite counts the changes that a connection did not make itself.
    async fn look(&mut self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let version: i64 = sqlx::query("PRAGMA data_version")
            .fetch_one(connection)
            .await?
            .try_get(0)?;
        if version != self.seen && self.seen != 0 {
            self.courteous = COURTEOUS;
        } else {
            self.courteous = self.courteous.saturating_sub(1);
        }
        self.seen = version;
        Ok(())
    }
}
