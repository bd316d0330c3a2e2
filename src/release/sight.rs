//! What a release looks at: weights, groups, targets and releases of both colours, read side by side.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::types::LifecycleState;
use aws_sdk_cloudwatch::types::Dimension;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Listener, TargetGroup, TargetHealthStateEnum,
};
use futures::future::{try_join, try_join_all, try_join3};

use super::site::{Place, Site};
use super::step::Weights;
use crate::aws::{AwsError, Cloud, During};
use crate::model::workloads::Colour;

/// A workload as it stands.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Both colours.
    pub colours: BTreeMap<Colour, ColourSight>,
    /// The listener whose default action shares the traffic out.
    pub listener: Shares,
    /// The load balancer's own name.
    pub dns_name: String,
}

/// Where the traffic is shared out.
#[derive(Clone, Debug)]
pub struct Shares {
    /// The listener's ARN.
    pub arn: String,
    /// Its port.
    pub port: u16,
    /// Whether it speaks HTTPS.
    pub secure: bool,
    /// Its default actions, to be sent back with other weights and nothing else changed.
    pub actions: Vec<Action>,
    /// The ARN of its certificate.
    pub certificate: Option<String>,
}

/// A colour as it stands.
#[derive(Clone, Debug, Default)]
pub struct ColourSight {
    /// The ARN of its target group.
    pub target_group: String,
    /// Its share of the traffic, as the listener says.
    pub weight: u32,
    /// The bounds of its group.
    pub least: u32,
    /// The largest number of instances.
    pub most: u32,
    /// The number that Auto Scaling wants now.
    pub desired: u32,
    /// The subnets in which its instances start.
    pub subnets: Vec<String>,
    /// Its instances, by id, with their zone.
    pub instances: BTreeMap<String, String>,
    /// Their type, where there is one.
    pub instance_type: Option<String>,
    /// How many of these are in service.
    pub in_service: u32,
    /// Its targets.
    pub targets: Vec<TargetSight>,
    /// Its release parameter.
    pub release: String,
}

/// A target as the load balancer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetSight {
    /// The instance.
    pub instance: String,
    /// `healthy`, `unhealthy`, `initial`, `draining`, `unused`.
    pub state: String,
    /// AWS's reason, in its words.
    pub why: Option<String>,
}

impl ColourSight {
    /// The healthy targets.
    pub fn healthy(&self) -> u32 {
        count(self.targets.iter().filter(|one| one.state == "healthy"))
    }

    /// Whether it can take all of the traffic at once: so many of its targets are healthy, and are to stay. Targets of a colour that has
    /// just been told to end read healthy until they drain.
    pub fn is_warm(&self, least: u32) -> bool {
        self.healthy() >= least && self.desired >= least
    }

    /// Whether the load balancer has not yet asked any of its targets often enough to say how it is.
    pub fn is_starting(&self) -> bool {
        !self.targets.is_empty() && self.targets.iter().all(|one| one.state == "initial")
    }

    /// The zones in which a target is healthy.
    pub fn healthy_zones(&self) -> BTreeSet<&str> {
        self.targets
            .iter()
            .filter(|one| one.state == "healthy")
            .filter_map(|one| self.instances.get(&one.instance))
            .map(String::as_str)
            .collect()
    }

    /// The image of its release, if that can be read.
    pub fn image(&self) -> Option<String> {
        image_of(&self.release)
    }
}

/// The image of a release, if that can be read.
pub fn image_of(release: &str) -> Option<String> {
    let release: serde_json::Value = serde_json::from_str(release).ok()?;
    release.get("image")?.as_str().map(str::to_owned)
}

fn count<T>(items: impl Iterator<Item = T>) -> u32 {
    u32::try_from(items.count()).unwrap_or(u32::MAX)
}

impl Sight {
    /// The colour that serves: the one with the greater share; none where nobody has any.
    pub fn serving(&self) -> Option<Colour> {
        self.colours
            .iter()
            .filter(|(_, sight)| sight.weight > 0)
            .max_by_key(|(_, sight)| sight.weight)
            .map(|(colour, _)| *colour)
    }

    /// A colour. Both are always there.
    pub fn of(&self, colour: Colour) -> ColourSight {
        self.colours.get(&colour).cloned().unwrap_or_default()
    }

    /// What CloudWatch calls the load balancer: the end of its ARN.
    pub fn whole_dimensions(&self) -> Vec<Dimension> {
        // arn:…:listener/app/<name>/<id>/<listener>
        let balancer = self
            .listener
            .arn
            .split_once(":listener/")
            .and_then(|(_, rest)| rest.rsplit_once('/'))
            .map_or("", |(balancer, _)| balancer);
        vec![dimension("LoadBalancer", balancer)]
    }

