//! How many calls a plan makes: as many as there are kinds and pages, however many resources.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use crate::program::Program;

/// The calls of a plan that finds nothing to do, by operation.
fn calls_of_plan(program: &Program, file: &std::path::Path) -> BTreeMap<String, u64> {
    program.cloud.reset();
    let plan = program.run("plan", file, &["--detailed-exitcode"]).with(0);
    assert!(plan.out.contains("No changes"), "{}", plan.out);
    let counts = program.cloud.counts();
    assert_eq!((counts.changing, counts.errors), (0, 0), "{:#?}", counts.by);
    counts.by
}

#[test]
fn a_plan_of_the_whole_stack_makes_ninety_calls() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    program.run("apply", &file, &["--yes"]).with(0);
    let calls = calls_of_plan(&program, &file);
    assert_eq!(calls.values().sum::<u64>(), 90, "{calls:#?}");
}

/// So many units of a security group, a parameter, a log group and an alarm.
fn units(program: &Program, count: usize) -> PathBuf {
    let mut text = "stack: units\nenvironment: test\nregion: eu-west-1\nresources:\n  \
         main: { kind: ec2.vpc, fields: { cidr: 10.9.0.0/16, dns_support: true, dns_hostnames: false } }\n"
        .to_owned();
    for unit in 0..count {
        let _ = write!(
            text,
            "  group-{unit:03}: {{ kind: ec2.security-group, fields: {{ name: units-test-{unit:03}, description: Unit, vpc: '${{resources.main.id}}' }} }}\n  \
             value-{unit:03}: {{ kind: ssm.parameter, fields: {{ name: /units-test/{unit:03}, value: {{ plain: v{unit:03} }} }} }}\n  \
             logs-{unit:03}: {{ kind: logs.log-group, fields: {{ name: /units-test/{unit:03}, retention_days: 7 }} }}\n  \
             alarm-{unit:03}: {{ kind: cloudwatch.alarm, fields: {{ name: units-test-{unit:03}, region: eu-west-1, \
             description: Unit, namespace: Unit, metric: M, statistic: Sum, period: 60, evaluation_periods: 1, \
             datapoints_to_alarm: 1, threshold: 1, comparison: GreaterThanThreshold }} }}\n"
        );
    }
    let path = program.folder.path().join(format!("units-{count}.yaml"));
    std::fs::write(&path, text).unwrap();
    path
}

/// Makes the units from one number to another as the program would, without its limits on how often AWS is asked.
fn make_units(program: &Program, from: usize, to: usize) {
    program.python(&format!(
        r"
def tags(address):
    return {{'codedetect:stack': 'units-test', 'codedetect:address': 'resources.' + address, 'Name': address}}
ec2, ssm, logs, watch = client('ec2'), client('ssm'), client('logs'), client('cloudwatch')
vpc = ec2.describe_vpcs(Filters=[{{'Name': 'tag:codedetect:stack', 'Values': ['units-test']}}])['Vpcs'][0]['VpcId']
for unit in range({from}, {to}):
    name = f'{{unit:03}}'
    ec2.create_security_group(GroupName='units-test-' + name, Description='Unit', VpcId=vpc, TagSpecifications=[
        {{'ResourceType': 'security-group', 'Tags': [{{'Key': k, 'Value': v}} for k, v in tags('group-' + name).items()]}}])
    ssm.put_parameter(Name='/units-test/' + name, Type='String', Value='v' + name)
    logs.create_log_group(logGroupName='/units-test/' + name)
    logs.put_retention_policy(logGroupName='/units-test/' + name, retentionInDays=7)
    watch.put_metric_alarm(AlarmName='units-test-' + name, AlarmDescription='Unit', Namespace='Unit', MetricName='M',
        Statistic='Sum', Period=60, EvaluationPeriods=1, DatapointsToAlarm=1, Threshold=1,
        ComparisonOperator='GreaterThanThreshold')
"
    ));
}

#[test]
fn three_hundred_of_a_kind_cost_only_further_pages() {
    let program = Program::new();
    let few = units(&program, 10);
    program.run("apply", &few, &["--yes"]).with(0);
    let ten = calls_of_plan(&program, &few);

    make_units(&program, 10, 300);
    let many = units(&program, 300);
    let hundreds = calls_of_plan(&program, &many);

    let more: BTreeMap<&str, (u64, u64)> = hundreds
        .iter()
        .map(|(call, count)| (call.as_str(), (ten.get(call).copied().unwrap_or(0), *count)))
        .filter(|(_, (few, many))| few != many)
        .collect();
    // AWS answers with at most a hundred alarms, fifty log groups, fifty parameters and the values of ten of them a call.
    assert_eq!(
        more,
        BTreeMap::from([
            ("cloudwatch:DescribeAlarms", (1, 3)),
            ("logs:DescribeLogGroups", (1, 6)),
            ("ssm:DescribeParameters", (1, 6)),
            ("ssm:GetParameters", (1, 30)),
        ])
    );
    assert_eq!(ten.values().sum::<u64>(), 36, "{ten:#?}");
}

/// More groups of targets than one call tells the tags of.
const TARGETS: usize = 23;

#[test]
fn tags_of_more_target_groups_than_a_call_takes_are_all_read() {
    let program = Program::new();
    let mut text = "stack: targets\nenvironment: test\nregion: eu-west-1\nresources:\n  \
         main: { kind: ec2.vpc, fields: { cidr: 10.9.0.0/16, dns_support: true, dns_hostnames: false } }\n"
        .to_owned();
    for group in 0..TARGETS {
        let _ = writeln!(
            text,
            "  group-{group:02}: {{ kind: elbv2.target-group, fields: {{ name: targets-test-{group:02}, \
             vpc: '${{resources.main.id}}', target_type: instance, port: 80, protocol: HTTP, \
             health_check: {{ path: /, interval: 30, timeout: 5, healthy: 2, unhealthy: 2, matcher: '200' }}, \
             deregistration_delay: 30, slow_start: 0, stickiness: {{ enabled: false, seconds: 1 }}, \
             algorithm: round_robin }} }}"
        );
    }
    let file = program.folder.path().join("targets.yaml");
    std::fs::write(&file, text).unwrap();
    program.run("apply", &file, &["--yes"]).with(0);
    let calls = calls_of_plan(&program, &file);
    // `DescribeTags` takes twenty ARNs, and a page of target groups has four hundred.
    assert_eq!(calls["elbv2:DescribeTags"], 2, "{calls:#?}");
    assert_eq!(calls["elbv2:DescribeTargetGroups"], 1, "{calls:#?}");
}
