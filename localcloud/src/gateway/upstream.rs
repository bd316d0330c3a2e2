//! The way to moto: connections that stay open, and moto's failures put into AWS's words.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HeaderName, HeaderValue, TRANSFER_ENCODING,
};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::call::{Answer, Call};

const MICROSECONDS: HeaderName = HeaderName::from_static("x-moto-microseconds");
const FAILURE: HeaderName = HeaderName::from_static("x-moto-failure");
const ACCOUNT: HeaderName = HeaderName::from_static("x-moto-account-id");

/// moto, as the gateway and its additions see it.
#[derive(Debug)]
pub(crate) struct Moto {
    pub(crate) address: SocketAddr,
    account: Option<HeaderValue>,
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    busy_microseconds: AtomicU64,
    request_ids: AtomicU64,
}

impl Moto {
    pub(crate) fn new(address: SocketAddr, account: Option<&str>) -> Moto {
        Moto {
            address,
            account: account.and_then(|account| HeaderValue::from_str(account).ok()),
            idle: Mutex::new(Vec::new()),
            busy_microseconds: AtomicU64::new(0),
            request_ids: AtomicU64::new(0),
        }
    }

    /// The account that calls act in.
    pub(crate) fn account(&self) -> &str {
        self.account
            .as_ref()
            .and_then(|account| account.to_str().ok())
            .unwrap_or("123456789012")
    }

    /// What moto has taken since this was last asked, in milliseconds.
    pub(crate) fn take_busy_ms(&self) -> f64 {
        // A double holds the microseconds of centuries.
        #[allow(clippy::cast_precision_loss)]
        let microseconds = self.busy_microseconds.swap(0, Ordering::Relaxed) as f64;
        microseconds / 1000.0
    }

    /// An identifier for an answer that does not come from moto, in the shape of AWS's.
    pub(crate) fn request_id(&self) -> String {
        format!(
            "00000000-0000-4000-8000-{:012x}",
            self.request_ids.fetch_add(1, Ordering::Relaxed) + 1
        )
    }

    /// An error in the shape of the call's protocol.
    pub(crate) fn error(
        &self,
        call: &Call,
        status: StatusCode,
        code: &str,
        message: &str,
    ) -> Answer {
        call.protocol
            .error(status, code, message, &self.request_id())
    }

    /// A client error, status 400.
    pub(crate) fn refuse(&self, call: &Call, code: &str, message: &str) -> Answer {
        self.error(call, StatusCode::BAD_REQUEST, code, message)
    }

    /// Passes a call on. What moto does not know comes back as `NotImplemented`, its own failures as `InternalFailure`.
    pub(crate) async fn send(&self, call: &Call) -> Answer {
        let mut answer = match self.exchange(call).await {
            Ok(answer) => answer,
            Err(error) => {
                let message = format!("the local cloud's moto gave no answer: {error}");
                return self.error(
                    call,
                    StatusCode::BAD_GATEWAY,
                    "ServiceUnavailable",
                    &message,
                );
            }
        };
        if let Some(took) = answer
            .headers
            .remove(MICROSECONDS)
            .and_then(|took| took.to_str().ok()?.parse().ok())
        {
            self.busy_microseconds.fetch_add(took, Ordering::Relaxed);
        }
        let missing = |what: &str| format!("the local cloud does not know {}: {what}", call.name());
        if let Some(failure) = answer
            .headers
            .get(FAILURE)
            .and_then(|failure| failure.to_str().ok())
        {
            return match failure {
                "NotImplementedError" => self.error(
                    call,
                    StatusCode::NOT_IMPLEMENTED,
                    "NotImplemented",
                    &missing(&answer.text()),
                ),
                _ => {
                    let message = format!(
                        "moto failed on {}: {failure}: {}",
                        call.name(),
                        answer.text()
                    );
                    self.error(
                        call,
                        StatusCode::INTERNAL_SERVER_ERROR,
                        "InternalFailure",
                        &message,
                    )
                }
            };
        }
        // Flask's own pages; no AWS service of ours answers in HTML.
        let is_page = answer
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        if is_page
            && !answer.is_success()
            && answer
                .text()
                .trim_start()
                .to_ascii_lowercase()
                .starts_with("<!doctype html")
        {
            return match answer.status {
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => self.error(
                    call,
                    StatusCode::NOT_IMPLEMENTED,
                    "NotImplemented",
                    &missing("moto has no such path"),
                ),
                status => self.error(
                    call,
                    status,
                    "InternalFailure",
                    &format!("moto failed on {}", call.name()),
                ),
            };
        }
        answer
    }

    async fn exchange(
        &self,
        call: &Call,
    ) -> Result<Answer, Box<dyn std::error::Error + Send + Sync>> {
        let mut connection = match self.waiting() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let response = connection.send_request(self.request(call)?).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    fn waiting(&self) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(connection) = idle.pop() {
            if connection.is_ready() {
                return Some(connection);
            }
        }
        None
    }

    async fn connect(
        &self,
    ) -> Result<SendRequest<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(sender)
    }

    fn request(&self, call: &Call) -> Result<Request<Full<Bytes>>, hyper::http::Error> {
        let mut headers: HeaderMap = call.headers.clone();
        for hop in [CONNECTION, TRANSFER_ENCODING, EXPECT] {
            headers.remove(hop);
        }
        headers.insert(CONTENT_LENGTH, call.body.len().into());
        if let Some(account) = &self.account {
            headers.insert(ACCOUNT, account.clone());
        }
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(call.target())
            .body(Full::new(call.body.clone()))?;
        *request.headers_mut() = headers;
        Ok(request)
    }

    /// Empties moto: all resources of all accounts.
    pub(crate) async fn forget(&self) -> bool {
        let (parts, ()) = Request::new(()).into_parts();
        let mut call = crate::classify::classify(parts, Bytes::new());
        call.method = Method::POST;
        call.path = "/moto-api/reset".to_owned();
        self.send(&call).await.is_success()
    }
}
