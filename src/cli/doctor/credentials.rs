//! Whose credentials these are, and whether they let the stack be seen.

use super::found;
use super::subject::Subject;
use crate::aws::AwsError;
use crate::view::doctor::{Check, Verdict};

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let scope = subject.scope();
    let says = format!("account {}, region {}", scope.account, scope.region);
    let mut checks = vec![found("credentials", Verdict::Ok, says, None)];
    if let Some(why) = &subject.unknown {
        let remedy = Some("apply needs these reads: see what the permissions say");
        checks.push(found("credentials", Verdict::Failed, why, remedy));
    }
    Ok(checks)
}
