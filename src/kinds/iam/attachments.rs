//! What hangs on a role: inline policies, managed ones, instance profiles.

use std::time::Duration;

use super::policy::Document;
use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::Making;

/// How long IAM may still see what was taken off a moment ago ("Changes that I make are not always
/// immediately visible", IAM user guide, troubleshooting).
const TAKEN_OFF: Duration = Duration::from_secs(120);

/// Writes an inline policy.
pub(super) async fn put_policy(
    cloud: &Cloud,
    role: &str,
    name: &str,
    document: &Document,
) -> Result<(), AwsError> {
    cloud
        .iam()
        .put_role_policy()
        .role_name(role)
        .policy_name(name)
        .policy_document(document.json())
        .send()
        .await
        .during("iam:PutRolePolicy")
        .map(drop)
}

/// Removes an inline policy.
pub(super) async fn delete_policy(cloud: &Cloud, role: &str, name: &str) -> Result<(), AwsError> {
    let gone = cloud
        .iam()
        .delete_role_policy()
        .role_name(role)
        .policy_name(name)
        .send()
        .await
        .during("iam:DeleteRolePolicy");
    gone_is_fine(gone.map(drop))
}

/// Attaches a managed policy.
pub(super) async fn attach(cloud: &Cloud, role: &str, arn: &str) -> Result<(), AwsError> {
    cloud
        .iam()
        .attach_role_policy()
        .role_name(role)
        .policy_arn(arn)
        .send()
        .await
        .during("iam:AttachRolePolicy")
        .map(drop)
}

/// Takes a managed policy off.
pub(super) async fn detach(cloud: &Cloud, role: &str, arn: &str) -> Result<(), AwsError> {
    let gone = cloud
        .iam()
        .detach_role_policy()
        .role_name(role)
        .policy_arn(arn)
        .send()
        .await
        .during("iam:DetachRolePolicy");
    gone_is_fine(gone.map(drop))
}

/// The names of a role's inline policies.
pub(super) async fn inline_names(cloud: &Cloud, role: &str) -> Result<Vec<String>, AwsError> {
    cloud
        .iam()
        .list_role_policies()
        .role_name(role)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("iam:ListRolePolicies")
}

/// The ARNs of a role's managed policies.
pub(super) async fn attached(cloud: &Cloud, role: &str) -> Result<Vec<String>, AwsError> {
    let policies: Vec<_> = cloud
        .iam()
        .list_attached_role_policies()
        .role_name(role)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("iam:ListAttachedRolePolicies")?;
    Ok(policies
        .into_iter()
        .filter_map(|policy| policy.policy_arn)
        .collect())
}

/// The names of the instance profiles that hold a role.
pub(super) async fn profiles_of(cloud: &Cloud, role: &str) -> Result<Vec<String>, AwsError> {
    let profiles: Vec<_> = cloud
        .iam()
        .list_instance_profiles_for_role()
        .role_name(role)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("iam:ListInstanceProfilesForRole")?;
    Ok(profiles
        .into_iter()
        .map(|profile| profile.instance_profile_name)
        .collect())
}

/// Removes what nothing hangs on any more: `DeleteConflict` is waited out, because IAM may see the
/// last of it for a while. Gone already is success.
pub(super) async fn once_bare<F, Fut>(
    making: &Making<'_>,
    name: &str,
    remove: F,
) -> Result<(), AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AwsError>>,
{
    let gone = making
        .patience
        .settle(
            &format!("IAM to see that nothing hangs on {name}"),
            TAKEN_OFF,
            |error| error.class == ErrorClass::InUse,
            remove,
        )
        .await;
    gone_is_fine(gone)
}

/// What was to be removed and is not there any more is as it should be.
pub(super) fn gone_is_fine(result: Result<(), AwsError>) -> Result<(), AwsError> {
    match result {
        Err(error) if error.not_found() => Ok(()),
        other => other,
    }
}
