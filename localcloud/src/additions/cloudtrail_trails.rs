//! A trail's name in use is refused, deleting what is not there is an error, and a trail may be deleted by its ARN, as on
//! CloudTrail. moto replaces the one, and takes the others for done without doing anything.

use async_trait::async_trait;
use hyper::StatusCode;
use serde_json::json;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct CloudtrailTrails;

#[async_trait]
impl Addition for CloudtrailTrails {
    fn name(&self) -> &'static str {
        "cloudtrail_trails"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["cloudtrail:CreateTrail", "cloudtrail:DeleteTrail"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.json()["Name"].as_str().unwrap_or_default().to_owned();
        let there = moto
            .send(&call.with_target("GetTrail", &json!({ "Name": name })))
            .await
            .is_success();
        match (call.action.as_str(), there) {
            ("CreateTrail", true) => {
                let message = format!(
                    "Trail {name} already exists for customer: {}",
                    moto.account()
                );
                moto.refuse(call, "TrailAlreadyExistsException", &message)
            }
            ("DeleteTrail", false) => {
                let message = format!("Unknown trail: {name} for the user: {}", moto.account());
                moto.error(
                    call,
                    StatusCode::BAD_REQUEST,
                    "TrailNotFoundException",
                    &message,
                )
            }
            ("DeleteTrail", true) => {
                let plain = name.rsplit('/').next().unwrap_or_default();
                moto.send(&call.with_json(&json!({ "Name": plain }))).await
            }
            _ => moto.send(call).await,
        }
    }
}
