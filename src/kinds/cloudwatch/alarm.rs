//! A watch over one metric, with what it sets off.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricAlarm, Statistic, Tag};
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsError, Cloud, During, tags};
use crate::kinds::{
    Changes, Charge, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging,
    outputs,
};
use crate::reference::Text;
use crate::scope::{Scope, Tags};

/// A CloudWatch alarm on a metric.
pub struct Alarm;

/// The one region that has billing metrics ("Create a billing alarm").
pub const BILLING_REGION: &str = "us-east-1";

/// What an alarm is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The alarm's name, unique in account and region.
    pub name: String,
    /// The region it watches: `us-east-1` for billing.
    pub region: String,
    /// What it means and what to do, for whoever is woken by it.
    pub description: String,
    /// Where the metric comes from, such as `AWS/EC2`.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// Whose metric: CloudWatch takes only the exact set that the metric was written with.
    #[serde(default)]
    pub dimensions: BTreeMap<String, Text>,
    /// `Average`, `Maximum`, `Minimum`, `SampleCount`, `Sum`, or a percentile such as `p99`.
    pub statistic: String,
    /// Seconds of one datapoint: 10, 20, 30 or a multiple of 60.
    pub period: u32,
    /// How many of the last datapoints are looked at.
    pub evaluation_periods: u32,
    /// How many of those must be beyond the threshold.
    pub datapoints_to_alarm: u32,
    /// In the metric's own unit.
    pub threshold: f64,
    /// On which side of the threshold the trouble is.
    pub comparison: Comparison,
    /// What a missing datapoint counts as.
    #[serde(default)]
    pub treat_missing_data: MissingData,
    /// Whether the actions are carried out.
    #[serde(default = "yes")]
    pub actions_enabled: bool,
    /// ARNs of what is told or done when it goes off.
    #[serde(default)]
    pub alarm_actions: BTreeSet<Text>,
    /// The same when it is over.
    #[serde(default)]
    pub ok_actions: BTreeSet<Text>,
    /// The same when there is too little data to tell.
    #[serde(default)]
    pub insufficient_data_actions: BTreeSet<Text>,
}

fn yes() -> bool {
    true
}

/// How the metric is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[allow(
    clippy::enum_variant_names,
    reason = "these are AWS's own words, and a stack's `resources:` uses them"
)]
pub enum Comparison {
    /// `>=`
    GreaterThanOrEqualToThreshold,
    /// `>`
    GreaterThanThreshold,
    /// `<=`
    LessThanOrEqualToThreshold,
    /// `<`
    LessThanThreshold,
    /// Outside a band of expected values; read from AWS, but not offered by a stack.
    LessThanLowerOrGreaterThanUpperThreshold,
    /// Below such a band.
    LessThanLowerThreshold,
    /// Above such a band.
    GreaterThanUpperThreshold,
}

/// What a missing datapoint counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MissingData {
    /// As nothing: with all of them missing, the state is "insufficient data".
    #[default]
    Missing,
    /// As good.
    NotBreaching,
    /// As bad.
    Breaching,
    /// The state stays as it is.
    Ignore,
}

#[async_trait]
impl Kind for Alarm {
    type Spec = Spec;

