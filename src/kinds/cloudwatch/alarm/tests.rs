use super::*;
use crate::aws::Reads;
use crate::kinds::Wanted;
use crate::reference::Address;

fn scope() -> Scope {
    Scope {
        stack: "codedetect".to_owned(),
        environment: "prod".to_owned(),
        region: "eu-west-1".to_owned(),
        account: "123456789012".to_owned(),
        partition: "aws".to_owned(),
    }
}

/// What `DescribeAlarms` answers for a specification, as its reference describes it.
fn echo(spec: &Spec) -> aws_sdk_cloudwatch::types::builders::MetricAlarmBuilder {
    let (plain, extended) = statistic(&spec.statistic);
    let arns = |texts: &BTreeSet<Text>| texts.iter().rev().filter_map(Text::known).collect();
    let dimensions = spec
        .dimensions
        .iter()
        .map(|(k, v)| Dimension::builder().name(k).value(v.to_string()).build());
    MetricAlarm::builder()
        .alarm_name(&spec.name)
        .alarm_arn(&Alarm::predict(&scope(), spec)["arn"])
        .alarm_description(&spec.description)
        .namespace(&spec.namespace)
        .metric_name(&spec.metric)
        .set_dimensions(Some(dimensions.collect()))
        .set_statistic(plain)
        .set_extended_statistic(extended)
        .period(i32::try_from(spec.period).unwrap())
        .evaluation_periods(i32::try_from(spec.evaluation_periods).unwrap())
        .datapoints_to_alarm(i32::try_from(spec.datapoints_to_alarm).unwrap())
        .threshold(spec.threshold)
        .comparison_operator(spec.comparison.to_aws())
        .treat_missing_data(spec.treat_missing_data.as_str())
        .actions_enabled(spec.actions_enabled)
        .set_alarm_actions(Some(arns(&spec.alarm_actions)))
        .set_ok_actions(Some(arns(&spec.ok_actions)))
        .set_insufficient_data_actions(Some(arns(&spec.insufficient_data_actions)))
}

#[test]
fn what_aws_answers_reads_as_what_was_asked_for() {
    let samples = Alarm::samples(&scope());
    for wanted in [samples.sample, samples.changed] {
        let found = found(&echo(&wanted).build(), "eu-west-1").unwrap();
        assert_eq!(found.spec, wanted);
        assert_eq!(found.outputs, Alarm::predict(&scope(), &wanted));
    }
}

#[test]
fn what_aws_leaves_out_is_its_default() {
    let wanted = Alarm::samples(&scope()).sample;
    let answer = echo(&wanted)
        .set_datapoints_to_alarm(None)
        .set_treat_missing_data(None)
        .set_actions_enabled(None)
        .build();
    assert_eq!(spec(&answer, "eu-west-1").unwrap(), wanted);
}

#[test]
fn a_percentile_is_told_from_a_plain_statistic() {
    assert_eq!(statistic("Sum"), (Some(Statistic::Sum), None));
    assert_eq!(statistic("p99.9"), (None, Some("p99.9".to_owned())));
}

#[test]
fn another_region_is_asked_only_when_an_alarm_is_or_was_there() {
    let scope = scope();
    let reads = Reads::default();
    let mut survey = Survey {
        scope: &scope,
        reads: &reads,
        wanted: Vec::new(),
        manifest: Vec::new(),
    };
    assert_eq!(regions(&survey), BTreeSet::from(["eu-west-1"]));
    survey.manifest.push((
        Address::new("alerts.billing.10"),
        format!("{BILLING_REGION}/codedetect-prod-billing-10"),
    ));
    assert_eq!(regions(&survey), BTreeSet::from(["eu-west-1", "us-east-1"]));
    survey.manifest.clear();
    survey.wanted.push(Wanted {
        address: Address::new("alerts.billing.10"),
        spec: Spec {
            region: BILLING_REGION.to_owned(),
            ..Alarm::samples(&scope).sample
        },
    });
    assert_eq!(regions(&survey).len(), 2);
}

#[test]
fn an_alarm_of_seconds_costs_three_times_as_much() {
    let mut spec = Alarm::samples(&scope()).sample;
    assert_eq!(Alarm::charges(&spec)[0].item, "cloudwatch.alarm");
    spec.period = 10;
    assert_eq!(
        Alarm::charges(&spec)[0].item,
        "cloudwatch.alarm.high_resolution"
    );
}
