//! What the gateway adds to moto.

mod cloudwatch;
mod compute;
mod edge;
mod identity;
mod storage;

use crate::client::Client;

/// A network with two subnets and a group: `(vpc, [subnets], group)`.
pub fn network(client: &mut Client) -> (String, [String; 2], String) {
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

pub fn balancer(client: &mut Client, subnets: &[String; 2], group: &str) -> String {
    let form = format!(
        "Name=front&Subnets.member.1={}&Subnets.member.2={}&SecurityGroups.member.1={group}",
        subnets[0], subnets[1]
    );
    client
        .elb("CreateLoadBalancer", &form)
        .ok()
        .element("LoadBalancerArn")
}
