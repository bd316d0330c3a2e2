//! The lock: one run at a time changes a stack.
//!
//! It is one object, written only where none is, and renewed by a heartbeat that writes only
//! over the version it knows. A holder that falls silent for its lease is taken over; one that
//! cannot renew in time stops its own run before that. What was lost on the way of an answer
//! is settled by reading: every taking of the lock has a nonce.
//!
//! Each holder has a fencing number, higher than every earlier one's. The last one is kept
//! apart from the lock, so that it grows from run to run.

mod keep;
mod record;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::future::try_join;
use jiff::Timestamp;
use rand::RngExt;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::record::Record;
pub use self::record::{Held, Holder};
use super::process::Process;
use super::store::{Store, StoreError, Swap, Version};

const LOCK: &str = "lock.json";
const FENCE: &str = "fence.json";

/// Tells the time of day.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// How a lock is held.
#[derive(Clone)]
pub struct Terms {
    /// After how long a silence others may take it; whole seconds.
    pub lease: Duration,
    /// Time between two heartbeats: a third of the lease or less.
    pub beat: Duration,
    /// Time between two looks at another's lock.
    pub poll: Duration,
    /// The time of day.
    pub clock: Arc<dyn Clock>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            beat: Duration::from_secs(8),
            poll: Duration::from_secs(1),
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why the lock is not ours.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it and lives.
    #[error(
        "{0}; wait for it with --lock-wait 5m, or take it away with `unlock` if that run is gone \
         for good"
    )]
    Held(Box<Held>),
    /// The person did not want to wait any longer.
    #[error("interrupted while waiting: {0}")]
    Interrupted(Box<Held>),
    /// It was ours, and is not any more.
    #[error("the lock was lost: {0}")]
    Lost(String),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The lock, held until [`Lock::release`]. One that is only dropped lapses with its lease.
#[derive(Debug)]
pub struct Lock {
    store: Shared,
    nonce: String,
    fence: u64,
    lost: Arc<OnceLock<String>>,
    released: CancellationToken,
    beating: Option<JoinHandle<Version>>,
}

#[derive(Clone)]
struct Shared(Arc<dyn Store>);

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.place())
    }
}

/// The last fencing number, with who took it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Fence {
    last: u64,
    nonce: String,
}

impl Lock {
    /// Takes the lock, waiting for another run for at most `wait`. `told` hears whom it waits
    /// for. `stop` ends the wait; once the lock is held and lost, the lock cancels `stop`.
    pub async fn acquire(
        store: Arc<dyn Store>,
        holder: Holder,
        wait: Duration,
        stop: &CancellationToken,
        told: impl Fn(&Held),
    ) -> Result<Self, LockError> {
        Self::acquire_on(Terms::default(), store, holder, wait, stop, told).await
    }

    /// [`Lock::acquire`] on other terms than the usual ones.
    pub async fn acquire_on(
        terms: Terms,
        store: Arc<dyn Store>,
        holder: Holder,
        wait: Duration,
        stop: &CancellationToken,
        told: impl Fn(&Held),
    ) -> Result<Self, LockError> {
        let taking = Taking {
            nonce: hex::encode(rand::rng().random::<[u8; 16]>()),
            terms,
            store,
            holder,
        };
        let begun = Instant::now();
        let mut watched: Option<(Held, Instant)> = None;
        let mut failed = false;
        loop {
            let (held, fence) = try_join(taking.look(), taking.last_fence()).await?;
            let Some(held) = held else {
                match taking.write(None, fence, stop).await {
                    Ok(Some(lock)) => return Ok(lock),
                    // It may have been written all the same: then the next look finds it.
                    Err(_) if !failed => failed = true,
                    other => drop(other?),
                }
                continue;
            };
            let unchanged_since = match &watched {
                Some((seen, since)) if seen.version == held.version => *since,
                _ => Instant::now(),
            };
            // A wait is told of once for each holder, not for each of its heartbeats.
            let news = watched
                .as_ref()
                .is_none_or(|(seen, _)| seen.fence() != held.fence());
            let lease = held
                .record
                .as_ref()
                .map_or(taking.terms.lease, Record::lease);
            if held.is(&taking.nonce) || held.is_abandoned() || unchanged_since.elapsed() >= lease {
                match taking.write(Some(&held), fence, stop).await {
                    Ok(Some(lock)) => return Ok(lock),
                    Err(_) if !failed => failed = true,
                    other => drop(other?),
                }
                continue;
            }
            let patience = if held.is_suspect() {
                wait.max(lease + taking.terms.poll)
            } else {
                wait
            };
            if begun.elapsed() >= patience {
                return Err(LockError::Held(Box::new(held)));
            }
            if news {
                told(&held);
            }
            watched = Some((held.clone(), unchanged_since));
            let jitter = rand::rng().random_range(0.8..1.2);
            tokio::select! {
                () = tokio::time::sleep(taking.terms.poll.mul_f64(jitter)) => {}
                () = stop.cancelled() => return Err(LockError::Interrupted(Box::new(held))),
            }
        }
    }

