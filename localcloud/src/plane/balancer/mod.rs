//! The load balancers: a socket of 127.0.0.1 for each listener, and what answers on it.

mod answer;
mod cookie;
pub(crate) mod forward;
mod headers;
mod progress;
mod route;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::picture::{Balancer, Picture};
use forward::{Entrance, Forwarder};
pub(crate) use tls::Authority;

/// How long a listener rests when it cannot accept.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// Where a listener is on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Here {
    /// The load balancer's own name.
    pub(crate) dns_name: String,
    /// The port it has on AWS.
    pub(crate) port: u16,
    pub(crate) secure: bool,
    /// Where it listens here.
    pub(crate) address: SocketAddr,
}

/// All listeners that stand.
pub(crate) struct Listeners {
    forwarder: Forwarder,
    authority: Arc<Authority>,
    standing: BTreeMap<String, Standing>,
}

struct Standing {
    here: Here,
    entrance: Arc<Mutex<Arc<Entrance>>>,
    accepting: JoinHandle<()>,
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listeners {
    pub(crate) fn new(forwarder: Forwarder, authority: Arc<Authority>) -> Listeners {
        Listeners {
            forwarder,
            authority,
            standing: BTreeMap::new(),
        }
    }

    /// Makes the sockets those of the pictures. A listener keeps its port as long as it stands.
    pub(crate) async fn become_as(&mut self, pictures: &[(String, Picture)]) {
        let balancers = || pictures.iter().flat_map(|(_, picture)| &picture.balancers);
        let wanted: BTreeSet<&str> = balancers()
            .flat_map(|balancer| &balancer.listeners)
            .map(|listener| listener.arn.as_str())
            .collect();
        self.standing.retain(|arn, _| wanted.contains(arn.as_str()));
        for balancer in balancers() {
            for listener in &balancer.listeners {
                if !self.standing.contains_key(&listener.arn)
                    && let Some(standing) =
                        self.open(balancer, listener.port, listener.secure).await
                {
                    self.standing.insert(listener.arn.clone(), standing);
                }
            }
            self.update(balancer);
        }
    }

    /// Where they are.
    pub(crate) fn here(&self) -> Vec<Here> {
        self.standing
            .values()
            .map(|standing| standing.here.clone())
            .collect()
    }

    fn update(&self, balancer: &Balancer) {
        let of_balancer = |arn: &str| balancer.listeners.iter().find(|one| one.arn == arn);
        let ports: Vec<(u16, u16)> = self
            .standing
            .iter()
            .filter(|(arn, _)| of_balancer(arn).is_some())
            .map(|(_, standing)| (standing.here.port, standing.here.address.port()))
            .collect();
        for (arn, standing) in &self.standing {
            let Some(listener) = of_balancer(arn) else {
                continue;
            };
            let entrance = Entrance {
                balancer: balancer.arn.clone(),
                listener: listener.clone(),
                idle_timeout: balancer.idle_timeout,
                drop_invalid_headers: balancer.drop_invalid_headers,
                ports: ports.clone(),
            };
            *standing
                .entrance
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Arc::new(entrance);
        }
    }

    async fn open(&self, balancer: &Balancer, port: u16, secure: bool) -> Option<Standing> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.ok()?;
        let address = socket.local_addr().ok()?;
        let listener = balancer
            .listeners
            .iter()
            .find(|one| one.port == port)?
            .clone();
        let entrance = Arc::new(Mutex::new(Arc::new(Entrance {
            balancer: balancer.arn.clone(),
            listener,
            idle_timeout: balancer.idle_timeout,
            drop_invalid_headers: balancer.drop_invalid_headers,
            ports: Vec::new(),
        })));
        let accepting = tokio::spawn(accept(
            socket,
            self.forwarder.clone(),
            Arc::clone(&entrance),
            secure.then(|| Arc::clone(&self.authority)),
        ));
        Some(Standing {
            here: Here {
                dns_name: balancer.dns_name.clone(),
                port,
                secure,
                address,
            },
            entrance,
            accepting,
        })
    }
}

async fn accept(
    socket: TcpListener,
    forwarder: Forwarder,
    entrance: Arc<Mutex<Arc<Entrance>>>,
    authority: Option<Arc<Authority>>,
) {
    loop {
        let Ok((stream, client)) = socket.accept().await else {
            // The client has gone again, or this machine has no more sockets; they come back with time.
            tokio::time::sleep(OUT_OF_SOCKETS).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (forwarder, entrance) = (forwarder.clone(), Arc::clone(&entrance));
        let authority = authority.clone();
        tokio::spawn(async move {
            let Some(authority) = authority else {
                return serve(stream, client, forwarder, entrance, Protocol::Http1).await;
            };
            if let Some(stream) = authority.shake_hands(stream).await {
                let agreed = match stream.get_ref().1.alpn_protocol() {
                    Some(b"h2") => Protocol::Http2,
                    _ => Protocol::Http1,
                };
                serve(stream, client, forwarder, entrance, agreed).await;
            }
        });
    }
}

/// What a client and a listener have agreed to speak.
enum Protocol {
    Http1,
    Http2,
}

async fn serve<S>(
    stream: S,
    client: SocketAddr,
    forwarder: Forwarder,
    entrance: Arc<Mutex<Arc<Entrance>>>,
    protocol: Protocol,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let idle = entrance
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .idle_timeout;
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let forwarder = forwarder.clone();
        // What holds when the request comes: a connection outlives many a change of weights.
        let entrance = Arc::clone(&entrance.lock().unwrap_or_else(PoisonError::into_inner));
        async move {
            Ok::<_, std::convert::Infallible>(forwarder.answer(&entrance, client, request).await)
        }
    });
    let stream = TokioIo::new(stream);
    // An error here is a connection that the client closed.
    let _ = match protocol {
        Protocol::Http1 => {
            http1::Builder::new()
                .timer(TokioTimer::new())
                // Counts from the end of the last answer: a silent connection is closed.
                .header_read_timeout(idle)
                .serve_connection(stream, service)
                .await
        }
        Protocol::Http2 => {
            http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .serve_connection(stream, service)
                .await
        }
    };
}
