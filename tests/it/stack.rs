//! The main job: the CodeDetect stack from its file, changed, drifted, and gone.

use std::collections::BTreeMap;

use crate::program::Program;

fn owned(steps: &[(&str, &str)]) -> Vec<(String, String)> {
    steps
        .iter()
        .map(|(address, action)| ((*address).to_owned(), (*action).to_owned()))
        .collect()
}

#[test]
fn the_stack_is_made_once_and_then_follows_its_file() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);

    let first = program.run("apply", &file, &["--yes"]).with(0);
    assert!(
        first.out.contains("https://codedetect.example.com/"),
        "{}",
        first.out
    );
    let second = program.run("apply", &file, &["--yes"]).with(0);
    assert!(second.out.contains("No changes"), "{}", second.out);
    program.run("plan", &file, &["--detailed-exitcode"]).with(0);

    let changed = program.stack(
        "changed.yaml",
        &[
            ("idle_timeout: 60s", "idle_timeout: 120s"),
            ("burst_credits: 500GB", "burst_credits: 400GB"),
            ("private: { Tier: private }", "private: { Tier: inner }"),
        ],
    );
    program
        .run("plan", &changed, &["--detailed-exitcode"])
        .with(2);
    let three = owned(&[
        ("alarms.shared-credits", "update"),
        ("network.subnet.private-a", "update"),
        ("network.subnet.private-b", "update"),
        ("workloads.analyzer.load-balancer", "update"),
    ]);
    assert_eq!(program.planned(&changed, &[]), three);
    program.run("apply", &changed, &["--yes"]).with(0);
    assert_eq!(program.planned(&changed, &[]), owned(&[]));
}

#[test]
fn the_database_comes_by_its_toggle_and_goes_only_when_its_data_may() {
    let program = Program::new();
    let off = program.stack("off.yaml", &[]);
    let on = program.stack("on.yaml", &[("enabled: false", "enabled: true")]);
    program.run("apply", &off, &["--yes"]).with(0);

    let added = program.planned(&on, &[]);
    assert!(!added.is_empty());
    for (address, action) in &added {
        let its_own = address.contains("database") || address.contains("main");
        assert!(its_own && action == "create", "{action} {address}");
    }
    program.run("apply", &on, &["--yes"]).with(0);
    assert_eq!(program.planned(&on, &[]), owned(&[]));

    let refused = program.run("apply", &off, &["--yes"]).with(1);
    let said = refused.out + &refused.err;
    assert!(said.contains("--delete-data databases.main"), "{said}");
    assert_eq!(program.planned(&on, &[]), owned(&[]), "nothing was changed");

    program
        .run("apply", &off, &["--yes", "--delete-data", "databases.main"])
        .with(0);
    assert_eq!(program.planned(&off, &[]), owned(&[]));
}

#[test]
fn destroy_names_all_protected_data_and_then_leaves_nothing() {
    let program = Program::new();
    let before = program.python(INVENTORY);
    let file = program.stack("stack.yaml", &[]);
    program.run("apply", &file, &["--yes"]).with(0);
    assert_ne!(program.python(INVENTORY), before);

    let protected = [
        "audit.trail-bucket",
        "buckets.uploads",
        "domain.zone",
        "files.shared",
        "state.bucket",
    ];
    let refused = program.run("destroy", &file, &["--yes"]).with(1);
    let said = refused.out + &refused.err;
    for address in protected {
        assert!(said.contains(&format!("--delete-data {address}")), "{said}");
    }
    let mut arguments = vec!["--yes"];
    for address in &protected {
        arguments.extend(["--delete-data", address]);
    }
    program.run("destroy", &file, &arguments).with(0);
    assert_eq!(program.python(INVENTORY), before);
}

/// Counts what there is of each type that the stack makes. moto keeps the default ACL of a VPC
/// that is gone, so default ones are left out.
pub const INVENTORY: &str = r"
def count(service, call, key, region='eu-west-1', **arguments):
    return len(getattr(client(service, region), call)(**arguments)[key])
