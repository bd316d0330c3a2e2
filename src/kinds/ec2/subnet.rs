//! A range of a VPC's addresses in one zone.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    AttributeBooleanValue, Filter, ResourceType, Subnet as Answer, SubnetState,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait, outputs,
    sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};
use crate::units::Cidr;

/// A subnet.
pub struct Subnet;

/// What a subnet is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC it is a part of.
    pub vpc: Link<Vpc>,
    /// Its range, a /16 to /28 within the VPC's.
    pub cidr: Cidr,
    /// The zone it lies in, such as `eu-west-1a`.
    pub zone: String,
    /// Whether what starts in it gets a public address.
    pub map_public_ip: bool,
}

#[async_trait]
impl Kind for Subnet {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:subnet";
    const FIELDS: &'static [Field] = &[
        Field::replace("/vpc", "a subnet cannot move to another VPC"),
        Field::replace("/cidr", "the range of a subnet is fixed when it is made"),
        Field::replace("/zone", "a subnet cannot move to another zone"),
    ];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "subnet").await? {
            return Ok(Vec::new());
        }
        let subnets: Vec<_> = cloud
            .ec2()
            .describe_subnets()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeSubnets")?;
        subnets
            .iter()
            .map(|subnet| found(survey.scope, subnet))
            .collect()
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let vpc = spec.vpc.to_string();
        let made = lag::seen(making, &vpc, || async {
            making
                .cloud
                .ec2()
                .create_subnet()
                .vpc_id(&vpc)
                .cidr_block(spec.cidr.to_string())
                .availability_zone(&spec.zone)
                .tag_specifications(tagging::specification(ResourceType::Subnet, making.tags))
                .send()
                .await
                .during("ec2:CreateSubnet")
        })
        .await;
        let id = match made {
            Ok(answer) => answer
                .subnet()
                .and_then(|subnet| subnet.subnet_id())
                .map(str::to_owned)
                .ok_or_else(|| {
                    AwsError::unexpected("ec2:CreateSubnet", "the answer has no subnet id")
                })?,
            Err(error) if error.is("InvalidSubnet.Conflict") => {
                earlier(making, spec, error).await?
            }
            Err(error) => return Err(error),
        };
        // AWS makes every subnet without public addresses.
        if spec.map_public_ip {
            lag::seen(making, &id, || map_public_ip(making.cloud, &id, true)).await?;
        }
        Ok(outputs([("id", &id), ("zone", &spec.zone)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/map_public_ip") {
            map_public_ip(making.cloud, found.id(), spec.map_public_ip).await?;
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
        in_the_way::remove(making, Held::Subnet(found.id()), || async {
            making
                .cloud
                .ec2()
                .delete_subnet()
                .subnet_id(found.id())
                .send()
                .await
                .during("ec2:DeleteSubnet")
                .map(drop)
        })
        .await
    }

    fn wait(after: After) -> Option<Wait> {
        (after == After::Create).then_some(Wait {
            until: "the subnet to be available",
            every: Duration::from_secs(1),
            usually: Duration::from_secs(1),
            deadline: Duration::from_secs(600),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let id = known.get("id").map_or("", String::as_str);
        let answer = cloud
            .ec2()
            .describe_subnets()
            .subnet_ids(id)
            .send()
            .await
            .during("ec2:DescribeSubnets");
        let subnets = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(subnets.subnets().first().map_or(Progress::Gone, progress))
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            vpc: sample::<Vpc>(),
            cidr: Cidr::around([10, 9, 1, 0].into(), 24).unwrap_or(Cidr::WORLD),
            zone: format!("{}a", scope.region),
            map_public_ip: false,
        };
        let changed = Spec {
            map_public_ip: true,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

/// A second subnet in a second zone, for samples of what needs two.
pub(crate) fn second_sample(scope: &Scope) -> Spec {
    Spec {
        cidr: Cidr::around([10, 9, 2, 0].into(), 24).unwrap_or(Cidr::WORLD),
        zone: format!("{}b", scope.region),
        ..Subnet::samples(scope).sample
    }
}

fn progress(subnet: &Answer) -> Progress {
    match subnet.state() {
        Some(SubnetState::Available) | None => Progress::Ready(Outputs::new()),
        Some(state @ (SubnetState::Failed | SubnetState::FailedInsufficientCapacity)) => {
            Progress::Failed(state.as_str().to_owned())
        }
        Some(state) => Progress::Pending(state.as_str().to_owned()),
    }
}

fn found(scope: &Scope, subnet: &Answer) -> Result<Found<Spec>, AwsError> {
    let id = subnet.subnet_id().unwrap_or_default();
    let cidr = subnet.cidr_block().unwrap_or_default();
    let zone = subnet.availability_zone().unwrap_or_default();
    let tags = tagging::read(subnet.tags());
    Ok(Found {
        address: scope.address_of(&tags),
        key: None,
        spec: Spec {
            vpc: Link::existing(subnet.vpc_id().unwrap_or_default()),
            cidr: cidr
                .parse()
                .map_err(|e| AwsError::unexpected("ec2:DescribeSubnets", format!("{id}: {e}")))?,
            zone: zone.to_owned(),
            map_public_ip: subnet.map_public_ip_on_launch().unwrap_or_default(),
        },
        tags,
        outputs: outputs([("id", id), ("zone", zone)]),
        progress: progress(subnet),
    })
}

/// The subnet of an earlier run that was cut short, which has the range already.
async fn earlier(making: &Making<'_>, spec: &Spec, conflict: AwsError) -> Result<String, AwsError> {
    let filter = |name: &str, value: String| Filter::builder().name(name).values(value).build();
    let answer = making
        .cloud
        .ec2()
        .describe_subnets()
        .filters(filter("vpc-id", spec.vpc.to_string()))
        .send()
        .await
        .during("ec2:DescribeSubnets")?;
    let range = spec.cidr.to_string();
    let ours = answer.subnets().iter().find(|subnet| {
        let tags = tagging::read(subnet.tags());
        making.scope.address_of(&tags).as_ref() == Some(making.address)
            && subnet.cidr_block() == Some(range.as_str())
            && subnet.availability_zone() == Some(spec.zone.as_str())
    });
    if let Some(id) = ours.and_then(|subnet| subnet.subnet_id()) {
        return Ok(id.to_owned());
    }
    let others: Vec<String> = answer
        .subnets()
        .iter()
        .filter_map(|subnet| {
            Some(format!(
                "{} ({})",
                subnet.subnet_id()?,
                subnet.cidr_block()?
            ))
        })
        .collect();
    Err(conflict.hint(format!(
        "the VPC's subnets are {}; choose a free range",
        others.join(", ")
    )))
}

async fn map_public_ip(cloud: &Cloud, id: &str, on: bool) -> Result<(), AwsError> {
    cloud
        .ec2()
        .modify_subnet_attribute()
        .subnet_id(id)
        .map_public_ip_on_launch(AttributeBooleanValue::builder().value(on).build())
        .send()
        .await
        .during("ec2:ModifySubnetAttribute")
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ErrorClass;

    fn scope() -> Scope {
        Scope {
            stack: "shop".to_owned(),
            environment: "test".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn an_answer_is_read_into_the_terms_of_the_specification() {
        let answer = Answer::builder()
            .subnet_id("subnet-1")
            .vpc_id("vpc-1")
            .cidr_block("10.0.1.0/24")
            .availability_zone("eu-west-1a")
            .map_public_ip_on_launch(true)
            .state(SubnetState::Pending)
            .build();
        let found = found(&scope(), &answer).unwrap();
        assert_eq!(
            serde_json::to_value(&found.spec).unwrap(),
            serde_json::json!({
                "vpc": "vpc-1", "cidr": "10.0.1.0/24", "zone": "eu-west-1a", "map_public_ip": true
            })
        );
        assert_eq!(found.progress, Progress::Pending("pending".to_owned()));
        assert_eq!(found.address, None);
    }

    #[test]
    fn a_range_that_aws_cannot_have_is_an_error_that_names_the_subnet() {
        let answer = Answer::builder()
            .subnet_id("subnet-1")
            .cidr_block("x")
            .build();
        let error = found(&scope(), &answer).unwrap_err();
        assert_eq!(error.class, ErrorClass::Other);
        assert!(error.message.contains("subnet-1"), "{error}");
    }
}
