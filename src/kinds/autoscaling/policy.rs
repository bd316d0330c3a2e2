//! How a group grows and shrinks.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_autoscaling::types::{
    CustomizedMetricSpecification, MetricDimension, MetricStatistic, MetricType,
    PredefinedMetricSpecification, ScalingPolicy, StepAdjustment, TargetTrackingConfiguration,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::group::Group;
use super::not_found;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, outputs,
    sample,
};
use crate::reference::{Link, Text};
use crate::scope::{Scope, Tags};

const PUT: &str = "autoscaling:PutScalingPolicy";
/// How long a group just made may be invisible to the next call.
const LAG: Duration = Duration::from_secs(30);

/// A scaling policy.
pub struct Policy;

/// What a policy is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The group.
    pub group: Link<Group>,
    /// The policy's name, unique in its group.
    pub name: String,
    /// When it acts, and how.
    pub scaling: Scaling,
}

/// When a policy acts, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Scaling {
    /// AWS keeps a metric near a value, with alarms of its own making.
    TargetTracking {
        /// The metric.
        metric: Metric,
        /// The value, in the metric's unit; per cent for the processor and for memory.
        target: f64,
        /// Whether it may take instances away too.
        scale_in: bool,
    },
    /// An alarm adds so many instances (or takes them away), by how far it is exceeded.
    Step {
        /// The steps, the lowest first.
        steps: Vec<Step>,
    },
    /// An alarm adds so many instances (or takes them away), then nothing for a while.
    Simple {
        /// How many more; negative for fewer.
        change: i32,
        /// Seconds until the next.
        cooldown: u32,
    },
    /// A policy made by hand that has no form here; its type. It can be found, never wanted.
    Other(String),
}

/// One step: between two distances from the alarm's threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// From this distance on; without bound if absent.
    pub from: Option<f64>,
    /// Below this distance; without bound if absent.
    pub below: Option<f64>,
    /// How many more instances; negative for fewer.
    pub change: i32,
}

/// What target tracking looks at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Metric {
    /// The average processor use of the group's instances.
    Cpu,
    /// The average of a metric that the instances report themselves. EC2 has none for memory:
    /// that is the CloudWatch agent's.
    Custom {
        /// Its namespace, such as `CWAgent`.
        namespace: String,
        /// Its name, such as `mem_used_percent`.
        name: String,
        /// Its dimensions.
        dimensions: BTreeMap<String, Text>,
    },
    /// A metric chosen by hand that has no form here. It can be found, never wanted.
    Other(String),
}

#[async_trait]
impl Kind for Policy {
    type Spec = Spec;

