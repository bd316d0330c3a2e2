//! Looks for orphans now and then.

use crate::app::App;
use crate::store::StoreError;

/// Sweeps every so often, for as long as the process lives; the first time at once, for a crash
/// may be the reason why it was started.
pub fn start(app: &App) {
    let (every, grace) = (app.config.sweep_every, app.config.sweep_grace);
    if every.is_zero() {
        return;
    }
    let app = app.clone();
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
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
