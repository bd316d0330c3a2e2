//! What several kinds of EFS read.

use std::sync::Arc;

use aws_sdk_efs::types::{FileSystemDescription, LifeCycleState, MountTargetDescription};

use crate::aws::{AwsError, Cloud, During, Reads};
use crate::kinds::{Outputs, Progress};

/// All file systems of the account in the region, with their tags; shared in one discovery.
pub(super) async fn file_systems(
    cloud: &Cloud,
    reads: &Reads,
) -> Result<Arc<Vec<FileSystemDescription>>, AwsError> {
    reads
        .once("efs:file-systems", async {
            cloud
                .efs()
                .describe_file_systems()
                .max_items(100)
                .into_paginator()
                .items()
                .send()
                .try_collect()
                .await
                .during("efs:DescribeFileSystems")
        })
        .await
}

/// The mount targets of a file system; none where the file system is gone.
pub(super) async fn mount_targets(
    cloud: &Cloud,
    file_system: &str,
) -> Result<Vec<MountTargetDescription>, AwsError> {
    let answer = cloud
        .efs()
        .describe_mount_targets()
        .file_system_id(file_system)
        .max_items(100)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("efs:DescribeMountTargets");
    match answer {
        Err(error) if error.not_found() => Ok(Vec::new()),
        other => other,
    }
}

/// A life cycle state as the engine knows it.
pub(super) fn progress(state: Option<&LifeCycleState>) -> Progress {
    match state {
        Some(LifeCycleState::Available) | None => Progress::Ready(Outputs::new()),
        Some(LifeCycleState::Deleted) => Progress::Gone,
        Some(LifeCycleState::Error) => {
            Progress::Failed("EFS could not make it; its state is `error`".to_owned())
        }
        Some(state) => Progress::Pending(state.as_str().to_owned()),
    }
}

/// Whether it is on its way out.
pub(super) fn going(state: Option<&LifeCycleState>) -> bool {
    matches!(
        state,
        Some(LifeCycleState::Deleting | LifeCycleState::Deleted)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_what_they_mean() {
        assert!(matches!(
            progress(Some(&LifeCycleState::Updating)),
            Progress::Pending(state) if state == "updating"
        ));
        assert!(matches!(
            progress(Some(&LifeCycleState::Error)),
            Progress::Failed(_)
        ));
        assert_eq!(progress(Some(&LifeCycleState::Deleted)), Progress::Gone);
        assert!(going(Some(&LifeCycleState::Deleting)));
        assert!(!going(Some(&LifeCycleState::Creating)));
    }
}
