//! The application load balancer.

mod attributes;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_ec2::types::Filter;
use aws_sdk_elasticloadbalancingv2::types::{
    LoadBalancer as Answer, LoadBalancerSchemeEnum, LoadBalancerStateEnum, LoadBalancerTypeEnum,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::attributes::{
    DELETION_PROTECTION, DROP_INVALID, HTTP2, IDLE_TIMEOUT, LOGS, LOGS_BUCKET, LOGS_PREFIX,
    attribute, attributes, write_attributes,
};
use super::estate::{self, Attributes};
use super::tagging;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::ec2::security_group::SecurityGroup;
use crate::kinds::ec2::subnet::{self, Subnet};
use crate::kinds::ec2::vpc::Vpc;
use crate::kinds::{
    After, Beside, Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey,
    Wait, outputs, sample,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};
use crate::units::Cidr;

const CREATE: &str = "elasticloadbalancing:CreateLoadBalancer";
/// Hours in AWS's month of account.
const HOURS: f64 = 730.0;
/// How long a subnet or gateway just made may be invisible to the load balancer.
const LAG: Duration = Duration::from_secs(60);

/// An application load balancer.
pub struct LoadBalancer;

/// What a load balancer is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Its name: at most 32 letters, digits and hyphens, not beginning with `internal-`.
    pub name: String,
    /// Who reaches it.
    pub scheme: Scheme,
    /// A subnet in each zone that it serves, two at least.
    pub subnets: BTreeSet<Link<Subnet>>,
    /// What lets traffic in.
    pub security_groups: BTreeSet<Link<SecurityGroup>>,
    /// Seconds, 1 to 4,000, after which a connection without traffic is closed.
    pub idle_timeout: u32,
    /// Whether AWS refuses to remove it. Removing it by plan turns this off first.
    pub deletion_protection: bool,
    /// Whether headers that are not valid HTTP are dropped rather than passed on.
    pub drop_invalid_headers: bool,
    /// Whether clients may speak HTTP/2.
    pub http2: bool,
    /// Where each request is logged, if it is.
    pub access_logs: Option<AccessLogs>,
}

/// Who reaches a load balancer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// Everybody, by public addresses.
    InternetFacing,
    /// Its own network.
    Internal,
}

/// Where requests are logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccessLogs {
    /// The name of a bucket that lets the load balancer write.
    pub bucket: Text,
    /// The beginning of the objects' keys.
    pub prefix: String,
}

#[async_trait]
impl Kind for LoadBalancer {
    type Spec = Spec;

