//! Networks, templates and groups.

use serde_json::json;

use super::{balancer, network};
use crate::client::{Client, cloud};

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
fn a_scheduled_action_in_the_past_is_refused() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, _) = network(&mut client);
    client.ec2("CreateLaunchTemplate", "LaunchTemplateName=small&LaunchTemplateData.InstanceType=t3.small&LaunchTemplateData.ImageId=ami-1").ok();
    let mut call = |action: &str, form: &str| {
        let form = format!("AutoScalingGroupName=blue&{form}");
        client.query("autoscaling", "2011-01-01", action, &form)
    };
    let form = format!(
        "LaunchTemplate.LaunchTemplateName=small&LaunchTemplate.Version=1&MinSize=0&MaxSize=2&VPCZoneIdentifier={}",
        subnets[0]
    );
    call("CreateAutoScalingGroup", &form).ok();
    let end = |at: &str| format!("ScheduledActionName=end&DesiredCapacity=0&StartTime={at}");
    let action = "PutScheduledUpdateGroupAction";
    call(action, &end("2026-01-01T00:00:00Z")).refused("ValidationError");
    call(action, &end("2126-01-01T00:00:00Z")).ok();
    let told = call("DescribeScheduledActions", "").ok();
    assert!(told.text().contains("2126-01-01"), "{}", told.text());
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
fn dependency_violations_keep_a_gateway_for_an_instance_with_a_public_address() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (vpc, subnets, _) = network(&mut client);
    let gateway = client
        .ec2("CreateInternetGateway", "")
        .ok()
        .element("internetGatewayId");
    let attachment = format!("InternetGatewayId={gateway}&VpcId={vpc}");
    client.ec2("AttachInternetGateway", &attachment).ok();
    let form = format!(
        "ImageId=ami-1&MinCount=1&MaxCount=1&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.SubnetId={}&NetworkInterface.1.AssociatePublicIpAddress=true",
        subnets[0]
    );
    let instance = client.ec2("RunInstances", &form).ok().element("instanceId");
    client
        .ec2("DetachInternetGateway", &attachment)
        .refused("has some mapped public address(es)");
    client
        .ec2("TerminateInstances", &format!("InstanceId.1={instance}"))
        .ok();
    client.ec2("DetachInternetGateway", &attachment).ok();
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
fn launch_template_tags_are_those_of_now() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let form = "LaunchTemplateName=small&LaunchTemplateData.InstanceType=t3.small\
                &TagSpecification.1.ResourceType=launch-template&TagSpecification.1.Tag.1.Key=old&TagSpecification.1.Tag.1.Value=1";
    let id = client
        .ec2("CreateLaunchTemplate", form)
        .ok()
        .element("launchTemplateId");
    client
        .ec2(
            "CreateTags",
            &format!("ResourceId.1={id}&Tag.1.Key=new&Tag.1.Value=2"),
        )
        .ok();
    client
        .ec2("DeleteTags", &format!("ResourceId.1={id}&Tag.1.Key=old"))
        .ok();
    let told = client.ec2("DescribeLaunchTemplates", "").ok();
    assert_eq!(
        told.element("tagSet"),
        "<item><key>new</key><value>2</value></item>"
    );
}

#[test]
fn nat_gateways_leave_nothing_in_their_subnet() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, _) = network(&mut client);
    let form = format!("SubnetId={}&ConnectivityType=private", subnets[0]);
    let id = client
        .ec2("CreateNatGateway", &form)
        .ok()
        .element("natGatewayId");
    let subnet = format!("SubnetId={}", subnets[0]);
    client
        .ec2("DeleteSubnet", &subnet)
        .refused("DependencyViolation");
    client
        .ec2("DeleteNatGateway", &format!("NatGatewayId={id}"))
        .ok();
    client.ec2("DeleteSubnet", &subnet).ok();
}

#[test]
fn without_a_data_plane_an_instance_refresh_is_over_at_once() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let (_, subnets, _) = network(&mut client);
    client.ec2("CreateLaunchTemplate", "LaunchTemplateName=small&LaunchTemplateData.InstanceType=t3.small&LaunchTemplateData.ImageId=ami-1").ok();
    let mut call = |action: &str, form: &str| {
        let form = format!("AutoScalingGroupName=blue&{form}");
        client.query("autoscaling", "2011-01-01", action, &form)
    };
    call("StartInstanceRefresh", "").refused("ValidationError");
    let form = format!(
        "LaunchTemplate.LaunchTemplateName=small&LaunchTemplate.Version=1&MinSize=0&MaxSize=2&DesiredCapacity=2&VPCZoneIdentifier={}",
        subnets[0]
    );
    call("CreateAutoScalingGroup", &form).ok();
    call(
        "StartInstanceRefresh",
        "Preferences.MinHealthyPercentage=0&Preferences.MaxHealthyPercentage=200",
    )
    .refused("ValidationError");
    let mut instances = || {
        let text = call("DescribeAutoScalingGroups", "").ok().text();
        let all = text.split("<InstanceId>").skip(1);
        all.filter_map(|rest| rest.split('<').next().map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let before = instances();
    assert_eq!(before.len(), 2);
    let mut call = |action: &str, form: &str| {
        let form = format!("AutoScalingGroupName=blue&{form}");
        client.query("autoscaling", "2011-01-01", action, &form)
    };
    let id = call("StartInstanceRefresh", "")
        .ok()
        .element("InstanceRefreshId");
    let told = call("DescribeInstanceRefreshes", "").ok();
    assert_eq!(told.element("InstanceRefreshId"), id);
    assert_eq!(told.element("Status"), "Successful");
    assert_eq!(told.element("PercentageComplete"), "100");
    call("CancelInstanceRefresh", "").refused("ActiveInstanceRefreshNotFound");
    call("RollbackInstanceRefresh", "").refused("ActiveInstanceRefreshNotFound");
    let text = call("DescribeAutoScalingGroups", "").ok().text();
    assert!(before.iter().all(|id| !text.contains(id)), "{text}");
}
