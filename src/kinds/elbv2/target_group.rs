//! The targets behind a load balancer, and how their health is asked for.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    Matcher, ProtocolEnum, TargetGroup as Answer, TargetGroupAttribute, TargetTypeEnum,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estate::{self, Attributes};
use super::{group_stickiness, tagging};
use crate::aws::{AwsError, Cloud, During, ErrorClass};
use crate::kinds::ec2::vpc::Vpc;
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, ReplaceOrder, Samples, Survey, outputs,
    sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

const CREATE: &str = "elasticloadbalancing:CreateTargetGroup";
const DELETE: &str = "elasticloadbalancing:DeleteTargetGroup";
/// How long the load balancer may still count a listener just changed as a user of the group.
const LET_GO: Duration = Duration::from_secs(60);

/// A target group.
pub struct TargetGroup;

/// What a target group is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name: at most 32 letters, digits and hyphens. Holds a hash of the fields that force
    /// replacement, so that the new one can stand beside the old one.
    pub name: String,
    /// The VPC its targets are in.
    pub vpc: Link<Vpc>,
    /// What its targets are.
    pub target_type: TargetType,
    /// The port its targets listen on.
    pub port: u16,
    /// The protocol its targets speak.
    pub protocol: Protocol,
    /// How the health of its targets is asked for.
    pub health_check: HealthCheck,
    /// Seconds, 0 to 3,600, that a target being removed still has to finish its requests.
    pub deregistration_delay: u32,
    /// Seconds, 30 to 900, in which a new target's share of requests grows to its full; 0 for
    /// its full share at once.
    pub slow_start: u32,
    /// Whether a client stays with the target that answered it first.
    pub stickiness: Stickiness,
    /// How a target is chosen for a request.
    pub algorithm: Algorithm,
}

/// What targets are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TargetType {
    /// Instances, by their ids.
    Instance,
    /// Addresses, as of Fargate tasks.
    Ip,
}

/// A protocol that targets and listeners speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "named as the API names them")]
pub enum Protocol {
    Http,
    Https,
}

/// How health is asked for: over the targets' own port and protocol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthCheck {
    /// The path that is asked.
    pub path: String,
    /// Seconds between two checks, 5 to 300.
    pub interval: u32,
    /// Seconds to wait for an answer, 2 to 120.
    pub timeout: u32,
    /// Clean answers in a row, 2 to 10, that make an unhealthy target healthy. A new one needs
    /// only one.
    pub healthy: u32,
    /// Failures in a row, 2 to 10, that make a target unhealthy.
    pub unhealthy: u32,
    /// The statuses that are clean: `200`, `200,204` or `200-299`.
    pub matcher: String,
}

/// A cookie by which a client stays with a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stickiness {
    /// Whether the cookie is set.
    pub enabled: bool,
    /// How long it is good for, in seconds, 1 to 604,800.
    pub seconds: u32,
}

/// How a target is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// One after the other.
    RoundRobin,
    /// The one with the fewest open requests.
    LeastOutstandingRequests,
    /// By chance, avoiding targets that behave oddly.
    WeightedRandom,
}

#[async_trait]
impl Kind for TargetGroup {
    type Spec = Spec;

