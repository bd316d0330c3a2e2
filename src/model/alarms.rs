//! When something is wrong: one alarm for each thing that is watched, all of them reporting to the topic.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Place};
use super::names::{LONG, called};
use super::workloads::{Colour, Running};
use crate::kinds::cloudwatch::alarm::{self, Alarm, Comparison, MissingData};
use crate::kinds::elbv2::target_group::TargetGroup;
use crate::kinds::sns::topic::Topic;
use crate::reference::{Address, Text};
use crate::resource::Handle;
use crate::stack::document::{Alarms, Throughput};

/// EC2 gives its metrics every five minutes without charge.
const FIVE_MINUTES: u32 = 300;
/// The load balancer gives its own each minute.
const MINUTE: u32 = 60;

/// What an alarm watches.
struct Watch {
    /// The end of the address, and of the name.
    what: String,
    origin: &'static str,
    description: String,
    metric: (&'static str, &'static str),
    namespace: Option<String>,
    dimensions: Vec<(&'static str, Text)>,
    statistic: &'static str,
    period: u32,
    periods: u32,
    threshold: f64,
    comparison: Comparison,
}

/// The alarms of the file.
pub(crate) fn build(draft: &mut Draft<'_>, topic: Option<&Handle<Topic>>, workloads: &[Running]) {
    let Some(alarms) = draft.document.alarms.as_ref() else {
        return;
    };
    let mut watches = Vec::new();
    for workload in workloads {
        watches.extend(of_instances(alarms, workload));
        watches.extend(of_targets(alarms, workload));
    }
    watches.extend(of_databases(draft, alarms));
    watches.extend(of_files(draft, alarms));
    for watch in watches {
        add(draft, topic, watch);
    }
}

fn add(draft: &mut Draft<'_>, topic: Option<&Handle<Topic>>, watch: Watch) {
    let name = called(draft.scope, &[&watch.what], LONG);
    let told: BTreeSet<Text> = topic.iter().map(|topic| topic.output("arn")).collect();
    let (namespace, metric) = watch.metric;
    let spec = alarm::Spec {
        name: name.clone(),
        region: draft.scope.region.clone(),
        description: watch.description,
        namespace: watch.namespace.unwrap_or_else(|| namespace.to_owned()),
        metric: metric.to_owned(),
        dimensions: watch
            .dimensions
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect::<BTreeMap<_, _>>(),
        statistic: watch.statistic.to_owned(),
        period: watch.period,
        evaluation_periods: watch.periods,
        datapoints_to_alarm: watch.periods,
        threshold: watch.threshold,
        comparison: watch.comparison,
        // An idle colour has no instances and so no metrics: that is as it should be.
        treat_missing_data: MissingData::NotBreaching,
        actions_enabled: true,
        alarm_actions: told.clone(),
        ok_actions: told,
        insufficient_data_actions: BTreeSet::new(),
    };
    let place = Place::new(format!("alarms.{}", watch.what), watch.origin, name);
    draft.add::<Alarm>(place, &spec);
}

/// Processor and memory of each colour.
fn of_instances(alarms: &Alarms, workload: &Running) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (colour, fleet) in &workload.fleets {
        let group = || vec![("AutoScalingGroupName", Text::literal(fleet))];
        let who = format!("{}-{}", workload.item, colour.key());
        if let Some(most) = alarms.cpu {
            watches.push(Watch {
                what: format!("{who}-cpu"),
                origin: "alarms.cpu",
                description: format!(
                    "The processors of {who} were busier than {most} for five minutes. Look for a change in traffic or a release."
                ),
                metric: ("AWS/EC2", "CPUUtilization"),
                namespace: None,
                dimensions: group(),
                statistic: "Average",
                period: FIVE_MINUTES,
                periods: 1,
                threshold: most.value().into(),
                comparison: Comparison::GreaterThanThreshold,
            });
        }
        if let Some(most) = alarms.memory {
            watches.push(Watch {
                what: format!("{who}-memory"),
                origin: "alarms.memory",
                description: format!(
                    "The memory of {who} was fuller than {most} for five minutes. An instance without memory ends its workload."
                ),
                metric: ("CWAgent", "mem_used_percent"),
                namespace: Some(workload.namespace.clone()),
                dimensions: group(),
                statistic: "Average",
                period: FIVE_MINUTES,
                periods: 1,
                threshold: most.value().into(),
                comparison: Comparison::GreaterThanThreshold,
            });
        }
    }
    watches
}

