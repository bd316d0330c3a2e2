//! What the stack asks for, read back by another client than the one that made it.

use crate::program::Program;

#[test]
fn everything_the_stack_asks_for_is_there_for_another_client() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    program.run("apply", &file, &["--yes"]).with(0);
    let said = program.python(READ_BACK);
    assert!(said.ends_with("all there\n"), "{said}");
}

const READ_BACK: &str = r"
ec2, elb, asg = client('ec2'), client('elbv2'), client('autoscaling')
vpc = [v for v in ec2.describe_vpcs()['Vpcs'] if v['CidrBlock'] == '10.0.0.0/16'][0]['VpcId']
of_vpc = [{'Name': 'vpc-id', 'Values': [vpc]}]
assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute='enableDnsHostnames')['EnableDnsHostnames']['Value']
subnets = ec2.describe_subnets(Filters=of_vpc)['Subnets']
assert sorted((s['CidrBlock'], s['AvailabilityZone'][-1]) for s in subnets) == [
    ('10.0.1.0/24', 'a'), ('10.0.11.0/24', 'a'), ('10.0.12.0/24', 'b'), ('10.0.2.0/24', 'b')], subnets
acls = [a for a in ec2.describe_network_acls(Filters=of_vpc)['NetworkAcls'] if not a['IsDefault']]
assert len(acls) == 2 and all(len(a['Associations']) == 2 for a in acls)

groups = {g['GroupName'].split('-')[2]: g for g in ec2.describe_security_groups(Filters=of_vpc)['SecurityGroups'] if g['GroupName'] != 'default'}
def opened(group, way='IpPermissions'):
    return sorted((p.get('FromPort'), r.get('CidrIp') or r.get('CidrIpv6') or r.get('GroupId'))
        for p in groups[group][way] for r in p['IpRanges'] + p['Ipv6Ranges'] + p['UserIdGroupPairs'])
alb, app = groups['alb']['GroupId'], groups['ec2']['GroupId']
assert {(80, '0.0.0.0/0'), (443, '0.0.0.0/0')} <= set(opened('alb')), opened('alb')
assert {port for port, _ in opened('alb')} == {80, 443}
assert (22, '203.0.113.0/24') in opened('ec2') and [p for p, peer in opened('ec2') if peer != alb] == [22], opened('ec2')
assert opened('efs') == [(2049, app)] and opened('efs', 'IpPermissionsEgress') == [], opened('efs')

balancer = elb.describe_load_balancers()['LoadBalancers'][0]
assert len(balancer['AvailabilityZones']) == 2 and balancer['Scheme'] == 'internet-facing'
listeners = {l['Port']: l for l in elb.describe_listeners(LoadBalancerArn=balancer['LoadBalancerArn'])['Listeners']}
assert listeners[80]['DefaultActions'][0]['RedirectConfig']['Port'] == '443'
https = listeners[443]
assert https['SslPolicy'].startswith('ELBSecurityPolicy-TLS13-1-2') and https['Certificates']
weights = sorted(t['Weight'] for t in https['DefaultActions'][0]['ForwardConfig']['TargetGroups'])
assert weights == [0, 100], weights
targets = elb.describe_target_groups()['TargetGroups']
assert len(targets) == 2 and {t['HealthCheckPath'] for t in targets} == {'/api/health'}
assert {t['HealthCheckIntervalSeconds'] for t in targets} == {30}

