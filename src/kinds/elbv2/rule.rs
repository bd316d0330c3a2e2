//! A rule of a listener: which requests it takes, and what is done with them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{
    HostHeaderConditionConfig, HttpHeaderConditionConfig, PathPatternConditionConfig,
    Rule as Answer, RuleCondition, RulePriorityPair,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action::{self, Action, FixedResponse, Forward, Weights};
use super::estate;
use super::listener::Listener;
use super::tagging;
use super::target_group::TargetGroup;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Owner, Progress, Samples, Survey, outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

const CREATE: &str = "elasticloadbalancing:CreateRule";
const MODIFY: &str = "elasticloadbalancing:ModifyRule";
const DESCRIBE: &str = "elasticloadbalancing:DescribeRules";
/// How long a listener or target group just made may be invisible.
const LAG: Duration = Duration::from_secs(60);
const LAGGING: &str = "the load balancer to see the listener and the target groups";

/// A rule.
pub struct Rule;

/// What a rule is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The listener whose requests it takes.
    pub listener: Link<Listener>,
    /// Its place, 1 to 50,000: the lowest is tried first.
    pub priority: u32,
    /// What a request must have, all of it.
    pub conditions: BTreeSet<Condition>,
    /// What is done with it.
    pub action: Action,
    /// The weights that target groups start with. Afterwards they are `switch`'s.
    pub weights: Weights,
}

/// Something a request must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// A path like one of these; `*` and `?` stand for any characters and any one.
    Path(BTreeSet<String>),
    /// A host like one of these.
    Host(BTreeSet<String>),
    /// A header with a value like one of these.
    Header {
        /// The header's name.
        name: String,
        /// Its values.
        values: BTreeSet<String>,
    },
    /// A condition that was made by hand and has no form here; its name. It can be found,
    /// never wanted.
    Other(String),
}

#[async_trait]
impl Kind for Rule {
    type Spec = Spec;