counts = {
    'vpcs': count('ec2', 'describe_vpcs', 'Vpcs'),
    'subnets': count('ec2', 'describe_subnets', 'Subnets'),
    'gateways': count('ec2', 'describe_internet_gateways', 'InternetGateways'),
    'tables': count('ec2', 'describe_route_tables', 'RouteTables'),
    'acls': len([a for a in client('ec2').describe_network_acls()['NetworkAcls'] if not a['IsDefault']]),
    'groups': count('ec2', 'describe_security_groups', 'SecurityGroups'),
    'flow logs': count('ec2', 'describe_flow_logs', 'FlowLogs'),
    'templates': count('ec2', 'describe_launch_templates', 'LaunchTemplates'),
    'endpoints': len([e for e in client('ec2').describe_vpc_endpoints()['VpcEndpoints'] if e['State'] != 'deleted']),
    'scaling groups': count('autoscaling', 'describe_auto_scaling_groups', 'AutoScalingGroups'),
    'policies': count('autoscaling', 'describe_policies', 'ScalingPolicies'),
    'balancers': count('elbv2', 'describe_load_balancers', 'LoadBalancers'),
    'target groups': count('elbv2', 'describe_target_groups', 'TargetGroups'),
    'file systems': count('efs', 'describe_file_systems', 'FileSystems'),
    'buckets': count('s3', 'list_buckets', 'Buckets'),
    'databases': count('rds', 'describe_db_instances', 'DBInstances'),
    'zones': count('route53', 'list_hosted_zones', 'HostedZones'),
    'certificates': count('acm', 'list_certificates', 'CertificateSummaryList'),
    'roles': count('iam', 'list_roles', 'Roles'),
    'profiles': count('iam', 'list_instance_profiles', 'InstanceProfiles'),
    'providers': count('iam', 'list_open_id_connect_providers', 'OpenIDConnectProviderList'),
    'parameters': len([p for p in client('ssm').describe_parameters()['Parameters'] if not p['Name'].startswith('/aws/')]),
    'topics': count('sns', 'list_topics', 'Topics'),
    'topics abroad': count('sns', 'list_topics', 'Topics', 'us-east-1'),
    'alarms': count('cloudwatch', 'describe_alarms', 'MetricAlarms'),
    'alarms abroad': count('cloudwatch', 'describe_alarms', 'MetricAlarms', 'us-east-1'),
    'dashboards': count('cloudwatch', 'list_dashboards', 'DashboardEntries'),
    'log groups': count('logs', 'describe_log_groups', 'logGroups'),
    'trails': count('cloudtrail', 'describe_trails', 'trailList'),
}
print(json.dumps(counts, indent=1))
";

