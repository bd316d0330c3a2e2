//! The bodies of requests: bounded in time while somebody reads them, and read on for a while
//! when nobody wants the rest. A connection closed under a client that still sends is reset, and
//! the answer that says why is lost with it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::EXPECT;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::StreamExt as _;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use crate::api::Problem;
use crate::app::App;
use crate::config::Limits;

/// How long a client is heard out after its answer.
const LINGER: Duration = Duration::from_secs(10);

/// How long it may pause meanwhile.
const PAUSE: Duration = Duration::from_secs(2);

/// Answers 408 where a body came too slowly, whatever the handler made of that.
pub async fn bounded(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let slow = Arc::new(AtomicBool::new(false));
    let waits = request.headers().contains_key(EXPECT);
    let request =
        request.map(|body| Body::new(Bounded::new(body, &app.config.limits, waits, &slow)));
    let response = next.run(request).await;
    if slow.load(Ordering::Relaxed) && !response.status().is_success() {
        let limits = &app.config.limits;
        let detail = format!(
            "the body did not arrive in time: it may pause for {:?}, and take {:?} in all",
            limits.silence, limits.time
        );
        return Problem::new(StatusCode::REQUEST_TIMEOUT, detail).into_response();
    }
    response
}

/// A body that came too slowly.
#[derive(Debug, thiserror::Error)]
#[error("it took too long to arrive")]
struct Slow;

struct Bounded {
    /// Until it has ended, or is not to be read any further.
    body: Option<Body>,
    silence: Duration,
    end: Instant,
    alarm: Pin<Box<Sleep>>,
    slow: Arc<AtomicBool>,
    /// The client does not send before it is asked to, which the first reading does.
    waits: bool,
    /// The most that is read on.
    rest: usize,
}

impl Bounded {
    fn new(body: Body, limits: &Limits, waits: bool, slow: &Arc<AtomicBool>) -> Self {
        let now = Instant::now();
        Self {
            body: Some(body),
            silence: limits.silence,
            end: now + limits.time,
            alarm: Box::pin(tokio::time::sleep(limits.silence.min(limits.time))),
            slow: Arc::clone(slow),
            waits,
            rest: limits.upload_bytes.saturating_mul(2),
        }
    }
}

impl HttpBody for Bounded {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        self.waits = false;
        match polled {
            Poll::Ready(Some(Ok(frame))) => {
                let next = (Instant::now() + self.silence).min(self.end);
                self.alarm.as_mut().reset(next);
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(ended) => {
                self.body = None;
                Poll::Ready(ended)
            }
            Poll::Pending if self.alarm.as_mut().poll(context).is_ready() => {
                self.body = None;
                self.slow.store(true, Ordering::Relaxed);
                Poll::Ready(Some(Err(axum::Error::new(Slow))))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for Bounded {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), false, Ok(runtime)) =
            (unread, self.waits, tokio::runtime::Handle::try_current())
        {
            runtime.spawn(read_on(body, self.rest));
        }
    }
}

/// Reads what nobody wants, so that its sender reads the answer.
async fn read_on(body: Body, most: usize) {
    let mut body = body.into_data_stream();
    let reading = async {
        let mut left = most;
        while let Ok(Some(Ok(part))) = tokio::time::timeout(PAUSE, body.next()).await
            && part.len() < left
        {
            left -= part.len();
        }
    };
    // Whether it ended or not: who has not finished by now is cut off.
    let _ = tokio::time::timeout(LINGER, reading).await;
}
