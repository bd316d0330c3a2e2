//! A connection that must get on: the head of a request that has begun comes to its end soon, and
//! an answer is taken. Between two requests it may rest, for as long as hyper lets it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long the parts of it may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// From the first byte of a head to its last.
    pub head: Duration,
    /// Without the client taking one byte of an answer.
    pub answer: Duration,
}

/// Whether a request is being answered; if not, what comes is the next one's head.
#[derive(Clone, Debug, Default)]
pub struct Turn(Arc<AtomicBool>);

impl Turn {
    /// A request is answered by `answer`.
    pub async fn during<T>(self, answer: impl Future<Output = T>) -> T {
        self.0.store(true, Ordering::Relaxed);
        let answer = answer.await;
        self.0.store(false, Ordering::Relaxed);
        answer
    }

    fn is_taken(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stream that ends with an error when it does not get on.
pub struct Paced<S> {
    stream: S,
    pace: Pace,
    turn: Turn,
    head: Option<Pin<Box<Sleep>>>,
    answer: Option<Pin<Box<Sleep>>>,
}

impl<S> Paced<S> {
    /// Over a stream whose requests take their `turn`.
    pub fn new(stream: S, pace: Pace, turn: Turn) -> Self {
        Self {
            stream,
            pace,
            turn,
            head: None,
            answer: None,
        }
    }

    /// An outcome of writing: one that does not come in time is an error.
    fn taken<T>(
        &mut self,
        outcome: Poll<io::Result<T>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            // What is read from now on has not been waited for while this was written.
            self.head = None;
            self.answer = None;
            return outcome;
        }
        let answer = self.pace.answer;
        let late = self.answer.get_or_insert_with(|| Box::pin(sleep(answer)));
        ready!(late.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(
            io::ErrorKind::TimedOut,
            "the client does not take its answer",
        )))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut this.stream).poll_read(context, buffer);
        if this.turn.is_taken() {
            this.head = None;
            return outcome;
        }
        if outcome.is_ready() {
            if buffer.filled().len() > before {
                let head = this.pace.head;
                this.head.get_or_insert_with(|| Box::pin(sleep(head)));
            }
            return outcome;
        }
        if let Some(late) = &mut this.head {
            ready!(late.as_mut().poll(context));
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the head of the request does not come to its end",
            )));
        }
        Poll::Pending
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write(context, bytes);
        this.taken(outcome, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_write_vectored(context, parts);
        this.taken(outcome, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_flush(context);
        // A socket keeps nothing back: to flush it says nothing of the client.
        if outcome.is_ready() {
            return outcome;
        }
        this.taken(outcome, context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let outcome = Pin::new(&mut this.stream).poll_shutdown(context);
        this.taken(outcome, context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::time::timeout;

    use super::*;

    const PACE: Pace = Pace {
        head: Duration::from_secs(10),
        answer: Duration::from_secs(30),
    };

    #[tokio::test(start_paused = true)]
    async fn a_connection_may_rest_before_a_head_and_not_within_one() {
        let (mut client, stream) = duplex(1 << 10);
        let mut paced = Paced::new(stream, PACE, Turn::default());
        let mut bytes = [0; 16];
        let idle = timeout(Duration::from_secs(60), paced.read(&mut bytes)).await;
        assert!(idle.is_err(), "{idle:?}");
        client.write_all(b"GET /").await.unwrap();
        assert_eq!(paced.read(&mut bytes).await.unwrap(), 5);
        let silent = timeout(Duration::from_secs(11), paced.read(&mut bytes)).await;
        let error = silent.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_byte_by_byte_has_no_more_time_than_one_at_once() {
        let (mut client, stream) = duplex(1 << 10);
        let mut paced = Paced::new(stream, PACE, Turn::default());
        tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let mut bytes = [0; 1];
        let mut count = 0;
        while paced.read(&mut bytes).await.is_ok() {
            count += 1;
        }
        assert!((9..=11).contains(&count), "{count}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_takes_the_time_that_its_request_gives_it() {
        let (mut client, stream) = duplex(1 << 10);
        let turn = Turn::default();
        let mut paced = Paced::new(stream, PACE, turn.clone());
        let mut bytes = [0; 16];
        client.write_all(b"POST /").await.unwrap();
        assert_eq!(paced.read(&mut bytes).await.unwrap(), 6);
        let body =
            turn.during(async { timeout(Duration::from_secs(60), paced.read(&mut bytes)).await });
        assert!(body.await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_takes_ends_the_connection() {
        let (mut client, stream) = duplex(4);
        let mut paced = Paced::new(stream, PACE, Turn::default());
        let written = tokio::spawn(async move { paced.write_all(b"an answer").await });
        sleep(Duration::from_secs(29)).await;
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 1);
        sleep(Duration::from_secs(29)).await;
        assert!(!written.is_finished());
        sleep(Duration::from_secs(2)).await;
        let error = written.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