    const TYPE: &'static str = "elbv2:rule";
    const FIELDS: &'static [Field] = &[
        Field::replace("/listener", "a rule cannot move to another listener"),
        Field::owned("/weights", Owner::Switch),
    ];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let estate = estate::of(cloud, survey).await?;
        Ok(estate
            .rules
            .iter()
            .map(|(listener, standing)| {
                let wanted = survey
                    .wanted
                    .iter()
                    .find(|wanted| wanted.address == standing.address)
                    .map(|wanted| &wanted.spec.action);
                let rule = &standing.answer;
                let (action, weights) = action::translate(rule.actions(), wanted, &estate);
                Found {
                    address: Some(standing.address.clone()),
                    key: None,
                    spec: Spec {
                        listener: Link::existing(listener),
                        priority: priority(rule),
                        conditions: rule.conditions().iter().map(translate).collect(),
                        action,
                        weights,
                    },
                    tags: standing.tags.clone(),
                    outputs: outputs_of(rule.rule_arn().unwrap_or_default()),
                    progress: Progress::Ready(Outputs::new()),
                }
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let unknown = || AwsError::unexpected(CREATE, "the listener is unknown");
        let listener = spec.listener.known().ok_or_else(unknown)?;
        let action = action::sdk(CREATE, &spec.action, &spec.weights)?;
        let conditions = conditions(CREATE, spec)?;
        let made = making
            .patience
            .settle(LAGGING, LAG, AwsError::not_found, || async {
                making
                    .cloud
                    .elb()
                    .create_rule()
                    .listener_arn(&listener)
                    .set_priority(i32::try_from(spec.priority).ok())
                    .set_conditions(Some(conditions.clone()))
                    .actions(action.clone())
                    .set_tags(Some(tagging::sdk(making.tags)))
                    .send()
                    .await
                    .during(CREATE)
            })
            .await;
        let arn = match made {
            Ok(made) => made
                .rules()
                .first()
                .and_then(|rule| rule.rule_arn().map(str::to_owned))
                .ok_or_else(|| AwsError::unexpected(CREATE, "the answer has no rule"))?,
            Err(error) if error.is("PriorityInUse") => {
                let arn = at_priority(making.cloud, &listener, spec.priority).await?;
                match arn {
                    Some(arn) if tagging::is_our_own(making, &arn).await? => arn,
                    other => return Err(taken(error, spec.priority, other.as_deref())),
                }
            }
            Err(error) => return Err(error),
        };
        Ok(outputs_of(&arn))
    }

    /// Sends only what differs: an action that is not sent is not changed, and neither are its
    /// weights.
    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        if changes.touch("/priority") {
            let moved = making
                .cloud
                .elb()
                .set_rule_priorities()
                .rule_priorities(
                    RulePriorityPair::builder()
                        .rule_arn(found.id())
                        .set_priority(i32::try_from(spec.priority).ok())
                        .build(),
                )
                .send()
                .await
                .during("elasticloadbalancing:SetRulePriorities");
            match moved {
                Err(error) if error.is("PriorityInUse") => {
                    let listener = found.spec.listener.known().unwrap_or_default();
                    let other = at_priority(making.cloud, &listener, spec.priority).await?;
                    return Err(taken(error, spec.priority, other.as_deref()));
                }
                other => other.map(drop)?,
            }
        }
        let action = if changes.touch("/action") {
            let live = describe(making.cloud, found.id()).await?;
            let live = live.as_ref().map(Answer::actions);
            let weights = action::keep_live(&spec.action, &spec.weights, live.unwrap_or_default());
            let action = action::sdk(MODIFY, &spec.action, &weights)?;
            Some(vec![action])
        } else {
            None
        };
        let conditions = if changes.touch("/conditions") {
            Some(conditions(MODIFY, spec)?)
        } else {
            None
        };
        if action.is_none() && conditions.is_none() {
            return Ok(());
        }
        making
            .patience
            .settle(LAGGING, LAG, AwsError::not_found, || async {
                making
                    .cloud
                    .elb()
                    .modify_rule()
                    .rule_arn(found.id())
                    .set_conditions(conditions.clone())
                    .set_actions(action.clone())
                    .send()
                    .await
                    .during(MODIFY)
            })
            .await
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
        let gone = making
            .cloud
            .elb()
            .delete_rule()
            .rule_arn(found.id())
            .send()
            .await
            .during("elasticloadbalancing:DeleteRule");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(_: &Scope) -> Samples<Spec> {
        let set = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let blue = sample::<TargetGroup>();
        let sample = Spec {
            listener: sample::<Listener>(),
            priority: 10,
            conditions: BTreeSet::from([Condition::Path(set(&["/internal/*"]))]),
            action: Action::FixedResponse(FixedResponse {
                status: 404,
                content_type: "text/plain".to_owned(),
                body: "not here".to_owned(),
            }),
            weights: Weights::new(),
        };
        let changed = Spec {
            priority: 20,
            conditions: BTreeSet::from([
                Condition::Host(set(&["www.example.com", "example.com"])),
                Condition::Header {
                    name: "X-Preview".to_owned(),
                    values: set(&["green"]),
                },
            ]),
            action: Action::Forward(Forward {
                groups: BTreeMap::from([("blue".to_owned(), blue)]),
                stickiness: None,
            }),
            weights: Weights::from([("blue".to_owned(), 100)]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

fn outputs_of(arn: &str) -> Outputs {
    outputs([("id", arn), ("arn", arn)])
}

fn priority(rule: &Answer) -> u32 {
    rule.priority()
        .and_then(|priority| priority.parse().ok())
        .unwrap_or_default()
}

fn taken(error: AwsError, priority: u32, by: Option<&str>) -> AwsError {
    let by = by.unwrap_or("another rule");
    error.hint(format!(
        "{by} has the priority {priority}; give this rule another one, or move that one first"
    ))
}

fn translate(condition: &RuleCondition) -> Condition {
    let set = |values: &[String]| values.iter().cloned().collect::<BTreeSet<String>>();
    // Older rules carry their values beside the configuration instead of in it.
    let beside = condition.values();
    let path = condition
        .path_pattern_config()
        .map_or(beside, |config| config.values());
    let host = condition
        .host_header_config()
        .map_or(beside, |config| config.values());
    match condition.field() {
        Some("path-pattern") if !path.is_empty() => Condition::Path(set(path)),
        Some("host-header") if !host.is_empty() => Condition::Host(set(host)),
        Some("http-header") => match condition.http_header_config() {
            Some(header) if !header.values().is_empty() => Condition::Header {
                name: header.http_header_name().unwrap_or_default().to_owned(),
                values: set(header.values()),
            },
            _ => Condition::Other("http-header".to_owned()),
        },
        field => Condition::Other(field.unwrap_or_default().to_owned()),
    }
}

fn conditions(operation: &str, spec: &Spec) -> Result<Vec<RuleCondition>, AwsError> {
    let list = |values: &BTreeSet<String>| Some(values.iter().cloned().collect::<Vec<_>>());
    spec.conditions
        .iter()
        .map(|condition| {
            let made = RuleCondition::builder();
            Ok(match condition {
                Condition::Path(values) => made
                    .field("path-pattern")
                    .path_pattern_config(
                        PathPatternConditionConfig::builder()
                            .set_values(list(values))
                            .build(),
                    )
                    .build(),
                Condition::Host(values) => made
                    .field("host-header")
                    .host_header_config(
                        HostHeaderConditionConfig::builder()
                            .set_values(list(values))
                            .build(),
                    )
                    .build(),
                Condition::Header { name, values } => made
                    .field("http-header")
                    .http_header_config(
                        HttpHeaderConditionConfig::builder()
                            .http_header_name(name)
                            .set_values(list(values))
                            .build(),
                    )
                    .build(),
                Condition::Other(name) => {
                    return Err(AwsError::unexpected(
                        operation,
                        format!("a condition of the type {name} can be found but not made"),
                    ));
                }
            })
        })
        .collect()
}

async fn describe(cloud: &Cloud, arn: &str) -> Result<Option<Answer>, AwsError> {
    let answer = cloud
        .elb()
        .describe_rules()
        .rule_arns(arn)
        .send()
        .await
        .during(DESCRIBE)?;
    Ok(answer.rules.unwrap_or_default().into_iter().next())
}

/// The rule of a listener with that priority.
async fn at_priority(
    cloud: &Cloud,
    listener: &str,
    wanted: u32,
) -> Result<Option<String>, AwsError> {
    let rules: Vec<Answer> = cloud
        .elb()
        .describe_rules()
        .listener_arn(listener)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during(DESCRIBE)?;
    Ok(rules
        .into_iter()
        .find(|rule| priority(rule) == wanted)
        .and_then(|rule| rule.rule_arn))
}

#[cfg(test)]
mod tests;
