//! A public address that stays.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{DomainType, ResourceType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{standing, tagging};
use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::{
    Changes, Charge, Found, Kind, Making, Outputs, Progress, Samples, Survey, outputs,
};
use crate::scope::{Scope, Tags};

/// An elastic IP address.
pub struct ElasticIp;

/// An elastic IP address has nothing to choose: AWS gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {}

#[async_trait]
impl Kind for ElasticIp {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:elastic-ip";

    fn charges(_: &Spec) -> Vec<Charge> {
        vec![Charge {
            item: "ec2.public_ipv4".to_owned(),
            quantity: 730.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "eipalloc").await? {
            return Ok(Vec::new());
        }
        // The one list of EC2 without pages: an account has few addresses.
        let answer = cloud
            .ec2()
            .describe_addresses()
            .filters(tagging::of_stack(survey.scope))
            .send()
            .await
            .during("ec2:DescribeAddresses")?;
        let found = answer.addresses().iter().map(|address| {
            let tags = tagging::read(address.tags());
            Found {
                address: survey.scope.address_of(&tags),
                key: None,
                spec: Spec {},
                tags,
                outputs: outputs([
                    ("id", address.allocation_id().unwrap_or_default()),
                    ("public_ip", address.public_ip().unwrap_or_default()),
                ]),
                progress: Progress::Ready(Outputs::new()),
            }
        });
        Ok(found.collect())
    }

    async fn create(making: &Making<'_>, _: &Spec) -> Result<Outputs, AwsError> {
        let made = making
            .cloud
            .ec2()
            .allocate_address()
            .domain(DomainType::Vpc)
            .tag_specifications(tagging::specification(ResourceType::ElasticIp, making.tags))
            .send()
            .await
            .during("ec2:AllocateAddress")?;
        Ok(outputs([
            ("id", made.allocation_id().unwrap_or_default()),
            ("public_ip", made.public_ip().unwrap_or_default()),
        ]))
    }

    async fn update(
        _: &Making<'_>,
        _: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        // There is no field to change.
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
        // A NAT gateway lets go of its address some time after it is called deleted.
        let released = making
            .patience
            .settle(
                &format!("{} to be let go", found.output("public_ip")),
                Duration::from_secs(120),
                |error| error.class == ErrorClass::InUse || held_by_a_service(error),
                || async {
                    making
                        .cloud
                        .ec2()
                        .release_address()
                        .allocation_id(found.id())
                        .send()
                        .await
                        .during("ec2:ReleaseAddress")
                        .map(drop)
                },
            )
            .await;
        match released {
            Err(error) if error.not_found() => Ok(()),
            Err(error) if held_by_a_service(&error) => {
                let address = found.output("public_ip");
                Err(error.hint(format!(
                    "an AWS service still has {address}, as a NAT gateway has until it is gone: \
                     remove what stands on it, then run again"
                )))
            }
            other => other,
        }
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        Samples {
            sample: Spec {},
            changed: Spec {},
            beside: Vec::new(),
        }
    }
}

/// While a service has the address, and briefly after, EC2 answers `AuthFailure`: "You do not have
/// permission to access the specified resource" (kubernetes/kops#938). Who lacks the permission
/// gets `UnauthorizedOperation`, who has wrong keys an `AuthFailure` about credentials.
fn held_by_a_service(error: &AwsError) -> bool {
    error.is("AuthFailure") && !error.message.contains("credentials")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_keys_are_not_taken_for_an_address_in_use() {
        let mut error = AwsError::unexpected(
            "ec2:ReleaseAddress",
            "You do not have permission to access the specified resource.",
        );
        assert!(!held_by_a_service(&error));
        error.code = "AuthFailure".to_owned();
        assert!(held_by_a_service(&error));
        error.message = "AWS was not able to validate the provided access credentials".to_owned();
        assert!(!held_by_a_service(&error));
    }

    #[test]
    fn an_address_costs_by_the_hour_whether_it_is_used_or_not() {
        let charges = ElasticIp::charges(&Spec {});
        assert_eq!(charges[0].item, "ec2.public_ipv4");
        assert!((charges[0].quantity - 730.0).abs() < f64::EPSILON);
    }
}
