//! The wait for a change to reach Route 53's name servers.

use std::time::Duration;

use aws_sdk_route53::types::{ChangeInfo, ChangeStatus};

use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{Outputs, Progress, Wait};

/// The output under which `create` hands the change's id to `poll`.
pub(super) const CHANGE: &str = "change";

/// Route 53 says that changes "generally propagate within 60 seconds"; its SDKs' own waiter
/// (`ResourceRecordSetsChanged`) gives up after 30 minutes.
pub(super) const fn wait(until: &'static str) -> Wait {
    Wait {
        until,
        every: Duration::from_secs(4),
        usually: Duration::from_secs(30),
        deadline: DEADLINE,
    }
}

pub(super) const DEADLINE: Duration = Duration::from_secs(30 * 60);

/// The id of a change, without the path that the API puts before it.
pub(super) fn id(info: Option<&ChangeInfo>) -> String {
    info.map(|info| info.id().trim_start_matches("/change/").to_owned())
        .unwrap_or_default()
}

/// How far the change is whose id stands among the outputs. Without one there is nothing to
/// wait for: the thing was found, not made.
pub(super) async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
    let Some(change) = known.get(CHANGE).filter(|id| !id.is_empty()) else {
        return Ok(Progress::Ready(Outputs::new()));
    };
    Ok(if in_sync(cloud, change).await? {
        Progress::Ready(Outputs::new())
    } else {
        Progress::Pending("PENDING".to_owned())
    })
}

/// Whether every name server has the change.
pub(super) async fn in_sync(cloud: &Cloud, change: &str) -> Result<bool, AwsError> {
    let answer = cloud
        .route53()
        .get_change()
        .id(change)
        .send()
        .await
        .during("route53:GetChange")?;
    Ok(answer
        .change_info()
        .is_none_or(|info| *info.status() == ChangeStatus::Insync))
}
