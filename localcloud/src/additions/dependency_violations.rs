//! A security group that is named by another's rule or worn by an interface, and a subnet that something stands in, cannot
//! be deleted, nor an internet gateway be detached from under an instance's public address: `DependencyViolation`. moto does
//! it, which would hide a wrong order.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct DependencyViolations;

const ELBV2: (&str, &str) = ("elasticloadbalancing", "2015-12-01");
const RDS: (&str, &str) = ("rds", "2014-10-31");

#[async_trait]
impl Addition for DependencyViolations {
    fn name(&self) -> &'static str {
        "dependency_violations"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "ec2:DeleteSecurityGroup",
            "ec2:DeleteSubnet",
            "ec2:DetachInternetGateway",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let vpc = call.parameter("VpcId").unwrap_or_default();
        if !vpc.is_empty() && address_mapped(call, moto, &vpc).await {
            let message = format!(
                "Network {vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the \
                 gateway."
            );
            return moto.refuse(call, "DependencyViolation", &message);
        }
        let group = call.parameter("GroupId").unwrap_or_default();
        if !group.is_empty() && group_in_use(call, moto, &group).await {
            return moto.refuse(
                call,
                "DependencyViolation",
                &format!("resource {group} has a dependent object"),
            );
        }
        let subnet = call.parameter("SubnetId").unwrap_or_default();
        if !subnet.is_empty() && subnet_in_use(call, moto, &subnet).await {
            let message = format!("The subnet '{subnet}' has dependencies and cannot be deleted.");
            return moto.refuse(call, "DependencyViolation", &message);
        }
        moto.send(call).await
    }
}

async fn group_in_use(call: &Call, moto: &Moto, group: &str) -> bool {
    for filter in ["ip-permission.group-id", "egress.ip-permission.group-id"] {
        let filters = [("Filter.1.Name", filter), ("Filter.1.Value.1", group)];
        let found = moto
            .send(&call.with_form("DescribeSecurityGroups", &filters))
            .await;
        let text = found.text();
        let naming = xml::inner(&text, "securityGroupInfo").unwrap_or_default();
        // A group's own identifier is the first; one that names itself may go.
        if xml::elements(naming, "item").any(|other| xml::inner(other, "groupId") != Some(group)) {
            return true;
        }
    }
    interfaces(call, moto, "group-id", group).await
        || answers(
            moto,
            &call.to_service(ELBV2.0, ELBV2.1, "DescribeLoadBalancers", &[]),
            "member",
            group,
        )
        .await
        || answers(
            moto,
            &call.to_service(RDS.0, RDS.1, "DescribeDBInstances", &[]),
            "VpcSecurityGroupId",
            group,
        )
        .await
}

async fn subnet_in_use(call: &Call, moto: &Moto, subnet: &str) -> bool {
    interfaces(call, moto, "subnet-id", subnet).await
        || answers(
            moto,
            &call.to_service(ELBV2.0, ELBV2.1, "DescribeLoadBalancers", &[]),
            "SubnetId",
            subnet,
        )
        .await
        || answers(
            moto,
            &call.to_service(RDS.0, RDS.1, "DescribeDBInstances", &[]),
            "SubnetIdentifier",
            subnet,
        )
        .await
}

/// Whether an instance that has not been terminated has a public address. Those of load balancers and NAT gateways, which moto
/// keeps otherwise, are left out.
async fn address_mapped(call: &Call, moto: &Moto, vpc: &str) -> bool {
    let found = described(call, moto, "vpc-id", vpc).await;
    for interface in found.iter().filter(|it| it.contains("<publicIp>")) {
        if let Some(instance) = xml::inner(interface, "instanceId")
            && lives(call, moto, instance).await
        {
            return true;
        }
    }
    false
}

/// Whether an interface is left, of a mount target or of an instance that has not been terminated.
async fn interfaces(call: &Call, moto: &Moto, filter: &str, value: &str) -> bool {
    for interface in described(call, moto, filter, value).await {
        match xml::inner(&interface, "instanceId") {
            Some(instance) if !lives(call, moto, instance).await => {}
            _ => return true,
        }
    }
    false
}

/// The interfaces that a filter lets through.
async fn described(call: &Call, moto: &Moto, filter: &str, value: &str) -> Vec<String> {
    let filters = [("Filter.1.Name", filter), ("Filter.1.Value.1", value)];
    let found = moto
        .send(&call.with_form("DescribeNetworkInterfaces", &filters))
        .await;
    let text = found.text();
    let list = xml::inner(&text, "networkInterfaceSet").unwrap_or_default();
    xml::elements(list, "item").map(str::to_owned).collect()
}

/// Whether an instance is there and has not been terminated.
async fn lives(call: &Call, moto: &Moto, instance: &str) -> bool {
    let states = moto
        .send(&call.with_form("DescribeInstances", &[("InstanceId.1", instance)]))
        .await;
    states.is_success() && !states.text().contains("<name>terminated</name>")
}

async fn answers(moto: &Moto, question: &Call, element: &str, value: &str) -> bool {
    has(&moto.send(question).await.text(), element, value)
}

fn has(text: &str, element: &str, value: &str) -> bool {
    text.contains(&format!("<{element}>{value}</{element}>"))
}
