//! A request's body on its way: when a part of it last came, and whether the client broke off.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};

/// How far a request's body is.
#[derive(Debug)]
pub(super) struct Progress {
    began: Instant,
    /// When something last came, in milliseconds since it began.
    last: AtomicU64,
    whole: AtomicBool,
    broken: AtomicBool,
}

impl Progress {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            began: now,
            last: AtomicU64::new(0),
            whole: AtomicBool::new(false),
            broken: AtomicBool::new(false),
        }
    }

    fn goes_on(&self) {
        let since = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(since, Ordering::Relaxed);
    }

    /// Whether all of it has come.
    pub(super) fn is_whole(&self) -> bool {
        self.whole.load(Ordering::Relaxed)
    }

    /// Whether the client broke off.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Relaxed)
    }

    /// Ends when nothing has come for so long.
    pub(super) async fn silent_for(&self, time: Duration) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let due = self.began + last + time;
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due.into()).await;
        }
    }
}

/// A body that says how far it is.
#[derive(Debug)]
pub(super) struct Watched {
    body: Incoming,
    progress: Arc<Progress>,
}

impl Watched {
    pub(super) fn new(body: Incoming, progress: Arc<Progress>) -> Self {
        if body.is_end_stream() {
            progress.whole.store(true, Ordering::Relaxed);
        }
        Self { body, progress }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Pending => {}
            Poll::Ready(Some(Err(_))) => self.progress.broken.store(true, Ordering::Relaxed),
            Poll::Ready(Some(Ok(_))) => {
                self.progress.goes_on();
                if self.body.is_end_stream() {
                    self.progress.whole.store(true, Ordering::Relaxed);
                }
            }
            Poll::Ready(None) => {
                self.progress.goes_on();
                self.progress.whole.store(true, Ordering::Relaxed);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
