//! Tags are told for at most 20 resources a call, as ELB has it. moto tells them for any number.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct Elbv2Tags;

const MOST: usize = 20;

#[async_trait]
impl Addition for Elbv2Tags {
    fn name(&self) -> &'static str {
        "elbv2_tags"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["elbv2:DescribeTags"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        if call.list("ResourceArns.member").len() > MOST {
            let message = format!("'ResourceArns' can have at most {MOST} members");
            return moto.refuse(call, "ValidationError", &message);
        }
        moto.send(call).await
    }
}
