//! Load balancers and target groups.

use super::Told;
use crate::aws::{AwsError, Cloud, During};
use crate::cli::doctor::subject::Subject;

pub(super) async fn balancers(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "elbv2:load-balancer";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let cloud = &subject.session.place.cloud;
    let limit = limit(cloud, "application-load-balancers").await?;
    let standing: Vec<_> = cloud
        .elb()
        .describe_load_balancers()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancers")?;
    told.quota_if("load balancers", limit, standing.len(), subject.adds(kind));
    Ok(told)
}

pub(super) async fn target_groups(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "elbv2:target-group";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let cloud = &subject.session.place.cloud;
    let limit = limit(cloud, "target-groups").await?;
    let standing: Vec<_> = cloud
        .elb()
        .describe_target_groups()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeTargetGroups")?;
    told.quota_if("target groups", limit, standing.len(), subject.adds(kind));
    Ok(told)
}

async fn limit(cloud: &Cloud, name: &str) -> Result<Option<usize>, AwsError> {
    let limits: Vec<_> = cloud
        .elb()
        .describe_account_limits()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeAccountLimits")?;
    let limit = limits.iter().find(|limit| limit.name() == Some(name));
    Ok(limit.and_then(|limit| limit.max()?.parse().ok()))
}
