//! Holding clients to a target group, where that must come before holding them to a target.
//!
//! A target group is refused its cookie while a listener or rule that forwards to it does not hold
//! clients to a group: `InvalidConfigurationRequest`, "This target
//! group appears behind a rule with group stickiness disabled. You must enable group stickiness
//! before enabling target stickiness" (kubernetes-sigs/aws-load-balancer-controller#2734).

use std::time::Duration;

use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, Listener, Rule, TargetGroupStickinessConfig,
};

use super::action::live_weights;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Making;

/// How long a target group may not see yet what a listener or rule was just told.
const LAG: Duration = Duration::from_secs(60);

/// Repeats a call while the target group is still seen behind a rule without stickiness.
pub(super) async fn seen<F, Fut>(making: &Making<'_>, call: F) -> Result<(), AwsError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), AwsError>>,
{
    making
        .patience
        .settle(
            "the target group to see that clients are held to it",
            LAG,
            |error| {
                error.is("InvalidConfigurationRequest")
                    && error.message.contains("group stickiness")
            },
            call,
        )
        .await
}

/// Makes all listeners and rules of these load balancers that forward to a target group hold
/// clients to one for so many seconds. Target groups and weights stay as they are.
pub(super) async fn enable(
    cloud: &Cloud,
    balancers: &[String],
    group: &str,
    seconds: u32,
) -> Result<(), AwsError> {
    for balancer in balancers {
        for listener in listeners(cloud, balancer).await? {
            let arn = listener.listener_arn().unwrap_or_default();
            if let Some(action) = held(listener.default_actions(), group, seconds) {
                cloud
                    .elb()
                    .modify_listener()
                    .listener_arn(arn)
                    .default_actions(action)
                    .send()
                    .await
                    .during("elasticloadbalancing:ModifyListener")?;
            }
            for rule in rules(cloud, arn).await? {
                // The default rule is the listener's own action.
                let action = held(rule.actions(), group, seconds);
                if let Some(action) = action.filter(|_| rule.is_default() != Some(true)) {
                    cloud
                        .elb()
                        .modify_rule()
                        .rule_arn(rule.rule_arn().unwrap_or_default())
                        .actions(action)
                        .send()
                        .await
                        .during("elasticloadbalancing:ModifyRule")?;
                }
            }
        }
    }
    Ok(())
}

async fn listeners(cloud: &Cloud, balancer: &str) -> Result<Vec<Listener>, AwsError> {
    cloud
        .elb()
        .describe_listeners()
        .load_balancer_arn(balancer)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeListeners")
}

async fn rules(cloud: &Cloud, listener: &str) -> Result<Vec<Rule>, AwsError> {
    cloud
        .elb()
        .describe_rules()
        .listener_arn(listener)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeRules")
}

/// The same action with clients held; nothing where it does not forward to the target group, or
/// holds them already. An action beside which others stand is not one that a stack makes.
fn held(actions: &[Action], group: &str, seconds: u32) -> Option<Action> {
    let [action] = actions else {
        return None;
    };
    let forward = action.forward_config()?;
    let leads_there = action.r#type() == Some(&ActionTypeEnum::Forward)
        && live_weights(action).iter().any(|(arn, _)| arn == group);
    let holds = forward
        .target_group_stickiness_config()
        .is_some_and(|sticky| sticky.enabled() == Some(true));
    if !leads_there || holds {
        return None;
    }
    let mut action = action.clone();
    action
        .forward_config
        .as_mut()?
        .target_group_stickiness_config = Some(
        TargetGroupStickinessConfig::builder()
            .enabled(true)
            .set_duration_seconds(i32::try_from(seconds).ok())
            .build(),
    );
    Some(action)
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::{ForwardActionConfig, TargetGroupTuple};

    use super::*;

    fn forward(held: bool) -> Action {
        let group = |arn: &str, weight| {
            TargetGroupTuple::builder()
                .target_group_arn(arn)
                .weight(weight)
                .build()
        };
        let sticky = TargetGroupStickinessConfig::builder().enabled(held).build();
        let config = ForwardActionConfig::builder()
            .target_groups(group("blue", 70))
            .target_groups(group("green", 30))
            .target_group_stickiness_config(sticky)
            .build();
        Action::builder()
            .r#type(ActionTypeEnum::Forward)
            .forward_config(config)
            .build()
    }

    #[test]
    fn clients_are_held_and_the_weights_stay() {
        let action = held(&[forward(false)], "green", 600).unwrap();
        let weights = [("blue".to_owned(), 70), ("green".to_owned(), 30)];
        assert_eq!(live_weights(&action), weights);
        let sticky = action.forward_config().unwrap();
        let sticky = sticky.target_group_stickiness_config().unwrap();
        assert_eq!(
            (sticky.enabled(), sticky.duration_seconds()),
            (Some(true), Some(600))
        );
    }

    #[test]
    fn what_holds_already_or_leads_elsewhere_is_left() {
        assert_eq!(held(&[forward(true)], "green", 600), None);
        assert_eq!(held(&[forward(false)], "elses", 600), None);
        let answer = Action::builder()
            .r#type(ActionTypeEnum::FixedResponse)
            .build();
        assert_eq!(held(&[answer], "green", 600), None);
    }
}
