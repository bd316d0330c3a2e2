//! Whether the account's quotas leave room for what the stack adds.
//!
//! Asked of the services themselves, each of which tells its own limits.

use super::found;
use crate::aws::{AwsError, Cloud, During};
use crate::cli::session::Session;
use crate::view::doctor::{Check, Verdict};

/// A quota with what is used of it and what the stack would add.
struct Quota {
    name: &'static str,
    limit: usize,
    used: usize,
    adds: usize,
}

pub(super) async fn check(session: &Session) -> Result<Vec<Check>, AwsError> {
    let cloud = &session.place.cloud;
    let (balancers, groups) =
        futures::future::try_join(balancers(cloud, session), groups(cloud, session)).await?;
    let quotas: Vec<Quota> = balancers.into_iter().chain(groups).collect();
    let short: Vec<String> = quotas
        .iter()
        .filter(|quota| quota.used + quota.adds > quota.limit)
        .map(|quota| {
            format!(
                "{}: {} of {} used, the stack adds {}",
                quota.name, quota.used, quota.limit, quota.adds
            )
        })
        .collect();
    Ok(vec![if short.is_empty() {
        let says = format!("room for all in {} quotas", quotas.len());
        found("quotas", Verdict::Ok, says, None)
    } else {
        let remedy = Some("ask AWS for more under Service Quotas, or remove what is not needed");
        found("quotas", Verdict::Failed, short.join("; "), remedy)
    }])
}

/// How many of a kind the stack wants.
fn wanted(session: &Session, kind: &str) -> usize {
    session
        .resources
        .iter()
        .filter(|resource| resource.kind.type_name() == kind)
        .count()
}

fn quota(
    name: &'static str,
    limit: Option<usize>,
    all: usize,
    ours: usize,
    adds: usize,
) -> Option<Quota> {
    Some(Quota {
        name,
        limit: limit?,
        used: all - ours.min(all),
        adds,
    })
}

async fn balancers(cloud: &Cloud, session: &Session) -> Result<Vec<Quota>, AwsError> {
    let limits: Vec<_> = cloud
        .elb()
        .describe_account_limits()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeAccountLimits")?;
    let standing: Vec<_> = cloud
        .elb()
        .describe_load_balancers()
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("elasticloadbalancing:DescribeLoadBalancers")?;
    let prefix = session.scope.prefix();
    let ours = standing
        .iter()
        .filter(|one| {
            one.load_balancer_name()
                .unwrap_or_default()
                .starts_with(&prefix)
        })
        .count();
    let limit = limits
        .iter()
        .find(|limit| limit.name() == Some("application-load-balancers"))
        .and_then(|limit| limit.max()?.parse().ok());
    let adds = wanted(session, "elbv2:load-balancer");
    Ok(quota("load balancers", limit, standing.len(), ours, adds)
        .into_iter()
        .collect())
}

async fn groups(cloud: &Cloud, session: &Session) -> Result<Vec<Quota>, AwsError> {
    let limits = cloud
        .autoscaling()
        .describe_account_limits()
        .send()
        .await
        .during("autoscaling:DescribeAccountLimits")?;
    let count = |n: Option<i32>| n.and_then(|n| usize::try_from(n).ok());
    let adds = wanted(session, "autoscaling:group");
    let used = count(limits.number_of_auto_scaling_groups()).unwrap_or_default();
    let limit = count(limits.max_number_of_auto_scaling_groups());
    // Those of ours that stand already are counted by AWS as used; so many are not added.
    let ours = session
        .resources
        .iter()
        .filter(|resource| resource.kind.type_name() == "autoscaling:group")
        .count()
        .min(used);
    Ok(quota("Auto Scaling groups", limit, used, ours, adds)
        .into_iter()
        .collect())
}
