//! A hosted zone is not made twice for one caller reference: `HostedZoneAlreadyExists`. moto makes a second.

use async_trait::async_trait;
use hyper::{Method, StatusCode};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Route53Zones;

#[async_trait]
impl Addition for Route53Zones {
    fn name(&self) -> &'static str {
        "route53_zones"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["route53:CreateHostedZone"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let asked = String::from_utf8_lossy(&call.body);
        let reference = xml::inner(&asked, "CallerReference").unwrap_or_default();
        let there = moto
            .send(&call.with_path(Method::GET, "/2013-04-01/hostedzone?maxitems=1000"))
            .await;
        if xml::elements(&there.text(), "CallerReference").any(|used| used == reference) {
            let message = format!(
                "A hosted zone has already been created with the specified caller reference. ({reference})"
            );
            return moto.error(
                call,
                StatusCode::CONFLICT,
                "HostedZoneAlreadyExists",
                &message,
            );
        }
        moto.send(call).await
    }
}
