//! Creating a target group again with the same settings gives the one that is there. moto refuses the name either way.

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
        &["elbv2:CreateTargetGroup"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
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
