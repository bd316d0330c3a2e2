//! All that the stack has in Elastic Load Balancing, read once in a discovery for four kinds.
//!
//! Three rounds of calls side by side: load balancers and target groups; their tags and, of
//! those that have the stack's name, attributes and listeners; the listeners' tags and rules.

use std::collections::HashMap;
use std::sync::Arc;

use aws_sdk_elasticloadbalancingv2::types::{
    Listener, LoadBalancer, LoadBalancerTypeEnum, Rule, TargetGroup,
};
use futures::future::{try_join, try_join_all, try_join3};

use super::tagging;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::Survey;
use crate::reference::Address;
use crate::scope::{Scope, Tags};

/// Attributes of a load balancer or target group by key.
pub(super) type Attributes = HashMap<String, String>;

/// One thing of the stack.
#[derive(Debug)]
pub(super) struct Standing<T> {
    pub(super) address: Address,
    pub(super) tags: Tags,
    /// AWS's answer.
    pub(super) answer: T,
}

/// Everything of the stack.
#[derive(Debug, Default)]
pub(super) struct Estate {
    pub(super) load_balancers: Vec<(Standing<LoadBalancer>, Attributes)>,
    pub(super) target_groups: Vec<(Standing<TargetGroup>, Attributes)>,
    pub(super) listeners: Vec<Standing<Listener>>,
    /// Rules with the ARN of their listener.
    pub(super) rules: Vec<(String, Standing<Rule>)>,
}

impl Estate {
    /// Where the target group of that ARN stands in the stack.
    pub(super) fn address_of_target_group(&self, arn: &str) -> Option<&Address> {
        self.target_groups
            .iter()
            .find(|(group, _)| group.answer.target_group_arn() == Some(arn))
            .map(|(group, _)| &group.address)
    }
}

/// What the stack has, once for all kinds of one discovery.
pub(super) async fn of<S: Sync>(
    cloud: &Cloud,
    survey: &Survey<'_, S>,
) -> Result<Arc<Estate>, AwsError> {
    survey
        .reads
        .once("elbv2:estate", read(cloud, survey.scope))
        .await
}

/// What was read of a load balancer in the second round.
#[derive(Default)]
struct Details {
    attributes: Attributes,
    listeners: Vec<Listener>,
}

async fn read(cloud: &Cloud, scope: &Scope) -> Result<Estate, AwsError> {
    let (load_balancers, target_groups) =
        try_join(load_balancers(cloud), target_groups(cloud)).await?;
    let balancer_arns: Vec<String> = load_balancers
        .iter()
        .filter_map(|one| one.load_balancer_arn.clone())
        .collect();
    let group_arns: Vec<String> = target_groups
        .iter()
        .filter_map(|one| one.target_group_arn.clone())
        .collect();
    let likely_balancers = load_balancers
        .iter()
        .filter(|one| likely(scope, one.load_balancer_name()))
        .filter_map(|one| one.load_balancer_arn.clone())
        .collect();
    let likely_groups = target_groups
        .iter()
        .filter(|one| likely(scope, one.target_group_name()))
        .filter_map(|one| one.target_group_arn.clone())
        .collect();
    let (tags, mut details, mut attributes) = try_join3(
        tagging::of_all(cloud, [balancer_arns, group_arns].concat()),
        details_of(cloud, likely_balancers),
        attributes_of(cloud, likely_groups),
    )
    .await?;
    let balancers = ours(scope, &tags, load_balancers, |one| {
        one.load_balancer_arn.as_deref()
    });
    let groups = ours(scope, &tags, target_groups, |one| {
        one.target_group_arn.as_deref()
    });
    // What carries our tags under a name of its own is read now.
    let missed_balancers = missing(&balancers, &details, |one| one.load_balancer_arn.as_ref());
    let missed_groups = missing(&groups, &attributes, |one| one.target_group_arn.as_ref());
    let (more_details, more_attributes) = try_join(
        details_of(cloud, missed_balancers),
        attributes_of(cloud, missed_groups),
    )
    .await?;
    details.extend(more_details);
    attributes.extend(more_attributes);

    let mut estate = Estate::default();
    let mut listeners = Vec::new();
    for balancer in balancers {
        let arn = balancer.answer.load_balancer_arn().unwrap_or_default();
        let details = details.remove(arn).unwrap_or_default();
        listeners.extend(details.listeners);
        estate.load_balancers.push((balancer, details.attributes));
    }
    for group in groups {
        let arn = group.answer.target_group_arn().unwrap_or_default();
        let attributes = attributes.remove(arn).unwrap_or_default();
        estate.target_groups.push((group, attributes));
    }
    let (listeners, rules) = listeners_and_rules(cloud, scope, listeners).await?;
    estate.listeners = listeners;
    estate.rules = rules;
    Ok(estate)
}

async fn listeners_and_rules(
    cloud: &Cloud,
    scope: &Scope,
    listeners: Vec<Listener>,
) -> Result<(Vec<Standing<Listener>>, Vec<(String, Standing<Rule>)>), AwsError> {
    let arns: Vec<String> = listeners
        .iter()
        .filter_map(|one| one.listener_arn.clone())
        .collect();
    let (tags, rules) = try_join(
        tagging::of_all(cloud, arns.clone()),
        try_join_all(arns.into_iter().map(|arn| rules_of(cloud, arn))),
    )
    .await?;
    let rules = rules.concat();
    let rule_arns = rules
        .iter()
        .filter_map(|(_, rule)| rule.rule_arn.clone())
        .collect();
    let rule_tags = tagging::of_all(cloud, rule_arns).await?;
    let rules = rules
        .into_iter()
        .filter_map(|(listener, rule)| {
            let tags = rule_tags.get(rule.rule_arn()?)?.clone();
            Some((
                listener,
                Standing {
                    address: scope.address_of(&tags)?,
                    tags,
                    answer: rule,
                },
            ))
        })
        .collect();
    let listeners = ours(scope, &tags, listeners, |one| one.listener_arn.as_deref());
    Ok((listeners, rules))
}

