//! The way from a VPC to S3 that does not lead through the internet.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::{ResourceType, VpcEndpoint as Answer, VpcEndpointType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::flow_log::refused;
use super::route_table::{self, RouteTable};
use super::vpc::Vpc;
use super::{lag, standing, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::iam::policy::Document;
use crate::kinds::{
    After, Beside, Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Wait,
    outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

/// A gateway endpoint.
pub struct VpcEndpoint;

/// What a gateway endpoint is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The VPC it belongs to.
    pub vpc: Link<Vpc>,
    /// The service it leads to, such as `com.amazonaws.eu-west-1.s3`.
    pub service: String,
    /// The tables that lead there through it.
    pub route_tables: BTreeSet<Link<RouteTable>>,
    /// Who may do what through it.
    pub policy: Document,
}

/// The name of S3 in a region, as endpoints know it.
pub fn s3(region: &str) -> String {
    format!("com.amazonaws.{region}.s3")
}

/// The policy that AWS gives an endpoint which is made without one.
pub fn open_policy() -> Document {
    Document::new(&json!({
        "Version": "2008-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" }],
    }))
}

#[async_trait]
impl Kind for VpcEndpoint {
    type Spec = Spec;

    const TYPE: &'static str = "ec2:vpc-endpoint";
    const FIELDS: &'static [Field] = &[
        Field::replace("/vpc", "an endpoint cannot move to another VPC"),
        Field::replace(
            "/service",
            "an endpoint leads to the service it was made for",
        ),
    ];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        if !standing::any(cloud, survey, "vpce").await? {
            return Ok(Vec::new());
        }
        let endpoints: Vec<_> = cloud
            .ec2()
            .describe_vpc_endpoints()
            .filters(tagging::of_stack(survey.scope))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("ec2:DescribeVpcEndpoints")?;
        Ok(endpoints
            .iter()
            .filter(|endpoint| !leaving(endpoint))
            .map(|endpoint| found(survey.scope, endpoint))
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let tables: Vec<String> = spec.route_tables.iter().map(ToString::to_string).collect();
        let made = lag::seen(making, "the VPC and its route tables", || async {
            making
                .cloud
                .ec2()
                .create_vpc_endpoint()
                .vpc_endpoint_type(VpcEndpointType::Gateway)
                .vpc_id(spec.vpc.to_string())
                .service_name(&spec.service)
                .set_route_table_ids(Some(tables.clone()))
                .policy_document(spec.policy.json())
                .client_token(making.token)
                .tag_specifications(tagging::specification(
                    ResourceType::VpcEndpoint,
                    making.tags,
                ))
                .send()
                .await
                .during("ec2:CreateVpcEndpoint")
        })
        .await?;
        let id = made
            .vpc_endpoint()
            .and_then(|endpoint| endpoint.vpc_endpoint_id())
            .ok_or_else(|| {
                AwsError::unexpected("ec2:CreateVpcEndpoint", "the answer has no endpoint id")
            })?;
        Ok(outputs([("id", id)]))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        let only = |one: &Spec, other: &Spec| -> Option<Vec<String>> {
            let ids: Vec<String> = one
                .route_tables
                .difference(&other.route_tables)
                .map(ToString::to_string)
                .collect();
            (!ids.is_empty()).then_some(ids)
        };
        making
            .cloud
            .ec2()
            .modify_vpc_endpoint()
            .vpc_endpoint_id(found.id())
            .set_add_route_table_ids(only(spec, &found.spec))
            .set_remove_route_table_ids(only(&found.spec, spec))
            .set_policy_document(changes.touch("/policy").then(|| spec.policy.json()))
            .send()
            .await
            .during("ec2:ModifyVpcEndpoint")
            .map(drop)
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
        const CALL: &str = "ec2:DeleteVpcEndpoints";
        let gone = making
            .cloud
            .ec2()
            .delete_vpc_endpoints()
            .vpc_endpoint_ids(found.id())
            .send()
            .await
            .during(CALL)
            .and_then(|answer| refused(CALL, answer.unsuccessful()));
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other,
        }
    }

    fn wait(after: After) -> Option<Wait> {
        let until = match after {
            After::Create => "the endpoint to be available",
            After::Delete => "the endpoint to be gone",
            After::Update => return None,
        };
        Some(Wait {
            until,
            every: Duration::from_secs(2),
            usually: Duration::from_secs(5),
            deadline: Duration::from_secs(600),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let id = known.get("id").map_or("", String::as_str);
        let answer = cloud
            .ec2()
            .describe_vpc_endpoints()
            .vpc_endpoint_ids(id)
            .send()
            .await
            .during("ec2:DescribeVpcEndpoints");
        let endpoints = match answer {
            Err(error) if error.not_found() => return Ok(Progress::Gone),
            other => other?,
        };
        Ok(endpoints
            .vpc_endpoints()
            .first()
            .map_or(Progress::Gone, progress))
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let other = Beside::new::<RouteTable>(
            "other-table",
            &route_table::Spec {
                vpc: sample::<Vpc>(),
                routes: BTreeMap::new(),
                subnets: BTreeSet::new(),
            },
        );
        let first = sample::<RouteTable>();
        let sample = Spec {
            vpc: sample::<Vpc>(),
            service: s3(&scope.region),
            route_tables: BTreeSet::from([first.clone(), other.link()]),
            policy: open_policy(),
        };
        let changed = Spec {
            route_tables: BTreeSet::from([first]),
            policy: Document::new(&json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": ["s3:GetObject", "s3:PutObject"],
                    "Resource": "arn:aws:s3:::example/*",
                }],
            })),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}

