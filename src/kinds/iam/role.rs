//! The role: who may take it on, and what it may then do.

mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::try_join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) use self::read::{all_details, details};
use self::read::{found, roles_under};
use super::attachments::{
    attach, attached, delete_policy, detach, gone_is_fine, inline_names, once_bare, profiles_of,
    put_policy,
};
use super::policy::{self, Document};
use super::tagging;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{Changes, Field, Found, Kind, Making, Outputs, Samples, Survey, outputs};
use crate::reference::Text;
use crate::scope::{STACK_TAG, Scope, Tags};

/// How long a principal that was just made may stay invisible to IAM ("IAM is eventually
/// consistent", IAM user guide, troubleshooting).
const PRINCIPAL_LAG: Duration = Duration::from_secs(60);

/// An IAM role.
pub struct Role;

/// What a role is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The role's name, unique in the account whatever the path; at most 64 characters.
    pub name: String,
    /// The path, `/<stack>-<environment>/`: by it the stack's roles are listed.
    pub path: String,
    /// What the role is for, shown in the console; may be empty.
    pub description: String,
    /// How long a session may last, in seconds: 3600 to 43200.
    pub max_session_seconds: u32,
    /// Who may take the role on.
    pub trust: Document,
    /// What it may do: inline policies by name. Others that AWS has are removed.
    pub policies: BTreeMap<String, Document>,
    /// ARNs of managed policies that are attached. Others that AWS has are detached.
    pub managed_policies: BTreeSet<Text>,
}

#[async_trait]
impl Kind for Role {
    type Spec = Spec;

