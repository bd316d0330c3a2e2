//! A create call repeated with the same client token gets the first one's answer, as on EC2. moto makes a second resource,
//! or says that it exists already.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

#[derive(Default)]
pub(super) struct ClientTokens {
    /// By region, operation and token.
    answers: Mutex<HashMap<(String, String, String), Answer>>,
}

#[async_trait]
impl Addition for ClientTokens {
    fn name(&self) -> &'static str {
        "client_tokens"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "ec2:CreateFlowLogs",
            "ec2:CreateLaunchTemplate",
            "ec2:CreateLaunchTemplateVersion",
            "ec2:CreateNatGateway",
            "ec2:CreateNetworkAcl",
            "ec2:CreateRouteTable",
            "ec2:CreateVpcEndpoint",
            "ec2:RunInstances",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let Some(token) = call
            .parameter("ClientToken")
            .filter(|token| !token.is_empty())
        else {
            return moto.send(call).await;
        };
        let key = (call.region.clone(), call.action.clone(), token);
        let known = self
            .answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&key)
            .cloned();
        if let Some(answer) = known {
            return answer;
        }
        let answer = moto.send(call).await;
        if answer.is_success() {
            self.answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(key, answer.clone());
        }
        answer
    }
}
