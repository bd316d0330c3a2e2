//! Listening, serving, ending.

mod paced;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower::Service as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::web::body::bounded;
use crate::web::layers::{Peer, guard, observe, panicked};
use crate::web::pages;
use crate::web::rate::RateLimit;
use paced::{Pace, Paced, Turn};

/// How long a client may take to say what it wants, and how long it may not take its answer.
const PACE: Pace = Pace {
    head: Duration::from_secs(10),
    answer: Duration::from_secs(30),
};

/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 32 << 10;

/// The largest body that is read whole, as a form or as JSON: uploads have limits of their own.
const SMALL_BODY: usize = 64 << 10;

/// How long a listener rests when the system has no more sockets to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// All routes, with all that stands before them.
pub fn router(app: App) -> Router {
    let limit = Arc::new(RateLimit::new(app.config.rate_limit));
    Router::new()
        .merge(crate::api::routes())
        .merge(pages::routes())
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .layer(from_fn_with_state((app.clone(), limit), guard))
        .layer(from_fn_with_state(app.clone(), bounded))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), pages::as_pages))
        .layer(from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

/// Serves until `end`, then ends: takes no new connection, lets every running request come to
/// its end within the configured time, and commits what is queued.
pub async fn serve(app: App, listener: TcpListener, end: impl Future<Output = ()>) {
    let router = router(app.clone());
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        // This time begins when the answer before has ended.
        .header_read_timeout(app.config.keep_alive)
        .max_buf_size(HEAD_BYTES);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(app.config.connections));
    let mut end = std::pin::pin!(async {
        end.await;
        app.drain();
        tracing::info!("ending: no longer ready");
        tokio::time::sleep(app.config.shutdown_delay).await;
    });
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, peer, place) = tokio::select! {
            () = &mut end => break,
            (accepted, place) = accepted => match (accepted, place) {
                (Ok((stream, peer)), Ok(place)) => (stream, peer, place),
                (Err(error), _) => {
                    rest_if_out_of_sockets(&error).await;
                    continue;
                }
                // The semaphore is never closed.
                (_, Err(_)) => break,
            },
        };
        let router = router.clone();
        let turn = Turn::default();
        let connection = http.serve_connection(
            TokioIo::new(Paced::new(stream, PACE, turn.clone())),
            service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer.ip()));
                turn.clone().during(router.clone().call(request))
            }),
        );
        let watched = graceful.watch(connection);
        let connections = app.metrics.connections.clone();
        connections.inc();
        tokio::spawn(async move {
            // A client that breaks off, or speaks no HTTP, is no event.
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended badly");
            }
            connections.dec();
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => tracing::info!("every request has ended"),
        () = tokio::time::sleep(app.config.drain) => {
            tracing::warn!(waited = ?app.config.drain, "some requests have not ended in time");
        }
    }
    app.store.close().await;
}

async fn rest_if_out_of_sockets(error: &io::Error) {
    tracing::debug!(%error, "a connection could not be accepted");
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    ) {
        tokio::time::sleep(OUT_OF_SOCKETS).await;
    }
}