    const TYPE: &'static str = "cloudwatch:alarm";
    const FIELDS: &'static [Field] = &[
        Field::replace("/name", "an alarm cannot be renamed"),
        Field::replace("/region", "an alarm cannot move to another region"),
    ];
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(format!("{}/{}", spec.region, spec.name))
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = format!(
            "arn:{}:cloudwatch:{}:{}:alarm:{}",
            scope.partition, spec.region, scope.account, spec.name
        );
        known(&spec.name, &arn)
    }

    fn charges(spec: &Spec) -> Vec<Charge> {
        let item = if spec.period < 60 {
            "cloudwatch.alarm.high_resolution"
        } else {
            "cloudwatch.alarm"
        };
        vec![Charge {
            item: item.to_owned(),
            quantity: 1.0,
        }]
    }

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let prefix = survey.scope.name("");
        let lists = regions(survey)
            .into_iter()
            .map(|region| list_region(cloud, region, &prefix));
        Ok(try_join_all(lists).await?.concat())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        put(making, spec, Some(making.tags)).await?;
        Ok(Self::predict(making.scope, spec))
    }

    /// Tags in a `PutMetricAlarm` over an existing alarm are ignored by AWS, so none are sent.
    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        _: &Found<Spec>,
        _: &Changes,
    ) -> Result<(), AwsError> {
        put(making, spec, None).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .in_region(&found.spec.region)
            .cloudwatch()
            .delete_alarms()
            .alarm_names(found.id())
            .send()
            .await
            .during("cloudwatch:DeleteAlarms");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let topic = |name: &str| Text::from(scope.arn("sns", &scope.name(name)));
        let sample = Spec {
            name: scope.name("sample"),
            region: scope.region.clone(),
            description: "Sample".to_owned(),
            namespace: "AWS/EC2".to_owned(),
            metric: "CPUUtilization".to_owned(),
            dimensions: BTreeMap::from([("InstanceId".to_owned(), Text::from("i-0123456789"))]),
            statistic: "Average".to_owned(),
            period: 300,
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            threshold: 80.0,
            comparison: Comparison::GreaterThanThreshold,
            treat_missing_data: MissingData::Missing,
            actions_enabled: true,
            alarm_actions: BTreeSet::from([topic("one")]),
            ok_actions: BTreeSet::new(),
            insufficient_data_actions: BTreeSet::new(),
        };
        let changed = Spec {
            description: "Changed".to_owned(),
            namespace: "AWS/RDS".to_owned(),
            metric: "FreeStorageSpace".to_owned(),
            dimensions: BTreeMap::from([("DBInstanceIdentifier".to_owned(), Text::from("main"))]),
            statistic: "p90".to_owned(),
            period: 60,
            evaluation_periods: 5,
            datapoints_to_alarm: 3,
            threshold: 2_147_483_648.0,
            comparison: Comparison::LessThanOrEqualToThreshold,
            treat_missing_data: MissingData::NotBreaching,
            actions_enabled: false,
            alarm_actions: BTreeSet::from([topic("one"), topic("two")]),
            ok_actions: BTreeSet::from([topic("one")]),
            insufficient_data_actions: BTreeSet::from([topic("two")]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

/// The largest page of `DescribeAlarms`.
const PAGE: i32 = 100;

fn known(name: &str, arn: &str) -> Outputs {
    outputs([("id", name), ("arn", arn), ("name", name)])
}

/// The stack's region, and any other that the file or an earlier run put an alarm in.
fn regions<'a>(survey: &'a Survey<'_, Spec>) -> BTreeSet<&'a str> {
    let wanted = survey.wanted.iter().map(|one| one.spec.region.as_str());
    let made = survey
        .manifest
        .iter()
        .filter_map(|(_, key)| key.split_once('/').map(|(region, _)| region));
    std::iter::once(survey.scope.region.as_str())
        .chain(wanted)
        .chain(made)
        .collect()
}

async fn list_region(
    cloud: &Cloud,
    region: &str,
    prefix: &str,
) -> Result<Vec<Found<Spec>>, AwsError> {
    let mut pages = cloud
        .in_region(region)
        .cloudwatch()
        .describe_alarms()
        .alarm_name_prefix(prefix)
        .max_records(PAGE)
        .into_paginator()
        .send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.during("cloudwatch:DescribeAlarms")?;
        all.extend(
            page.metric_alarms()
                .iter()
                .filter_map(|seen| found(seen, region)),
        );
    }
    Ok(all)
}

fn found(seen: &MetricAlarm, region: &str) -> Option<Found<Spec>> {
    let spec = spec(seen, region)?;
    Some(Found {
        address: None,
        key: Alarm::key(&spec),
        outputs: known(&spec.name, seen.alarm_arn().unwrap_or_default()),
        spec,
        tags: Tags::new(),
        progress: Progress::Ready(Outputs::new()),
    })
}

/// An alarm on an expression has no metric of its own: one made by hand under the stack's
/// name then reads as one without metric, which differs from anything that a stack wants.
fn spec(seen: &MetricAlarm, region: &str) -> Option<Spec> {
    let texts = |arns: &[String]| arns.iter().map(|arn| Text::from(arn.as_str())).collect();
    let evaluation_periods = count(seen.evaluation_periods());
    Some(Spec {
        name: seen.alarm_name()?.to_owned(),
        region: region.to_owned(),
        description: seen.alarm_description().unwrap_or_default().to_owned(),
        namespace: seen.namespace().unwrap_or_default().to_owned(),
        metric: seen.metric_name().unwrap_or_default().to_owned(),
        dimensions: seen
            .dimensions()
            .iter()
            .filter_map(|one| Some((one.name()?.to_owned(), Text::from(one.value()?))))
            .collect(),
        statistic: seen
            .statistic()
            .map(Statistic::as_str)
            .or(seen.extended_statistic())
            .unwrap_or_default()
            .to_owned(),
        period: count(seen.period()),
        evaluation_periods,
        // AWS leaves it out where it was not given: then it is all of them.
        datapoints_to_alarm: seen
            .datapoints_to_alarm()
            .map_or(evaluation_periods, |n| count(Some(n))),
        threshold: seen.threshold().unwrap_or_default(),
        comparison: Comparison::from_aws(seen.comparison_operator()?)?,
        treat_missing_data: MissingData::from_aws(seen.treat_missing_data()),
        actions_enabled: seen.actions_enabled().unwrap_or(true),
        alarm_actions: texts(seen.alarm_actions()),
        ok_actions: texts(seen.ok_actions()),
        insufficient_data_actions: texts(seen.insufficient_data_actions()),
    })
}

fn count(number: Option<i32>) -> u32 {
    number.and_then(|n| u32::try_from(n).ok()).unwrap_or(0)
}

impl Comparison {
    fn to_aws(self) -> ComparisonOperator {
        match self {
            Self::GreaterThanOrEqualToThreshold => {
                ComparisonOperator::GreaterThanOrEqualToThreshold
            }
            Self::GreaterThanThreshold => ComparisonOperator::GreaterThanThreshold,
            Self::LessThanOrEqualToThreshold => ComparisonOperator::LessThanOrEqualToThreshold,
            Self::LessThanThreshold => ComparisonOperator::LessThanThreshold,
            Self::LessThanLowerOrGreaterThanUpperThreshold => {
                ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold
            }
            Self::LessThanLowerThreshold => ComparisonOperator::LessThanLowerThreshold,
            Self::GreaterThanUpperThreshold => ComparisonOperator::GreaterThanUpperThreshold,
        }
    }

    fn from_aws(operator: &ComparisonOperator) -> Option<Self> {
        serde_json::from_value(operator.as_str().into()).ok()
    }
}

impl MissingData {
    fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::NotBreaching => "notBreaching",
            Self::Breaching => "breaching",
            Self::Ignore => "ignore",
        }
    }

    fn from_aws(word: Option<&str>) -> Self {
        [Self::NotBreaching, Self::Breaching, Self::Ignore]
            .into_iter()
            .find(|one| Some(one.as_str()) == word)
            .unwrap_or_default()
    }
}