    /// The fencing number: higher than that of every earlier holder.
    pub fn fence(&self) -> u64 {
        self.fence
    }

    /// Why the lock was lost, if it was.
    pub fn lost(&self) -> Option<&str> {
        self.lost.get().map(String::as_str)
    }

    /// Gives the lock back, if it is still ours; another's is left as it is.
    pub async fn release(mut self) -> Result<(), LockError> {
        self.released.cancel();
        let Some(mut beating) = self.beating.take() else {
            return Ok(());
        };
        let mut version = match tokio::time::timeout(A_CALL, &mut beating).await {
            Ok(Ok(version)) => version,
            _ => {
                beating.abort();
                return Err(LockError::Lost("its heartbeat does not end".to_owned()));
            }
        };
        if let Some(why) = self.lost.get() {
            return Err(LockError::Lost(why.clone()));
        }
        let mut failed = None;
        for _ in 0..TRIES {
            match self.store.0.delete_if_match(LOCK, &version).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // It may have been removed all the same: only the answer is missing.
                Err(error) => failed = Some(error),
            }
            match held(self.store.0.as_ref()).await {
                Ok(None) => return Ok(()),
                Ok(Some(held)) if held.is(&self.nonce) => version = held.version,
                Ok(Some(held)) => return Err(LockError::Lost(held.to_string())),
                Err(error) => failed = Some(error),
            }
        }
        Err(failed.map_or_else(
            || LockError::Lost("it changes while it is given back".to_owned()),
            LockError::Store,
        ))
    }
}

/// How long one call of the heartbeat may take at the end of a run.
const A_CALL: Duration = Duration::from_secs(4);

/// How often a release is tried.
const TRIES: usize = 3;

impl Drop for Lock {
    fn drop(&mut self) {
        self.released.cancel();
    }
}

/// Who holds the lock, if anybody does.
pub async fn held(store: &dyn Store) -> Result<Option<Held>, StoreError> {
    look(store, Timestamp::now()).await
}

/// Takes away a lock as it was read; false where it has changed since, and was left.
pub async fn break_it(store: &dyn Store, held: &Held) -> Result<bool, StoreError> {
    if store.delete_if_match(LOCK, &held.version).await? {
        return Ok(true);
    }
    Ok(store.get(LOCK).await?.is_none())
}

async fn look(store: &dyn Store, now: Timestamp) -> Result<Option<Held>, StoreError> {
    let place = format!("{}{LOCK}", store.place());
    Ok(store
        .get(LOCK)
        .await?
        .map(|stored| Held::new(&stored, place, now)))
}

fn json<T: Serialize>(content: &T) -> Vec<u8> {
    serde_json::to_vec(content).unwrap_or_default()
}

/// One attempt to take the lock.
struct Taking {
    nonce: String,
    terms: Terms,
    store: Arc<dyn Store>,
    holder: Holder,
}

