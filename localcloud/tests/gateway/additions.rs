//! What the gateway adds to moto.

use minicbor::Encoder;
use serde_json::json;

use crate::client::{Client, cloud};

/// A network with two subnets and a group: `(vpc, [subnets], group)`.
fn network(client: &mut Client) -> (String, [String; 2], String) {
    let vpc = client
        .ec2("CreateVpc", "CidrBlock=10.0.0.0/16")
        .ok()
        .element("vpcId");
    let subnets = ["a", "b"].map(|zone| {
        let third = if zone == "a" { 1 } else { 2 };
        let form =
            format!("VpcId={vpc}&CidrBlock=10.0.{third}.0/24&AvailabilityZone=eu-west-1{zone}");
        client.ec2("CreateSubnet", &form).ok().element("subnetId")
    });
    let group = client
        .ec2(
            "CreateSecurityGroup",
            &format!("VpcId={vpc}&GroupName=g&GroupDescription=g"),
        )
        .ok()
        .element("groupId");
    (vpc, subnets, group)
}

fn balancer(client: &mut Client, subnets: &[String; 2], group: &str) -> String {
    let form = format!(
        "Name=front&Subnets.member.1={}&Subnets.member.2={}&SecurityGroups.member.1={group}",
        subnets[0], subnets[1]
    );
    client
        .elb("CreateLoadBalancer", &form)
        .ok()
        .element("LoadBalancerArn")
}

#[test]
fn cloudwatch_cbor_makes_tells_and_deletes_alarms() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut alarm = Encoder::new(Vec::new());
    // As the SDK writes it: maps of unknown length, doubles as doubles.
    alarm.begin_map().unwrap();
    for (name, value) in [
        ("AlarmName", "cpu"),
        ("Namespace", "AWS/EC2"),
        ("MetricName", "CPUUtilization"),
        ("Statistic", "Average"),
        ("ComparisonOperator", "GreaterThanThreshold"),
    ] {
        alarm.str(name).unwrap().str(value).unwrap();
    }
    alarm
        .str("Threshold")
        .unwrap()
        .f64(80.0)
        .unwrap()
        .str("Period")
        .unwrap()
        .i32(300)
        .unwrap();
    alarm
        .str("EvaluationPeriods")
        .unwrap()
        .i32(2)
        .unwrap()
        .str("Tags")
        .unwrap()
        .array(1)
        .unwrap();
    alarm
        .begin_map()
        .unwrap()
        .str("Key")
        .unwrap()
        .str("k")
        .unwrap()
        .str("Value")
        .unwrap()
        .str("v")
        .unwrap()
        .end()
        .unwrap();
    alarm.end().unwrap();
    let made = client.cbor("PutMetricAlarm", alarm.writer()).ok();
    assert_eq!(made.headers["smithy-protocol"], "rpc-v2-cbor");
    let told = client.cbor("DescribeAlarms", &[0xa0]).ok();
    assert_eq!(told.headers["content-type"], "application/cbor");
    let text = String::from_utf8_lossy(&told.body).into_owned();
    assert!(text.contains("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu"));
    // The threshold is a double and the time of the last change a tagged one.
    let after = |name: &str| {
        let mut member = Encoder::new(Vec::new());
        member.str(name).unwrap();
        let member = member.into_writer();
        let at = told
            .body
            .windows(member.len())
            .position(|window| window == member)
            .unwrap();
        minicbor::Decoder::new(&told.body[at + member.len()..])
            .datatype()
            .unwrap()
    };
    assert_eq!(after("Threshold"), minicbor::data::Type::F64);
    assert_eq!(after("StateUpdatedTimestamp"), minicbor::data::Type::Tag);
    assert_eq!(after("EvaluationPeriods"), minicbor::data::Type::U8);
    let mut names = Encoder::new(Vec::new());
    names
        .map(1)
        .unwrap()
        .str("AlarmNames")
        .unwrap()
        .array(1)
        .unwrap()
        .str("cpu")
        .unwrap();
    client.cbor("DeleteAlarms", names.writer()).ok();
    assert!(
        !client
            .cbor("DescribeAlarms", &[0xa0])
            .ok()
            .text()
            .contains("alarm:cpu")
    );
    assert_eq!(cloud.counts().by["cloudwatch:PutMetricAlarm"], 1);
}

