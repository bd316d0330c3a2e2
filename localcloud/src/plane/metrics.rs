//! What CloudWatch is told of the load balancers, and the alarms that look at it.
//!
//! moto keeps metrics and alarms, and never compares the one with the other: here every alarm on a metric that the plane
//! measures is judged after each publication.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::board::Board;
use super::picture::Picture;
use super::read::Eyes;
use super::target::State;
use super::traffic::{Counted, Counts};
use crate::xml::{members, text};

/// How often metrics are published: AWS's minute is long for a demonstration.
pub(crate) const EVERY: Duration = Duration::from_secs(2);
/// The version of CloudWatch's API.
const CLOUDWATCH: &str = "2010-08-01";
const NAMESPACE: &str = "AWS/ApplicationELB";

/// One value of one metric.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Datum {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) value: Value,
    pub(crate) dimensions: Dimensions,
}

/// `LoadBalancer` alone or with `TargetGroup`, as CloudWatch names them.
type Dimensions = BTreeMap<String, String>;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    One(f64),
    /// Of many requests each.
    Many {
        count: f64,
        sum: f64,
        least: f64,
        most: f64,
    },
}

impl Value {
    /// As parameters of `PutMetricData`.
    fn parameters(self) -> Vec<(&'static str, f64)> {
        match self {
            Value::One(value) => vec![("Value", value)],
            Value::Many {
                count,
                sum,
                least,
                most,
            } => vec![
                ("StatisticValues.SampleCount", count),
                ("StatisticValues.Sum", sum),
                ("StatisticValues.Minimum", least),
                ("StatisticValues.Maximum", most),
            ],
        }
    }

    /// What an alarm compares with its threshold.
    fn mean(self) -> f64 {
        match self {
            Value::One(value) => value,
            Value::Many { count, sum, .. } => sum / count,
        }
    }
}

/// What there is to publish for a region.
pub(crate) fn data(picture: &Picture, board: &Board, counts: &Counts) -> Vec<Datum> {
    let mut data = Vec::new();
    for balancer in &picture.balancers {
        let whole: Dimensions = [(
            "LoadBalancer".to_owned(),
            after(&balancer.arn, ":loadbalancer/"),
        )]
        .into();
        let mut all = Counted::default();
        for arn in picture.groups_of(balancer) {
            let Some(group) = picture.groups.get(&arn) else {
                continue;
            };
            let mut dimensions = whole.clone();
            let name = format!("targetgroup/{}", after(&group.arn, ":targetgroup/"));
            dimensions.insert("TargetGroup".to_owned(), name);
            let targets = board.told(&arn).unwrap_or_default();
            let count = |wanted: fn(&State) -> bool| {
                targets.iter().filter(|one| wanted(&one.state)).count() as u64
            };
            let healthy = count(|state| *state == State::Healthy);
            let unhealthy = count(|state| matches!(state, State::Unhealthy(_)));
            data.push(counted("HealthyHostCount", healthy, &dimensions));
            data.push(counted("UnHealthyHostCount", unhealthy, &dimensions));
            if let Some(of_group) = counts.groups.get(&arn) {
                data.extend(of_requests(of_group, &dimensions));
                all.add(of_group);
            }
        }
        let own = counts.own_5xx.get(&balancer.arn).copied();
        if all != Counted::default() {
            data.extend(of_requests(&all, &whole));
        }
        data.extend(own.map(|own| counted("HTTPCode_ELB_5XX_Count", own, &whole)));
    }
    data
}

/// What is counted of requests that a target was chosen for.
fn of_requests(of: &Counted, dimensions: &Dimensions) -> Vec<Datum> {
    let mut data: Vec<Datum> = [
        ("RequestCount", of.answered + of.unanswered),
        ("HTTPCode_Target_2XX_Count", of.by_class[2]),
        ("HTTPCode_Target_3XX_Count", of.by_class[3]),
        ("HTTPCode_Target_4XX_Count", of.by_class[4]),
        ("HTTPCode_Target_5XX_Count", of.by_class[5]),
        ("TargetConnectionErrorCount", of.not_connected),
    ]
    .map(|(name, count)| counted(name, count, dimensions))
    .into();
    if of.answered > 0 {
        data.push(Datum {
            name: "TargetResponseTime",
            unit: "Seconds",
            value: Value::Many {
                count: number(of.answered),
                sum: of.took.as_secs_f64(),
                least: of.shortest.unwrap_or_default().as_secs_f64(),
                most: of.longest.as_secs_f64(),
            },
            dimensions: dimensions.clone(),
        });
    }
    data
}

fn counted(name: &'static str, count: u64, dimensions: &Dimensions) -> Datum {
    Datum {
        name,
        unit: "Count",
        value: Value::One(number(count)),
        dimensions: dimensions.clone(),
    }
}

/// A count as a metric's value.
fn number(count: u64) -> f64 {
    // Exact up to 2^53 requests in two seconds.
    #[allow(clippy::cast_precision_loss)]
    let value = count as f64;
    value
}

