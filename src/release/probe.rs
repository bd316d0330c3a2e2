//! The watch through the load balancer: a steady stream of requests from before the first step to after the last.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::evidence::Sample;
use super::front::{Connection, Front};

/// How often a connection is given up for a new one, though it is well: clients come and stay.
const REQUESTS_A_CONNECTION: u32 = 10;

/// A watch that is under way; it ends when dropped.
pub struct Watch {
    samples: Arc<Mutex<Vec<Sample>>>,
    began: Instant,
    enough: CancellationToken,
    asking: JoinHandle<()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.asking.abort();
    }
}

impl Watch {
    /// Asks for a path so many times a second, or not at all. Slow answers do not hold up the next request.
    pub fn begin(front: Front, path: String, a_second: u32) -> Self {
        let samples = Arc::<Mutex<Vec<Sample>>>::default();
        let began = Instant::now();
        let every = Duration::from_secs(1).checked_div(a_second);
        let noted = Arc::clone(&samples);
        let enough = CancellationToken::new();
        let told = enough.clone();
        let asking = tokio::spawn(async move {
            let idle = Arc::<Mutex<Vec<(Connection, u32)>>>::default();
            let Some(every) = every else { return };
            let mut tick = tokio::time::interval(every);
            tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut under_way = JoinSet::new();
            loop {
                tokio::select! {
                    _ = tick.tick() => {}
                    Some(_) = under_way.join_next() => continue,
                    () = told.cancelled() => break,
                }
                let (front, path) = (front.clone(), path.clone());
                let (idle, noted) = (Arc::clone(&idle), Arc::clone(&noted));
                under_way.spawn(async move {
                    let sample = one(&front, &path, &idle, began).await;
                    noted
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(sample);
                });
            }
            while under_way.join_next().await.is_some() {}
        });
        Self {
            samples,
            began,
            enough,
            asking,
        }
    }

    /// Asks nothing more, and waits for what is still to be answered: a request that hangs is no clean one.
    pub async fn rest(&mut self) {
        self.enough.cancel();
        // It ends by itself, and each request within its time.
        let _ = (&mut self.asking).await;
    }

    /// How long it has been going on.
    pub fn at(&self) -> Duration {
        self.began.elapsed()
    }

    /// The requests that were sent since some moment of the watch.
    pub fn since(&self, moment: Duration) -> Vec<Sample> {
        self.those(|sample| sample.at >= moment)
    }

    /// The requests that were answered, or given up, since some moment of the watch, whenever they were sent.
    pub fn ended_since(&self, moment: Duration) -> Vec<Sample> {
        self.those(|sample| sample.at + sample.took >= moment)
    }

    fn those(&self, wanted: impl Fn(&Sample) -> bool) -> Vec<Sample> {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        samples.iter().filter(|one| wanted(one)).cloned().collect()
    }
}

async fn one(
    front: &Front,
    path: &str,
    idle: &Mutex<Vec<(Connection, u32)>>,
    began: Instant,
) -> Sample {
    let at = began.elapsed();
    let sent = Instant::now();
    let open = idle
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop()
        .filter(|(connection, _)| connection.is_open());
    let connected = match open {
        Some(open) => Ok(open),
        None => front.connect().await.map(|connection| (connection, 0)),
    };
    let answer = match connected {
        Err(error) => Err(error),
        Ok((mut connection, used)) => {
            let answer = front.ask(&mut connection, path, &[]).await;
            if answer.is_ok() && used + 1 < REQUESTS_A_CONNECTION {
                idle.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((connection, used + 1));
            }
            answer
        }
    };
    Sample {
        at,
        took: sent.elapsed(),
        version: answer.as_ref().ok().and_then(|one| one.version.clone()),
        answer: answer.map(|one| one.status),
    }
}
