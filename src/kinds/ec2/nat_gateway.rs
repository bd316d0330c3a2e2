//! The way out for subnets without public addresses.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{NatGateway as Answer, NatGatewayState, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::elastic_ip::ElasticIp;
use super::subnet::Subnet;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    After, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait,
    outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// A public NAT gateway.
pub struct NatGateway;

/// What a NAT gateway is to be. Its subnet's VPC must have an internet gateway already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The public subnet it stands in.
    pub subnet: Link<Subnet>,
    /// The address it shows to the internet.
    pub address: Link<ElasticIp>,
}

#[async_trait]
impl Kind for NatGateway {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:nat-gateway";
    const FIELDS: &'static [Field] = &[
        Field::replace("/subnet", "a NAT gateway cannot move to another subnet"),
        Field::replace(
            "/address",
            "the first address of a NAT gateway is fixed when it is made",
        ),
    ];

    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "ec2.nat_gateway".to_owned(),
            quantity: 730.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "nat").await? {
            return Ok(Vec::new());
        }
        let gateways: Vec<_> = cloud
            .ec2()
            .describe_nat_gateways()
            .filter(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeNatGateways")?;
        let found = gateways.iter().filter_map(|gateway| {
            let progress = progress(gateway);
            if progress == Progress::Gone || gateway.state() == Some(&NatGatewayState::Deleting) {
                return None;
            }
            let tags = tagging::read(gateway.tags());
            let ours = survey.scope.address_of(&tags)?;
            let address = gateway
                .nat_gateway_addresses()
                .iter()
                .find(|it| it.is_primary().unwrap_or(true));
            Some(Found {
                address: Some(ours),
                key: None,
                spec: Spec {
                    subnet: Link::existing(gateway.subnet_id().unwrap_or_default()),
                    address: Link::existing(
                        address
                            .and_then(|it| it.allocation_id())
                            .unwrap_or_default(),
                    ),
                },
                tags,
                outputs: outputs([("id", gateway.nat_gateway_id().unwrap_or_default())]),
                progress,
            })
        });
        Ok(found.collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let subnet = spec.subnet.to_string();
        let made = lag::seen(making, &subnet, || async {
            making
                .cloud
                .ec2()
                .create_nat_gateway()
                .subnet_id(&subnet)
                .allocation_id(spec.address.to_string())
                .client_token(making.token)
                .tag_specifications(tagging::specification(
                    ResourceType::Natgateway,
                    making.tags,
                ))
                .send()
                .await
                .during("ec2:CreateNatGateway")
        })
        .await?;
        let id = made
            .nat_gateway()
            .and_then(|gateway| gateway.nat_gateway_id())
            .ok_or_else(|| {
                AwsError::unexpected("ec2:CreateNatGateway", "the answer has no gateway id")
            })?;
        Ok(outputs([("id", id)]))
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
        let gone = making
            .cloud
            .ec2()
            .delete_nat_gateway()
            .nat_gateway_id(found.id())
            .send()
            .await
            .during("ec2:DeleteNatGateway");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn wait(after: After) -> Option<Wait> {
        let (until, usually) = match after {
            After::Create => ("the NAT gateway to be available", 100),
            After::Delete => ("the NAT gateway to be gone", 60),
            After::Update => return None,
        };
        Some(Wait {
            until,
            every: Duration::from_secs(3),
            usually: Duration::from_secs(usually),
            deadline: Duration::from_secs(900),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let id = known.get("id").map_or("", String::as_str);
        let answer = cloud
            .ec2()
            .describe_nat_gateways()
            .nat_gateway_ids(id)
            .send()
            .await
            .during("ec2:DescribeNatGateways");
        let gateways = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(gateways
            .nat_gateways()
            .first()
            .map_or(Progress::Gone, progress))
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            subnet: sample::<Subnet>(),
            address: sample::<ElasticIp>(),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

fn progress(gateway: &Answer) -> Progress {
    match gateway.state() {
        Some(NatGatewayState::Available) => Progress::Ready(Outputs::new()),
        Some(NatGatewayState::Deleted) | None => Progress::Gone,
        Some(NatGatewayState::Failed) => Progress::Failed(format!(
            "{}: {}",
            gateway.failure_code().unwrap_or("failed"),
            gateway.failure_message().unwrap_or("AWS gives no reason")
        )),
        Some(state) => Progress::Pending(state.as_str().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_gateway_says_why_and_a_deleted_one_is_gone() {
        let failed = Answer::builder()
            .state(NatGatewayState::Failed)
            .failure_code("Gateway.NotAttached")
            .failure_message("no internet gateway")
            .build();
        assert_eq!(
            progress(&failed),
            Progress::Failed("Gateway.NotAttached: no internet gateway".to_owned())
        );
        let deleted = Answer::builder().state(NatGatewayState::Deleted).build();
        assert_eq!(progress(&deleted), Progress::Gone);
        let deleting = Answer::builder().state(NatGatewayState::Deleting).build();
        assert_eq!(
            progress(&deleting),
            Progress::Pending("deleting".to_owned())
        );
    }
}
