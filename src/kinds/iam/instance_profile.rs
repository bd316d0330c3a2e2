//! The instance profile: the role of an EC2 instance, as EC2 is given it.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attachments::{gone_is_fine, once_bare};
use super::role::{self, Role};
use super::tagging;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
    outputs,
};
use crate::reference::Link;
use crate::scope::Scope;

/// An instance profile.
pub struct InstanceProfile;

/// What an instance profile is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The profile's name, unique in the account whatever the path.
    pub name: String,
    /// The path, `/<stack>-<environment>/`: by it the stack's profiles are listed.
    pub path: String,
    /// The one role that it holds.
    pub role: Link<Role>,
}

#[async_trait]
impl Kind for InstanceProfile {
    type Spec = Spec;

    const TYPE: &'static str = "iam:instance-profile";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "an instance profile cannot be renamed"),
        Field::replace("/path", "an instance profile cannot move to another path"),
        Field::interrupts(
            "/role",
            "instances have no credentials between the old role and the new one",
        ),
    ];
    /// `ListInstanceProfiles` does not return tags.
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(spec.name.clone())
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let resource = format!("instance-profile{}{}", spec.path, spec.name);
        let arn = scope.global_arn("iam", &resource);
        outputs([("id", &spec.name), ("name", &spec.name), ("arn", &arn)])
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let profiles: Vec<_> = cloud
            .iam()
            .list_instance_profiles()
            .path_prefix(survey.scope.path())
            .max_items(1000)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("iam:ListInstanceProfiles")?;
        Ok(profiles
            .into_iter()
            .map(|profile| {
                let role = profile.roles().first().map_or("", |role| role.role_name());
                let spec = Spec {
                    name: profile.instance_profile_name().to_owned(),
                    path: profile.path().to_owned(),
                    role: Link::existing(role),
                };
                Found {
                    address: survey.made_as(&spec.name),
                    key: Self::key(&spec),
                    outputs: outputs([
                        ("id", spec.name.as_str()),
                        ("name", &spec.name),
                        ("arn", profile.arn()),
                    ]),
                    spec,
                    tags: crate::scope::Tags::new(),
                    progress: Progress::Ready(Outputs::new()),
                }
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .iam()
            .create_instance_profile()
            .instance_profile_name(&spec.name)
            .path(&spec.path)
            .set_tags(Some(tagging::to_sdk(
                "iam:CreateInstanceProfile",
                making.tags,
            )?))
            .send()
            .await
            .during("iam:CreateInstanceProfile");
        let (arn, held) = match made {
            Ok(made) => {
                let profile = made.instance_profile().ok_or_else(|| {
                    AwsError::unexpected("iam:CreateInstanceProfile", "the answer has no profile")
                })?;
                (profile.arn().to_owned(), None)
            }
            Err(error) if error.already_exists() => earlier(making, spec, error).await?,
            Err(error) => return Err(error),
        };
        hold(making, &spec.name, held.as_deref(), &spec.role.to_string()).await?;
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
        _: &Changes,
    ) -> Result<(), AwsError> {
        let held = found.spec.role.known().filter(|role| !role.is_empty());
        hold(making, &spec.name, held.as_deref(), &spec.role.to_string()).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        if let Some(held) = found.spec.role.known().filter(|role| !role.is_empty()) {
            release(making, found.id(), &held).await?;
        }
        once_bare(making, found.id(), || async {
            making
                .cloud
                .iam()
                .delete_instance_profile()
                .instance_profile_name(found.id())
                .send()
                .await
                .during("iam:DeleteInstanceProfile")
                .map(drop)
        })
        .await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let role = |name: &str| {
            let spec = role::Spec {
                name: scope.name(name),
                ..Role::samples(scope).sample
            };
            Beside::new::<Role>(name, &spec)
        };
        let (one, other) = (role("one-role"), role("other-role"));
        let sample = Spec {
            name: scope.name("sample"),
            path: scope.path(),
            role: one.link(),
        };
        Samples {
            changed: Spec {
                role: other.link(),
                ..sample.clone()
            },
            sample,
            beside: vec![one, other],
        }
    }
}

/// ARN and held role of the profile that an earlier, interrupted run made.
async fn earlier(
    making: &Making<'_>,
    spec: &Spec,
    error: AwsError,
) -> Result<(String, Option<String>), AwsError> {
    let answer = making
        .cloud
        .iam()
        .get_instance_profile()
        .instance_profile_name(&spec.name)
        .send()
        .await
        .during("iam:GetInstanceProfile")?;
    match answer.instance_profile() {
        Some(profile) if profile.path() == spec.path => Ok((
            profile.arn().to_owned(),
            profile
                .roles()
                .first()
                .map(|role| role.role_name().to_owned()),
        )),
        _ => Err(error.hint(
            "an instance profile of that name stands under another path and is not this \
             stack's; give the stack or the environment another name",
        )),
    }
}

/// Puts `role` into the profile in place of what it holds: a profile holds one role at most.
async fn hold(
    making: &Making<'_>,
    profile: &str,
    held: Option<&str>,
    role: &str,
) -> Result<(), AwsError> {
    if held == Some(role) {
        return Ok(());
    }
    if let Some(held) = held {
        release(making, profile, held).await?;
    }
    making
        .patience
        .settle(
            "the instance profile and its role to be visible",
            std::time::Duration::from_secs(60),
            AwsError::not_found,
            || async {
                making
                    .cloud
                    .iam()
                    .add_role_to_instance_profile()
                    .instance_profile_name(profile)
                    .role_name(role)
                    .send()
                    .await
                    .during("iam:AddRoleToInstanceProfile")
            },
        )
        .await
        .map(drop)
}

async fn release(making: &Making<'_>, profile: &str, role: &str) -> Result<(), AwsError> {
    let gone = making
        .cloud
        .iam()
        .remove_role_from_instance_profile()
        .instance_profile_name(profile)
        .role_name(role)
        .send()
        .await
        .during("iam:RemoveRoleFromInstanceProfile");
    gone_is_fine(gone.map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_is_known_before_the_profile_exists() {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let spec = InstanceProfile::samples(&scope).sample;
        assert_eq!(
            InstanceProfile::predict(&scope, &spec)["arn"],
            "arn:aws:iam::123456789012:instance-profile/shop-prod/shop-prod-sample"
        );
        assert_eq!(
            InstanceProfile::key(&spec).as_deref(),
            Some("shop-prod-sample")
        );
    }
}
