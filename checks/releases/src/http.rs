//! Requests to the load balancer, each over a connection of its own or over one that is kept. None is sent twice.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONNECTION, HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// A kept connection that was idle for longer is not used again: the load balancer may be closing it at this moment.
const IDLE: Duration = Duration::from_secs(20);

/// Which connection a request takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// One that was used before, where there is one.
    Kept,
    /// One of its own, closed afterwards.
    New,
}

/// A whole answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Bytes,
}

/// Clients of one address.
#[derive(Debug)]
pub struct Clients {
    address: SocketAddr,
    idle: Mutex<Vec<Kept>>,
}

#[derive(Debug)]
struct Kept {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

impl Clients {
    /// Clients that have no connection yet.
    pub fn of(address: SocketAddr) -> Self {
        Self {
            address,
            idle: Mutex::default(),
        }
    }

    /// Sends a request, and reads the answer to its end.
    ///
    /// # Errors
    /// In few words: they are counted by kind.
    pub async fn send(
        &self,
        over: Over,
        method: &str,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, String> {
        tokio::time::timeout(PATIENCE, self.send_at_leisure(over, method, path, body))
            .await
            .unwrap_or_else(|_| Err(format!("no answer in {} s", PATIENCE.as_secs())))
    }

    async fn send_at_leisure(
        &self,
        over: Over,
        method: &str,
        path: &str,
        body: Bytes,
    ) -> Result<Answer, String> {
        let kept = match over {
            Over::Kept => self.kept(),
            Over::New => None,
        };
        let reused = kept.is_some();
        let mut sender = match kept {
            Some(sender) => sender,
            None => connect(self.address).await?,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, self.address.to_string());
        if over == Over::New {
            request = request.header(CONNECTION, "close");
        }
        let request = request
            .body(Full::new(body))
            .map_err(|error| error.to_string())?;
        let answer = sender.send_request(request).await.map_err(|error| {
            let which = if reused { "a kept" } else { "a new" };
            format!("{which} connection: {error}")
        })?;
        let status = answer.status().as_u16();
        let body = answer
            .into_body()
            .collect()
            .await
            .map_err(|error| format!("the answer broke off: {error}"))?
            .to_bytes();
        if over == Over::Kept && sender.ready().await.is_ok() {
            self.idle().push(Kept {
                sender,
                since: Instant::now(),
            });
        }
        Ok(Answer { status, body })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The connection that was used last, so that the others show what becomes of idle ones.
    fn kept(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle();
        idle.retain(|one| one.since.elapsed() < IDLE && !one.sender.is_closed());
        idle.pop().map(|one| one.sender)
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>, String> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| format!("connecting: {}", error.kind()))?;
    // Without it small requests wait for each other's acknowledgement; with it they are only faster.
    let _ = stream.set_nodelay(true);
    let (sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    tokio::spawn(connection);
    Ok(sender)
}
