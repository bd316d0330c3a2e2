//! An access point is not made twice for one client token: `AccessPointAlreadyExists`, with the identifier of the first.

use async_trait::async_trait;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct EfsAccessPoints;

#[async_trait]
impl Addition for EfsAccessPoints {
    fn name(&self) -> &'static str {
        "efs_access_points"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["efs:CreateAccessPoint"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let token = call.json()["ClientToken"].clone();
        let there = moto
            .send(&call.with_path(Method::GET, "/2015-02-01/access-points"))
            .await
            .value();
        let points = there["AccessPoints"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let Some(id) = points
            .iter()
            .find(|point| point["ClientToken"] == token)
            .map(|point| &point["AccessPointId"])
        else {
            return moto.send(call).await;
        };
        let id = id.as_str().unwrap_or_default();
        let message = format!("Access point {id} already exists with this client token");
        let answer = moto.error(
            call,
            StatusCode::CONFLICT,
            "AccessPointAlreadyExists",
            &message,
        );
        let mut body: Value = answer.value();
        body["AccessPointId"] = json!(id);
        answer.with_body(body.to_string())
    }
}