    /// What CloudWatch calls the load balancer and a colour's target group.
    pub fn dimensions(&self, colour: Colour) -> Vec<Dimension> {
        // arn:…:targetgroup/<name>/<id>
        let group = self.of(colour).target_group;
        let group = group.rsplit_once(':').map_or("", |(_, name)| name);
        let mut dimensions = self.whole_dimensions();
        dimensions.push(dimension("TargetGroup", group));
        dimensions
    }

    /// The shares as they are.
    pub fn weights(&self) -> Weights {
        self.colours
            .iter()
            .map(|(colour, sight)| (*colour, sight.weight))
            .collect()
    }
}

fn dimension(name: &str, value: &str) -> Dimension {
    Dimension::builder().name(name).value(value).build()
}

/// Looks at a workload. Three rounds of calls, each side by side.
///
/// # Errors
/// AWS's, or what of the workload is not there: then it has not been applied.
pub async fn look(cloud: &Cloud, site: &Site) -> Result<Sight, AwsError> {
    let groups = target_groups(cloud, site).await?;
    let balancer = groups
        .values()
        .find_map(|group| group.load_balancer_arns().first().cloned())
        .ok_or_else(|| not_applied("no load balancer leads to its target groups"))?;
    let arns: BTreeMap<Colour, String> = groups
        .iter()
        .map(|(colour, group)| {
            (
                *colour,
                group.target_group_arn().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let ((listener, dns_name), mut colours, targets) = try_join3(
        try_join(shares(cloud, &balancer, &arns), dns_name(cloud, &balancer)),
        fleets_and_releases(cloud, site),
        try_join_all(arns.iter().map(|(colour, arn)| async {
            targets(cloud, arn).await.map(|targets| (*colour, targets))
        })),
    )
    .await?;
    for (colour, targets) in targets {
        let sight = colours.entry(colour).or_default();
        sight.targets = targets;
        sight.target_group = arns.get(&colour).cloned().unwrap_or_default();
        sight.weight = weight(&listener.actions, &sight.target_group);
    }
    Ok(Sight {
        colours,
        listener,
        dns_name,
    })
}

fn not_applied(what: &str) -> AwsError {
    AwsError::unexpected("looking at the workload", what).hint("run `apply` first")
}

async fn target_groups(
    cloud: &Cloud,
    site: &Site,
) -> Result<BTreeMap<Colour, TargetGroup>, AwsError> {
    let names = site
        .colours
        .values()
        .map(|place| place.target_group.clone());
    let answer = cloud
        .elb()
        .describe_target_groups()
        .set_names(Some(names.collect()))
        .send()
        .await
        .during("elasticloadbalancing:DescribeTargetGroups");
    let answer = match answer {
        Err(error) if error.not_found() => {
            return Err(not_applied("it has no target groups"));
        }
        other => other?,
    };
    let found = answer.target_groups();
    site.colours
        .iter()
        .map(|(colour, place)| {
            found
                .iter()
                .find(|group| group.target_group_name() == Some(&place.target_group))
                .map(|group| (*colour, group.clone()))
                .ok_or_else(|| not_applied("one of its target groups is missing"))
        })
        .collect()
}

async fn dns_name(cloud: &Cloud, balancer: &str) -> Result<String, AwsError> {
    let answer = cloud
        .elb()
        .describe_load_balancers()
        .load_balancer_arns(balancer)
        .send()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancers")?;
    answer
        .load_balancers()
        .first()
        .and_then(|one| one.dns_name().map(str::to_owned))
        .ok_or_else(|| not_applied("its load balancer has no name"))
}

/// The listener whose default action forwards to the colours.
async fn shares(
    cloud: &Cloud,
    balancer: &str,
    arns: &BTreeMap<Colour, String>,
) -> Result<Shares, AwsError> {
    let answer = cloud
        .elb()
        .describe_listeners()
        .load_balancer_arn(balancer)
        .send()
        .await
        .during("elasticloadbalancing:DescribeListeners")?;
    answer
        .listeners()
        .iter()
        .find(|listener| {
            arns.values().any(|arn| {
                groups_of(listener.default_actions())
                    .iter()
                    .any(|(group, _)| group == arn)
            })
        })
        .map(shares_of)
        .ok_or_else(|| not_applied("no listener shares traffic out between its colours"))
}

fn shares_of(listener: &Listener) -> Shares {
    Shares {
        arn: listener.listener_arn().unwrap_or_default().to_owned(),
        port: listener
            .port()
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or(80),
        secure: listener
            .protocol()
            .is_some_and(|protocol| protocol.as_str() == "HTTPS"),
        actions: listener.default_actions().to_vec(),
        certificate: listener
            .certificates()
            .first()
            .and_then(|one| one.certificate_arn().map(str::to_owned)),
    }
}

/// Target groups and weights of the forwarding action.
fn groups_of(actions: &[Action]) -> Vec<(&str, u32)> {
    actions
        .iter()
        .filter(|action| action.r#type() == Some(&ActionTypeEnum::Forward))
        .filter_map(Action::forward_config)
        .flat_map(|config| config.target_groups())
        .filter_map(|group| {
            let weight = group.weight().unwrap_or(1);
            Some((group.target_group_arn()?, u32::try_from(weight).ok()?))
        })
        .collect()
}

fn weight(actions: &[Action], arn: &str) -> u32 {
    groups_of(actions)
        .into_iter()
        .find(|(group, _)| *group == arn)
        .map_or(0, |(_, weight)| weight)
}

/// The targets of a group.
///
/// # Errors
/// AWS's.
pub async fn targets(cloud: &Cloud, group: &str) -> Result<Vec<TargetSight>, AwsError> {
    let answer = cloud
        .elb()
        .describe_target_health()
        .target_group_arn(group)
        .send()
        .await
        .during("elasticloadbalancing:DescribeTargetHealth")?;
    Ok(answer
        .target_health_descriptions()
        .iter()
        .filter_map(|one| {
            let health = one.target_health()?;
            let state = health.state().map_or("", TargetHealthStateEnum::as_str);
            Some(TargetSight {
                instance: one.target()?.id().unwrap_or_default().to_owned(),
                state: state.to_owned(),
                why: health.description().map(str::to_owned),
            })
        })
        .collect())
}

/// The groups of instances and the releases of both colours.
async fn fleets_and_releases(
    cloud: &Cloud,
    site: &Site,
) -> Result<BTreeMap<Colour, ColourSight>, AwsError> {
    let places: Vec<(Colour, &Place)> = site
        .colours
        .iter()
        .map(|(colour, place)| (*colour, place))
        .collect();
    let groups = async {
        cloud
            .autoscaling()
            .describe_auto_scaling_groups()
            .set_auto_scaling_group_names(Some(
                places
                    .iter()
                    .map(|(_, place)| place.fleet.clone())
                    .collect(),
            ))
            .send()
            .await
            .during("autoscaling:DescribeAutoScalingGroups")
    };
    let releases = async {
        cloud
            .ssm()
            .get_parameters()
            .set_names(Some(
                places
                    .iter()
                    .map(|(_, place)| place.release.clone())
                    .collect(),
            ))
            .send()
            .await
            .during("ssm:GetParameters")
    };
    let (groups, releases) = try_join(groups, releases).await?;
    places
        .into_iter()
        .map(|(colour, place)| {
            let group = groups
                .auto_scaling_groups()
                .iter()
                .find(|one| one.auto_scaling_group_name() == Some(&place.fleet))
                .ok_or_else(|| not_applied("one of its Auto Scaling groups is missing"))?;
            let number = |value: Option<i32>| {
                value
                    .and_then(|value| u32::try_from(value).ok())
                    .unwrap_or(0)
            };
            let zone = |one: &aws_sdk_autoscaling::types::Instance| {
                Some((
                    one.instance_id()?.to_owned(),
                    one.availability_zone().unwrap_or_default().to_owned(),
                ))
            };
            let sight = ColourSight {
                least: number(group.min_size()),
                most: number(group.max_size()),
                desired: number(group.desired_capacity()),
                subnets: group
                    .vpc_zone_identifier()
                    .unwrap_or_default()
                    .split(',')
                    .map(|subnet| subnet.trim().to_owned())
                    .filter(|subnet| !subnet.is_empty())
                    .collect(),
                instances: group.instances().iter().filter_map(zone).collect(),
                instance_type: group
                    .instances()
                    .iter()
                    .find_map(|one| one.instance_type().map(str::to_owned)),
                in_service: count(
                    group
                        .instances()
                        .iter()
                        .filter(|one| one.lifecycle_state() == Some(&LifecycleState::InService)),
                ),
                release: releases
                    .parameters()
                    .iter()
                    .find(|one| one.name() == Some(&place.release))
                    .and_then(|one| one.value().map(str::to_owned))
                    .unwrap_or_default(),
                ..ColourSight::default()
            };
            Ok((colour, sight))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_whose_end_has_just_come_is_not_warm_though_its_targets_still_read_healthy() {
        let target = TargetSight {
            instance: "i-1".to_owned(),
            state: "healthy".to_owned(),
            why: None,
        };
        let mut colour = ColourSight {
            desired: 1,
            targets: vec![target],
            ..ColourSight::default()
        };
        assert!(colour.is_warm(1));
        assert!(!colour.is_warm(2), "fewer than the file demands");
        colour.desired = 0;
        assert!(!colour.is_warm(1));
    }
}