#[test]
fn cloudwatch_cbor_maps_errors() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut ask = Encoder::new(Vec::new());
    ask.map(1)
        .unwrap()
        .str("DashboardName")
        .unwrap()
        .str("none")
        .unwrap();
    let reply = client
        .cbor("GetDashboard", ask.writer())
        .refused("ResourceNotFound");
    assert_eq!(
        (reply.status, reply.headers["x-amzn-query-error"].as_str()),
        (404, "ResourceNotFound;Sender")
    );
    client
        .cbor("GetDashboard", b"\xa1\x01")
        .refused("SerializationException");
}

#[test]
fn client_tokens_are_replayed() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, ..) = network(&mut client);
    let form = format!("VpcId={vpc}&ServiceName=com.amazonaws.eu-west-1.s3&ClientToken=once");
    let first = client
        .ec2("CreateVpcEndpoint", &form)
        .ok()
        .element("vpcEndpointId");
    assert_eq!(
        client
            .ec2("CreateVpcEndpoint", &form)
            .ok()
            .element("vpcEndpointId"),
        first
    );
    assert_eq!(
        client
            .ec2("DescribeVpcEndpoints", "")
            .ok()
            .text()
            .matches("<vpcEndpointId>")
            .count(),
        1
    );
}

#[test]
fn autoscaling_groups_remember_and_refuse() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, _) = network(&mut client);
    client.ec2("CreateLaunchTemplate", "LaunchTemplateName=small&LaunchTemplateData.InstanceType=t3.small&LaunchTemplateData.ImageId=ami-1").ok();
    let mut call = |action: &str, form: &str| {
        client.query(
            "autoscaling",
            "2011-01-01",
            action,
            &format!("AutoScalingGroupName=blue&{form}"),
        )
    };
    let template = "LaunchTemplate.LaunchTemplateName=small&LaunchTemplate.Version=1";
    let form = format!(
        "{template}&MinSize=0&MaxSize=2&DesiredCapacity=0&VPCZoneIdentifier={}&DefaultInstanceWarmup=60",
        subnets[0]
    );
    call("CreateAutoScalingGroup", &form).ok();
    call("CreateAutoScalingGroup", &form).refused("AlreadyExists");
    call("UpdateAutoScalingGroup", "InstanceMaintenancePolicy.MinHealthyPercentage=100&InstanceMaintenancePolicy.MaxHealthyPercentage=110").ok();
    let told = call("DescribeAutoScalingGroups", "").ok();
    assert_eq!(
        (
            told.element("DefaultInstanceWarmup"),
            told.element("MaxHealthyPercentage")
        ),
        ("60".to_owned(), "110".to_owned())
    );
    call(
        "EnableMetricsCollection",
        "Granularity=1Minute&Metrics.member.1=GroupMinSize&Metrics.member.2=GroupMaxSize",
    )
    .ok();
    call("DisableMetricsCollection", "Metrics.member.1=GroupMinSize").ok();
    let told = call("DescribeAutoScalingGroups", "").ok().text();
    assert!(
        told.contains("GroupMaxSize") && !told.contains("GroupMinSize"),
        "{told}"
    );
    call("DisableMetricsCollection", "").ok();
    assert!(
        !call("DescribeAutoScalingGroups", "")
            .ok()
            .text()
            .contains("GroupMaxSize")
    );
    call("UpdateAutoScalingGroup", "DesiredCapacity=1").ok();
    call("DeleteAutoScalingGroup", "").refused("ResourceInUse");
    call("DeleteAutoScalingGroup", "ForceDelete=true").ok();
}

#[test]
fn cloudtrail_trails_are_made_once_and_deleted_once() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/trail-bucket", place).ok();
    let mut call = |action: &str, body| {
        client.target(
            "cloudtrail",
            &format!("CloudTrail_20131101.{action}"),
            &body,
        )
    };
    let trail = json!({ "Name": "audit", "S3BucketName": "trail-bucket" });
    call("CreateTrail", trail.clone()).ok();
    call("CreateTrail", trail).refused("TrailAlreadyExistsException");
    call("DeleteTrail", json!({ "Name": "audit" })).ok();
    call("DeleteTrail", json!({ "Name": "audit" })).refused("TrailNotFoundException");
}

