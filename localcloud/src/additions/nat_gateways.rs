//! A NAT gateway's interface goes with it. moto leaves it in the subnet, which then could not be deleted.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct NatGateways;

#[async_trait]
impl Addition for NatGateways {
    fn name(&self) -> &'static str {
        "nat_gateways"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["ec2:DeleteNatGateway"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let id = call.parameter("NatGatewayId").unwrap_or_default();
        let told = moto
            .send(&call.with_form("DescribeNatGateways", &[("NatGatewayId.1", &id)]))
            .await;
        let interfaces: Vec<String> = xml::elements(&told.text(), "networkInterfaceId")
            .map(str::to_owned)
            .collect();
        let answer = moto.send(call).await;
        if answer.is_success() {
            for interface in interfaces {
                moto.send(&call.with_form(
                    "DeleteNetworkInterface",
                    &[("NetworkInterfaceId", &interface)],
                ))
                .await;
            }
        }
        answer
    }
}