    const TYPE: &'static str = "iam:role";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a role cannot be renamed"),
        Field::replace("/path", "a role cannot move to another path"),
    ];

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = scope.global_arn("iam", &format!("role{}{}", spec.path, spec.name));
        outputs([("id", &spec.name), ("name", &spec.name), ("arn", &arn)])
    }

    /// Two lists side by side, because neither tells all: `ListRoles` has no policies and no
    /// tags, `GetAccountAuthorizationDetails` neither description nor longest session.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let path = survey.scope.path();
        let (roles, details) =
            try_join(roles_under(cloud, &path), details(cloud, survey.reads)).await?;
        Ok(roles
            .iter()
            .filter_map(|role| {
                let detail = details
                    .iter()
                    .find(|detail| detail.role_name() == Some(role.role_name()))?;
                Some(found(survey.scope, role, detail))
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let tags = tagging::to_sdk("iam:CreateRole", making.tags)?;
        let call = || {
            making
                .cloud
                .iam()
                .create_role()
                .role_name(&spec.name)
                .path(&spec.path)
                .description(&spec.description)
                .max_session_duration(spec.session())
                .assume_role_policy_document(spec.trust.json())
                .set_tags(Some(tags.clone()))
                .send()
        };
        let made = making
            .patience
            .settle(
                "the principals that the role trusts",
                PRINCIPAL_LAG,
                principal_lags,
                || async { call().await.during("iam:CreateRole") },
            )
            .await;
        let arn = match made {
            Ok(made) => made.role().map(|role| role.arn().to_owned()),
            Err(error) if error.already_exists() => Some(earlier(making, spec, error).await?),
            Err(error) => return Err(error),
        }
        .ok_or_else(|| AwsError::unexpected("iam:CreateRole", "the answer has no role"))?;
        for (name, document) in &spec.policies {
            put_policy(making.cloud, &spec.name, name, document).await?;
        }
        for managed in &spec.managed_policies {
            attach(making.cloud, &spec.name, &managed.to_string()).await?;
        }
        Ok(outputs([
            ("id", spec.name.as_str()),
            ("name", &spec.name),
            ("arn", &arn),
        ]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        let iam = making.cloud.iam();
        if changes.touch("/description") || changes.touch("/max_session_seconds") {
            iam.update_role()
                .role_name(&spec.name)
                .description(&spec.description)
                .max_session_duration(spec.session())
                .send()
                .await
                .during("iam:UpdateRole")?;
        }
        if changes.touch("/trust") {
            set_trust(making, spec).await?;
        }
        for (name, document) in &spec.policies {
            if found.spec.policies.get(name) != Some(document) {
                put_policy(making.cloud, &spec.name, name, document).await?;
            }
        }
        for managed in spec
            .managed_policies
            .difference(&found.spec.managed_policies)
        {
            attach(making.cloud, &spec.name, &managed.to_string()).await?;
        }
        for name in found.spec.policies.keys() {
            if !spec.policies.contains_key(name) {
                delete_policy(making.cloud, &spec.name, name).await?;
            }
        }
        for managed in found
            .spec
            .managed_policies
            .difference(&spec.managed_policies)
        {
            detach(making.cloud, &spec.name, &managed.to_string()).await?;
        }
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        let iam = making.cloud.iam();
        if !set.is_empty() {
            iam.tag_role()
                .role_name(found.id())
                .set_tags(Some(tagging::to_sdk("iam:TagRole", set)?))
                .send()
                .await
                .during("iam:TagRole")?;
        }
        if !remove.is_empty() {
            iam.untag_role()
                .role_name(found.id())
                .set_tag_keys(Some(remove.to_vec()))
                .send()
                .await
                .during("iam:UntagRole")?;
        }
        Ok(())
    }

    /// A role goes only when nothing hangs on it: its policies, and the instance profiles that
    /// hold it, are taken off first, as AWS has them now.
    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let name = found.id();
        let cloud = making.cloud;
        let parts = try_join(inline_names(cloud, name), attached(cloud, name)).await;
        let (inline, attached) = match parts {
            Err(error) if error.not_found() => return Ok(()),
            other => other?,
        };
        for policy in inline {
            delete_policy(cloud, name, &policy).await?;
        }
        for arn in attached {
            detach(cloud, name, &arn).await?;
        }
        for profile in profiles_of(cloud, name).await? {
            let out = cloud
                .iam()
                .remove_role_from_instance_profile()
                .instance_profile_name(&profile)
                .role_name(name)
                .send()
                .await
                .during("iam:RemoveRoleFromInstanceProfile");
            gone_is_fine(out.map(drop))?;
        }
        once_bare(making, name, || async {
            cloud
                .iam()
                .delete_role()
                .role_name(name)
                .send()
                .await
                .during("iam:DeleteRole")
                .map(drop)
        })
        .await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let reads_logs = policy::document([policy::allow(["logs:GetLogEvents"]).on(["*"])]);
        let writes_logs = policy::document([
            policy::allow(["logs:PutLogEvents", "logs:CreateLogStream"])
                .on([scope.arn("logs", "log-group:sample:*")]),
            policy::deny(["iam:*"]).on(["*"]).when(
                "StringNotEquals",
                "aws:RequestedRegion",
                [scope.region.as_str()],
            ),
        ]);
        let sample = Spec {
            name: scope.name("sample"),
            path: scope.path(),
            description: "A sample".to_owned(),
            max_session_seconds: 3600,
            trust: policy::trusted_service("ec2.amazonaws.com"),
            policies: BTreeMap::from([
                ("kept".to_owned(), reads_logs.clone()),
                ("dropped".to_owned(), reads_logs.clone()),
            ]),
            managed_policies: BTreeSet::from([managed(scope, "AmazonSSMManagedInstanceCore")]),
        };
        let changed = Spec {
            description: "Changed".to_owned(),
            max_session_seconds: 7200,
            trust: policy::document([policy::allow(["sts:AssumeRole"])
                .to(policy::Principal::Aws(scope.account.as_str().into()))]),
            policies: BTreeMap::from([
                ("kept".to_owned(), writes_logs),
                ("added".to_owned(), reads_logs),
            ]),
            managed_policies: BTreeSet::from([managed(scope, "CloudWatchAgentServerPolicy")]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

impl Spec {
    fn session(&self) -> i32 {
        i32::try_from(self.max_session_seconds).unwrap_or(i32::MAX)
    }
}

/// The ARN of one of AWS's own managed policies.
pub fn managed(scope: &Scope, name: &str) -> Text {
    Text::literal(format!("arn:{}:iam::aws:policy/{name}", scope.partition))
}

/// IAM refuses a trust policy whose principal it cannot see yet.
fn principal_lags(error: &AwsError) -> bool {
    error.is("MalformedPolicyDocument") && error.message.contains("nvalid principal")
}

/// The ARN of the role that an earlier, interrupted run made, brought to the specification
/// where `update` would not look again: its trust and its tags.
async fn earlier(making: &Making<'_>, spec: &Spec, error: AwsError) -> Result<String, AwsError> {
    let answer = making
        .cloud
        .iam()
        .get_role()
        .role_name(&spec.name)
        .send()
        .await
        .during("iam:GetRole")?;
    let role = answer.role().ok_or_else(|| error.clone())?;
    let tags = tagging::read(role.tags());
    let foreign = tags
        .get(STACK_TAG)
        .is_some_and(|stack| *stack != making.scope.prefix());
    if role.path() != spec.path || foreign {
        return Err(error.hint(format!(
            "a role of that name stands under {} and is not this stack's; role names are unique \
             in an account: give the stack or the environment another name",
            role.path()
        )));
    }
    set_trust(making, spec).await?;
    making
        .cloud
        .iam()
        .tag_role()
        .role_name(&spec.name)
        .set_tags(Some(tagging::to_sdk("iam:TagRole", making.tags)?))
        .send()
        .await
        .during("iam:TagRole")?;
    Ok(role.arn().to_owned())
}

async fn set_trust(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    making
        .patience
        .settle(
            "the principals that the role trusts",
            PRINCIPAL_LAG,
            principal_lags,
            || async {
                making
                    .cloud
                    .iam()
                    .update_assume_role_policy()
                    .role_name(&spec.name)
                    .policy_document(spec.trust.json())
                    .send()
                    .await
                    .during("iam:UpdateAssumeRolePolicy")
            },
        )
        .await
        .map(drop)
}

#[cfg(test)]
mod tests {
    use aws_sdk_iam::primitives::DateTime;
    use aws_sdk_iam::types::{AttachedPolicy, PolicyDetail, Role as SdkRole, RoleDetail, Tag};

    use super::*;
    use crate::scope::ADDRESS_TAG;

    fn scope() -> Scope {
        Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    fn encoded(document: &Document) -> String {
        percent_encoding::utf8_percent_encode(&document.json(), percent_encoding::NON_ALPHANUMERIC)
            .to_string()
    }

    #[test]
    fn what_two_lists_tell_is_the_specification_that_was_written() {
        let scope = scope();
        let spec = Role::samples(&scope).sample;
        let role = SdkRole::builder()
            .path(&spec.path)
            .role_name(&spec.name)
            .role_id("AROAEXAMPLE")
            .arn(&Role::predict(&scope, &spec)["arn"])
            .create_date(DateTime::from_secs(0))
            .assume_role_policy_document(encoded(&spec.trust))
            .description(&spec.description)
            .max_session_duration(3600)
            .build()
            .unwrap();
        let mut detail = RoleDetail::builder().role_name(&spec.name);
        for (name, document) in spec.policies.iter().rev() {
            detail = detail.role_policy_list(
                PolicyDetail::builder()
                    .policy_name(name)
                    .policy_document(encoded(document))
                    .build(),
            );
        }
        for arn in &spec.managed_policies {
            detail = detail.attached_managed_policies(
                AttachedPolicy::builder()
                    .policy_arn(arn.to_string())
                    .build(),
            );
        }
        for (key, value) in [(STACK_TAG, "shop-prod"), (ADDRESS_TAG, "iam.sample")] {
            detail = detail.tags(Tag::builder().key(key).value(value).build().unwrap());
        }
        let found = found(&scope, &role, &detail.build());
        assert_eq!(found.spec, spec);
        assert_eq!(found.address.unwrap().as_str(), "iam.sample");
        assert_eq!(
            found.outputs["arn"],
            "arn:aws:iam::123456789012:role/shop-prod/shop-prod-sample"
        );
    }

    #[test]
    fn only_an_invisible_principal_is_waited_for() {
        let mut error = AwsError::unexpected("iam:CreateRole", "Invalid principal in policy: x");
        error.code = "MalformedPolicyDocument".to_owned();
        assert!(principal_lags(&error));
        error.message = "Syntax error at position 1".to_owned();
        assert!(!principal_lags(&error));
    }
}
