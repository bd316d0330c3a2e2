//! Whose credentials these are.

use super::found;
use crate::aws::AwsError;
use crate::cli::session::Session;
use crate::view::doctor::{Check, Verdict};

pub(super) async fn check(session: &Session) -> Result<Vec<Check>, AwsError> {
    let scope = &session.scope;
    Ok(vec![found(
        "credentials",
        Verdict::Ok,
        format!("account {}, region {}", scope.account, scope.region),
        None,
    )])
}
