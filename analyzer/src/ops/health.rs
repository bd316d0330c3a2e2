//! Whether the service can do its work. A load balancer acts on the answer, so it must come fast
//! whatever hangs, and a store that is slow under load is not one that is gone: to take every
//! instance out for that would turn slow answers into none. So one probe runs at a time, its
//! outcome is kept for a second, a failure counts at once, and a good outcome stands for a while
//! when the next is late.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::app::App;
use crate::store::database::migrations::Schema;

/// How long an outcome holds without another look.
const FRESH: Duration = Duration::from_secs(1);

/// How long a good outcome stands while the next is on its way. Shorter than what a load balancer
/// usually takes to give an instance up: two checks, 30 s apart.
const STANDS: Duration = Duration::from_secs(10);

/// How long one who asks waits for the next outcome while the last good one stands: long enough
/// for a failure that is told at once.
const GLANCE: Duration = Duration::from_millis(250);

/// How long one who asks waits where nothing stands, before silence is the outcome.
const BOUND: Duration = Duration::from_secs(2);

/// The schema that the database has, or the reason why the service cannot do its work.
pub type Finding = Result<Schema, Arc<str>>;

/// The latest outcome, and the probe that is on its way.
#[derive(Default)]
pub struct Health {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    last: Option<Outcome>,
    running: Option<watch::Receiver<Option<Outcome>>>,
}

#[derive(Clone)]
struct Outcome {
    /// When it was asked for, which is the latest moment that it says anything about.
    asked: Instant,
    finding: Finding,
}

impl Health {
    /// Whether store and database are there, within [`BOUND`].
    pub async fn check(&self, app: &App) -> Finding {
        let app = app.clone();
        self.check_by(async move {
            app.store.probe().await.map_err(|error| {
                tracing::warn!(%error, "the probe failed");
                error.to_string().into()
            })
        })
        .await
    }

    async fn check_by(&self, probe: impl Future<Output = Finding> + Send + 'static) -> Finding {
        let (last, mut running) = {
            let mut state = self.state.lock().await;
            let ended = state.running.as_ref().map(|it| it.borrow().clone());
            if let Some(Some(outcome)) = ended {
                state.last = Some(outcome);
                state.running = None;
            }
            let last = state.last.clone();
            if let Some(last) = &last
                && last.asked.elapsed() < FRESH
            {
                return last.finding.clone();
            }
            (
                last,
                state.running.get_or_insert_with(|| start(probe)).clone(),
            )
        };
        let stands = last
            .filter(|last| last.asked.elapsed() < STANDS)
            .and_then(|last| last.finding.ok());
        let patience = stands.map_or(BOUND, |_| GLANCE);
        let outcome = async {
            let outcome = running.wait_for(Option::is_some).await.ok()?;
            outcome.clone()
        };
        match tokio::time::timeout(patience, outcome).await {
            Ok(Some(outcome)) => outcome.finding,
            Ok(None) => Err("the probe ended without an outcome".into()),
            Err(_) => stands.ok_or_else(|| {
                let bound = BOUND.as_secs();
                format!("store and database did not answer within {bound} s").into()
            }),
        }
    }
}

fn start(
    probe: impl Future<Output = Finding> + Send + 'static,
) -> watch::Receiver<Option<Outcome>> {
    let (outcome, running) = watch::channel(None);
    let asked = Instant::now();
    tokio::spawn(async move {
        let finding = probe.await;
        outcome.send_replace(Some(Outcome { asked, finding }));
    });
    running
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        works_from: 1,
        version: 2,
    };

    async fn after(wait: Duration, failure: Option<&'static str>) -> Finding {
        tokio::time::sleep(wait).await;
        failure.map_or(Ok(SCHEMA), |failure| Err(failure.into()))
    }

    async fn good(health: &Health) {
        let found = health.check_by(after(Duration::ZERO, None)).await;
        assert_eq!(found, Ok(SCHEMA));
    }

    fn failing(reason: &str) -> Finding {
        Err(reason.into())
    }

    const FOR_EVER: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn a_store_that_is_slow_under_load_keeps_the_instance_in_service() {
        let health = Health::default();
        for _ in 0..5 {
            good(&health).await;
            tokio::time::advance(FRESH).await;
            let asked = Instant::now();
            let slow = after(Duration::from_secs(4), None);
            assert_eq!(health.check_by(slow).await, Ok(SCHEMA));
            assert!(asked.elapsed() <= GLANCE);
            tokio::time::advance(Duration::from_secs(5)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answers_is_gone_once_the_last_good_answer_is_old() {
        let health = Health::default();
        good(&health).await;
        tokio::time::advance(STANDS).await;
        let found = health.check_by(after(FOR_EVER, None)).await;
        let reason = "store and database did not answer within 2 s";
        assert_eq!(found, failing(reason));
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_never_answered_is_not_there() {
        let health = Health::default();
        let asked = Instant::now();
        assert!(health.check_by(after(FOR_EVER, None)).await.is_err());
        assert!(asked.elapsed() <= BOUND + Duration::from_millis(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_is_told_at_once_counts_at_once() {
        let health = Health::default();
        good(&health).await;
        tokio::time::advance(FRESH).await;
        let refused = after(Duration::from_millis(20), Some("access denied"));
        assert_eq!(health.check_by(refused).await, failing("access denied"));
        // What has failed does not stand: silence after it is silence.
        tokio::time::advance(FRESH).await;
        assert!(health.check_by(after(FOR_EVER, None)).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_comes_late_counts_for_the_next_who_asks() {
        let health = Health::default();
        good(&health).await;
        tokio::time::advance(FRESH).await;
        let late = after(Duration::from_millis(600), Some("timed out"));
        assert_eq!(health.check_by(late).await, Ok(SCHEMA));
        tokio::time::sleep(Duration::from_millis(400)).await;
        let next = health.check_by(after(FOR_EVER, None)).await;
        assert_eq!(next, failing("timed out"));
    }
}
