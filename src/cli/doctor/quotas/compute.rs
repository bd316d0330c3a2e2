//! Auto Scaling groups, and the processors that their instances may come to need.

use std::collections::BTreeMap;

use super::Told;
use crate::aws::{AwsError, During};
use crate::cli::doctor::subject::Subject;

pub(super) async fn groups(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let kind = "autoscaling:group";
    let mut told = Told::default();
    if subject.wanted(kind).next().is_none() {
        return Ok(told);
    }
    let limits = subject
        .session
        .place
        .cloud
        .autoscaling()
        .describe_account_limits()
        .send()
        .await
        .during("autoscaling:DescribeAccountLimits")?;
    let number = |number: Option<i32>| number.and_then(|number| usize::try_from(number).ok());
    let used = number(limits.number_of_auto_scaling_groups()).unwrap_or_default();
    let limit = number(limits.max_number_of_auto_scaling_groups());
    told.quota_if("Auto Scaling groups", limit, used, subject.adds(kind));
    Ok(told)
}

/// How many processors all groups need at their largest. AWS tells its limit under Service Quotas alone.
pub(super) async fn processors(subject: &Subject<'_>) -> Result<Told, AwsError> {
    let mut told = Told::default();
    let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
    for group in subject.wanted("autoscaling:group") {
        let instance = group.spec.pointer("/instance/instance_type");
        let instance = instance.and_then(|instance| instance.as_str());
        let most = group.spec.get("max").and_then(|most| most.as_u64());
        if let (Some(instance), Some(most)) = (instance, most) {
            *wanted.entry(instance).or_default() += most;
        }
    }
    if wanted.is_empty() {
        return Ok(told);
    }
    let types: Vec<_> = subject
        .session
        .place
        .cloud
        .ec2()
        .describe_instance_types()
        .set_instance_types(Some(wanted.keys().map(|name| (*name).into()).collect()))
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("ec2:DescribeInstanceTypes")?;
    let processors: u64 = types
        .iter()
        .filter_map(|one| {
            let count = wanted.get(one.instance_type()?.as_str())?;
            let each = u64::try_from(one.v_cpu_info()?.default_v_cpus()?).ok()?;
            Some(count * each)
        })
        .sum();
    told.untold.push(format!(
        "virtual processors, of which all groups at their largest need {processors} (Running On-Demand Standard instances)"
    ));
    Ok(told)
}