#[test]
fn dependency_violations_hold_back_what_is_in_use() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let other = client
        .ec2(
            "CreateSecurityGroup",
            &format!("VpcId={vpc}&GroupName=o&GroupDescription=o"),
        )
        .ok()
        .element("groupId");
    let rule = format!(
        "GroupId={other}&IpPermissions.1.IpProtocol=tcp&IpPermissions.1.FromPort=80&IpPermissions.1.ToPort=80&IpPermissions.1.Groups.1.GroupId={group}"
    );
    client.ec2("AuthorizeSecurityGroupIngress", &rule).ok();
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
        .refused("DependencyViolation");
    client.ec2("RevokeSecurityGroupIngress", &rule).ok();
    let own = rule.replace(&format!("GroupId={other}&"), &format!("GroupId={group}&"));
    client.ec2("AuthorizeSecurityGroupIngress", &own).ok();
    let arn = balancer(&mut client, &subnets, &group);
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
        .refused("DependencyViolation");
    client
        .ec2("DeleteSubnet", &format!("SubnetId={}", subnets[0]))
        .refused("DependencyViolation");
    client
        .elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
        .ok();
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
        .ok();
    let file_system = client
        .rest(
            "elasticfilesystem",
            "POST",
            "/2015-02-01/file-systems",
            r#"{"CreationToken": "t"}"#,
        )
        .ok()
        .json();
    let target = json!({ "FileSystemId": file_system["FileSystemId"], "SubnetId": subnets[0], "SecurityGroups": [other] }).to_string();
    let target = client
        .rest(
            "elasticfilesystem",
            "POST",
            "/2015-02-01/mount-targets",
            &target,
        )
        .ok()
        .json();
    client
        .ec2("DeleteSubnet", &format!("SubnetId={}", subnets[0]))
        .refused("DependencyViolation");
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={other}"))
        .refused("DependencyViolation");
    let path = format!(
        "/2015-02-01/mount-targets/{}",
        target["MountTargetId"].as_str().unwrap()
    );
    client.rest("elasticfilesystem", "DELETE", &path, "").ok();
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={other}"))
        .ok();
    client
        .ec2("DeleteSubnet", &format!("SubnetId={}", subnets[0]))
        .ok();
}

#[test]
fn network_acls_end_with_the_rules_that_deny_the_rest() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, ..) = network(&mut client);
    let made = client.ec2("CreateNetworkAcl", &format!("VpcId={vpc}")).ok();
    let id = made.element("networkAclId");
    let told = client.ec2("DescribeNetworkAcls", &format!("NetworkAclId.1={id}"));
    let told = told.ok().text();
    assert_eq!(
        told.matches("<ruleNumber>32767</ruleNumber>").count(),
        2,
        "{told}"
    );
}

#[test]
fn dependency_violations_end_with_the_instances() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, group) = network(&mut client);
    let form = format!(
        "ImageId=ami-1&MinCount=1&MaxCount=1&SubnetId={}&SecurityGroupId.1={group}",
        subnets[0]
    );
    let instance = client.ec2("RunInstances", &form).ok().element("instanceId");
    client
        .ec2("DeleteSubnet", &format!("SubnetId={}", subnets[0]))
        .refused("DependencyViolation");
    client
        .ec2("TerminateInstances", &format!("InstanceId.1={instance}"))
        .ok();
    client
        .ec2("DeleteSecurityGroup", &format!("GroupId={group}"))
        .ok();
    client
        .ec2("DeleteSubnet", &format!("SubnetId={}", subnets[0]))
        .ok();
}