/// The plain statistics have a field of their own in the API, percentiles another.
fn statistic(name: &str) -> (Option<Statistic>, Option<String>) {
    match Statistic::try_parse(name) {
        Ok(plain) => (Some(plain), None),
        Err(_) => (None, Some(name.to_owned())),
    }
}

async fn put(making: &Making<'_>, spec: &Spec, tags: Option<&Tags>) -> Result<(), AwsError> {
    const OPERATION: &str = "cloudwatch:PutMetricAlarm";
    let known = |text: &Text| {
        text.known()
            .ok_or_else(|| AwsError::unexpected(OPERATION, format!("{text} is not known yet")))
    };
    let all = |texts: &BTreeSet<Text>| texts.iter().map(known).collect::<Result<Vec<_>, _>>();
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let dimensions = spec
        .dimensions
        .iter()
        .map(|(name, value)| Ok(Dimension::builder().name(name).value(known(value)?).build()))
        .collect::<Result<Vec<_>, AwsError>>()?;
    let (plain, extended) = statistic(&spec.statistic);
    let tags = tags.map(|tags| {
        tags::to_sdk(tags, |key, value| {
            Tag::builder().key(key).value(value).build()
        })
    });
    making
        .cloud
        .in_region(&spec.region)
        .cloudwatch()
        .put_metric_alarm()
        .alarm_name(&spec.name)
        .alarm_description(&spec.description)
        .namespace(&spec.namespace)
        .metric_name(&spec.metric)
        .set_dimensions(Some(dimensions))
        .set_statistic(plain)
        .set_extended_statistic(extended)
        .period(whole(spec.period))
        .evaluation_periods(whole(spec.evaluation_periods))
        .datapoints_to_alarm(whole(spec.datapoints_to_alarm))
        .threshold(spec.threshold)
        .comparison_operator(spec.comparison.to_aws())
        .treat_missing_data(spec.treat_missing_data.as_str())
        .actions_enabled(spec.actions_enabled)
        .set_alarm_actions(Some(all(&spec.alarm_actions)?))
        .set_ok_actions(Some(all(&spec.ok_actions)?))
        .set_insufficient_data_actions(Some(all(&spec.insufficient_data_actions)?))
        .set_tags(tags)
        .send()
        .await
        .during(OPERATION)
        .map(drop)
}

#[cfg(test)]
mod tests;