    const TYPE: &'static str = "elbv2:load-balancer";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "a load balancer cannot be renamed"),
        Field::replace(
            "/scheme",
            "whether a load balancer has public addresses is fixed when it is made",
        ),
    ];

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        outputs([("name", &spec.name)])
    }

    /// A tenth of a capacity unit is assumed: 2.5 new connections a second, or 0.1 GB an hour.
    fn charges(spec: &Spec) -> Vec<Charge> {
        let charge = |item: &str, quantity| Charge {
            item: item.to_owned(),
            quantity,
        };
        let mut charges = vec![
            charge("elb.alb.hour", HOURS),
            charge("elb.alb.lcu", HOURS / 10.0),
        ];
        if spec.scheme == Scheme::InternetFacing {
            let zones = u32::try_from(spec.subnets.len()).unwrap_or_default();
            charges.push(charge("ec2.public_ipv4", HOURS * f64::from(zones)));
        }
        charges
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let estate = estate::of(cloud, survey).await?;
        Ok(estate
            .load_balancers
            .iter()
            .map(|(standing, attributes)| Found {
                address: Some(standing.address.clone()),
                key: None,
                spec: translate(&standing.answer, attributes),
                tags: standing.tags.clone(),
                outputs: outputs_of(&standing.answer),
                progress: progress(&standing.answer),
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let (subnets, groups) = (ids(&spec.subnets)?, ids(&spec.security_groups)?);
        let made = making
            .patience
            .settle(
                "the subnets to be visible to the load balancer",
                LAG,
                lagging,
                || async {
                    making
                        .cloud
                        .elb()
                        .create_load_balancer()
                        .name(&spec.name)
                        .r#type(LoadBalancerTypeEnum::Application)
                        .scheme(spec.scheme.sdk())
                        .set_subnets(Some(subnets.clone()))
                        .set_security_groups(Some(groups.clone()))
                        .set_tags(Some(tagging::sdk(making.tags)))
                        .send()
                        .await
                        .during(CREATE)
                },
            )
            .await;
        let answer = match made {
            Ok(made) => made.load_balancers.unwrap_or_default().into_iter().next(),
            Err(error) if error.already_exists() => Some(our_own(making, &spec.name, error).await?),
            Err(error) => return Err(error),
        };
        let answer = answer
            .ok_or_else(|| AwsError::unexpected(CREATE, "the answer has no load balancer"))?;
        write_attributes(
            making.cloud,
            answer.load_balancer_arn().unwrap_or_default(),
            attributes(spec)?,
        )
        .await?;
        Ok(outputs_of(&answer))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/subnets") {
            making
                .cloud
                .elb()
                .set_subnets()
                .load_balancer_arn(found.id())
                .set_subnets(Some(ids(&spec.subnets)?))
                .send()
                .await
                .during("elasticloadbalancing:SetSubnets")?;
        }
        if changes.touch("/security_groups") {
            making
                .cloud
                .elb()
                .set_security_groups()
                .load_balancer_arn(found.id())
                .set_security_groups(Some(ids(&spec.security_groups)?))
                .send()
                .await
                .during("elasticloadbalancing:SetSecurityGroups")?;
        }
        write_attributes(making.cloud, found.id(), attributes(spec)?).await
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
        if found.spec.deletion_protection {
            let off = attribute(DELETION_PROTECTION, false);
            match write_attributes(making.cloud, found.id(), vec![off]).await {
                Err(error) if error.not_found() => return Ok(()),
                other => other?,
            }
        }
        let gone = making
            .cloud
            .elb()
            .delete_load_balancer()
            .load_balancer_arn(found.id())
            .send()
            .await
            .during("elasticloadbalancing:DeleteLoadBalancer");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    /// The deadlines are those of the SDKs' own waiters, `LoadBalancerAvailable` and
    /// `LoadBalancersDeleted`: 40 looks, 15 seconds apart.
    fn wait(after: After) -> Option<Wait> {
        let (until, usually) = match after {
            After::Create => ("the load balancer to be active", 120),
            After::Delete => (
                "the load balancer and its network interfaces to be gone",
                20,
            ),
            After::Update => return None,
        };
        Some(Wait {
            until,
            every: Duration::from_secs(2),
            usually: Duration::from_secs(usually),
            deadline: Duration::from_secs(600),
        })
    }

    async fn poll(cloud: &Cloud, known: &Outputs) -> Result<Progress, AwsError> {
        let output = |name| known.get(name).map_or("", String::as_str);
        let answer = cloud
            .elb()
            .describe_load_balancers()
            .load_balancer_arns(output("id"))
            .send()
            .await
            .during("elasticloadbalancing:DescribeLoadBalancers");
        match answer {
            Err(error) if error.not_found() => interfaces_left(cloud, output("full_name")).await,
            other => Ok(other?
                .load_balancers()
                .first()
                .map_or(Progress::Gone, progress)),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let other = Beside::new::<Subnet>(
            "subnet-b",
            &subnet::Spec {
                vpc: sample::<Vpc>(),
                cidr: Cidr::around([10, 9, 2, 0].into(), 24).unwrap_or(Cidr::WORLD),
                zone: format!("{}b", scope.region),
                map_public_ip: false,
            },
        );
        let sample = Spec {
            name: crate::units::name::fit(&[&scope.prefix(), "sample"], 32),
            scheme: Scheme::Internal,
            subnets: BTreeSet::from([sample::<Subnet>(), other.link()]),
            security_groups: BTreeSet::from([sample::<SecurityGroup>()]),
            idle_timeout: 60,
            deletion_protection: false,
            drop_invalid_headers: true,
            http2: true,
            access_logs: None,
        };
        let changed = Spec {
            idle_timeout: 120,
            deletion_protection: true,
            drop_invalid_headers: false,
            http2: false,
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![other],
        }
    }
}

impl Scheme {
    fn sdk(self) -> LoadBalancerSchemeEnum {
        match self {
            Self::InternetFacing => LoadBalancerSchemeEnum::InternetFacing,
            Self::Internal => LoadBalancerSchemeEnum::Internal,
        }
    }
}

/// A subnet not seen yet, or its way to the internet: a load balancer that faces the internet
/// wants the VPC's gateway attached (`InvalidSubnet`).
fn lagging(error: &AwsError) -> bool {
    error.not_found()
        || error.is("InvalidSecurityGroup")
        || (error.is("InvalidSubnet") && error.message.contains("internet gateway"))
}

fn ids<K>(links: &BTreeSet<Link<K>>) -> Result<Vec<String>, AwsError> {
    links
        .iter()
        .map(|link| {
            link.known()
                .ok_or_else(|| AwsError::unexpected(CREATE, format!("{link} is unknown")))
        })
        .collect()
}

async fn our_own(making: &Making<'_>, name: &str, error: AwsError) -> Result<Answer, AwsError> {
    let answer = making
        .cloud
        .elb()
        .describe_load_balancers()
        .names(name)
        .send()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancers")?;
    let standing = answer.load_balancers.unwrap_or_default().into_iter().next();
    let Some(standing) = standing else {
        return Err(error);
    };
    let arn = standing.load_balancer_arn().unwrap_or_default();
    if tagging::is_our_own(making, arn).await? {
        return Ok(standing);
    }
    Err(error.hint(format!(
        "{arn} has this name and is not of this stack; remove it or name the stack differently"
    )))
}

/// The part of a load balancer's ARN by which CloudWatch and network interfaces know it.
fn full_name(arn: &str) -> &str {
    arn.split_once(":loadbalancer/")
        .map_or("", |(_, rest)| rest)
}

fn outputs_of(answer: &Answer) -> Outputs {
    let arn = answer.load_balancer_arn().unwrap_or_default();
    outputs([
        ("id", arn),
        ("arn", arn),
        ("name", answer.load_balancer_name().unwrap_or_default()),
        // Route 53 keeps alias targets in lower case.
        (
            "dns_name",
            &answer.dns_name().unwrap_or_default().to_ascii_lowercase(),
        ),
        (
            "zone_id",
            answer.canonical_hosted_zone_id().unwrap_or_default(),
        ),
        ("full_name", full_name(arn)),
    ])
}

fn progress(answer: &Answer) -> Progress {
    let state = answer.state();
    let said = |code: &LoadBalancerStateEnum| match state.and_then(|state| state.reason()) {
        Some(reason) => format!("{}: {reason}", code.as_str()),
        None => code.as_str().to_owned(),
    };
    match state.and_then(|state| state.code()) {
        // Impaired is active without room to grow; it serves.
        None | Some(LoadBalancerStateEnum::Active | LoadBalancerStateEnum::ActiveImpaired) => {
            Progress::Ready(Outputs::new())
        }
        Some(code @ LoadBalancerStateEnum::Failed) => Progress::Failed(said(code)),
        Some(code) => Progress::Pending(said(code)),
    }
}

/// A load balancer that is gone leaves its interfaces in the subnets for a while; as long as
/// they stand, neither subnets nor security groups can be removed.
async fn interfaces_left(cloud: &Cloud, full_name: &str) -> Result<Progress, AwsError> {
    let answer = cloud
        .ec2()
        .describe_network_interfaces()
        .filters(
            Filter::builder()
                .name("description")
                .values(format!("ELB {full_name}"))
                .build(),
        )
        .send()
        .await
        .during("ec2:DescribeNetworkInterfaces")?;
    Ok(match answer.network_interfaces().len() {
        0 => Progress::Gone,
        left => Progress::Pending(format!("{left} network interfaces are still being removed")),
    })
}

/// AWS's answer in the terms of the specification. What is not answered has the default that
/// the API reference gives.
fn translate(answer: &Answer, attributes: &Attributes) -> Spec {
    let text = |key: &str| attributes.get(key).cloned().unwrap_or_default();
    let on = |key: &str, default: bool| attributes.get(key).map_or(default, |v| v == "true");
    Spec {
        name: answer.load_balancer_name().unwrap_or_default().to_owned(),
        scheme: match answer.scheme() {
            Some(LoadBalancerSchemeEnum::Internal) => Scheme::Internal,
            _ => Scheme::InternetFacing,
        },
        subnets: answer
            .availability_zones()
            .iter()
            .filter_map(|zone| zone.subnet_id())
            .map(Link::existing)
            .collect(),
        security_groups: answer
            .security_groups()
            .iter()
            .map(Link::existing)
            .collect(),
        idle_timeout: text(IDLE_TIMEOUT).parse().unwrap_or(60),
        deletion_protection: on(DELETION_PROTECTION, false),
        drop_invalid_headers: on(DROP_INVALID, false),
        http2: on(HTTP2, true),
        access_logs: on(LOGS, false).then(|| AccessLogs {
            bucket: Text::literal(text(LOGS_BUCKET)),
            prefix: text(LOGS_PREFIX),
        }),
    }
}

#[cfg(test)]
mod tests;
