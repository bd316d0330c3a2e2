//! A bounded wait for what AWS has accepted but does not show yet.
//!
//! Reads lag behind writes: a subnet just made can be NotFound to the next call, a new
//! instance profile is invisible to Auto Scaling for up to half a minute. The call that needs
//! it is repeated; what it needs is never made a second time.

use std::future::Future;
use std::time::Duration;

use rand::RngExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{AwsError, ErrorClass};

/// Says what is waited for and hears when to stop.
pub struct Patience<'a> {
    /// Cancelled when the person wants to stop: waits are abandoned, calls are not.
    pub stop: &'a CancellationToken,
    /// Told what is waited for, each time.
    pub note: &'a (dyn Fn(&str) + Send + Sync),
}

impl Patience<'_> {
    /// Repeats `call` while `lagging` says that its error is only lag, for at most `bound`.
    /// `what` completes "waiting for".
    pub async fn settle<T, F, Fut>(
        &self,
        what: &str,
        bound: Duration,
        lagging: impl Fn(&AwsError) -> bool,
        mut call: F,
    ) -> Result<T, AwsError>
    where
        F: FnMut() -> Fut,
        Fut: Future<Output = Result<T, AwsError>>,
    {
        let deadline = Instant::now() + bound;
        let mut pause = Duration::from_millis(500);
        loop {
            let error = match call().await {
                Err(error) if lagging(&error) => error,
                settled => return settled,
            };
            if Instant::now() + pause > deadline {
                let waited = bound.as_secs();
                return Err(error.hint(format!("waited {waited} s for {what}")));
            }
            (self.note)(&format!("waiting for {what}: {}", error.message));
            let jitter = rand::rng().random_range(0.8..1.2);
            tokio::select! {
                () = tokio::time::sleep(pause.mul_f64(jitter)) => {}
                () = self.stop.cancelled() => {
                    let error = error.hint(format!("interrupted while waiting for {what}"));
                    return Err(AwsError { class: ErrorClass::Abandoned, ..error });
                }
            }
            pause = (pause * 2).min(Duration::from_secs(4));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    fn lag() -> AwsError {
        AwsError::unexpected("ec2:CreateRoute", "not there yet")
    }

    #[tokio::test(start_paused = true)]
    async fn a_lagging_read_is_waited_for_and_said() {
        let stop = CancellationToken::new();
        let notes = Mutex::new(Vec::new());
        let note = |text: &str| notes.lock().unwrap().push(text.to_owned());
        let patience = Patience {
            stop: &stop,
            note: &note,
        };
        let mut left = 3;
        let result = patience
            .settle(
                "the gateway",
                Duration::from_secs(60),
                |_| true,
                || {
                    left -= 1;
                    let answer = if left == 0 { Ok(7) } else { Err(lag()) };
                    async { answer }
                },
            )
            .await;
        assert_eq!(result, Ok(7));
        assert_eq!(notes.lock().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_wait_ends_at_its_bound_with_awss_own_error() {
        let stop = CancellationToken::new();
        let patience = Patience {
            stop: &stop,
            note: &|_| {},
        };
        let result: Result<(), _> = patience
            .settle(
                "the gateway",
                Duration::from_secs(10),
                |_| true,
                || async { Err(lag()) },
            )
            .await;
        let error = result.unwrap_err();
        assert_eq!(error.message, "not there yet");
        assert_eq!(error.hint.as_deref(), Some("waited 10 s for the gateway"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_given_up_on_request_is_no_failure() {
        let stop = CancellationToken::new();
        let patience = Patience {
            stop: &stop,
            note: &|_| stop.cancel(),
        };
        let result: Result<(), _> = patience
            .settle(
                "the gateway",
                Duration::from_secs(60),
                |_| true,
                || async { Err(lag()) },
            )
            .await;
        let error = result.unwrap_err();
        assert!(error.abandoned(), "{error:?}");
        assert_eq!(error.message, "not there yet");
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_that_is_not_lag_is_not_repeated() {
        let stop = CancellationToken::new();
        let patience = Patience {
            stop: &stop,
            note: &|_| {},
        };
        let mut calls = 0;
        let result: Result<(), _> = patience
            .settle("x", Duration::from_secs(10), AwsError::not_found, || {
                calls += 1;
                async { Err(lag()) }
            })
            .await;
        assert!(result.is_err());
        assert_eq!(calls, 1);
    }
}
