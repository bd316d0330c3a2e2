//! A load balancer has one listener a port: `DuplicateListener`. moto makes a second.

use async_trait::async_trait;

use super::{Addition, elbv2_actions};
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Elbv2Listeners;

#[async_trait]
impl Addition for Elbv2Listeners {
    fn name(&self) -> &'static str {
        "elbv2_listeners"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["elbv2:CreateListener"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let balancer = call.parameter("LoadBalancerArn").unwrap_or_default();
        let port = call.parameter("Port").unwrap_or_default();
        let there = moto
            .send(&call.with_form("DescribeListeners", &[("LoadBalancerArn", &balancer)]))
            .await;
        // A redirect names a port as well: that of its aim.
        let there = xml::each(&there.text(), "RedirectConfig", |_| String::new());
        if xml::elements(&there, "Port").any(|taken| taken == port) {
            return moto.refuse(
                call,
                "DuplicateListener",
                &format!(
                    "A listener already exists on this port for this load balancer '{balancer}'"
                ),
            );
        }
        elbv2_actions::echo(moto.send(call).await)
    }
}
