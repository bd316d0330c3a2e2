//! A firewall around network interfaces. Its rules are a resource of their own
//! ([`super::security_rules`]), because groups name each other in them.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, ResourceType, SecurityGroup as Answer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::security_rules::{self, RULES_TAG};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During, ErrorClass, Reads};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey, outputs,
    sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// A security group.
pub struct SecurityGroup;

/// What a security group is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name, unique in the VPC, at most 255 characters, not beginning with `sg-`. It ends in
    /// a hash of the other fields, so that a replacement can stand beside what it replaces.
    pub name: String,
    /// What it is for; at most 255 characters.
    pub description: String,
    /// The VPC it belongs to.
    pub vpc: Link<Vpc>,
}

#[async_trait]
impl Kind for SecurityGroup {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:security-group";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a security group cannot be renamed"),
        Field::replace(
            "/description",
            "the description of a security group is fixed when it is made",
        ),
        Field::replace("/vpc", "a security group cannot move to another VPC"),
    ];
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "sg").await? {
            return Ok(Vec::new());
        }
        let groups = of_stack(cloud, survey.reads, survey.scope).await?;
        Ok(groups
            .iter()
            .map(|group| found(survey.scope, group))
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let vpc = spec.vpc.to_string();
        let made = lag::seen(making, &vpc, || async {
            making
                .cloud
                .ec2()
                .create_security_group()
                .group_name(&spec.name)
                .description(&spec.description)
                .vpc_id(&vpc)
                .tag_specifications(tagging::specification(
                    ResourceType::SecurityGroup,
                    making.tags,
                ))
                .send()
                .await
                .during("ec2:CreateSecurityGroup")
        })
        .await;
        let id = match made {
            Ok(answer) => answer.group_id().map(str::to_owned).ok_or_else(|| {
                AwsError::unexpected("ec2:CreateSecurityGroup", "the answer has no group id")
            })?,
            Err(error) if error.already_exists() => earlier(making, spec, error).await?,
            Err(error) => return Err(error),
        };
        Ok(outputs([("id", &id), ("name", &spec.name)]))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        // Every field forces a replacement.
        Ok(())
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        tagging::retag(making.cloud, found.id(), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let error = match call_delete(making.cloud, found.id()).await {
            Err(error) if error.not_found() => return Ok(()),
            Err(error) if error.class == ErrorClass::InUse => error,
            other => return other,
        };
        // Either an interface is in it, or a rule of another group names it.
        let naming = naming(making.cloud, found.id()).await?;
        let foreign: Vec<String> = naming
            .iter()
            .filter(|group| !making.scope.owns(&tagging::read(group.tags())))
            .map(|group| {
                format!(
                    "{} ({})",
                    group.group_id().unwrap_or_default(),
                    group.group_name().unwrap_or_default()
                )
            })
            .collect();
        if !foreign.is_empty() {
            return Err(error.hint(format!(
                "in the way: rules of {}, which name this group and are not this stack's; \
                 revoke those rules, then run again",
                foreign.join(", ")
            )));
        }
        for group in &naming {
            security_rules::revoke_those_naming(making.cloud, group, found.id()).await?;
        }
        in_the_way::remove(making, Held::Group(found.id()), || {
            call_delete(making.cloud, found.id())
        })
        .await
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: scope.name("sample"),
            description: "Sample".to_owned(),
            vpc: sample::<Vpc>(),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

/// The stack's groups with their rules: one read for the groups and for the rules.
pub(super) async fn of_stack(
    cloud: &Cloud,
    reads: &Reads,
    scope: &Scope,
) -> Result<Arc<Vec<Answer>>, AwsError> {
    let read = async {
        cloud
            .ec2()
            .describe_security_groups()
            .filters(tagging::of_stack(scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeSecurityGroups")
    };
    reads.once("ec2:security-groups", read).await
}

fn found(scope: &Scope, group: &Answer) -> Found<Spec> {
    let mut tags = tagging::read(group.tags());
    // The rules' own mark: it lies on the group but is none of the group's tags.
    tags.remove(RULES_TAG);
    let name = group.group_name().unwrap_or_default();
    Found {
        address: scope.address_of(&tags),
        key: None,
        spec: Spec {
            name: name.to_owned(),
            description: group.description().unwrap_or_default().to_owned(),
            vpc: Link::existing(group.vpc_id().unwrap_or_default()),
        },
        outputs: outputs([("id", group.group_id().unwrap_or_default()), ("name", name)]),
        tags,
        progress: Progress::Ready(Outputs::new()),
    }
}

/// The group of an earlier run that was cut short, which has the name already.
async fn earlier(
    making: &Making<'_>,
    spec: &Spec,
    duplicate: AwsError,
) -> Result<String, AwsError> {
    let filter = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let answer = making
        .cloud
        .ec2()
        .describe_security_groups()
        .filters(filter("vpc-id", &spec.vpc.to_string()))
        .filters(filter("group-name", &spec.name))
        .send()
        .await
        .during("ec2:DescribeSecurityGroups")?;
    let Some(group) = answer.security_groups().first() else {
        return Err(duplicate);
    };
    let id = group.group_id().unwrap_or_default();
    let address = making.scope.address_of(&tagging::read(group.tags()));
    if address.as_ref() == Some(making.address) {
        return Ok(id.to_owned());
    }
    Err(duplicate.hint(format!(
        "{id} has this name and is not this stack's {}; rename or remove it",
        making.address
    )))
}

async fn call_delete(cloud: &Cloud, id: &str) -> Result<(), AwsError> {
    cloud
        .ec2()
        .delete_security_group()
        .group_id(id)
        .send()
        .await
        .during("ec2:DeleteSecurityGroup")
        .map(drop)
}

/// The other groups whose rules name this one.
async fn naming(cloud: &Cloud, id: &str) -> Result<Vec<Answer>, AwsError> {
    let by = |filter: &'static str| async move {
        let groups: Vec<_> = cloud
            .ec2()
            .describe_security_groups()
            .filters(Filter::builder().name(filter).values(id).build())
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeSecurityGroups")?;
        Ok::<_, AwsError>(groups)
    };
    let (mut ingress, egress) = futures::future::try_join(
        by("ip-permission.group-id"),
        by("egress.ip-permission.group-id"),
    )
    .await?;
    for group in egress {
        if !ingress
            .iter()
            .any(|seen| seen.group_id() == group.group_id())
        {
            ingress.push(group);
        }
    }
    ingress.retain(|group| group.group_id() != Some(id));
    Ok(ingress)
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::Tag;

    use super::*;

    #[test]
    fn the_mark_of_the_rules_is_none_of_the_groups_tags() {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "test".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
        let group = Answer::builder()
            .group_id("sg-1")
            .group_name("shop-test-web")
            .description("web")
            .vpc_id("vpc-1")
            .tags(tag("codedetect:stack", "shop-test"))
            .tags(tag("codedetect:address", "network.group.web"))
            .tags(tag(RULES_TAG, "network.rules.web"))
            .tags(tag("aws:cloudformation:stack-name", "x"))
            .build();
        let found = found(&scope, &group);
        assert_eq!(found.tags, scope.own_tags(&"network.group.web".into()));
        assert_eq!(found.address, Some("network.group.web".into()));
        assert_eq!(found.output("name"), "shop-test-web");
    }
}