impl Taking {
    async fn look(&self) -> Result<Option<Held>, StoreError> {
        look(self.store.as_ref(), self.terms.clock.now()).await
    }

    async fn last_fence(&self) -> Result<(Fence, Option<Version>), StoreError> {
        Ok(match self.store.get(FENCE).await? {
            Some(stored) => (
                serde_json::from_slice(&stored.bytes).unwrap_or_default(),
                Some(stored.version),
            ),
            None => (Fence::default(), None),
        })
    }

    /// Writes the lock over what was read and makes its fencing number the last one. Nothing
    /// where another was faster.
    async fn write(
        &self,
        over: Option<&Held>,
        (fence, fence_version): (Fence, Option<Version>),
        stop: &CancellationToken,
    ) -> Result<Option<Lock>, LockError> {
        let now = self.terms.clock.now();
        let begun = Instant::now();
        let record = Record {
            owner: self.holder.owner.clone(),
            run: self.holder.run.clone(),
            verb: self.holder.verb.clone(),
            since: now,
            heartbeat: now,
            beat: 0,
            lease_seconds: self.terms.lease.as_secs(),
            fence: fence.last.max(over.map_or(0, Held::fence)) + 1,
            nonce: self.nonce.clone(),
            process: Process::this(),
        };
        let version = match over {
            Some(held) => {
                let bytes = json(&record);
                match self.store.put_if_match(LOCK, &held.version, &bytes).await? {
                    Swap::Done(version) => version,
                    Swap::Lost => return Ok(None),
                }
            }
            None => match self.store.put_if_absent(LOCK, &json(&record)).await? {
                Swap::Done(version) => version,
                Swap::Lost => return Ok(None),
            },
        };
        let settled = self.settle_fence(record, version, fence_version).await?;
        Ok(settled.map(|(record, version)| self.hold(record, version, begun, stop)))
    }

    /// Makes the number in `record` the last one, or takes a higher one where it was given
    /// out meanwhile. Nothing where the lock was lost over it.
    async fn settle_fence(
        &self,
        mut record: Record,
        mut version: Version,
        mut seen: Option<Version>,
    ) -> Result<Option<(Record, Version)>, StoreError> {
        loop {
            let mine = json(&Fence {
                last: record.fence,
                nonce: self.nonce.clone(),
            });
            let swap = match &seen {
                Some(seen) => self.store.put_if_match(FENCE, seen, &mine).await?,
                None => self.store.put_if_absent(FENCE, &mine).await?,
            };
            if matches!(swap, Swap::Done(_)) {
                return Ok(Some((record, version)));
            }
            let (fence, now_seen) = self.last_fence().await?;
            if fence.nonce == self.nonce && fence.last == record.fence {
                return Ok(Some((record, version)));
            }
            seen = now_seen;
            record.fence = record.fence.max(fence.last) + 1;
            let swap = self
                .store
                .put_if_match(LOCK, &version, &json(&record))
                .await?;
            version = match swap {
                Swap::Done(version) => version,
                Swap::Lost => match self.look().await? {
                    Some(held) if held.is(&self.nonce) && held.fence() == record.fence => {
                        held.version
                    }
                    _ => return Ok(None),
                },
            };
        }
    }

    fn hold(
        &self,
        record: Record,
        version: Version,
        written: Instant,
        stop: &CancellationToken,
    ) -> Lock {
        let lost = Arc::new(OnceLock::new());
        let released = CancellationToken::new();
        let fence = record.fence;
        let keeper = keep::Keeper {
            store: Arc::clone(&self.store),
            terms: self.terms.clone(),
            record,
            version,
            good: written,
            lost: Arc::clone(&lost),
            released: released.clone(),
            stop: stop.clone(),
        };
        Lock {
            store: Shared(Arc::clone(&self.store)),
            nonce: self.nonce.clone(),
            fence,
            lost,
            released,
            beating: Some(tokio::spawn(keeper.beat())),
        }
    }
}
