//! The virtual network.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, ResourceType, Vpc as Answer, VpcAttributeName, VpcState,
};
use futures::future::try_join;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait, outputs,
};
use crate::scope::{Scope, Tags};
use crate::units::Cidr;

/// A VPC.
pub struct Vpc;

/// What a VPC is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The IPv4 range, a /16 to /28.
    pub cidr: Cidr,
    /// Whether instances can resolve names through the VPC's resolver.
    pub dns_support: bool,
    /// Whether instances with a public address get a public name.
    pub dns_hostnames: bool,
}

#[async_trait]
impl Kind for Vpc {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:vpc";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/cidr",
        "the primary range of a VPC is fixed when it is made",
    )];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "vpc").await? {
            return Ok(Vec::new());
        }
        let vpcs: Vec<_> = cloud
            .ec2()
            .describe_vpcs()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeVpcs")?;
        let found = vpcs.into_iter().map(|vpc| async move {
            let id = vpc.vpc_id().unwrap_or_default();
            let attributes = try_join(
                attribute(cloud, id, VpcAttributeName::EnableDnsSupport),
                attribute(cloud, id, VpcAttributeName::EnableDnsHostnames),
            );
            let (dns_support, dns_hostnames) = match attributes.await {
                // Deleted between the two reads.
                Err(error) if error.not_found() => return Ok(None),
                other => other?,
            };
            let cidr = vpc
                .cidr_block()
                .unwrap_or_default()
                .parse()
                .map_err(|e| AwsError::unexpected("ec2:DescribeVpcs", format!("{id}: {e}")))?;
            let tags = tagging::read(vpc.tags());
            Ok(Some(Found {
                address: survey.scope.address_of(&tags),
                key: None,
                spec: Spec {
                    cidr,
                    dns_support,
                    dns_hostnames,
                },
                tags,
                outputs: outputs([("id", id)]),
                progress: progress(&vpc),
            }))
        });
        let found: Vec<Option<_>> = futures::future::try_join_all(found).await?;
        Ok(found.into_iter().flatten().collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .ec2()
            .create_vpc()
            .cidr_block(spec.cidr.to_string())
            .tag_specifications(tagging::specification(ResourceType::Vpc, making.tags))
            .send()
            .await
            .during("ec2:CreateVpc")?;
        let id = made
            .vpc()
            .and_then(|vpc| vpc.vpc_id())
            .ok_or_else(|| AwsError::unexpected("ec2:CreateVpc", "the answer has no VPC id"))?;
        // AWS makes every VPC with its resolver on and public names off.
        if !spec.dns_support {
            lag::seen(making, id, || set_dns_support(making.cloud, id, false)).await?;
        }
        if spec.dns_hostnames {
            lag::seen(making, id, || set_dns_hostnames(making.cloud, id, true)).await?;
        }
        Ok(outputs([("id", id)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        // Names need the resolver: it goes on before them and off after them.
        let support = changes.touch("/dns_support");
        if support && spec.dns_support {
            set_dns_support(making.cloud, found.id(), true).await?;
        }
        if changes.touch("/dns_hostnames") {
            set_dns_hostnames(making.cloud, found.id(), spec.dns_hostnames).await?;
        }
        if support && !spec.dns_support {
            set_dns_support(making.cloud, found.id(), false).await?;
        }
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
        in_the_way::remove(making, Held::Vpc(found.id()), || async {
            making
                .cloud
                .ec2()
                .delete_vpc()
                .vpc_id(found.id())
                .send()
                .await
                .during("ec2:DeleteVpc")
                .map(drop)
        })
        .await
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create).then_some(Wait {
            until: "the VPC to be available",
            every: Duration::from_secs(1),
            usually: Duration::from_secs(2),
            deadline: Duration::from_secs(120),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let id = known.get("id").map_or("", String::as_str);
        let answer = cloud
            .ec2()
            .describe_vpcs()
            .vpc_ids(id)
            .send()
            .await
            .during("ec2:DescribeVpcs");
        let vpcs = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(vpcs.vpcs().first().map_or(Progress::Gone, progress))
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            cidr: Cidr::around([10, 9, 0, 0].into(), 16).unwrap_or(Cidr::WORLD),
            dns_support: false,
            dns_hostnames: false,
        };
        let changed = Spec {
            dns_support: true,
            dns_hostnames: true,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn progress(vpc: &Answer) -> Progress {
    match vpc.state() {
        Some(VpcState::Available) | None => Progress::Ready(Outputs::new()),
        Some(state) => Progress::Pending(state.as_str().to_owned()),
    }
}

async fn attribute(cloud: &Cloud, id: &str, name: VpcAttributeName) -> Result<bool, AwsError> {
    let answer = cloud
        .ec2()
        .describe_vpc_attribute()
        .vpc_id(id)
        .attribute(name.clone())
        .send()
        .await
        .during("ec2:DescribeVpcAttribute")?;
    let value = match name {
        VpcAttributeName::EnableDnsSupport => answer.enable_dns_support(),
        _ => answer.enable_dns_hostnames(),
    };
    Ok(value.and_then(|value| value.value()).unwrap_or_default())
}

async fn set_dns_support(cloud: &Cloud, id: &str, on: bool) -> Result<(), AwsError> {
    cloud
        .ec2()
        .modify_vpc_attribute()
        .vpc_id(id)
        .enable_dns_support(AttributeBooleanValue::builder().value(on).build())
        .send()
        .await
        .during("ec2:ModifyVpcAttribute")
        .map(drop)
}

async fn set_dns_hostnames(cloud: &Cloud, id: &str, on: bool) -> Result<(), AwsError> {
    cloud
        .ec2()
        .modify_vpc_attribute()
        .vpc_id(id)
        .enable_dns_hostnames(AttributeBooleanValue::builder().value(on).build())
        .send()
        .await
        .during("ec2:ModifyVpcAttribute")
        .map(drop)
}