fleets = {g['AutoScalingGroupName'].split('-')[-1]: g for g in asg.describe_auto_scaling_groups()['AutoScalingGroups']}
assert (fleets['blue']['MinSize'], fleets['blue']['MaxSize'], fleets['blue']['DesiredCapacity']) == (1, 2, 1)
assert (fleets['green']['MinSize'], fleets['green']['DesiredCapacity']) == (0, 0)
assert all(g['HealthCheckType'] == 'ELB' and g['HealthCheckGracePeriod'] > 0 for g in fleets.values())
assert len(asg.describe_policies()['ScalingPolicies']) == 4
for template in ec2.describe_launch_templates()['LaunchTemplates']:
    data = ec2.describe_launch_template_versions(LaunchTemplateId=template['LaunchTemplateId'],
        Versions=['$Default'])['LaunchTemplateVersions'][0]['LaunchTemplateData']
    assert data['InstanceType'] == 't3.small'
    assert data['MetadataOptions']['HttpTokens'] == 'required'
    assert data['MetadataOptions']['HttpPutResponseHopLimit'] == 2
    assert data['BlockDeviceMappings'][0]['Ebs']['Encrypted'] is True

efs = client('efs')
files = efs.describe_file_systems()['FileSystems'][0]
assert files['Encrypted'] and files['ThroughputMode'] == 'bursting' and files['PerformanceMode'] == 'generalPurpose'
identity = files['FileSystemId']
assert {'TransitionToIA': 'AFTER_30_DAYS'} in efs.describe_lifecycle_configuration(FileSystemId=identity)['LifecyclePolicies']
assert efs.describe_backup_policy(FileSystemId=identity)['BackupPolicy']['Status'] in ('ENABLED', 'ENABLING')
assert len(efs.describe_mount_targets(FileSystemId=identity)['MountTargets']) == 2

s3 = client('s3')
for bucket in s3.list_buckets()['Buckets']:
    name = bucket['Name']
    assert all(s3.get_public_access_block(Bucket=name)['PublicAccessBlockConfiguration'].values()), name
    rule = s3.get_bucket_encryption(Bucket=name)['ServerSideEncryptionConfiguration']['Rules'][0]
    assert rule['ApplyServerSideEncryptionByDefault']['SSEAlgorithm'] in ('AES256', 'aws:kms'), name
    if 'uploads' in name or 'state' in name:
        assert s3.get_bucket_versioning(Bucket=name)['Status'] == 'Enabled', name
        assert s3.get_bucket_lifecycle_configuration(Bucket=name)['Rules'], name

secrets = ['/codedetect-prod/secret-key', '/codedetect-prod/db-password']
parameters = client('ssm').get_parameters(Names=secrets)['Parameters']
assert [p['Type'] for p in parameters] == ['SecureString'] * 2, parameters

billing = client('cloudwatch', 'us-east-1').describe_alarms()['MetricAlarms']
assert sorted(a['Threshold'] for a in billing) == [10.0, 20.0, 50.0]
assert all(a['AlarmActions'] for a in billing)
alarms = client('cloudwatch').describe_alarms()['MetricAlarms']
assert {80.0, 1.0} <= {a['Threshold'] for a in alarms}
assert len(client('cloudwatch').list_dashboards()['DashboardEntries']) == 3
topics = client('sns').list_subscriptions()['Subscriptions']
assert [(t['Protocol'], t['Endpoint']) for t in topics] == [('email', 'ops@example.com')]

certificate = client('acm').list_certificates()['CertificateSummaryList'][0]
assert certificate['DomainName'] == 'codedetect.example.com'
r53 = client('route53')
zone = r53.list_hosted_zones()['HostedZones'][0]['Id']
alias = [r for r in r53.list_resource_record_sets(HostedZoneId=zone)['ResourceRecordSets'] if r['Type'] == 'A'][0]
assert alias['AliasTarget']['EvaluateTargetHealth'] is False

iam = client('iam')
roles = {r['RoleName']: r for r in iam.list_roles()['Roles']}
trust = json.dumps(roles['codedetect-prod-deployer']['AssumeRolePolicyDocument'])
assert 'token.actions.githubusercontent.com:aud' in trust and 'token.actions.githubusercontent.com:sub' in trust, trust
assert 'codedetect-prod-analyzer' in roles
trails = client('cloudtrail')
trail = trails.describe_trails()['trailList'][0]
assert trails.get_trail_status(Name=trail['TrailARN'])['IsLogging']
assert len(ec2.describe_flow_logs()['FlowLogs']) == 1
print('all there')
";
