//! Creating a target group again with the same settings gives the one that is there; moto refuses the name either way. A
//! cookie of a target's is refused while a listener or rule that weighs the group against others has none of a group's; moto
//! takes it, which would hide a wrong order.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Elbv2TargetGroups;

/// The settings that are compared, by parameter. `Matcher.HttpCode` stands within an element of its own.
const COMPARED: [&str; 11] = [
    "HealthCheckIntervalSeconds",
    "HealthCheckPath",
    "HealthCheckPort",
    "HealthCheckProtocol",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "Port",
    "Protocol",
    "TargetType",
    "UnhealthyThresholdCount",
    "VpcId",
];

#[async_trait]
impl Addition for Elbv2TargetGroups {
    fn name(&self) -> &'static str {
        "elbv2_target_groups"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "elbv2:CreateTargetGroup",
            "elbv2:ModifyTargetGroupAttributes",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        if call.action == "ModifyTargetGroupAttributes" {
            return modify(call, moto).await;
        }
        let name = call.parameter("Name").unwrap_or_default();
        let there = moto
            .send(&call.with_form("DescribeTargetGroups", &[("Names.member.1", &name)]))
            .await;
        if !there.is_success() {
            return moto.send(call).await;
        }
        let text = there.text();
        let found = xml::inner(&text, "TargetGroups").unwrap_or_default();
        if same(call, found) {
            return Answer::xml(format!(
                "<CreateTargetGroupResponse><CreateTargetGroupResult><TargetGroups>{found}</TargetGroups></CreateTargetGroupResult>\
                 <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></CreateTargetGroupResponse>",
                moto.request_id()
            ));
        }
        let message = format!(
            "A target group with the same name '{name}' exists, but with different settings"
        );
        moto.refuse(call, "DuplicateTargetGroupName", &message)
    }
}

async fn modify(call: &Call, moto: &Moto) -> Answer {
    let group = call.parameter("TargetGroupArn").unwrap_or_default();
    if makes_sticky(call)
        && let Some(listener) = letting_go(call, moto, &group).await
    {
        let message = format!(
            "This target group appears behind a rule with group stickiness disabled ({listener}). You must enable group \
             stickiness before enabling target stickiness"
        );
        return moto.refuse(call, "InvalidConfigurationRequest", &message);
    }
    moto.send(call).await
}

fn makes_sticky(call: &Call) -> bool {
    let asked = |n: usize| call.parameter(&format!("Attributes.member.{n}.Key"));
    let at = (1..)
        .map_while(|n| Some((n, asked(n)?)))
        .find(|(_, key)| key == "stickiness.enabled");
    at.is_some_and(|(n, _)| {
        let value = call.parameter(&format!("Attributes.member.{n}.Value"));
        value.as_deref() == Some("true")
    })
}

/// The listener that forwards to several groups, this one among them, and holds no client to one of them.
async fn letting_go(call: &Call, moto: &Moto, group: &str) -> Option<String> {
    let balancers = moto
        .send(&call.with_form("DescribeLoadBalancers", &[]))
        .await;
    for balancer in xml::elements(&balancers.text(), "LoadBalancerArn") {
        let of_balancer = call.with_form("DescribeListeners", &[("LoadBalancerArn", balancer)]);
        let listeners = moto.send(&of_balancer).await;
        for listener in xml::members(&listeners.text(), "Listeners") {
            let arn = xml::inner(listener, "ListenerArn").unwrap_or_default();
            let rules = moto
                .send(&call.with_form("DescribeRules", &[("ListenerArn", arn)]))
                .await;
            if lets_go(listener, group) || lets_go(&rules.text(), group) {
                return Some(arn.to_owned());
            }
        }
    }
    None
}

fn lets_go(text: &str, group: &str) -> bool {
    xml::elements(text, "ForwardConfig").any(|forward| {
        let groups: Vec<_> = xml::elements(forward, "TargetGroupArn").collect();
        let sticky = xml::inner(forward, "TargetGroupStickinessConfig").unwrap_or_default();
        groups.len() > 1 && groups.contains(&group) && xml::inner(sticky, "Enabled") != Some("true")
    })
}

fn same(call: &Call, found: &str) -> bool {
    let agrees = |parameter: &str, element: &str| {
        call.parameter(parameter)
            .is_none_or(|asked| xml::inner(found, element) == Some(xml::escape(&asked).as_str()))
    };
    COMPARED.iter().all(|name| agrees(name, name)) && agrees("Matcher.HttpCode", "HttpCode")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::tests::call;

    #[test]
    fn what_was_not_asked_for_is_not_compared() {
        let ask = |form: &str| {
            call(
                "POST",
                "/",
                "elasticloadbalancing",
                &[("content-type", "application/x-www-form-urlencoded")],
                form,
            )
        };
        let found = "<Port>80</Port><HealthCheckPath>/a</HealthCheckPath><Matcher><HttpCode>200</HttpCode></Matcher>";
        assert!(same(
            &ask("Action=CreateTargetGroup&Name=b&Port=80&Matcher.HttpCode=200"),
            found
        ));
        assert!(!same(
            &ask("Action=CreateTargetGroup&Name=b&Port=81"),
            found
        ));
        assert!(!same(
            &ask("Action=CreateTargetGroup&Name=b&Matcher.HttpCode=204"),
            found
        ));
    }
}