#[test]
fn efs_knows_backups_updates_and_tokens() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut call = |method: &str, path: &str, body: &str| {
        client.rest(
            "elasticfilesystem",
            method,
            &format!("/2015-02-01/{path}"),
            body,
        )
    };
    let made = call(
        "POST",
        "file-systems",
        r#"{"CreationToken": "t", "ThroughputMode": "bursting"}"#,
    )
    .ok()
    .json();
    let id = made["FileSystemId"].as_str().unwrap();
    let policy = format!("file-systems/{id}/backup-policy");
    call("PUT", &policy, r#"{"BackupPolicy": {"Status": "ENABLED"}}"#).ok();
    assert_eq!(
        call("GET", &policy, "").ok().json()["BackupPolicy"]["Status"],
        "ENABLED"
    );
    call("PUT", &policy, r#"{"BackupPolicy": {"Status": "perhaps"}}"#)
        .refused("ValidationException");
    call(
        "PUT",
        "file-systems/fs-none/backup-policy",
        r#"{"BackupPolicy": {"Status": "ENABLED"}}"#,
    )
    .refused("FileSystemNotFound");
    let updated = call(
        "PUT",
        &format!("file-systems/{id}"),
        r#"{"ThroughputMode": "elastic"}"#,
    )
    .ok();
    assert_eq!(
        (updated.status, &updated.json()["ThroughputMode"]),
        (202, &json!("elastic"))
    );
    call(
        "PUT",
        &format!("file-systems/{id}/protection"),
        r#"{"ReplicationOverwriteProtection": "DISABLED"}"#,
    )
    .ok();
    let told = call("GET", "file-systems", "").ok().json();
    assert_eq!(told["FileSystems"][0]["ThroughputMode"], "elastic");
    assert_eq!(
        told["FileSystems"][0]["FileSystemProtection"]["ReplicationOverwriteProtection"],
        "DISABLED"
    );
    let point = format!(r#"{{"ClientToken": "p", "FileSystemId": "{id}"}}"#);
    let first = call("POST", "access-points", &point).ok().json();
    let again = call("POST", "access-points", &point).refused("AccessPointAlreadyExists");
    assert_eq!(
        (again.status, &again.json()["AccessPointId"]),
        (409, &first["AccessPointId"])
    );
}

#[test]
fn elbv2_balancers_groups_and_listeners_are_made_once() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let arn = balancer(&mut client, &subnets, &group);
    assert_eq!(balancer(&mut client, &subnets, &group), arn);
    let form = format!(
        "Name=front&Subnets.member.1={}&Subnets.member.2={}&Scheme=internal",
        subnets[0], subnets[1]
    );
    client
        .elb("CreateLoadBalancer", &form)
        .refused("DuplicateLoadBalancerName");
    let told = client
        .elb(
            "DescribeLoadBalancerAttributes",
            &format!("LoadBalancerArn={arn}"),
        )
        .ok()
        .text();
    assert!(
        told.contains("<Key>idle_timeout.timeout_seconds</Key><Value>60</Value>"),
        "{told}"
    );
    let target = format!(
        "Name=blue&Protocol=HTTP&Port=80&VpcId={vpc}&HealthCheckPath=/api/health&Matcher.HttpCode=200"
    );
    let blue = client
        .elb("CreateTargetGroup", &target)
        .ok()
        .element("TargetGroupArn");
    assert_eq!(
        client
            .elb("CreateTargetGroup", &target)
            .ok()
            .element("TargetGroupArn"),
        blue
    );
    client
        .elb("CreateTargetGroup", &target.replace("Port=80", "Port=81"))
        .refused("DuplicateTargetGroupName");
    let listener = format!(
        "LoadBalancerArn={arn}&Protocol=HTTP&Port=80&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={blue}"
    );
    client.elb("CreateListener", &listener).ok();
    client
        .elb("CreateListener", &listener)
        .refused("DuplicateListener");
    let told = client.elb("DescribeListeners", &format!("LoadBalancerArn={arn}"));
    let told = told.ok().text();
    assert!(told.contains("<Weight>1</Weight>"), "{told}");
    assert!(!told.contains("SslPolicy"), "{told}");
    let many: String = (1..=21)
        .map(|n| format!("ResourceArns.member.{n}={arn}&"))
        .collect();
    client.elb("DescribeTags", &many).refused("at most 20");
    client
        .elb("CreateListener", &listener.replace("Port=80", "Port=8080"))
        .ok();
    let protect = |on: bool| {
        format!(
            "LoadBalancerArn={arn}&Attributes.member.1.Key=deletion_protection.enabled&Attributes.member.1.Value={on}"
        )
    };
    client
        .elb("ModifyLoadBalancerAttributes", &protect(true))
        .ok();
    client
        .elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
        .refused("OperationNotPermitted");
    client
        .elb("ModifyLoadBalancerAttributes", &protect(false))
        .ok();
    client
        .elb("DeleteLoadBalancer", &format!("LoadBalancerArn={arn}"))
        .ok();
}

#[test]
fn acm_certificates_in_use_are_kept_and_options_change() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, group) = network(&mut client);
    let mut acm =
        |action: &str, body| client.target("acm", &format!("CertificateManager.{action}"), &body);
    let made = acm(
        "RequestCertificate",
        json!({ "DomainName": "codedetect.example.com", "ValidationMethod": "DNS" }),
    )
    .ok()
    .json();
    let certificate = json!({ "CertificateArn": made["CertificateArn"] });
    let options = json!({ "CertificateTransparencyLoggingPreference": "DISABLED" });
    acm(
        "UpdateCertificateOptions",
        json!({ "CertificateArn": made["CertificateArn"], "Options": options }),
    )
    .ok();
    assert_eq!(
        acm("DescribeCertificate", certificate.clone()).ok().json()["Certificate"]["Options"],
        options
    );
    let arn = balancer(&mut client, &subnets, &group);
    let blue = client
        .elb(
            "CreateTargetGroup",
            &format!("Name=blue&Protocol=HTTP&Port=80&VpcId={vpc}"),
        )
        .ok()
        .element("TargetGroupArn");
    let certified = made["CertificateArn"].as_str().unwrap();
    let listener = format!(
        "LoadBalancerArn={arn}&Protocol=HTTPS&Port=443&Certificates.member.1.CertificateArn={certified}&DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={blue}"
    );
    let listener = client
        .elb("CreateListener", &listener)
        .ok()
        .element("ListenerArn");
    let delete = |client: &mut Client| {
        client.target("acm", "CertificateManager.DeleteCertificate", &certificate)
    };
    delete(&mut client).refused("ResourceInUseException");
    client
        .elb("DeleteListener", &format!("ListenerArn={listener}"))
        .ok();
    delete(&mut client).ok();
}

