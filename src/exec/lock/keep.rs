//! The heartbeat: renews the lock until it is released, and stops the run when it cannot.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::record::Record;
use super::{LOCK, Terms, json, look};
use crate::exec::store::{Store, StoreError, Swap, Version};

/// What renews a lock.
pub(super) struct Keeper {
    pub(super) store: Arc<dyn Store>,
    pub(super) terms: Terms,
    pub(super) record: Record,
    pub(super) version: Version,
    /// When the last renewal that succeeded was sent: others count the lease from later.
    pub(super) good: Instant,
    pub(super) lost: Arc<OnceLock<String>>,
    pub(super) released: CancellationToken,
    /// Cancelled when the lock is lost.
    pub(super) stop: CancellationToken,
}

enum Renewed {
    Yes,
    /// By whom, or how.
    Taken(String),
}

impl Keeper {
    /// Beats until the lock is released or lost; returns the version that stands last.
    pub(super) async fn beat(mut self) -> Version {
        let mut next = self.good + self.terms.beat;
        loop {
            tokio::select! {
                () = sleep_until(next) => {}
                () = self.released.cancelled() => return self.version,
            }
            let begun = Instant::now();
            let lapses = self.good + self.terms.lease;
            // One request that is never answered must not use up the lease: what became of it
            // is seen at the next.
            let patience = lapses.min(begun + self.terms.beat);
            let failed = match timeout_at(patience, self.renew()).await {
                Ok(Ok(Renewed::Yes)) => {
                    self.good = begun;
                    next = begun + self.terms.beat;
                    continue;
                }
                Ok(Ok(Renewed::Taken(how))) => return self.give_up(how),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            next = Instant::now() + self.pause();
            if next >= lapses {
                let silence = self.good.elapsed().as_secs();
                return self.give_up(format!("it could not be renewed for {silence} s: {failed}"));
            }
        }
    }

    /// After an error there is no time to lose.
    fn pause(&self) -> Duration {
        self.terms.beat / 4
    }

    fn give_up(self, how: String) -> Version {
        // Set before the run is stopped, so that whoever asks why finds the reason.
        let _ = self.lost.set(how);
        self.stop.cancel();
        self.version
    }

    async fn renew(&mut self) -> Result<Renewed, StoreError> {
        loop {
            self.record.beat += 1;
            self.record.heartbeat = self.terms.clock.now();
            let bytes = json(&self.record);
            let swap = self.store.put_if_match(LOCK, &self.version, &bytes).await?;
            if let Swap::Done(version) = swap {
                self.version = version;
                return Ok(Renewed::Yes);
            }
            match look(self.store.as_ref(), self.record.heartbeat).await? {
                // Our own earlier heartbeat, whose answer was lost on the way.
                Some(held) if held.is(&self.record.nonce) && held.version != self.version => {
                    self.version = held.version;
                }
                Some(held) => return Ok(Renewed::Taken(held.to_string())),
                None => return Ok(Renewed::Taken("somebody took it away".to_owned())),
            }
        }
    }
}
