//! The configurations of a file system that have calls of their own.

use std::future::Future;
use std::time::Duration;

use aws_sdk_efs::types::{BackupPolicy, LifecyclePolicy, Status};

use super::file_system::Throughput;
use super::reads;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{Making, Progress};

/// How long EFS may take until it lets a new file system be configured.
const CREATING: Duration = Duration::from_secs(300);
/// How long a change of the throughput mode may take; as long as any update is waited for.
const TURNING: Duration = Duration::from_secs(600);
/// Stands as the error code of an update that EFS has taken and not finished.
const UPDATING: &str = "Updating";

/// The transitions of a file system.
pub(super) async fn lifecycle(cloud: &Cloud, id: &str) -> Result<Vec<LifecyclePolicy>, AwsError> {
    let answer = cloud
        .efs()
        .describe_lifecycle_configuration()
        .file_system_id(id)
        .send()
        .await
        .during("efs:DescribeLifecycleConfiguration")?;
    Ok(answer.lifecycle_policies.unwrap_or_default())
}

/// Whether AWS Backup copies it.
pub(super) async fn backed_up(cloud: &Cloud, id: &str) -> Result<bool, AwsError> {
    let answer = cloud
        .efs()
        .describe_backup_policy()
        .file_system_id(id)
        .send()
        .await
        .during("efs:DescribeBackupPolicy");
    let answer = match answer {
        Err(error) if error.is("PolicyNotFound") => return Ok(false),
        other => other?,
    };
    Ok(matches!(
        answer.backup_policy().map(BackupPolicy::status),
        Some(Status::Enabled | Status::Enabling)
    ))
}

/// Writes all transitions of a file system.
pub(super) async fn set_lifecycle(
    making: &Making<'_>,
    id: &str,
    policies: Vec<LifecyclePolicy>,
) -> Result<(), AwsError> {
    configured(making, || async {
        making
            .cloud
            .efs()
            .put_lifecycle_configuration()
            .file_system_id(id)
            .set_lifecycle_policies(Some(policies.clone()))
            .send()
            .await
            .during("efs:PutLifecycleConfiguration")
            .map(drop)
    })
    .await
}

/// Turns the daily backup on or off.
pub(super) async fn set_backup(making: &Making<'_>, id: &str, on: bool) -> Result<(), AwsError> {
    let operation = "efs:PutBackupPolicy";
    let status = if on {
        Status::Enabled
    } else {
        Status::Disabled
    };
    let policy = BackupPolicy::builder()
        .status(status)
        .build()
        .map_err(|error| AwsError::unexpected(operation, error.to_string()))?;
    configured(making, || async {
        making
            .cloud
            .efs()
            .put_backup_policy()
            .file_system_id(id)
            .backup_policy(policy.clone())
            .send()
            .await
            .during(operation)
            .map(drop)
    })
    .await
}

/// Changes how the speed of a file system is measured out.
pub(super) async fn set_throughput(
    making: &Making<'_>,
    id: &str,
    throughput: Throughput,
) -> Result<(), AwsError> {
    making
        .cloud
        .efs()
        .update_file_system()
        .file_system_id(id)
        .throughput_mode(throughput.to_sdk()?)
        .send()
        .await
        .during("efs:UpdateFileSystem")
        .map(drop)
        .map_err(|error| match error.is("TooManyRequests") {
            true => {
                error.hint("EFS lets the throughput mode change once in 24 hours; apply again then")
            }
            false => error,
        })
}

/// Waits until a file system has taken an update on.
pub(super) async fn updated(making: &Making<'_>, id: &str) -> Result<(), AwsError> {
    let operation = "efs:DescribeFileSystems";
    making
        .patience
        .settle(
            "the file system to be updated",
            TURNING,
            |error| error.is(UPDATING),
            || async {
                let answer = making
                    .cloud
                    .efs()
                    .describe_file_systems()
                    .file_system_id(id);
                let answer = answer.send().await.during(operation)?;
                let state = answer
                    .file_systems()
                    .first()
                    .map(|one| one.life_cycle_state());
                match reads::progress(state) {
                    Progress::Pending(state) => Err(AwsError {
                        code: UPDATING.to_owned(),
                        ..AwsError::unexpected(operation, format!("it is {state}"))
                    }),
                    _ => Ok(()),
                }
            },
        )
        .await
}

/// Repeats a configuring call while the file system is still being made.
async fn configured<F, Fut>(making: &Making<'_>, call: F) -> Result<(), AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AwsError>>,
{
    making
        .patience
        .settle(
            "the file system to be available",
            CREATING,
            |error| error.is("IncorrectFileSystemLifeCycleState") || error.is("FileSystemNotFound"),
            call,
        )
        .await
}
