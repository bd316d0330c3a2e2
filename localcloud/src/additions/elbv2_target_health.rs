//! The health of targets as the data plane has measured it; moto holds every running instance for healthy.

use std::sync::Arc;

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::plane::Board;
use crate::xml;

pub(super) struct Elbv2TargetHealth {
    pub(super) board: Option<Arc<Board>>,
}

#[async_trait]
impl Addition for Elbv2TargetHealth {
    fn name(&self) -> &'static str {
        "elbv2_target_health"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["elbv2:DescribeTargetHealth"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let group = call.parameter("TargetGroupArn").unwrap_or_default();
        let Some(board) = &self.board else {
            return moto.send(call).await;
        };
        // A group that moto has and the data plane has not seen yet: nobody has been asked.
        let targets = board.told(&group).unwrap_or_default();
        let Some(port) = port(call, moto, &group).await else {
            return moto.send(call).await;
        };
        let asked: Vec<String> = (1..)
            .map_while(|n| call.parameter(&format!("Targets.member.{n}.Id")))
            .collect();
        let told: String = targets
            .iter()
            .filter(|target| asked.is_empty() || asked.contains(&target.instance))
            .map(|target| {
                let (state, code, description) = target.state.words();
                let optional = |name: &str, value: Option<&str>| {
                    value.map_or(String::new(), |value| {
                        format!("<{name}>{}</{name}>", xml::escape(value))
                    })
                };
                format!(
                    "<member><Target><Id>{}</Id><Port>{port}</Port></Target><HealthCheckPort>{port}</HealthCheckPort>\
                     <TargetHealth><State>{state}</State>{}{}</TargetHealth></member>",
                    xml::escape(&target.instance),
                    optional("Reason", code),
                    optional("Description", description.as_deref()),
                )
            })
            .collect();
        Answer::xml(format!(
            "<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>{told}</TargetHealthDescriptions>\
             </DescribeTargetHealthResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></DescribeTargetHealthResponse>",
            moto.request_id()
        ))
    }
}

/// The port of a group; none where there is no such group, and moto says so best.
async fn port(call: &Call, moto: &Moto, group: &str) -> Option<String> {
    let described = call.with_form(
        "DescribeTargetGroups",
        &[("TargetGroupArns.member.1", group)],
    );
    let answer = moto.send(&described).await;
    xml::inner(&answer.text(), "Port").map(str::to_owned)
}