/// The state in small letters: EC2 answers `available` where its reference says `Available`.
fn state(endpoint: &Answer) -> String {
    endpoint
        .state()
        .map(|state| state.as_str().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Whether it is gone or on its way: a deleted endpoint still shows for a while.
fn leaving(endpoint: &Answer) -> bool {
    matches!(state(endpoint).as_str(), "deleting" | "deleted" | "expired")
}

fn progress(endpoint: &Answer) -> Progress {
    match state(endpoint).as_str() {
        "available" => Progress::Ready(Outputs::new()),
        "deleted" | "expired" => Progress::Gone,
        "failed" | "rejected" => {
            let reason = endpoint
                .failure_reason()
                .or_else(|| endpoint.last_error().and_then(|error| error.message()));
            Progress::Failed(reason.unwrap_or("AWS gives no reason").to_owned())
        }
        other => Progress::Pending(other.to_owned()),
    }
}

fn found(scope: &Scope, endpoint: &Answer) -> Found<Spec> {
    let tags = tagging::read(endpoint.tags());
    Found {
        address: scope.address_of(&tags),
        key: None,
        spec: Spec {
            vpc: Link::existing(endpoint.vpc_id().unwrap_or_default()),
            service: endpoint.service_name().unwrap_or_default().to_owned(),
            route_tables: endpoint
                .route_table_ids()
                .iter()
                .map(Link::existing)
                .collect(),
            policy: Document::parse(endpoint.policy_document().unwrap_or_default(), false),
        },
        tags,
        outputs: outputs([("id", endpoint.vpc_endpoint_id().unwrap_or_default())]),
        progress: progress(endpoint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(state: &str) -> Answer {
        Answer::builder()
            .state(state.into())
            .failure_reason("no route table")
            .build()
    }

    #[test]
    fn an_endpoint_that_is_going_is_not_listed() {
        for state in ["deleting", "deleted", "Deleted"] {
            assert!(leaving(&endpoint(state)), "{state}");
        }
        assert!(!leaving(&endpoint("Available")));
    }

    #[test]
    fn states_are_read_in_either_case_and_a_failure_says_why() {
        assert_eq!(
            progress(&endpoint("Available")),
            Progress::Ready(Outputs::new())
        );
        assert_eq!(
            progress(&endpoint("available")),
            Progress::Ready(Outputs::new())
        );
        assert_eq!(
            progress(&endpoint("Failed")),
            Progress::Failed("no route table".to_owned())
        );
        assert_eq!(
            progress(&endpoint("deleting")),
            Progress::Pending("deleting".to_owned())
        );
    }

    #[test]
    fn awss_own_policy_equals_the_open_one() {
        let echoed = r#"{ "Version": "2008-10-17", "Statement": [ { "Effect": "Allow",
            "Principal": "*", "Action": "*", "Resource": "*" } ] }"#;
        assert_eq!(Document::parse(echoed, false), open_policy());
    }
}
