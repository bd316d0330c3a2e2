//! EC2's reads lag behind its writes: what was just made can be NotFound to the next call.

use std::time::Duration;

use crate::aws::AwsError;
use crate::kinds::Making;

/// How long a thing that was just made may stay invisible. AWS's guide to eventual consistency
/// in EC2 says to back off for "up to several minutes"; seconds are usual.
const BOUND: Duration = Duration::from_secs(60);

/// Repeats `call` while what it refers to (`what`) cannot be seen yet. The call must be one
/// that may be repeated: it refers to the thing, it does not make it.
pub(super) async fn seen<T, F, Fut>(making: &Making<'_>, what: &str, call: F) -> Result<T, AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T, AwsError>>,
{
    making
        .patience
        .settle(
            &format!("{what} to be visible"),
            BOUND,
            AwsError::not_found,
            call,
        )
        .await
}