#[test]
fn what_is_changed_by_hand_is_drift_and_mended_and_what_others_own_is_left() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    program.run("apply", &file, &["--yes"]).with(0);
    program.run("drift", &file, &[]).with(0);

    program.python(
        r"
ec2 = client('ec2')
group = [g for g in ec2.describe_security_groups()['SecurityGroups'] if '-alb-' in g['GroupName']][0]
ec2.authorize_security_group_ingress(GroupId=group['GroupId'], IpPermissions=[
    {'IpProtocol': 'tcp', 'FromPort': 8080, 'ToPort': 8080, 'IpRanges': [{'CidrIp': '198.51.100.0/24'}]}])
vpc = [v for v in ec2.describe_vpcs()['Vpcs'] if v['CidrBlock'] == '10.0.0.0/16'][0]
ec2.create_tags(Resources=[vpc['VpcId']], Tags=[{'Key': 'Owner', 'Value': 'somebody'}])
client('cloudwatch').delete_alarms(AlarmNames=['codedetect-prod-analyzer-blue-cpu'])
client('autoscaling').set_desired_capacity(AutoScalingGroupName='codedetect-prod-analyzer-blue', DesiredCapacity=2)
elb = client('elbv2')
balancer = elb.describe_load_balancers()['LoadBalancers'][0]['LoadBalancerArn']
listener = [l for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners'] if l['Port'] == 443][0]
action = listener['DefaultActions'][0]
for target in action['ForwardConfig']['TargetGroups']:
    target['Weight'] = {100: 70, 0: 30}[target['Weight']]
action.pop('TargetGroupArn', None)
elb.modify_listener(ListenerArn=listener['ListenerArn'], DefaultActions=[action])
",
    );
    let drift = program
        .run("drift", &file, &["--format", "json"])
        .with(2)
        .json();
    let moved: Vec<_> = drift["moved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["address"].as_str().unwrap())
        .collect();
    assert_eq!(
        moved,
        [
            "alarms.analyzer-blue-cpu",
            "network.vpc",
            "workloads.analyzer.security-group.alb-rules"
        ]
    );
    let owners: BTreeMap<_, _> = drift["left_alone"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["address"].as_str().unwrap(),
                one["owner"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(owners["workloads.analyzer.group.blue"], "autoscaling");
    assert_eq!(owners["workloads.analyzer.listener.https"], "switch");

    program.cloud.reset();
    program.run("apply", &file, &["--yes"]).with(0);
    let sent: Vec<String> = program
        .cloud
        .log()
        .iter()
        .map(|call| format!("{call:?}"))
        .collect();
    for never in [
        "ModifyListener",
        "ModifyRule",
        "SetDesiredCapacity",
        "UpdateAutoScalingGroup",
    ] {
        assert!(!sent.iter().any(|call| call.contains(never)), "{sent:#?}");
    }
    program.run("drift", &file, &[]).with(0);
}

#[test]
fn where_most_of_the_traffic_goes_the_least_number_of_instances_follows() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    program.run("apply", &file, &["--yes"]).with(0);
    program.python(
        r"
elb = client('elbv2')
balancer = elb.describe_load_balancers()['LoadBalancers'][0]['LoadBalancerArn']
listener = [l for l in elb.describe_listeners(LoadBalancerArn=balancer)['Listeners'] if l['Port'] == 443][0]
action = listener['DefaultActions'][0]
for target in action['ForwardConfig']['TargetGroups']:
    target['Weight'] = 100 - target['Weight']
action.pop('TargetGroupArn', None)
elb.modify_listener(ListenerArn=listener['ListenerArn'], DefaultActions=[action])
",
    );
    // Else the colour that serves could be scaled in to nothing.
    let changed: Vec<String> = program
        .planned(&file, &[])
        .into_iter()
        .map(|(address, action)| format!("{action} {address}"))
        .collect();
    assert_eq!(
        changed,
        [
            "update workloads.analyzer.group.blue",
            "update workloads.analyzer.group.green"
        ]
    );
    program.run("apply", &file, &["--yes"]).with(0);
    assert_eq!(program.planned(&file, &[]), owned(&[]));
}

#[test]
fn a_saved_plan_is_carried_out_as_it_was_or_refused_with_what_moved() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let saved = program.folder.path().join("plan.json");
    let out = saved.to_str().unwrap();
    program.run("plan", &file, &["-o", out]).with(0);
    program.run("apply", &saved, &["--yes"]).with(0);
    assert_eq!(program.planned(&file, &[]), owned(&[]));

    let changed = program.stack(
        "changed.yaml",
        &[("idle_timeout: 60s", "idle_timeout: 90s")],
    );
    program.run("plan", &changed, &["-o", out]).with(0);
    program.python(
        r"
ec2 = client('ec2')
vpc = [v for v in ec2.describe_vpcs()['Vpcs'] if v['CidrBlock'] == '10.0.0.0/16'][0]
ec2.create_tags(Resources=[vpc['VpcId']], Tags=[{'Key': 'Moved', 'Value': 'yes'}])
",
    );
    let refused = program.run("apply", &saved, &["--yes"]).with(1);
    assert!(refused.err.contains("network.vpc"), "{}", refused.err);
    assert!(refused.err.contains("Moved"), "{}", refused.err);

    program.run("plan", &changed, &["-o", out]).with(0);
    program.stack(
        "changed.yaml",
        &[("idle_timeout: 60s", "idle_timeout: 91s")],
    );
    let refused = program.run("apply", &saved, &["--yes"]).with(1);
    assert!(
        refused.err.contains("has changed since the plan was made"),
        "{}",
        refused.err
    );
}
