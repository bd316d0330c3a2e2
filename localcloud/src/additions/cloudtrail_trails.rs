//! A trail's name in use is refused, and deleting what is not there is an error, as on CloudTrail. moto replaces the one and
//! accepts the other.

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
            _ => moto.send(call).await,
        }
    }
}