/// Whether a name looks like one of the stack's. Only a hint on what to read early: whose a
/// thing is, its tags say. Names are cut to AWS's 32 characters, so only the first count.
fn likely(scope: &Scope, name: Option<&str>) -> bool {
    let prefix = scope.prefix();
    let prefix = prefix.trim_start_matches("internal-");
    let first: String = prefix.chars().take(20).collect();
    name.is_some_and(|name| name.starts_with(&first))
}

fn ours<T>(
    scope: &Scope,
    tags: &HashMap<String, Tags>,
    answers: Vec<T>,
    arn: impl Fn(&T) -> Option<&str>,
) -> Vec<Standing<T>> {
    answers
        .into_iter()
        .filter_map(|answer| {
            let tags = tags.get(arn(&answer)?)?.clone();
            Some(Standing {
                address: scope.address_of(&tags)?,
                tags,
                answer,
            })
        })
        .collect()
}

fn missing<T, D>(
    standing: &[Standing<T>],
    read: &HashMap<String, D>,
    arn: impl Fn(&T) -> Option<&String>,
) -> Vec<String> {
    standing
        .iter()
        .filter_map(|one| arn(&one.answer))
        .filter(|arn| !read.contains_key(*arn))
        .cloned()
        .collect()
}

async fn load_balancers(cloud: &Cloud) -> Result<Vec<LoadBalancer>, AwsError> {
    let all: Vec<LoadBalancer> = cloud
        .elb()
        .describe_load_balancers()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancers")?;
    Ok(all
        .into_iter()
        .filter(|one| one.r#type() == Some(&LoadBalancerTypeEnum::Application))
        .collect())
}

async fn target_groups(cloud: &Cloud) -> Result<Vec<TargetGroup>, AwsError> {
    cloud
        .elb()
        .describe_target_groups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeTargetGroups")
}

async fn details_of(
    cloud: &Cloud,
    arns: Vec<String>,
) -> Result<HashMap<String, Details>, AwsError> {
    let read = arns.into_iter().map(|arn| async move {
        let (attributes, listeners) =
            try_join(balancer_attributes(cloud, &arn), listeners_of(cloud, &arn)).await?;
        let details = Details {
            attributes,
            listeners,
        };
        Ok::<_, AwsError>((arn, details))
    });
    Ok(try_join_all(read).await?.into_iter().collect())
}

async fn attributes_of(
    cloud: &Cloud,
    arns: Vec<String>,
) -> Result<HashMap<String, Attributes>, AwsError> {
    let read = arns.into_iter().map(|arn| async move {
        let attributes = group_attributes(cloud, &arn).await?;
        Ok::<_, AwsError>((arn, attributes))
    });
    Ok(try_join_all(read).await?.into_iter().collect())
}

async fn balancer_attributes(cloud: &Cloud, arn: &str) -> Result<Attributes, AwsError> {
    let answer = cloud
        .elb()
        .describe_load_balancer_attributes()
        .load_balancer_arn(arn)
        .send()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancerAttributes");
    let answer = match answer {
        Err(error) if error.not_found() => return Ok(Attributes::new()),
        other => other?,
    };
    Ok(answer
        .attributes
        .unwrap_or_default()
        .into_iter()
        .filter_map(|one| Some((one.key?, one.value?)))
        .collect())
}

async fn group_attributes(cloud: &Cloud, arn: &str) -> Result<Attributes, AwsError> {
    let answer = cloud
        .elb()
        .describe_target_group_attributes()
        .target_group_arn(arn)
        .send()
        .await
        .during("elasticloadbalancing:DescribeTargetGroupAttributes");
    let answer = match answer {
        Err(error) if error.not_found() => return Ok(Attributes::new()),
        other => other?,
    };
    Ok(answer
        .attributes
        .unwrap_or_default()
        .into_iter()
        .filter_map(|one| Some((one.key?, one.value?)))
        .collect())
}

async fn listeners_of(cloud: &Cloud, arn: &str) -> Result<Vec<Listener>, AwsError> {
    let read = cloud
        .elb()
        .describe_listeners()
        .load_balancer_arn(arn)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeListeners");
    match read {
        Err(error) if error.not_found() => Ok(Vec::new()),
        other => other,
    }
}

/// The rules of a listener but for its default one, which is its own default action.
async fn rules_of(cloud: &Cloud, listener: String) -> Result<Vec<(String, Rule)>, AwsError> {
    let read = cloud
        .elb()
        .describe_rules()
        .listener_arn(&listener)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeRules");
    let rules: Vec<Rule> = match read {
        Err(error) if error.not_found() => Vec::new(),
        other => other?,
    };
    Ok(rules
        .into_iter()
        .filter(|rule| rule.is_default() != Some(true))
        .map(|rule| (listener.clone(), rule))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_were_cut_still_look_like_the_stacks() {
        let scope = Scope {
            stack: "codedetect".to_owned(),
            environment: "production-of-the-north".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let cut = crate::units::name::fit(&[&scope.prefix(), "analyzer", "blue"], 32);
        assert!(likely(&scope, Some(&cut)), "{cut}");
        assert!(!likely(&scope, Some("codedetect-prod-blue")));
        assert!(!likely(&scope, None));
    }
}
