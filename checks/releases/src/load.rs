//! The load: requests by a schedule that does not wait for answers.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use tokio::task::JoinHandle;

use crate::http::{Clients, Over};
use crate::ledger::{Acknowledged, Ledger, source};
use crate::tally::{Kind, Part, Sample, Tally};

/// How often it is looked what is due.
const LOOK: Duration = Duration::from_millis(1);
/// The most requests that are under way; one that is due beyond that has failed.
const MOST: usize = 10_000;

/// A load under way.
pub struct Load {
    shared: Arc<Shared>,
    sending: JoinHandle<()>,
}

/// What all its requests share.
pub struct Shared {
    clients: Clients,
    /// What became of them.
    pub tally: Tally,
    /// What was acknowledged.
    pub ledger: Ledger,
    part: Mutex<Part>,
    stop: AtomicBool,
    under_way: AtomicUsize,
}

impl Load {
    /// So many requests a second from now on.
    pub fn begin(address: SocketAddr, a_second: u32) -> Self {
        let shared = Arc::new(Shared {
            clients: Clients::of(address),
            tally: Tally::default(),
            ledger: Ledger::default(),
            part: Mutex::new(Part::Before),
            stop: AtomicBool::new(false),
            under_way: AtomicUsize::new(0),
        });
        let sending = tokio::spawn(send(Arc::clone(&shared), a_second));
        Self { shared, sending }
    }

    /// From now on it is another part of the run.
    pub fn part(&self, part: Part) {
        *self
            .shared
            .part
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = part;
    }

    /// Sends no more, and waits for the answers.
    pub async fn end(self) -> Arc<Shared> {
        self.shared.stop.store(true, Ordering::Relaxed);
        let _ = self.sending.await;
        while self.shared.under_way.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(LOOK).await;
        }
        self.shared
    }
}

async fn send(shared: Arc<Shared>, a_second: u32) {
    let began = Instant::now();
    let mut look = tokio::time::interval(LOOK);
    let mut sent: u64 = 0;
    while !shared.stop.load(Ordering::Relaxed) {
        look.tick().await;
        loop {
            let due =
                began + Duration::from_nanos(sent * 1_000_000_000 / u64::from(a_second.max(1)));
            if due > Instant::now() {
                break;
            }
            let number = sent;
            sent += 1;
            let part = *shared.part.lock().unwrap_or_else(PoisonError::into_inner);
            let shared = Arc::clone(&shared);
            if shared.under_way.fetch_add(1, Ordering::Relaxed) >= MOST {
                shared.under_way.fetch_sub(1, Ordering::Relaxed);
                shared.tally.note(Sample {
                    part,
                    kind: kind(number),
                    took: Duration::ZERO,
                    late: Duration::ZERO,
                    failure: Some(format!("not sent: {MOST} under way")),
                });
                continue;
            }
            tokio::spawn(async move {
                let late = due.elapsed();
                let kind = kind(number);
                let failure = shared.one(number, kind).await.err();
                shared.tally.note(Sample {
                    part,
                    kind,
                    took: due.elapsed(),
                    late,
                    failure,
                });
                shared.under_way.fetch_sub(1, Ordering::Relaxed);
            });
        }
    }
}

/// Of ten requests one is an upload, four ask for the dashboard, three for a scan and two for the health.
fn kind(number: u64) -> Kind {
    match number % 10 {
        0 => Kind::Upload,
        1 | 3 | 5 | 7 => Kind::Dashboard,
        2 | 4 | 8 => Kind::Scan,
        _ => Kind::Health,
    }
}

/// Of each kind every fifth goes over a connection of its own.
fn over(number: u64) -> Over {
    if number / 10 % 5 == number % 5 {
        Over::New
    } else {
        Over::Kept
    }
}

impl Shared {
    async fn one(&self, number: u64, kind: Kind) -> Result<(), String> {
        let over = over(number);
        match kind {
            Kind::Upload => self.upload(over, number).await,
            Kind::Dashboard => self.page(over, "/", "").await,
            Kind::Scan => match self.ledger.some(number) {
                Some(one) => {
                    self.page(over, &format!("/scans/{}", one.id), &name(one.number))
                        .await
                }
                None => self.page(over, "/", "").await,
            },
            Kind::Health => {
                let answer = self
                    .clients
                    .send(over, "GET", "/api/health", Bytes::new())
                    .await?;
                status(answer.status, 200)
            }
        }
    }

    async fn upload(&self, over: Over, number: u64) -> Result<(), String> {
        let path = format!("/api/scans?name={}", name(number));
        let answer = self
            .clients
            .send(over, "POST", &path, source(number).into())
            .await?;
        status(answer.status, 201)?;
        let told: serde_json::Value = serde_json::from_slice(&answer.body)
            .map_err(|error| format!("an upload's answer is no JSON: {error}"))?;
        let id = told["id"].as_str().ok_or("an upload's answer has no id")?;
        self.ledger.note(Acknowledged {
            id: id.to_owned(),
            number,
        });
        Ok(())
    }

    /// A page, whole and with what must stand on it.
    async fn page(&self, over: Over, path: &str, says: &str) -> Result<(), String> {
        let answer = self.clients.send(over, "GET", path, Bytes::new()).await?;
        status(answer.status, 200)?;
        let text = String::from_utf8_lossy(&answer.body);
        if !text.trim_end().ends_with("</html>") {
            return Err("a page is cut off".to_owned());
        }
        if !text.contains(says) {
            return Err("a page shows something else".to_owned());
        }
        Ok(())
    }

    /// Whether an acknowledged upload can be had again, byte by byte.
    ///
    /// # Errors
    /// What came instead.
    pub async fn read_back(&self, one: &Acknowledged) -> Result<(), String> {
        let path = format!("/api/scans/{}/source", one.id);
        let answer = self
            .clients
            .send(Over::Kept, "GET", &path, Bytes::new())
            .await?;
        status(answer.status, 200)?;
        if answer.body == source(one.number).as_bytes() {
            Ok(())
        } else {
            Err("another content".to_owned())
        }
    }
}

fn name(number: u64) -> String {
    format!("upload_{number}.py")
}

fn status(told: u16, wanted: u16) -> Result<(), String> {
    if told == wanted {
        Ok(())
    } else {
        Err(format!("status {told}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_goes_over_kept_and_over_new_connections() {
        for wanted in Kind::ALL {
            let all: Vec<Over> = (0..1000).filter(|n| kind(*n) == wanted).map(over).collect();
            let new = all.iter().filter(|one| **one == Over::New).count();
            assert_eq!(new * 5, all.len(), "{wanted:?}");
        }
    }
}