/// Unwell instances of each colour, for two minutes, so that one that is just being replaced wakes nobody.
fn of_targets(alarms: &Alarms, workload: &Running) -> Vec<Watch> {
    let Some(least) = alarms.unhealthy_targets else {
        return Vec::new();
    };
    let watch = |(colour, target): (&Colour, &Handle<TargetGroup>)| {
        let who = format!("{}-{}", workload.item, colour.key());
        Watch {
            what: format!("{who}-unhealthy"),
            origin: "alarms.unhealthy_targets",
            description: format!(
                "{least} or more instances of {who} fail the load balancer's health check. Their log tells why."
            ),
            metric: ("AWS/ApplicationELB", "UnHealthyHostCount"),
            namespace: None,
            dimensions: vec![
                ("TargetGroup", target.output("full_name")),
                ("LoadBalancer", workload.balancer.output("full_name")),
            ],
            statistic: "Maximum",
            period: MINUTE,
            periods: 2,
            threshold: f64::from(least),
            comparison: Comparison::GreaterThanOrEqualToThreshold,
        }
    };
    workload.targets.iter().map(watch).collect()
}

fn of_databases(draft: &Draft<'_>, alarms: &Alarms) -> Vec<Watch> {
    let Some(least) = alarms.database_storage else {
        return Vec::new();
    };
    let enabled = draft
        .document
        .databases
        .into_iter()
        .filter(|(_, one)| one.enabled);
    enabled
        .map(|(item, _)| Watch {
            what: format!("{item}-storage"),
            origin: "alarms.database_storage",
            description: format!(
                "The database {item} has less than {least} of free storage. A full one stops: raise `storage`."
            ),
            metric: ("AWS/RDS", "FreeStorageSpace"),
            namespace: None,
            dimensions: vec![(
                "DBInstanceIdentifier",
                Text::output(&Address::new(format!("databases.{item}")), "id"),
            )],
            statistic: "Minimum",
            period: FIVE_MINUTES,
            periods: 1,
            threshold: bytes(least),
            comparison: Comparison::LessThanThreshold,
        })
        .collect()
}

/// Credits matter only where the speed of a file system is measured out by them.
fn of_files(draft: &Draft<'_>, alarms: &Alarms) -> Vec<Watch> {
    let Some(least) = alarms.burst_credits else {
        return Vec::new();
    };
    let files = draft.document.files.into_iter();
    files
        .filter(|(_, files)| files.throughput == Throughput::Bursting)
        .map(|(item, _)| Watch {
            what: format!("{item}-credits"),
            origin: "alarms.burst_credits",
            description: format!(
                "The file system {item} has less than {least} of burst credits. Without any it is slow: take `throughput: elastic`."
            ),
            metric: ("AWS/EFS", "BurstCreditBalance"),
            namespace: None,
            dimensions: vec![(
                "FileSystemId",
                Text::output(&Address::new(format!("files.{item}")), "id"),
            )],
            statistic: "Minimum",
            period: FIVE_MINUTES,
            periods: 1,
            threshold: bytes(least),
            comparison: Comparison::LessThanThreshold,
        })
        .collect()
}

/// Bytes as CloudWatch has them. Sizes are far below 2^53, where a `f64` would round.
#[allow(
    clippy::cast_precision_loss,
    reason = "the largest size that can be written is below 2^53 bytes"
)]
fn bytes(size: crate::units::Size) -> f64 {
    size.bytes() as f64
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn each_colour_is_watched() {
        let resources = built(example());
        for colour in ["blue", "green"] {
            let cpu = spec_of(&resources, &format!("alarms.analyzer-{colour}-cpu"));
            assert_eq!(cpu["threshold"], 80.0);
            assert_eq!(cpu["treat_missing_data"], "notBreaching");
            assert_eq!(
                cpu["alarm_actions"],
                json!([{ "$text": [["alerts.topic", "arn"]] }])
            );
            let memory = spec_of(&resources, &format!("alarms.analyzer-{colour}-memory"));
            assert_eq!(memory["namespace"], "codedetect-prod/analyzer");
            let unhealthy = spec_of(&resources, &format!("alarms.analyzer-{colour}-unhealthy"));
            assert_eq!(unhealthy["comparison"], "GreaterThanOrEqualToThreshold");
        }
        assert!(resources.get(&"alarms.main-storage".into()).is_none());
    }

    #[test]
    fn a_database_and_bursting_files_are_watched_where_they_are() {
        let mut stack = example();
        stack["databases"]["main"]["enabled"] = json!(true);
        stack["files"]["shared"]["throughput"] = json!("bursting");
        stack["alarms"]["burst_credits"] = json!("500GB");
        let resources = built(stack);
        let storage = spec_of(&resources, "alarms.main-storage");
        assert_eq!(storage["threshold"], 2.0 * 1024.0 * 1024.0 * 1024.0);
        assert_eq!(storage["comparison"], "LessThanThreshold");
        assert_eq!(
            spec_of(&resources, "alarms.shared-credits")["metric"],
            "BurstCreditBalance"
        );
    }
}
