//! What every request passes on its way in, and every answer on its way out.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::client;
use super::rate::RateLimit;
use crate::api::Problem;
use crate::app::App;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const INSTANCE: HeaderName = HeaderName::from_static("x-codedetect-instance");

/// The longest id of a request that is taken over.
const LONGEST_ID: usize = 64;

/// Nothing but our own files, no script or style within a page, no frame around one.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

/// The headers of every answer that has no word of its own for them.
const HEADERS: [(HeaderName, &str); 7] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (CACHE_CONTROL, "no-store"),
];

/// The address at the other end of the connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// The id of a request, in its log lines and in its answer.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// Gives the request its id, counts and logs it, and protects the answer.
pub async fn observe(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let https = client::is_https(request.headers());
    request.extensions_mut().insert(RequestId(Arc::clone(&id)));
    let span = tracing::info_span!("request", id = &*id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status();
    let took = started.elapsed();
    app.metrics.request(&method, &route, status.as_u16(), took);
    protect(response.headers_mut(), https);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    if let Some(instance) = &app.config.instance {
        response
            .headers_mut()
            .insert(INSTANCE, instance.header().clone());
    }
    if app.is_draining() {
        response
            .headers_mut()
            .insert(CONNECTION, HeaderValue::from_static("close"));
    }
    let milliseconds = took.as_secs_f64() * 1e3;
    let _entered = span.entered();
    if status.is_server_error() {
        tracing::warn!(%method, path, status = status.as_u16(), milliseconds, "answered");
    } else if path == "/api/health" || path == "/api/ready" || path == "/metrics" {
        tracing::debug!(%method, path, status = status.as_u16(), milliseconds, "answered");
    } else {
        tracing::info!(%method, path, status = status.as_u16(), milliseconds, "answered");
    }
    response
}

/// The client's own id if it can be shown, or a new one.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .filter(|id| (1..=LONGEST_ID).contains(&id.len()))
        .filter(|id| {
            id.bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"-_.:=/+".contains(&c))
        })
        .map_or_else(
            || uuid::Uuid::now_v7().simple().to_string().into(),
            Arc::from,
        )
}

fn protect(headers: &mut HeaderMap, https: bool) {
    for (name, value) in &HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}

/// Requests that change something come from our own pages or from programs, and not too often.
pub async fn guard(
    State((app, limit)): State<(App, Arc<RateLimit>)>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    if is_cross_site(request.headers()) {
        return Problem::new(
            StatusCode::FORBIDDEN,
            "a page of another site may not send this",
        )
        .into_response();
    }
    let peer = request
        .extensions()
        .get::<Peer>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0);
    if let Err(wait) = limit.ask(client::address(peer, request.headers())) {
        app.metrics.limited.inc();
        return Problem::later(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests from this address",
            wait.as_secs() + 1,
        )
        .into_response();
    }
    next.run(request).await
}

/// Whether a browser says that another site's page sent it. Programs say nothing.
fn is_cross_site(headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "cross-site";
    }
    let Some(origin) = headers.get(ORIGIN) else {
        return false;
    };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin_host = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.split_once("://").map(|(_, host)| host));
    host != origin_host
}

/// What a handler's panic looks like from outside.
pub fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the service made a mistake: the log says more",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn only_a_page_of_another_site_is_refused() {
        for (pairs, refused) in [
            (vec![], false),
            (vec![("sec-fetch-site", "same-origin")], false),
            (vec![("sec-fetch-site", "none")], false),
            (vec![("sec-fetch-site", "cross-site")], true),
            (
                vec![
                    ("origin", "http://a.example.com"),
                    ("host", "a.example.com"),
                ],
                false,
            ),
            (
                vec![
                    ("origin", "http://b.example.com"),
                    ("host", "a.example.com"),
                ],
                true,
            ),
            (vec![("origin", "null"), ("host", "a.example.com")], true),
        ] {
            assert_eq!(is_cross_site(&headers(&pairs)), refused, "{pairs:?}");
        }
    }

    #[test]
    fn a_clients_request_id_is_taken_if_it_can_be_shown() {
        assert_eq!(
            &*request_id(&headers(&[("x-request-id", "abc-1")])),
            "abc-1"
        );
        for bad in ["", "a b", "<x>", "a\"b"] {
            assert_ne!(&*request_id(&headers(&[("x-request-id", bad)])), bad);
        }
    }
}
