//! What the load balancer counts of all requests, the users' included, as CloudWatch keeps it ("CloudWatch metrics for your
//! Application Load Balancer"): by the minute, and on AWS a minute or two late.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;

use super::act::Hand;
use super::counts::{Counted, Counts};
use super::sight::Sight;
use crate::aws::{AwsError, During};

const NAMESPACE: &str = "AWS/ApplicationELB";
const MINUTE: i64 = 60;
/// From so many seconds on, values of five minutes will do.
const LONG: i64 = 600;

/// What is asked of a target group: metric and statistic.
const OF_GROUP: [(&str, &str); 5] = [
    ("RequestCount", "Sum"),
    ("HTTPCode_Target_5XX_Count", "Sum"),
    ("TargetConnectionErrorCount", "Sum"),
    ("TargetResponseTime", "Sum"),
    ("TargetResponseTime", "SampleCount"),
];
/// What is asked of the load balancer as a whole: answers without a target are no group's.
const OF_BALANCER: [(&str, &str); 2] = [("RequestCount", "Sum"), ("HTTPCode_ELB_5XX_Count", "Sum")];
/// The first of these, as it is asked for.
const REQUESTS: &str = "bm0";

impl Hand<'_> {
    /// The counts of all colours and of the load balancer between two moments, in seconds since 1970: one call. On AWS
    /// the minutes of both are included whole.
    ///
    /// # Errors
    /// AWS's.
    pub async fn counts(
        &self,
        sight: &Sight,
        (since, until): (i64, i64),
    ) -> Result<Counts, AwsError> {
        let until = until + MINUTE;
        // The sum is the same, of fewer values.
        let period = if until - since > LONG { 300 } else { 60 };
        let colours: Vec<_> = sight.colours.keys().copied().collect();
        let mut queries = Vec::new();
        for (place, colour) in colours.iter().enumerate() {
            let dimensions = sight.dimensions(*colour);
            queries.extend(queries_of(
                &format!("g{place}"),
                &OF_GROUP,
                &dimensions,
                period,
            ));
        }
        let whole = sight.whole_dimensions();
        queries.extend(queries_of("b", &OF_BALANCER, &whole, period));
        let mut pages = self
            .cloud
            .cloudwatch()
            .get_metric_data()
            .start_time(DateTime::from_secs(since))
            .end_time(DateTime::from_secs(until))
            .set_metric_data_queries(Some(queries))
            .into_paginator()
            .send();
        let mut sums = BTreeMap::<String, f64>::new();
        let mut newest = None;
        while let Some(page) = pages.next().await {
            let page = page.during("cloudwatch:GetMetricData")?;
            for series in page.metric_data_results() {
                let sum: f64 = series.values().iter().sum();
                let id = series.id().unwrap_or_default().to_owned();
                if id == REQUESTS {
                    let began = series.timestamps().iter().map(DateTime::secs);
                    newest = newest.max(began.max());
                }
                *sums.entry(id).or_default() += sum;
            }
        }
        let of = |id: String| sums.get(&id).copied().unwrap_or_default();
        let colours = colours.iter().enumerate().map(|(place, colour)| {
            let [requests, errors, not_connected, seconds, timed] =
                [0, 1, 2, 3, 4].map(|metric| of(format!("g{place}m{metric}")));
            let counted = Counted {
                requests,
                errors,
                not_connected,
                mean_ms: (timed > 0.0).then(|| seconds / timed * 1000.0),
            };
            (*colour, counted)
        });
        Ok(Counts {
            colours: colours.collect(),
            requests: of(REQUESTS.to_owned()),
            own_errors: of("bm1".to_owned()),
            newest,
        })
    }
}

fn queries_of(
    id: &str,
    metrics: &[(&str, &str)],
    dimensions: &[Dimension],
    period: i32,
) -> Vec<MetricDataQuery> {
    let query = |(place, (name, statistic)): (usize, &(&str, &str))| {
        let metric = Metric::builder()
            .namespace(NAMESPACE)
            .metric_name(*name)
            .set_dimensions(Some(dimensions.to_vec()))
            .build();
        let by_minute = MetricStat::builder()
            .metric(metric)
            .period(period)
            .stat(*statistic)
            .build();
        MetricDataQuery::builder()
            .id(format!("{id}m{place}"))
            .metric_stat(by_minute)
            .build()
    };
    metrics.iter().enumerate().map(query).collect()
}
