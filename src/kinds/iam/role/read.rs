//! Roles as IAM answers them.

use std::sync::Arc;

use aws_sdk_iam::types::{EntityType, Role as SdkRole, RoleDetail};

use super::Spec;
use crate::aws::{AwsError, Cloud, During, Reads};
use crate::kinds::iam::policy::Document;
use crate::kinds::iam::tagging;
use crate::kinds::{Found, Outputs, Progress, outputs};
use crate::reference::Text;
use crate::scope::Scope;

pub(super) fn found(scope: &Scope, role: &SdkRole, detail: &RoleDetail) -> Found<Spec> {
    let tags = tagging::read(detail.tags());
    let parse = |text: Option<&str>| Document::parse(text.unwrap_or_default(), true);
    Found {
        address: scope.address_of(&tags),
        key: None,
        outputs: outputs([
            ("id", role.role_name()),
            ("name", role.role_name()),
            ("arn", role.arn()),
        ]),
        spec: Spec {
            name: role.role_name().to_owned(),
            path: role.path().to_owned(),
            description: role.description().unwrap_or_default().to_owned(),
            max_session_seconds: role
                .max_session_duration()
                .and_then(|seconds| u32::try_from(seconds).ok())
                .unwrap_or(3600),
            trust: parse(role.assume_role_policy_document()),
            policies: detail
                .role_policy_list()
                .iter()
                .filter_map(|policy| {
                    let name = policy.policy_name()?.to_owned();
                    Some((name, parse(policy.policy_document())))
                })
                .collect(),
            managed_policies: detail
                .attached_managed_policies()
                .iter()
                .filter_map(|policy| policy.policy_arn())
                .map(Text::from)
                .collect(),
        },
        tags,
        progress: Progress::Ready(Outputs::new()),
    }
}

/// Every role under a path.
pub(super) async fn roles_under(cloud: &Cloud, path: &str) -> Result<Vec<SdkRole>, AwsError> {
    cloud
        .iam()
        .list_roles()
        .path_prefix(path)
        .max_items(1000)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("iam:ListRoles")
}

/// Tags and policies of every role of the account: AWS has no other batched read of them. It
/// is shared with whoever needs it in the same discovery.
pub async fn details(cloud: &Cloud, reads: &Reads) -> Result<Arc<Vec<RoleDetail>>, AwsError> {
    reads
        .once("iam:roles", async { all_details(cloud).await })
        .await
}

pub async fn all_details(cloud: &Cloud) -> Result<Vec<RoleDetail>, AwsError> {
    let pages: Vec<_> = cloud
        .iam()
        .get_account_authorization_details()
        .filter(EntityType::Role)
        .max_items(1000)
        .into_paginator()
        .send()
        .try_collect()
        .await
        .during("iam:GetAccountAuthorizationDetails")?;
    Ok(pages
        .into_iter()
        .flat_map(|page| page.role_detail_list.unwrap_or_default())
        .collect())
}
