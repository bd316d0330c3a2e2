//! Clients of the load balancer: each request is counted, and none is forgiven.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// One request over a connection of its own: status and body.
pub fn send(address: &str, method: &str, path: &str, body: &str) -> Result<(u16, String), String> {
    let (status, _, body) = exchange(address, method, path, "", body)?;
    Ok((status, body))
}

/// A client that stays with the colour that it was given to first.
pub struct Sticky {
    address: String,
    cookie: String,
}

impl Sticky {
    /// A client of the version.
    pub fn of(address: &str, version: &str) -> Self {
        let cookie = (0..500).find_map(|_| {
            let (_, head, body) = exchange(address, "GET", "/api/health", "", "").unwrap();
            let set = head.lines().find(|line| line.contains("AWSALBTG="))?;
            let cookie = set.split_once(": ")?.1.split(';').next()?;
            body.contains(version).then(|| cookie.to_owned())
        });
        Self {
            address: address.to_owned(),
            cookie: cookie.unwrap(),
        }
    }

    /// The status and body of its next answer.
    pub fn asks(&self) -> (u16, String) {
        let cookie = format!("Cookie: {}\r\n", self.cookie);
        let (status, _, body) = exchange(&self.address, "GET", "/api/health", &cookie, "").unwrap();
        (status, body)
    }
}

/// The same with more headers: status, head and body.
fn exchange(
    address: &str,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Result<(u16, String, String), String> {
    let length = body.len();
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(|error| error.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .ok_or("no status")?;
    Ok((status, head.to_owned(), body.to_owned()))
}

/// The version that answers 200, or what came instead.
pub fn ask(address: &str, path: &str) -> Result<String, String> {
    let (status, body) = send(address, "GET", path, "")?;
    if status != 200 {
        return Err(format!("{status} {body}"));
    }
    let told: serde_json::Value = serde_json::from_str(&body).map_err(|e| e.to_string())?;
    Ok(told["version"].as_str().unwrap_or("?").to_owned())
}

/// What the clients saw.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub answered: usize,
    pub failed: Vec<String>,
    pub versions: Vec<String>,
}

/// Clients at work.
pub struct Traffic {
    stop: Arc<AtomicBool>,
    seen: Arc<Mutex<(Seen, BTreeSet<String>)>>,
    clients: Vec<JoinHandle<()>>,
}

impl Traffic {
    /// Four clients with so many requests a second together.
    pub fn begin(address: &str, a_second: u32) -> Self {
        const CLIENTS: u32 = 4;
        let stop = Arc::<AtomicBool>::default();
        let seen = Arc::<Mutex<(Seen, BTreeSet<String>)>>::default();
        let every = Duration::from_secs(1) * CLIENTS / a_second;
        let clients = (0..CLIENTS)
            .map(|_| {
                let (stop, seen) = (Arc::clone(&stop), Arc::clone(&seen));
                let address = address.to_owned();
                std::thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        let next = Instant::now() + every;
                        let answer = ask(&address, "/scans");
                        let mut seen = seen.lock().unwrap();
                        match answer {
                            Ok(version) => {
                                seen.0.answered += 1;
                                seen.1.insert(version);
                            }
                            Err(error) => seen.0.failed.push(error),
                        }
                        drop(seen);
                        std::thread::sleep(next.saturating_duration_since(Instant::now()));
                    }
                })
            })
            .collect();
        Self {
            stop,
            seen,
            clients,
        }
    }

    /// How many requests have failed by now.
    pub fn failed(&self) -> usize {
        self.seen.lock().unwrap().0.failed.len()
    }

    /// Ends them, and tells what they saw.
    pub fn end(self) -> Seen {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.join().unwrap();
        }
        let (seen, versions) = self.seen.lock().unwrap().clone();
        Seen {
            versions: versions.into_iter().collect(),
            ..seen
        }
    }
}
