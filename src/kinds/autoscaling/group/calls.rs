//! The calls that make and move a group.

use std::collections::BTreeSet;

use aws_sdk_autoscaling::types::{AutoScalingGroup, LaunchTemplateSpecification, Tag};

use super::observed::being_deleted;
use super::{CREATE, DESCRIBE, PREDECESSOR, Spec, UPDATE};
use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::{Found, Making};
use crate::reference::Link;
use crate::scope::Tags;

pub(super) const PROFILE: &str =
    "the launch template and its instance profile to be visible to Auto Scaling";

/// The metrics of a group's capacity, each free of charge.
pub(super) const METRICS: [&str; 8] = [
    "GroupMinSize",
    "GroupMaxSize",
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
];

/// What was made a moment ago and is not seen yet: the instance profile, which Auto Scaling
/// checks when it takes a launch template, or the template itself.
pub(super) fn lagging(error: &AwsError) -> bool {
    let message = error.message.to_ascii_lowercase();
    error.is("ValidationError")
        && (message.contains("invalid iam instance profile")
            || (message.contains("launch template") && message.contains("does not exist")))
}

pub(super) fn number(value: u32) -> Option<i32> {
    i32::try_from(value).ok()
}

pub(super) fn id_of<K>(operation: &str, link: &Link<K>) -> Result<String, AwsError> {
    link.known()
        .ok_or_else(|| AwsError::unexpected(operation, format!("{link} is unknown")))
}

pub(super) fn ids<K>(operation: &str, links: &BTreeSet<Link<K>>) -> Result<Vec<String>, AwsError> {
    links.iter().map(|link| id_of(operation, link)).collect()
}

pub(super) fn tag(group: &str, key: &str, value: &str) -> Tag {
    Tag::builder()
        .resource_id(group)
        .resource_type("auto-scaling-group")
        .key(key)
        .value(value)
        .propagate_at_launch(true)
        .build()
}

pub(super) fn sdk_tags(group: &str, set: &Tags) -> Vec<Tag> {
    tags::to_sdk(set, |key, value| tag(group, key, value))
}

pub(super) async fn create_group(making: &Making<'_>, spec: &Spec) -> Result<(), AwsError> {
    making
        .cloud
        .autoscaling()
        .create_auto_scaling_group()
        .auto_scaling_group_name(&spec.name)
        .set_min_size(number(spec.min))
        .set_max_size(number(spec.max))
        .set_desired_capacity(number(spec.desired))
        .vpc_zone_identifier(ids(CREATE, &spec.subnets)?.join(","))
        .set_target_group_arns(Some(ids(CREATE, &spec.target_groups)?))
        .launch_template(template(CREATE, spec)?)
        .health_check_type(spec.health_check.by.name())
        .set_health_check_grace_period(number(spec.health_check.grace_period))
        .set_termination_policies(Some(spec.termination_policies.clone()))
        .set_default_cooldown(number(spec.cooldown))
        .set_default_instance_warmup(number(spec.warmup))
        .capacity_rebalance(spec.capacity_rebalance)
        .set_tags(Some(sdk_tags(&spec.name, making.tags)))
        .send()
        .await
        .during(CREATE)
        .map(drop)
}

/// Whether the group that has the name is the one being made, by an earlier try; or one that
/// is on its way out.
pub(super) async fn our_own(
    making: &Making<'_>,
    name: &str,
    mut error: AwsError,
) -> Result<(), AwsError> {
    let Some(group) = describe(making.cloud, name).await? else {
        return Err(error);
    };
    if being_deleted(&group) {
        error.code = PREDECESSOR.to_owned();
        return Err(error);
    }
    let tags = tags::from_sdk(group.tags(), |tag| (tag.key(), tag.value()));
    if making.scope.address_of(&tags).as_ref() == Some(making.address) {
        return Ok(());
    }
    Err(error.hint(format!(
        "the group {name} is not of this stack; remove it or name the stack differently"
    )))
}

pub(super) async fn describe(
    cloud: &Cloud,
    name: &str,
) -> Result<Option<AutoScalingGroup>, AwsError> {
    let answer = cloud
        .autoscaling()
        .describe_auto_scaling_groups()
        .auto_scaling_group_names(name)
        .send()
        .await
        .during(DESCRIBE)?;
    Ok(answer
        .auto_scaling_groups
        .unwrap_or_default()
        .into_iter()
        .next())
}

/// What instances start from.
pub(super) fn template(
    doing: &'static str,
    spec: &Spec,
) -> Result<LaunchTemplateSpecification, AwsError> {
    let version = spec
        .launch_template_version
        .known()
        .ok_or_else(|| AwsError::unexpected(doing, "the launch template's version is unknown"))?;
    Ok(LaunchTemplateSpecification::builder()
        .launch_template_id(id_of(doing, &spec.launch_template)?)
        .version(version)
        .build())
}

pub(super) async fn move_target_groups(
    cloud: &Cloud,
    spec: &Spec,
    found: &Found<Spec>,
) -> Result<(), AwsError> {
    let wanted: BTreeSet<String> = ids(UPDATE, &spec.target_groups)?.into_iter().collect();
    let seen: BTreeSet<String> = ids(UPDATE, &found.spec.target_groups)?
        .into_iter()
        .collect();
    let new: Vec<String> = wanted.difference(&seen).cloned().collect();
    let old: Vec<String> = seen.difference(&wanted).cloned().collect();
    if !new.is_empty() {
        cloud
            .autoscaling()
            .attach_load_balancer_target_groups()
            .auto_scaling_group_name(found.id())
            .set_target_group_arns(Some(new))
            .send()
            .await
            .during("autoscaling:AttachLoadBalancerTargetGroups")?;
    }
    if !old.is_empty() {
        cloud
            .autoscaling()
            .detach_load_balancer_target_groups()
            .auto_scaling_group_name(found.id())
            .set_target_group_arns(Some(old))
            .send()
            .await
            .during("autoscaling:DetachLoadBalancerTargetGroups")?;
    }
    Ok(())
}

pub(super) async fn collect_metrics(cloud: &Cloud, name: &str, on: bool) -> Result<(), AwsError> {
    if on {
        let metrics = METRICS.iter().map(|metric| (*metric).to_owned()).collect();
        return cloud
            .autoscaling()
            .enable_metrics_collection()
            .auto_scaling_group_name(name)
            .granularity("1Minute")
            .set_metrics(Some(metrics))
            .send()
            .await
            .during("autoscaling:EnableMetricsCollection")
            .map(drop);
    }
    cloud
        .autoscaling()
        .disable_metrics_collection()
        .auto_scaling_group_name(name)
        .send()
        .await
        .during("autoscaling:DisableMetricsCollection")
        .map(drop)
}
