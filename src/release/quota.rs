//! How many virtual processors the account may run, and runs: CloudWatch tells both of every account that has used some of late
//! ("Amazon EC2 usage metrics", "Visualizing your service quotas and setting alarms"), without Service Quotas being asked.

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use futures::future::try_join;

use super::act::Hand;
use crate::aws::{AwsError, During};

/// Usage is told every five minutes: some of them.
const LATELY: i64 = 1_800;
/// Families of the quota "Running On-Demand Standard instances" ("On-Demand Instance quotas").
const STANDARD: &[&str] = &["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"];

/// The account's virtual processors of the standard families.
#[derive(Clone, Debug, PartialEq)]
pub struct Processors {
    /// The type of the workload's instances.
    pub instance: String,
    /// How many one of these has.
    pub each: u32,
    /// How many run in the account.
    pub used: f64,
    /// How many may.
    pub limit: f64,
}

/// Asks for them; none where the type is of no standard family, or AWS does not tell.
///
/// # Errors
/// AWS's.
pub async fn processors(
    hand: &Hand<'_>,
    instance: Option<&str>,
) -> Result<Option<Processors>, AwsError> {
    let Some(instance) = instance.filter(|one| is_standard(one)) else {
        return Ok(None);
    };
    let (each, usage) = try_join(of_one(hand, instance), usage(hand)).await?;
    Ok(each.zip(usage).map(|(each, (used, limit))| Processors {
        instance: instance.to_owned(),
        each,
        used,
        limit,
    }))
}

/// Whether a type such as `t3.micro` is of a standard family. Those with accelerators have quotas of their own.
fn is_standard(instance: &str) -> bool {
    let family = instance.split(|c: char| !c.is_ascii_lowercase()).next();
    family.is_some_and(|family| STANDARD.contains(&family))
}

async fn of_one(hand: &Hand<'_>, instance: &str) -> Result<Option<u32>, AwsError> {
    let answer = hand
        .cloud
        .ec2()
        .describe_instance_types()
        .instance_types(instance.into())
        .send()
        .await
        .during("ec2:DescribeInstanceTypes")?;
    let told = answer.instance_types().first();
    let each = told.and_then(|one| one.v_cpu_info()?.default_v_cpus());
    Ok(each.and_then(|each| u32::try_from(each).ok()))
}

/// How many run, and how many may.
async fn usage(hand: &Hand<'_>) -> Result<Option<(f64, f64)>, AwsError> {
    let dimensions = [
        ("Service", "EC2"),
        ("Type", "Resource"),
        ("Resource", "vCPU"),
        ("Class", "Standard/OnDemand"),
    ]
    .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace("AWS/Usage")
        .metric_name("ResourceCount")
        .set_dimensions(Some(dimensions.into()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(300)
        .stat("Maximum");
    let used = MetricDataQuery::builder()
        .id("used")
        .metric_stat(stat.build());
    let limit = MetricDataQuery::builder()
        .id("limit")
        .expression("SERVICE_QUOTA(used)");
    let now = jiff::Timestamp::now().as_second();
    let answer = hand
        .cloud
        .cloudwatch()
        .get_metric_data()
        .start_time(DateTime::from_secs(now - LATELY))
        .end_time(DateTime::from_secs(now))
        .metric_data_queries(used.build())
        .metric_data_queries(limit.build())
        .send()
        .await
        .during("cloudwatch:GetMetricData")?;
    // The latest comes first.
    let latest = |id: &str| {
        let series = answer.metric_data_results().iter();
        let mut series = series.filter(|one| one.id() == Some(id));
        series.next()?.values().first().copied()
    };
    Ok(latest("used").zip(latest("limit")))
}

#[cfg(test)]
mod tests {
    use super::is_standard;

    #[test]
    fn families_with_a_quota_of_their_own_are_not_standard() {
        for standard in [
            "t3.micro",
            "m7g.large",
            "im4gn.large",
            "z1d.large",
            "c6i.metal",
        ] {
            assert!(is_standard(standard), "{standard}");
        }
        for other in [
            "inf1.xlarge",
            "trn1.2xlarge",
            "hpc7a.12xlarge",
            "g5.xlarge",
            "u-3tb1.56xlarge",
            "mac2.metal",
            "",
        ] {
            assert!(!is_standard(other), "{other}");
        }
    }
}