    const TYPE: &'static str = "autoscaling:policy";
    const FIELDS: &'static [Field] = &[
        Field::replace("/group", "a policy belongs to the group it was made for"),
        Field::replace("/name", "a policy cannot be renamed"),
    ];
    const TAGGING: Tagging = Tagging::None;

    fn key(spec: &Spec) -> Option<String> {
        Some(key(&spec.group.known()?, &spec.name))
    }

    fn predict(_: &Scope, spec: &Spec) -> Outputs {
        Self::key(spec)
            .map(|key| outputs([("id", &key), ("name", &spec.name)]))
            .unwrap_or_default()
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let policies: Vec<_> = cloud
            .autoscaling()
            .describe_policies()
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("autoscaling:DescribePolicies")?;
        let named: BTreeSet<&str> = survey
            .manifest
            .iter()
            .map(|(_, key)| key.as_str())
            .collect();
        let prefix = survey.scope.name("");
        Ok(policies
            .iter()
            .filter_map(|policy| {
                let spec = translate(policy);
                let key = Self::key(&spec)?;
                // Groups of the stack are called after it, so its policies are known by that
                // even where nothing else tells of them.
                if !key.starts_with(&prefix) && !named.contains(key.as_str()) {
                    return None;
                }
                Some(Found {
                    address: survey.made_as(&key),
                    outputs: outputs([
                        ("id", &key),
                        ("name", &spec.name),
                        ("arn", policy.policy_arn().unwrap_or_default()),
                    ]),
                    key: Some(key),
                    spec,
                    tags: Tags::new(),
                    progress: Progress::Ready(Outputs::new()),
                })
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let group = group_of(spec)?;
        let arn = put(making, &group, spec).await?;
        Ok(outputs([
            ("id", &key(&group, &spec.name)),
            ("name", &spec.name),
            ("arn", &arn),
        ]))
    }

    /// Putting a policy of that name replaces the one that is there.
    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        put(making, &group_of(spec)?, spec).await.map(drop)
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .autoscaling()
            .delete_policy()
            .auto_scaling_group_name(group_of(&found.spec)?)
            .policy_name(&found.spec.name)
            .send()
            .await
            .during("autoscaling:DeletePolicy");
        match gone {
            Err(error) if not_found(&error) => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let sample = Spec {
            group: sample::<Group>(),
            name: "cpu".to_owned(),
            scaling: Scaling::TargetTracking {
                metric: Metric::Cpu,
                target: 60.0,
                scale_in: true,
            },
        };
        let changed = Spec {
            scaling: Scaling::TargetTracking {
                metric: Metric::Custom {
                    namespace: "CWAgent".to_owned(),
                    name: "mem_used_percent".to_owned(),
                    dimensions: BTreeMap::from([(
                        "AutoScalingGroupName".to_owned(),
                        sample.group.text().clone(),
                    )]),
                },
                target: 70.0,
                scale_in: false,
            },
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn key(group: &str, name: &str) -> String {
    format!("{group}/{name}")
}

fn group_of(spec: &Spec) -> Result<String, AwsError> {
    spec.group
        .known()
        .ok_or_else(|| AwsError::unexpected(PUT, "the group is unknown"))
}

const TARGET_TRACKING: &str = "TargetTrackingScaling";
const STEP: &str = "StepScaling";
const SIMPLE: &str = "SimpleScaling";
const BY_NUMBER: &str = "ChangeInCapacity";

/// Writes the policy, whether it exists or not; its ARN.
async fn put(making: &Making<'_>, group: &str, spec: &Spec) -> Result<String, AwsError> {
    let answer = making
        .patience
        .settle("the group to be visible", LAG, not_found, || async {
            let call = making
                .cloud
                .autoscaling()
                .put_scaling_policy()
                .auto_scaling_group_name(group)
                .policy_name(&spec.name);
            let call = match &spec.scaling {
                Scaling::TargetTracking {
                    metric,
                    target,
                    scale_in,
                } => call
                    .policy_type(TARGET_TRACKING)
                    .target_tracking_configuration(tracking(metric, *target, *scale_in)?),
                Scaling::Step { steps } => call
                    .policy_type(STEP)
                    .adjustment_type(BY_NUMBER)
                    .metric_aggregation_type("Average")
                    .set_step_adjustments(Some(steps.iter().map(sdk_step).collect())),
                Scaling::Simple { change, cooldown } => call
                    .policy_type(SIMPLE)
                    .adjustment_type(BY_NUMBER)
                    .scaling_adjustment(*change)
                    .set_cooldown(i32::try_from(*cooldown).ok()),
                Scaling::Other(name) => return Err(not_made(name)),
            };
            call.send().await.during(PUT)
        })
        .await?;
    Ok(answer.policy_arn().unwrap_or_default().to_owned())
}

fn not_made(name: &str) -> AwsError {
    AwsError::unexpected(PUT, format!("{name} can be found but not made"))
}

fn sdk_step(step: &Step) -> StepAdjustment {
    StepAdjustment::builder()
        .set_metric_interval_lower_bound(step.from)
        .set_metric_interval_upper_bound(step.below)
        .scaling_adjustment(step.change)
        .build()
}

fn tracking(
    metric: &Metric,
    target: f64,
    scale_in: bool,
) -> Result<TargetTrackingConfiguration, AwsError> {
    let made = TargetTrackingConfiguration::builder()
        .target_value(target)
        .disable_scale_in(!scale_in);
    Ok(match metric {
        Metric::Cpu => made.predefined_metric_specification(
            PredefinedMetricSpecification::builder()
                .predefined_metric_type(MetricType::AsgAverageCpuUtilization)
                .build(),
        ),
        Metric::Custom {
            namespace,
            name,
            dimensions,
        } => {
            let dimensions: Option<Vec<MetricDimension>> = dimensions
                .iter()
                .map(|(name, value)| {
                    let value = value.known()?;
                    Some(MetricDimension::builder().name(name).value(value).build())
                })
                .collect();
            let unknown = || AwsError::unexpected(PUT, "a dimension of the metric is unknown");
            made.customized_metric_specification(
                CustomizedMetricSpecification::builder()
                    .namespace(namespace)
                    .metric_name(name)
                    .statistic(MetricStatistic::Average)
                    .set_dimensions(Some(dimensions.ok_or_else(unknown)?))
                    .build(),
            )
        }
        Metric::Other(name) => return Err(not_made(name)),
    }
    .build())
}

fn translate(policy: &ScalingPolicy) -> Spec {
    Spec {
        group: Link::existing(policy.auto_scaling_group_name().unwrap_or_default()),
        name: policy.policy_name().unwrap_or_default().to_owned(),
        scaling: scaling(policy),
    }
}

fn scaling(policy: &ScalingPolicy) -> Scaling {
    let kind = policy.policy_type().unwrap_or(SIMPLE);
    let by_number = policy.adjustment_type() == Some(BY_NUMBER);
    match (kind, policy.target_tracking_configuration()) {
        (TARGET_TRACKING, Some(tracking)) => Scaling::TargetTracking {
            metric: metric(tracking),
            target: tracking.target_value().unwrap_or_default(),
            scale_in: tracking.disable_scale_in() != Some(true),
        },
        (STEP, _) if by_number => Scaling::Step {
            steps: policy
                .step_adjustments()
                .iter()
                .map(|step| Step {
                    from: step.metric_interval_lower_bound(),
                    below: step.metric_interval_upper_bound(),
                    change: step.scaling_adjustment().unwrap_or_default(),
                })
                .collect(),
        },
        (SIMPLE, _) if by_number => Scaling::Simple {
            change: policy.scaling_adjustment().unwrap_or_default(),
            cooldown: policy
                .cooldown()
                .and_then(|seconds| u32::try_from(seconds).ok())
                .unwrap_or_default(),
        },
        _ => {
            let adjustment = policy.adjustment_type().unwrap_or_default();
            Scaling::Other(format!("{kind} {adjustment}").trim_end().to_owned())
        }
    }
}

fn metric(tracking: &TargetTrackingConfiguration) -> Metric {
    if let Some(predefined) = tracking.predefined_metric_specification() {
        return match predefined.predefined_metric_type() {
            Some(MetricType::AsgAverageCpuUtilization) => Metric::Cpu,
            other => Metric::Other(other.map_or("", MetricType::as_str).to_owned()),
        };
    }
    match tracking.customized_metric_specification() {
        Some(custom) if custom.statistic() == Some(&MetricStatistic::Average) => Metric::Custom {
            namespace: custom.namespace().unwrap_or_default().to_owned(),
            name: custom.metric_name().unwrap_or_default().to_owned(),
            dimensions: custom
                .dimensions()
                .iter()
                .filter_map(|one| Some((one.name()?.to_owned(), Text::literal(one.value()?))))
                .collect(),
        },
        _ => Metric::Other("customised metric".to_owned()),
    }
}

#[cfg(test)]
mod tests;
