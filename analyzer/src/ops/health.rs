//! Whether the service can do its work. A load balancer acts on the answer, so it must come fast
//! whatever hangs: a probe is bounded in time, one runs at a time, and its outcome is kept for a
//! second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Mutex;
use tokio::sync::watch;

use crate::app::App;

/// How long an outcome holds.
const FRESH: Duration = Duration::from_secs(1);

/// How long a probe may take before its silence is the outcome.
const BOUND: Duration = Duration::from_secs(2);

/// The reason why it cannot; nothing, if it can.
pub type Reason = Option<Arc<str>>;

/// The latest outcome, and the probe that is on its way.
#[derive(Default)]
pub struct Health {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<(Instant, Reason)>,
    running: Option<watch::Receiver<Option<Reason>>>,
}

impl Health {
    /// Whether store and database are there, within [`BOUND`].
    pub async fn check(&self, app: &App) -> Reason {
        let mut running = {
            let mut state = self.state.lock().await;
            let ended = state
                .running
                .as_ref()
                .and_then(|running| running.borrow().clone());
            if let Some(outcome) = ended {
                state.last = Some((Instant::now(), outcome));
                state.running = None;
            }
            match (&state.last, &state.running) {
                (Some((at, outcome)), _) if at.elapsed() < FRESH => return outcome.clone(),
                (_, Some(running)) => running.clone(),
                (_, None) => {
                    let running = start(app.clone());
                    state.running = Some(running.clone());
                    running
                }
            }
        };
        let outcome = tokio::time::timeout(BOUND, running.wait_for(Option::is_some)).await;
        match outcome {
            Ok(Ok(outcome)) => outcome.clone().flatten(),
            Ok(Err(_)) => Some("the probe ended without an outcome".into()),
            Err(_) => Some(
                format!(
                    "store and database did not answer within {} s",
                    BOUND.as_secs()
                )
                .into(),
            ),
        }
    }
}

fn start(app: App) -> watch::Receiver<Option<Reason>> {
    let (outcome, running) = watch::channel(None);
    tokio::spawn(async move {
        let reason = match app.store.probe().await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(%error, "the probe failed");
                Some(error.to_string().into())
            }
        };
        outcome.send_replace(Some(reason));
    });
    running
}
