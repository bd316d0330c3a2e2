//! Looks for orphans now and then.

use rand::RngExt as _;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::app::App;
use crate::store::StoreError;

/// Sweeps every so often, for as long as the process lives. The first time comes at random within
/// the first of these spans: a sweep lists all objects, and a release that starts many instances
/// must not have all of them do so while they take over the traffic.
pub fn start(app: &App) {
    let (every, grace) = (app.config.sweep_every, app.config.sweep_grace);
    if every.is_zero() {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let first = every.mul_f64(rand::rng().random());
        let mut ticks = interval_at(Instant::now() + first, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !app.is_draining() {
            ticks.tick().await;
            match app.store.sweep(grace).await {
                Ok(swept) if swept.removed == 0 => {
                    tracing::debug!(seen = swept.seen, "no orphan found");
                }
                Ok(swept) => {
                    tracing::info!(
                        seen = swept.seen,
                        removed = swept.removed,
                        "orphans removed"
                    );
                }
                Err(StoreError::Swept) => tracing::debug!("another instance removes orphans"),
                Err(error) => tracing::warn!(%error, "the sweep did not come to its end"),
            }
        }
    });
}
