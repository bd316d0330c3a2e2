//! Load balancers: creating one again with the same settings gives the one that is there, with others
//! `DuplicateLoadBalancerName`; deletion protection is obeyed. moto makes a second one, and deletes what is protected.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Elbv2LoadBalancers;

#[async_trait]
impl Addition for Elbv2LoadBalancers {
    fn name(&self) -> &'static str {
        "elbv2_load_balancers"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["elbv2:CreateLoadBalancer", "elbv2:DeleteLoadBalancer"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        if call.action == "CreateLoadBalancer" {
            create(call, moto).await
        } else {
            delete(call, moto).await
        }
    }
}

async fn create(call: &Call, moto: &Moto) -> Answer {
    let name = call.parameter("Name").unwrap_or_default();
    let there = moto
        .send(&call.with_form("DescribeLoadBalancers", &[("Names.member.1", &name)]))
        .await;
    if !there.is_success() {
        return moto.send(&with_scheme(call)).await;
    }
    let text = there.text();
    let found = xml::inner(&text, "LoadBalancers").unwrap_or_default();
    if same(call, found) {
        return Answer::xml(format!(
            "<CreateLoadBalancerResponse><CreateLoadBalancerResult><LoadBalancers>{found}</LoadBalancers></CreateLoadBalancerResult>\
             <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></CreateLoadBalancerResponse>",
            moto.request_id()
        ));
    }
    let message =
        format!("A load balancer with the same name '{name}' exists, but with different settings");
    moto.refuse(call, "DuplicateLoadBalancerName", &message)
}

/// The default is said, because moto tells no scheme where none was asked for.
fn with_scheme(call: &Call) -> Call {
    let mut call = call.clone();
    if call.parameter("Scheme").is_none() {
        call.body = [&call.body[..], b"&Scheme=internet-facing"].concat().into();
    }
    call
}

fn same(call: &Call, found: &str) -> bool {
    let plain = |parameter: &str, default: &str| {
        let asked = call
            .parameter(parameter)
            .unwrap_or_else(|| default.to_owned());
        xml::inner(found, parameter) == Some(asked.as_str())
    };
    let set = |list: Vec<String>| list.into_iter().collect::<BTreeSet<_>>();
    let groups = xml::inner(found, "SecurityGroups").unwrap_or_default();
    let groups = xml::elements(groups, "member").map(str::to_owned).collect();
    let subnets = xml::elements(found, "SubnetId")
        .map(str::to_owned)
        .collect();
    plain("Scheme", "internet-facing")
        && plain("Type", "application")
        && set(call.list("SecurityGroups.member")) == set(groups)
        && set(call.list("Subnets.member")) == set(subnets)
}

async fn delete(call: &Call, moto: &Moto) -> Answer {
    let arn = call.parameter("LoadBalancerArn").unwrap_or_default();
    let attributes = moto
        .send(&call.with_form(
            "DescribeLoadBalancerAttributes",
            &[("LoadBalancerArn", &arn)],
        ))
        .await;
    let is_protected = |member: &str| {
        xml::inner(member, "Key") == Some("deletion_protection.enabled")
            && xml::inner(member, "Value") == Some("true")
    };
    if xml::elements(&attributes.text(), "member").any(is_protected) {
        let message = format!(
            "Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        );
        return moto.refuse(call, "OperationNotPermitted", &message);
    }
    moto.send(call).await
}