/// What CloudWatch calls a load balancer or target group: the end of its ARN.
fn after(arn: &str, mark: &str) -> String {
    arn.split_once(mark)
        .map_or(arn, |(_, rest)| rest)
        .to_owned()
}

/// Publishes, and judges the alarms that look at what was published.
///
/// They bear the time at which they began to be counted, as CloudWatch's minutes do.
pub(crate) async fn publish(eyes: &Eyes<'_>, data: &[Datum], since: SystemTime) {
    let since = since
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    for part in data.chunks(20) {
        let mut form = vec![("Namespace".to_owned(), NAMESPACE.to_owned())];
        for (index, datum) in part.iter().enumerate() {
            let at = format!("MetricData.member.{}", index + 1);
            form.push((format!("{at}.MetricName"), datum.name.to_owned()));
            form.push((format!("{at}.Unit"), datum.unit.to_owned()));
            for (name, value) in datum.value.parameters() {
                form.push((format!("{at}.{name}"), value.to_string()));
            }
            form.push((format!("{at}.Timestamp"), since.to_string()));
            for (number, (name, value)) in datum.dimensions.iter().enumerate() {
                let at = format!("{at}.Dimensions.member.{}", number + 1);
                form.push((format!("{at}.Name"), name.clone()));
                form.push((format!("{at}.Value"), value.clone()));
            }
        }
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        eyes.ask("monitoring", CLOUDWATCH, "PutMetricData", &form)
            .await;
    }
    judge(eyes, data).await;
}

async fn judge(eyes: &Eyes<'_>, data: &[Datum]) {
    let Some(alarms) = eyes
        .ask("monitoring", CLOUDWATCH, "DescribeAlarms", &[])
        .await
    else {
        return;
    };
    for alarm in members(&alarms, "MetricAlarms") {
        let Some((name, state, reason)) = verdict(alarm, data) else {
            continue;
        };
        if text(alarm, "StateValue").as_deref() != Some(state) {
            let form = [
                ("AlarmName", name.as_str()),
                ("StateValue", state),
                ("StateReason", reason.as_str()),
            ];
            eyes.ask("monitoring", CLOUDWATCH, "SetAlarmState", &form)
                .await;
        }
    }
}

/// The state of an alarm by what has just been measured: its name, `OK` or `ALARM`, and why. Nothing where it looks at
/// something else.
fn verdict(alarm: &str, data: &[Datum]) -> Option<(String, &'static str, String)> {
    if text(alarm, "Namespace").as_deref() != Some(NAMESPACE) {
        return None;
    }
    let dimensions: BTreeMap<String, String> = members(alarm, "Dimensions")
        .filter_map(|one| Some((text(one, "Name")?, text(one, "Value")?)))
        .collect();
    let metric = text(alarm, "MetricName")?;
    let datum = data
        .iter()
        .find(|datum| datum.name == metric && datum.dimensions == dimensions)?;
    let threshold: f64 = text(alarm, "Threshold")?.parse().ok()?;
    let value = datum.value.mean();
    let breached = match text(alarm, "ComparisonOperator")?.as_str() {
        "GreaterThanOrEqualToThreshold" => value >= threshold,
        "GreaterThanThreshold" => value > threshold,
        "LessThanThreshold" => value < threshold,
        "LessThanOrEqualToThreshold" => value <= threshold,
        _ => return None,
    };
    let state = if breached { "ALARM" } else { "OK" };
    let reason = format!(
        "Threshold Crossed: the datapoint {value} was {}compared with the threshold {threshold}",
        if breached { "" } else { "not beyond when " }
    );
    Some((text(alarm, "AlarmName")?, state, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(value: f64) -> Datum {
        Datum {
            name: "UnHealthyHostCount",
            unit: "Count",
            value: Value::One(value),
            dimensions: [("LoadBalancer".to_owned(), "app/a/1".to_owned())].into(),
        }
    }

    const ALARM: &str = "<AlarmName>unhealthy</AlarmName><Namespace>AWS/ApplicationELB</Namespace>\
        <MetricName>UnHealthyHostCount</MetricName><Dimensions><member><Name>LoadBalancer</Name><Value>app/a/1</Value></member></Dimensions>\
        <Threshold>1.0</Threshold><ComparisonOperator>GreaterThanOrEqualToThreshold</ComparisonOperator>";

    #[test]
    fn an_alarm_rings_when_its_metric_crosses_the_threshold() {
        let state = |value| verdict(ALARM, &[datum(value)]).map(|(_, state, _)| state);
        assert_eq!(state(1.0), Some("ALARM"));
        assert_eq!(state(0.0), Some("OK"));
    }

    #[test]
    fn an_alarm_on_something_else_is_left_alone() {
        let other = ALARM.replace("app/a/1", "app/b/2");
        assert_eq!(verdict(&other, &[datum(1.0)]), None);
        let other = ALARM.replace("AWS/ApplicationELB", "AWS/EC2");
        assert_eq!(verdict(&other, &[datum(1.0)]), None);
    }
}
