//! The gateway: an HTTP/1.1 server on a port of 127.0.0.1 that speaks AWS's wire, with moto behind it.

mod control;
mod ledger;
mod pass;
mod upstream;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::sync::{oneshot, watch};

use crate::LocalError;
use crate::additions::Additions;
use crate::call::Answer;
use crate::classify::classify;
use crate::fault::{Fault, Faults, Rewrite};
use crate::plane::{Board, Plane, PlaneOptions};

use ledger::Ledger;
pub use ledger::{Counts, Logged};
pub(crate) use upstream::Moto;

/// How a gateway is started.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Where moto listens.
    pub moto: SocketAddr,
    /// The port to listen on; a free one where it is 0.
    pub port: u16,
    /// Added to each call: half before it is passed on, half after.
    pub latency: Duration,
    /// The account that calls act in; moto's own, 123456789012, where none is given.
    pub account: Option<String>,
    /// The processes and sockets to make of instances and load balancers; none where only the control plane is wanted.
    pub plane: Option<PlaneOptions>,
    /// What `/_codedetect/stop` asks for, and what tells this gateway from another that came to the same port.
    pub token: String,
}

impl GatewayOptions {
    /// A gateway in front of moto on a free port, without latency.
    pub fn to(moto: SocketAddr) -> GatewayOptions {
        GatewayOptions {
            moto,
            port: 0,
            latency: Duration::ZERO,
            account: None,
            plane: None,
            token: String::new(),
        }
    }
}

/// A running gateway; stops when dropped. It has a thread of its own, so that it may be used from any kind of program.
#[derive(Debug)]
pub struct Gateway {
    endpoint: String,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

pub(crate) struct Shared {
    ledger: Mutex<Ledger>,
    epoch: watch::Sender<u64>,
    moto: Moto,
    additions: Mutex<Arc<Additions>>,
    plane: Option<Plane>,
    token: String,
    stop_asked: watch::Sender<bool>,
    started: Instant,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared")
            .field("moto", &self.moto)
            .finish_non_exhaustive()
    }
}

/// Closes the connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed without an answer, as asked")]
struct Closed;

impl Gateway {
    /// Starts a gateway.
    ///
    /// # Errors
    /// The port is taken, or no thread can be had.
    pub fn start(options: GatewayOptions) -> Result<Gateway, LocalError> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(LocalError::Listen)?;
        listener.set_nonblocking(true).map_err(LocalError::Listen)?;
        let address = listener.local_addr().map_err(LocalError::Listen)?;
        let endpoint = format!("http://{address}");
        // Its own way to moto: what it asks is no part of what the gateway counts.
        let moto = || Moto::new(options.moto, options.account.as_deref());
        let plane = options
            .plane
            .clone()
            .map(|plane| Plane::start(plane, moto(), endpoint.clone()))
            .transpose()?;
        let shared = Arc::new(Shared {
            ledger: Mutex::new(Ledger::new(options.latency)),
            epoch: watch::Sender::new(0),
            moto: moto(),
            additions: Mutex::new(Arc::new(Additions::new(board(plane.as_ref())))),
            plane,
            token: options.token,
            stop_asked: watch::Sender::new(false),
            started: Instant::now(),
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(LocalError::Listen)?;
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("local-cloud".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = accept(listener, serving) => {}
                        _ = stopped => {}
                    }
                });
            })
            .map_err(LocalError::Listen)?;
        Ok(Gateway {
            endpoint,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Its address, for `--endpoint-url`: `http://127.0.0.1:40123`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Calls since the last reset.
    pub fn counts(&self) -> Counts {
        self.shared.counts()
    }

    /// The changing calls since the last reset, in the order of arrival.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.ledger().log()
    }

    /// Adds latency to each call: half before it is passed on, half after. Calls wait side by side.
    pub fn set_latency(&self, latency: Duration) {
        self.shared.ledger().latency = latency;
    }

    /// Arms a fault; gives its number.
    pub fn add_fault(&self, fault: Fault) -> u64 {
        self.shared.ledger().add_fault(fault)
    }

    /// What is armed, and what it has hit.
    pub fn faults(&self) -> Faults {
        self.shared.ledger().faults()
    }

    /// Waits until a fault has hit and, where calls take effect first, the effect is there. Returns false when that has
    /// not happened within `limit`.
    pub fn wait_sprung(&self, id: u64, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            if self
                .faults()
                .faults
                .iter()
                .any(|state| state.id == id && state.sprung > 0)
            {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Arms a rewrite of answers.
    pub fn add_rewrite(&self, rewrite: Rewrite) {
        self.shared.ledger().add_rewrite(rewrite);
    }

    /// Sets counts and log to nothing, disarms faults and rewrites, thaws. Calls that hang are closed. Latency stays.
    pub fn reset(&self) {
        self.shared.reset();
    }

    pub(crate) fn stop_asked(&self) -> watch::Receiver<bool> {
        self.shared.stop_asked.subscribe()
    }

    /// How long no call has come.
    pub(crate) fn idle(&self) -> Duration {
        self.shared.ledger().last_call.elapsed()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn board(plane: Option<&Plane>) -> Option<Arc<Board>> {
    plane.map(|plane| Arc::clone(plane.board()))
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    loop {
        // A failed accept is the client's, or passes.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| Arc::clone(&shared).serve(request));
            // An error here is a connection that was closed, by the client or as asked.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

impl Shared {
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn counts(&self) -> Counts {
        let mut ledger = self.ledger();
        ledger.counts.moto_ms += self.moto.take_busy_ms();
        ledger.counts.clone()
    }

    fn reset(&self) {
        let mut ledger = self.ledger();
        self.moto.take_busy_ms();
        ledger.reset();
        self.epoch.send_replace(ledger.epoch);
    }

    fn clear_faults(&self) {
        let mut ledger = self.ledger();
        ledger.clear_faults();
        self.epoch.send_replace(ledger.epoch);
    }

    async fn forget(&self) -> bool {
        *self
            .additions
            .lock()
            .unwrap_or_else(PoisonError::into_inner) =
            Arc::new(Additions::new(board(self.plane.as_ref())));
        self.moto.forget().await
    }

    async fn serve(
        self: Arc<Self>,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Closed> {
        let (parts, body) = request.into_parts();
        // Read whole: what it asks may stand at its end, and moto wants its length. hyper answers `Expect` by itself.
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        if parts.uri.path().starts_with(control::PREFIX) {
            return Ok(respond(
                &parts.method.clone(),
                self.control(&parts, &body).await,
            ));
        }
        let call = classify(parts, body);
        let answer = self.pass(&call).await?;
        Ok(respond(&call.method, answer))
    }
}

fn respond(method: &Method, answer: Answer) -> Response<Full<Bytes>> {
    let Answer {
        status,
        mut headers,
        body,
    } = answer;
    for hop in [CONNECTION, TRANSFER_ENCODING] {
        headers.remove(hop);
    }
    let bodiless = *method == Method::HEAD
        || status == StatusCode::NO_CONTENT
        || status == StatusCode::NOT_MODIFIED;
    let body = if bodiless { Bytes::new() } else { body };
    if !bodiless {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
    } else if *method != Method::HEAD {
        headers.remove(CONTENT_LENGTH);
    }
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