#[test]
fn iam_lists_profile_tags_changes_audiences_and_simulates() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client
        .iam(
            "CreateInstanceProfile",
            "InstanceProfileName=p&Tags.member.1.Key=k&Tags.member.1.Value=v",
        )
        .ok();
    let tags = client
        .iam("ListInstanceProfileTags", "InstanceProfileName=p")
        .ok();
    assert_eq!(
        (tags.element("Key"), tags.element("Value")),
        ("k".to_owned(), "v".to_owned())
    );
    client
        .iam("ListInstanceProfileTags", "InstanceProfileName=none")
        .refused("NoSuchEntity");
    let provider =
        "Url=https://token.actions.githubusercontent.com&ClientIDList.member.1=sts.amazonaws.com";
    let arn = client
        .iam("CreateOpenIDConnectProvider", provider)
        .ok()
        .element("OpenIDConnectProviderArn");
    client
        .iam(
            "AddClientIDToOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}&ClientID=other"),
        )
        .ok();
    client
        .iam(
            "RemoveClientIDFromOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}&ClientID=sts.amazonaws.com"),
        )
        .ok();
    let told = client
        .iam(
            "GetOpenIDConnectProvider",
            &format!("OpenIDConnectProviderArn={arn}"),
        )
        .ok();
    assert_eq!(told.element("ClientIDList"), "<member>other</member>");
    let form = "PolicySourceArn=arn:aws:iam::123456789012:user/a&ActionNames.member.1=ec2:CreateVpc&ActionNames.member.2=s3:GetObject";
    let told = client.iam("SimulatePrincipalPolicy", form).ok().text();
    assert_eq!(
        told.matches("<EvalDecision>allowed</EvalDecision>").count(),
        2
    );
    client.iam("CreateRole", "RoleName=r&AssumeRolePolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D").ok();
    client
        .iam(
            "AttachRolePolicy",
            "RoleName=r&PolicyArn=arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
        )
        .ok();
}

#[test]
fn launch_template_versions_can_be_deleted() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let id = client
        .ec2(
            "CreateLaunchTemplate",
            "LaunchTemplateName=small&LaunchTemplateData.InstanceType=t3.small",
        )
        .ok()
        .element("launchTemplateId");
    client
        .ec2(
            "CreateLaunchTemplateVersion",
            &format!("LaunchTemplateId={id}&LaunchTemplateData.InstanceType=t3.micro"),
        )
        .ok();
    let form = format!("LaunchTemplateId={id}&LaunchTemplateVersion.1=1&LaunchTemplateVersion.2=2");
    let told = client.ec2("DeleteLaunchTemplateVersions", &form).ok();
    assert!(
        told.element("unsuccessfullyDeletedLaunchTemplateVersionSet")
            .contains("<versionNumber>1</versionNumber>")
    );
    assert!(
        told.element("successfullyDeletedLaunchTemplateVersionSet")
            .contains("<versionNumber>2</versionNumber>")
    );
    let left = client
        .ec2(
            "DescribeLaunchTemplateVersions",
            &format!("LaunchTemplateId={id}"),
        )
        .ok();
    assert_eq!(
        (
            left.element("versionNumber"),
            left.text().matches("<versionNumber>").count()
        ),
        ("1".to_owned(), 1)
    );
}

