//! What each step does to AWS. Whatever is so already is left, so that a step carried out twice is carried out once.

use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, HttpHeaderConditionConfig, RuleCondition, Tag,
    TargetGroupTuple,
};

use super::sight::{Sight, look};
use super::site::{Place, Site};
use super::step::Weights;
use crate::aws::{AwsError, Cloud, During};
use crate::model::workloads::Colour;
use crate::scope::STACK_TAG;

/// The header that opens the door to the colour without traffic.
pub const DOOR: &str = "X-Codedetect-Door";
/// The rules of a listener count from here ("Listener rules", 1 to 50,000).
const PRIORITIES: std::ops::RangeInclusive<i32> = 1..=50_000;

/// Who acts: where, and on what.
#[derive(Clone, Copy)]
pub struct Hand<'a> {
    /// Where calls go.
    pub cloud: &'a Cloud,
    /// The workload.
    pub site: &'a Site,
}

impl Hand<'_> {
    /// The workload as it stands.
    ///
    /// # Errors
    /// AWS's.
    pub async fn look(&self) -> Result<Sight, AwsError> {
        look(self.cloud, self.site).await
    }

    /// A colour's things.
    pub(super) fn place(&self, colour: Colour) -> Result<&Place, AwsError> {
        self.site.place(colour).ok_or_else(|| {
            AwsError::unexpected(
                "release",
                format!("{} has no colour {}", self.site.workload, colour.key()),
            )
        })
    }

    /// Writes a colour's release.
    ///
    /// # Errors
    /// AWS's.
    pub async fn write(&self, colour: Colour, release: &str) -> Result<(), AwsError> {
        self.cloud
            .ssm()
            .put_parameter()
            .name(&self.place(colour)?.release)
            .value(release)
            .overwrite(true)
            .send()
            .await
            .during("ssm:PutParameter")?;
        Ok(())
    }

    /// Sets the bounds of a colour's group; the largest number stays.
    ///
    /// # Errors
    /// AWS's.
    pub async fn size(
        &self,
        colour: Colour,
        least: u32,
        desired: Option<u32>,
    ) -> Result<(), AwsError> {
        let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        self.cloud
            .autoscaling()
            .update_auto_scaling_group()
            .auto_scaling_group_name(&self.place(colour)?.fleet)
            .min_size(number(least))
            .set_desired_capacity(desired.map(number))
            .send()
            .await
            .during("autoscaling:UpdateAutoScalingGroup")?;
        Ok(())
    }

    /// Shares the traffic out. Everything else that the listener does stays as it is.
    ///
    /// # Errors
    /// AWS's.
    pub async fn weigh(&self, sight: &Sight, weights: &Weights) -> Result<(), AwsError> {
        let actions = sight
            .listener
            .actions
            .iter()
            .map(|action| weighed(action, sight, weights))
            .collect();
        self.cloud
            .elb()
            .modify_listener()
            .listener_arn(&sight.listener.arn)
            .set_default_actions(Some(actions))
            .send()
            .await
            .during("elasticloadbalancing:ModifyListener")?;
        Ok(())
    }

    /// Opens a door to a colour: requests that carry the token go to it, whatever the weights.
    ///
    /// # Errors
    /// AWS's.
    pub async fn open_door(
        &self,
        sight: &Sight,
        colour: Colour,
        token: &str,
    ) -> Result<(), AwsError> {
        self.close_doors(sight).await?;
        let taken = self.priorities(sight).await?;
        let free = PRIORITIES
            .into_iter()
            .find(|one| !taken.contains(one))
            .ok_or_else(|| {
                AwsError::unexpected(
                    "elasticloadbalancing:CreateRule",
                    "the listener has no free priority",
                )
            })?;
        let header = HttpHeaderConditionConfig::builder()
            .http_header_name(DOOR)
            .values(token)
            .build();
        let condition = RuleCondition::builder()
            .field("http-header")
            .http_header_config(header)
            .build();
        let action = Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .target_group_arn(&sight.of(colour).target_group)
            .build();
        self.cloud
            .elb()
            .create_rule()
            .listener_arn(&sight.listener.arn)
            .priority(free)
            .conditions(condition)
            .actions(action)
            .tags(
                Tag::builder()
                    .key(STACK_TAG)
                    .value(&self.site.prefix)
                    .build(),
            )
            .send()
            .await
            .during("elasticloadbalancing:CreateRule")?;
        Ok(())
    }

    /// Closes every door, those that a killed run has left open included.
    ///
    /// # Errors
    /// AWS's.
    pub async fn close_doors(&self, sight: &Sight) -> Result<(), AwsError> {
        for rule in self.rules(sight).await? {
            let is_door = rule.conditions().iter().any(|condition| {
                condition
                    .http_header_config()
                    .and_then(|header| header.http_header_name())
                    .is_some_and(|name| name.eq_ignore_ascii_case(DOOR))
            });
            if let (true, Some(arn)) = (is_door, rule.rule_arn()) {
                let deleted = self
                    .cloud
                    .elb()
                    .delete_rule()
                    .rule_arn(arn)
                    .send()
                    .await
                    .during("elasticloadbalancing:DeleteRule");
                match deleted {
                    Err(error) if error.not_found() => {}
                    other => drop(other?),
                }
            }
        }
        Ok(())
    }

    async fn priorities(&self, sight: &Sight) -> Result<Vec<i32>, AwsError> {
        Ok(self
            .rules(sight)
            .await?
            .iter()
            .filter_map(|rule| rule.priority()?.parse().ok())
            .collect())
    }

    async fn rules(
        &self,
        sight: &Sight,
    ) -> Result<Vec<aws_sdk_elasticloadbalancingv2::types::Rule>, AwsError> {
        self.cloud
            .elb()
            .describe_rules()
            .listener_arn(&sight.listener.arn)
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("elasticloadbalancing:DescribeRules")
    }

    /// The stack's alarms that ring.
    ///
    /// # Errors
    /// AWS's.
    pub async fn ringing(&self) -> Result<Vec<String>, AwsError> {
        let answer = self
            .cloud
            .cloudwatch()
            .describe_alarms()
            .alarm_name_prefix(format!("{}-", self.site.prefix))
            .state_value(StateValue::Alarm)
            .send()
            .await
            .during("cloudwatch:DescribeAlarms")?;
        Ok(answer
            .metric_alarms()
            .iter()
            // Not every endpoint heeds two filters at once.
            .filter(|alarm| alarm.state_value() == Some(&StateValue::Alarm))
            .filter_map(|alarm| alarm.alarm_name().map(str::to_owned))
            .collect())
    }
}

/// The action with other weights.
fn weighed(action: &Action, sight: &Sight, weights: &Weights) -> Action {
    let Some(config) = action
        .forward_config()
        .filter(|_| action.r#type() == Some(&ActionTypeEnum::Forward))
    else {
        return action.clone();
    };
    let groups = config
        .target_groups()
        .iter()
        .map(|group| {
            let weight = sight
                .colours
                .iter()
                .find(|(_, one)| group.target_group_arn() == Some(&one.target_group))
                .and_then(|(colour, _)| weights.get(colour))
                .and_then(|weight| i32::try_from(*weight).ok());
            TargetGroupTuple::builder()
                .set_target_group_arn(group.target_group_arn().map(str::to_owned))
                .set_weight(weight.or(group.weight()))
                .build()
        })
        .collect();
    Action::builder()
        .r#type(ActionTypeEnum::Forward)
        .set_order(action.order())
        .forward_config(
            ForwardActionConfig::builder()
                .set_target_groups(Some(groups))
                .set_target_group_stickiness_config(
                    config.target_group_stickiness_config().cloned(),
                )
                .build(),
        )
        .build()
}