    const TYPE: &'static str = "elbv2:target-group";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a target group cannot be renamed"),
        Field::replace("/vpc", FIXED),
        Field::replace("/target_type", FIXED),
        Field::replace("/port", FIXED),
        Field::replace("/protocol", FIXED),
    ];
    const REPLACE: ReplaceOrder = ReplaceOrder::CreateFirst;

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        outputs([("name", &spec.name)])
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let estate = estate::of(cloud, survey).await?;
        Ok(estate
            .target_groups
            .iter()
            .map(|(standing, attributes)| Found {
                address: Some(standing.address.clone()),
                key: None,
                spec: translate(&standing.answer, attributes),
                tags: standing.tags.clone(),
                outputs: outputs_of(&standing.answer),
                progress: Progress::Ready(Outputs::new()),
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let vpc = spec
            .vpc
            .known()
            .ok_or_else(|| AwsError::unexpected(CREATE, "the VPC is unknown"))?;
        let check = &spec.health_check;
        let made = making
            .cloud
            .elb()
            .create_target_group()
            .name(&spec.name)
            .vpc_id(vpc)
            .target_type(match spec.target_type {
                TargetType::Instance => TargetTypeEnum::Instance,
                TargetType::Ip => TargetTypeEnum::Ip,
            })
            .port(i32::from(spec.port))
            .protocol(spec.protocol.sdk())
            .health_check_protocol(spec.protocol.sdk())
            .health_check_path(&check.path)
            .set_health_check_interval_seconds(number(check.interval))
            .set_health_check_timeout_seconds(number(check.timeout))
            .set_healthy_threshold_count(number(check.healthy))
            .set_unhealthy_threshold_count(number(check.unhealthy))
            .matcher(Matcher::builder().http_code(&check.matcher).build())
            .set_tags(Some(tagging::sdk(making.tags)))
            .send()
            .await
            .during(CREATE);
        let answer = match made {
            Ok(made) => made.target_groups.unwrap_or_default().into_iter().next(),
            Err(error) if error.already_exists() => Some(our_own(making, &spec.name, error).await?),
            Err(error) => return Err(error),
        };
        let answer =
            answer.ok_or_else(|| AwsError::unexpected(CREATE, "the answer has no target group"))?;
        let arn = answer.target_group_arn().unwrap_or_default();
        write_attributes(making.cloud, arn, spec).await?;
        Ok(outputs_of(&answer))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/health_check") {
            let check = &spec.health_check;
            making
                .cloud
                .elb()
                .modify_target_group()
                .target_group_arn(found.id())
                .health_check_path(&check.path)
                .set_health_check_interval_seconds(number(check.interval))
                .set_health_check_timeout_seconds(number(check.timeout))
                .set_healthy_threshold_count(number(check.healthy))
                .set_unhealthy_threshold_count(number(check.unhealthy))
                .matcher(Matcher::builder().http_code(&check.matcher).build())
                .send()
                .await
                .during("elasticloadbalancing:ModifyTargetGroup")?;
        }
        if spec.stickiness.enabled && !found.spec.stickiness.enabled {
            let balancers = users_of(making.cloud, found.id()).await?;
            let seconds = spec.stickiness.seconds;
            group_stickiness::enable(making.cloud, &balancers, found.id(), seconds).await?;
        }
        group_stickiness::seen(making, || write_attributes(making.cloud, found.id(), spec)).await
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
            .patience
            .settle(
                "the load balancer to let go of the target group",
                LET_GO,
                |error| error.class == ErrorClass::InUse,
                || async {
                    making
                        .cloud
                        .elb()
                        .delete_target_group()
                        .target_group_arn(found.id())
                        .send()
                        .await
                        .during(DELETE)
                },
            )
            .await;
        match gone {
            Err(error) if error.not_found() => Ok(()),
            Err(error) if error.class == ErrorClass::InUse => {
                let users = users_of(making.cloud, found.id()).await?;
                Err(error.hint(format!(
                    "a listener or rule of {} still forwards to it; remove that first",
                    users.join(", ")
                )))
            }
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            name: crate::units::name::fit(&[&scope.prefix(), "sample"], 32),
            vpc: sample::<Vpc>(),
            target_type: TargetType::Instance,
            port: 8080,
            protocol: Protocol::Http,
            health_check: HealthCheck {
                path: "/api/health".to_owned(),
                interval: 30,
                timeout: 5,
                healthy: 2,
                unhealthy: 3,
                matcher: "200".to_owned(),
            },
            deregistration_delay: 60,
            slow_start: 0,
            stickiness: Stickiness {
                enabled: false,
                seconds: 3600,
            },
            algorithm: Algorithm::RoundRobin,
        };
        let changed = Spec {
            health_check: HealthCheck {
                path: "/health".to_owned(),
                interval: 15,
                timeout: 4,
                healthy: 3,
                unhealthy: 2,
                matcher: "200-299".to_owned(),
            },
            deregistration_delay: 120,
            stickiness: Stickiness {
                enabled: true,
                seconds: 7200,
            },
            algorithm: Algorithm::LeastOutstandingRequests,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

const FIXED: &str = "where a target group sends requests is fixed when it is made";

impl Protocol {
    pub(super) fn sdk(self) -> ProtocolEnum {
        match self {
            Self::Http => ProtocolEnum::Http,
            Self::Https => ProtocolEnum::Https,
        }
    }

    pub(super) fn from_sdk(protocol: Option<&ProtocolEnum>) -> Self {
        match protocol {
            Some(ProtocolEnum::Https) => Self::Https,
            _ => Self::Http,
        }
    }
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
            Self::WeightedRandom => "weighted_random",
        }
    }
}

fn number(value: u32) -> Option<i32> {
    i32::try_from(value).ok()
}

fn outputs_of(answer: &Answer) -> Outputs {
    let arn = answer.target_group_arn().unwrap_or_default();
    outputs([
        ("id", arn),
        ("arn", arn),
        ("name", answer.target_group_name().unwrap_or_default()),
        ("full_name", arn.rsplit(':').next().unwrap_or_default()),
    ])
}

async fn our_own(making: &Making<'_>, name: &str, error: AwsError) -> Result<Answer, AwsError> {
    let answer = making
        .cloud
        .elb()
        .describe_target_groups()
        .names(name)
        .send()
        .await
        .during("elasticloadbalancing:DescribeTargetGroups")?;
    let standing = answer.target_groups.unwrap_or_default().into_iter().next();
    let Some(standing) = standing else {
        return Err(error);
    };
    let arn = standing.target_group_arn().unwrap_or_default();
    if tagging::is_our_own(making, arn).await? {
        return Ok(standing);
    }
    Err(error.hint(format!(
        "{arn} has this name and is not of this stack; remove it or name the stack differently"
    )))
}

/// The load balancers that use a target group.
async fn users_of(cloud: &Cloud, arn: &str) -> Result<Vec<String>, AwsError> {
    let answer = cloud
        .elb()
        .describe_target_groups()
        .target_group_arns(arn)
        .send()
        .await
        .during("elasticloadbalancing:DescribeTargetGroups")?;
    Ok(answer
        .target_groups()
        .iter()
        .flat_map(|group| group.load_balancer_arns())
        .cloned()
        .collect())
}

const DELAY: &str = "deregistration_delay.timeout_seconds";
const SLOW_START: &str = "slow_start.duration_seconds";
const STICKY: &str = "stickiness.enabled";
const STICKY_TYPE: &str = "stickiness.type";
const STICKY_SECONDS: &str = "stickiness.lb_cookie.duration_seconds";
const ALGORITHM: &str = "load_balancing.algorithm.type";

/// AWS's answer in the terms of the specification. What is not answered has the default that
/// the API reference gives.
fn translate(answer: &Answer, attributes: &Attributes) -> Spec {
    let seconds = |key: &str, default: u32| {
        attributes
            .get(key)
            .and_then(|value| value.parse().ok())
            .unwrap_or(default)
    };
    let count = |value: Option<i32>| {
        value
            .and_then(|v| u32::try_from(v).ok())
            .unwrap_or_default()
    };
    let matcher = answer.matcher().and_then(Matcher::http_code);
    Spec {
        name: answer.target_group_name().unwrap_or_default().to_owned(),
        vpc: Link::existing(answer.vpc_id().unwrap_or_default()),
        target_type: match answer.target_type() {
            Some(TargetTypeEnum::Ip) => TargetType::Ip,
            _ => TargetType::Instance,
        },
        port: answer
            .port()
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or_default(),
        protocol: Protocol::from_sdk(answer.protocol()),
        health_check: HealthCheck {
            path: answer.health_check_path().unwrap_or_default().to_owned(),
            interval: count(answer.health_check_interval_seconds()),
            timeout: count(answer.health_check_timeout_seconds()),
            healthy: count(answer.healthy_threshold_count()),
            unhealthy: count(answer.unhealthy_threshold_count()),
            matcher: matcher.unwrap_or_default().to_owned(),
        },
        deregistration_delay: seconds(DELAY, 300),
        slow_start: seconds(SLOW_START, 0),
        stickiness: Stickiness {
            enabled: attributes.get(STICKY).is_some_and(|on| on == "true"),
            seconds: seconds(STICKY_SECONDS, 86_400),
        },
        algorithm: match attributes.get(ALGORITHM).map(String::as_str) {
            Some("least_outstanding_requests") => Algorithm::LeastOutstandingRequests,
            Some("weighted_random") => Algorithm::WeightedRandom,
            _ => Algorithm::RoundRobin,
        },
    }
}

fn attributes(spec: &Spec) -> Vec<TargetGroupAttribute> {
    let attribute = |key: &str, value: String| {
        TargetGroupAttribute::builder()
            .key(key)
            .value(value)
            .build()
    };
    vec![
        attribute(DELAY, spec.deregistration_delay.to_string()),
        attribute(SLOW_START, spec.slow_start.to_string()),
        attribute(STICKY, spec.stickiness.enabled.to_string()),
        attribute(STICKY_TYPE, "lb_cookie".to_owned()),
        attribute(STICKY_SECONDS, spec.stickiness.seconds.to_string()),
        attribute(ALGORITHM, spec.algorithm.name().to_owned()),
    ]
}

async fn write_attributes(cloud: &Cloud, arn: &str, spec: &Spec) -> Result<(), AwsError> {
    cloud
        .elb()
        .modify_target_group_attributes()
        .target_group_arn(arn)
        .set_attributes(Some(attributes(spec)))
        .send()
        .await
        .during("elasticloadbalancing:ModifyTargetGroupAttributes")
        .map(drop)
}

#[cfg(test)]
mod tests;