#[test]
fn rds_tells_insights_and_versions_and_keeps_subnet_groups_in_use() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, group) = network(&mut client);
    let mut rds = |action: &str, form: &str| client.query("rds", "2014-10-31", action, form);
    assert_eq!(
        rds(
            "DescribeDBEngineVersions",
            "Engine=postgres&EngineVersion=15&DefaultOnly=true"
        )
        .ok()
        .element("EngineVersion"),
        "15.12"
    );
    let form = format!(
        "DBSubnetGroupName=private&DBSubnetGroupDescription=d&SubnetIds.SubnetIdentifier.1={}&SubnetIds.SubnetIdentifier.2={}",
        subnets[0], subnets[1]
    );
    rds("CreateDBSubnetGroup", &form).ok();
    let form = format!(
        "DBInstanceIdentifier=main&Engine=postgres&DBInstanceClass=db.t3.micro&AllocatedStorage=20&MasterUsername=app\
         &ManageMasterUserPassword=true&DBSubnetGroupName=private&VpcSecurityGroupIds.VpcSecurityGroupId.1={group}\
         &EnablePerformanceInsights=true"
    );
    assert_eq!(
        rds("CreateDBInstance", &form)
            .ok()
            .element("PerformanceInsightsRetentionPeriod"),
        "7"
    );
    assert_eq!(
        rds("DescribeDBInstances", "")
            .ok()
            .element("PerformanceInsightsEnabled"),
        "true"
    );
    rds(
        "ModifyDBInstance",
        "DBInstanceIdentifier=main&EnablePerformanceInsights=false",
    )
    .ok();
    assert_eq!(
        rds("DescribeDBInstances", "")
            .ok()
            .element("PerformanceInsightsEnabled"),
        "false"
    );
    rds("DeleteDBSubnetGroup", "DBSubnetGroupName=private")
        .refused("InvalidDBSubnetGroupStateFault");
    rds(
        "DeleteDBInstance",
        "DBInstanceIdentifier=main&SkipFinalSnapshot=true",
    )
    .ok();
    rds("DeleteDBSubnetGroup", "DBSubnetGroupName=private").ok();
}

#[test]
fn route53_zones_are_made_once_for_a_reference() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let zone = "<CreateHostedZoneRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><Name>example.com</Name>\
                <CallerReference>once</CallerReference></CreateHostedZoneRequest>";
    client
        .rest("route53", "POST", "/2013-04-01/hostedzone", zone)
        .ok();
    let again = client
        .rest("route53", "POST", "/2013-04-01/hostedzone", zone)
        .refused("HostedZoneAlreadyExists");
    assert_eq!(again.status, 409);
    client
        .rest(
            "route53",
            "POST",
            "/2013-04-01/hostedzone",
            &zone.replace("once", "twice"),
        )
        .ok();
}

#[test]
fn s3_buckets_have_what_every_new_bucket_has() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>\
                 <Tags><Tag><Key>k</Key><Value>v</Value></Tag></Tags></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/new-bucket", place).ok();
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?tagging", "")
            .ok()
            .element("Value"),
        "v"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?encryption", "")
            .ok()
            .element("SSEAlgorithm"),
        "AES256"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?ownershipControls", "")
            .ok()
            .element("ObjectOwnership"),
        "BucketOwnerEnforced"
    );
    assert_eq!(
        client
            .rest("s3", "GET", "/new-bucket?publicAccessBlock", "")
            .ok()
            .element("BlockPublicPolicy"),
        "true"
    );
    assert_eq!(
        client
            .rest("s3", "DELETE", "/new-bucket?publicAccessBlock", "")
            .status,
        204
    );
    client
        .rest("s3", "GET", "/new-bucket?publicAccessBlock", "")
        .refused("NoSuchPublicAccessBlockConfiguration");
    client
        .rest("s3", "GET", "/no-bucket?encryption", "")
        .refused("NoSuchBucket");
}
