//! What AWS answers about a group, in the terms of the specification.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{
    Activity, AutoScalingGroup, LifecycleState, ScalingActivityStatusCode,
};

use super::calls::METRICS;
use super::{HealthCheck, Instance, Judge, Spec, count};
use crate::kinds::{Outputs, outputs};
use crate::reference::{Link, Text};

pub(super) fn outputs_of(group: &AutoScalingGroup) -> Outputs {
    let name = group.auto_scaling_group_name().unwrap_or_default();
    outputs([
        ("id", name),
        ("name", name),
        ("arn", group.auto_scaling_group_arn().unwrap_or_default()),
    ])
}

/// A group being deleted has a status, `Delete in progress`; others have none.
pub(super) fn being_deleted(group: &AutoScalingGroup) -> bool {
    group.status().is_some_and(|status| !status.is_empty())
}

/// Instances in service. Whether the load balancer finds them healthy is asked by a release,
/// target by target; here it would wait for a workload that may not exist yet.
pub(super) fn in_service(group: &AutoScalingGroup) -> u32 {
    let running = group
        .instances()
        .iter()
        .filter(|instance| instance.lifecycle_state() == Some(&LifecycleState::InService))
        .count();
    u32::try_from(running).unwrap_or(u32::MAX)
}

pub(super) fn so_many(running: u32, wanted: u32) -> String {
    format!("{running} of {wanted} instances in service")
}

/// AWS's reason, if the newest of a group's activities (they are answered newest first) came
/// to nothing. Older ones may have been mended since.
pub(super) fn failure(activities: &[Activity]) -> Option<String> {
    let newest = activities.first()?;
    matches!(
        newest.status_code(),
        Some(ScalingActivityStatusCode::Failed | ScalingActivityStatusCode::Cancelled)
    )
    .then(|| {
        let why = newest.status_message().unwrap_or("AWS gives no reason");
        format!("{}: {why}", newest.description().unwrap_or("scaling"))
    })
}

/// Whether a failure passes by itself: Auto Scaling tries again, elsewhere or a little later.
pub(super) fn passes(why: &str) -> bool {
    let why = why.to_ascii_lowercase();
    why.contains("invalid iam instance profile") || why.contains("do not have sufficient")
}

/// AWS's answer in the terms of the specification. What an instance is beyond its type is the
/// launch template's business and taken as wanted.
pub(super) fn translate(group: &AutoScalingGroup, wanted: Option<&Instance>) -> Spec {
    let template = group.launch_template();
    let enabled: BTreeSet<&str> = group
        .enabled_metrics()
        .iter()
        .filter_map(|metric| metric.metric())
        .collect();
    let mut instance = wanted.cloned().unwrap_or_default();
    if let Some(running) = group
        .instances()
        .first()
        .and_then(|one| one.instance_type())
    {
        instance.instance_type = running.to_owned();
    }
    Spec {
        name: group
            .auto_scaling_group_name()
            .unwrap_or_default()
            .to_owned(),
        min: count(group.min_size()),
        max: count(group.max_size()),
        desired: count(group.desired_capacity()),
        subnets: group
            .vpc_zone_identifier()
            .unwrap_or_default()
            .split(',')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(Link::existing)
            .collect(),
        target_groups: group
            .target_group_arns()
            .iter()
            .map(Link::existing)
            .collect(),
        launch_template: Link::existing(
            template
                .and_then(|template| template.launch_template_id())
                .unwrap_or_default(),
        ),
        launch_template_version: Text::literal(
            template
                .and_then(|template| template.version())
                .unwrap_or_default(),
        ),
        instance,
        health_check: HealthCheck {
            by: match group
                .health_check_type()
                .unwrap_or_default()
                .contains("ELB")
            {
                true => Judge::Elb,
                false => Judge::Ec2,
            },
            grace_period: count(group.health_check_grace_period()),
        },
        termination_policies: group.termination_policies().to_vec(),
        cooldown: count(group.default_cooldown()),
        warmup: count(group.default_instance_warmup()),
        metrics: METRICS.iter().all(|metric| enabled.contains(metric)),
        capacity_rebalance: group.capacity_rebalance().unwrap_or_default(),
    }
}
