//! The door between a VPC and the internet.

use async_trait::async_trait;
use aws_sdk_ec2::types::{AttachmentStatus, InternetGateway as Answer, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::in_the_way::{self, Held};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// An internet gateway.
pub struct InternetGateway;

/// What an internet gateway is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC it is attached to; found empty where it is attached to none.
    pub vpc: Link<Vpc>,
}

#[async_trait]
impl Kind for InternetGateway {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:internet-gateway";

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "igw").await? {
            return Ok(Vec::new());
        }
        let gateways: Vec<_> = cloud
            .ec2()
            .describe_internet_gateways()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeInternetGateways")?;
        let found = gateways.iter().map(|gateway| {
            let tags = tagging::read(gateway.tags());
            Found {
                address: survey.scope.address_of(&tags),
                key: None,
                spec: Spec {
                    vpc: Link::existing(attached_to(gateway)),
                },
                tags,
                outputs: outputs([("id", gateway.internet_gateway_id().unwrap_or_default())]),
                progress: Progress::Ready(Outputs::new()),
            }
        });
        Ok(found.collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .ec2()
            .create_internet_gateway()
            .tag_specifications(tagging::specification(
                ResourceType::InternetGateway,
                making.tags,
            ))
            .send()
            .await
            .during("ec2:CreateInternetGateway")?;
        let id = made
            .internet_gateway()
            .and_then(|gateway| gateway.internet_gateway_id())
            .ok_or_else(|| {
                AwsError::unexpected("ec2:CreateInternetGateway", "the answer has no gateway id")
            })?;
        attach(making, id, &spec.vpc.to_string()).await?;
        Ok(outputs([("id", id)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/vpc") {
            detach(making, found).await?;
            attach(making, found.id(), &spec.vpc.to_string()).await?;
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
        detach(making, found).await?;
        let gone = making
            .cloud
            .ec2()
            .delete_internet_gateway()
            .internet_gateway_id(found.id())
            .send()
            .await
            .during("ec2:DeleteInternetGateway");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            vpc: sample::<Vpc>(),
        };
        Samples {
            changed: sample.clone(),
            sample,
            beside: Vec::new(),
        }
    }
}

/// The VPC that a gateway is attached to, or nothing. One that is on its way out counts as gone,
/// so that the difference shows and is mended.
fn attached_to(gateway: &Answer) -> &str {
    gateway
        .attachments()
        .iter()
        .find(|it| {
            !matches!(
                it.state(),
                Some(AttachmentStatus::Detached | AttachmentStatus::Detaching)
            )
        })
        .and_then(|it| it.vpc_id())
        .unwrap_or_default()
}

async fn attach(making: &Making<'_>, id: &str, vpc: &str) -> Result<(), AwsError> {
    let attached = lag::seen(making, &format!("{id} and {vpc}"), || async {
        making
            .cloud
            .ec2()
            .attach_internet_gateway()
            .internet_gateway_id(id)
            .vpc_id(vpc)
            .send()
            .await
            .during("ec2:AttachInternetGateway")
    })
    .await;
    match attached {
        // A repeated call whose first answer was lost.
        Err(error) if error.is("Resource.AlreadyAssociated") => {
            let answer = making
                .cloud
                .ec2()
                .describe_internet_gateways()
                .internet_gateway_ids(id)
                .send()
                .await
                .during("ec2:DescribeInternetGateways")?;
            let ours = answer.internet_gateways().first().map(attached_to);
            if ours == Some(vpc) {
                Ok(())
            } else {
                Err(error.hint(format!(
                    "a VPC has one internet gateway and a gateway one VPC: detach the other \
                     gateway from {vpc}, or let this one go"
                )))
            }
        }
        other => other.map(drop),
    }
}

async fn detach(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
    let vpc = found.spec.vpc.to_string();
    if vpc.is_empty() {
        return Ok(());
    }
    let detached = in_the_way::remove(making, Held::GatewayOf(&vpc), || async {
        making
            .cloud
            .ec2()
            .detach_internet_gateway()
            .internet_gateway_id(found.id())
            .vpc_id(&vpc)
            .send()
            .await
            .during("ec2:DetachInternetGateway")
            .map(drop)
    })
    .await;
    match detached {
        Err(error) if error.is("Gateway.NotAttached") => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::InternetGatewayAttachment;

    use super::*;

    fn gateway(state: Option<&str>) -> Answer {
        let attachment = state.map(|state| {
            vec![
                InternetGatewayAttachment::builder()
                    .vpc_id("vpc-1")
                    .state(state.into())
                    .build(),
            ]
        });
        Answer::builder().set_attachments(attachment).build()
    }

    #[test]
    fn only_a_standing_attachment_counts() {
        // EC2 says "available" where its own documentation says "attached".
        assert_eq!(attached_to(&gateway(Some("available"))), "vpc-1");
        assert_eq!(attached_to(&gateway(Some("attaching"))), "vpc-1");
        assert_eq!(attached_to(&gateway(Some("detaching"))), "");
        assert_eq!(attached_to(&gateway(None)), "");
    }
}
