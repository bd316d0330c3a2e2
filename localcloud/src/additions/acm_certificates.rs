//! Certificates: one that a listener uses is not deleted (`ResourceInUseException`), and its options can be changed. moto
//! deletes the one and fails on the other.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use hyper::StatusCode;
use serde_json::{Value, json};

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

const ELBV2: (&str, &str) = ("elasticloadbalancing", "2015-12-01");

#[derive(Default)]
pub(super) struct AcmCertificates {
    /// Options that were changed, by certificate.
    options: Mutex<HashMap<String, Value>>,
}

#[async_trait]
impl Addition for AcmCertificates {
    fn name(&self) -> &'static str {
        "acm_certificates"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "acm:DeleteCertificate",
            "acm:DescribeCertificate",
            "acm:UpdateCertificateOptions",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let arn = call.json()["CertificateArn"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match call.action.as_str() {
            "DescribeCertificate" => {
                let answer = moto.send(call).await;
                let kept = self
                    .options
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .get(&arn)
                    .cloned();
                let Some(options) = kept.filter(|_| answer.is_success()) else {
                    return answer;
                };
                let mut value = answer.value();
                value["Certificate"]["Options"] = options;
                answer.with_body(value.to_string())
            }
            "UpdateCertificateOptions" => {
                let there = moto
                    .send(
                        &call.with_target("DescribeCertificate", &json!({ "CertificateArn": arn })),
                    )
                    .await;
                if !there.is_success() {
                    return there;
                }
                self.options
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(arn, call.json()["Options"].clone());
                Answer::json(StatusCode::OK, &json!({}))
            }
            _ if in_use(call, moto, &arn).await => {
                let message = format!("Certificate {arn} in account {} is in use.", moto.account());
                moto.refuse(call, "ResourceInUseException", &message)
            }
            _ => moto.send(call).await,
        }
    }
}

async fn in_use(call: &Call, moto: &Moto, arn: &str) -> bool {
    let balancers = moto
        .send(&call.to_service(ELBV2.0, ELBV2.1, "DescribeLoadBalancers", &[]))
        .await;
    for balancer in xml::elements(&balancers.text(), "LoadBalancerArn") {
        let listeners = call.to_service(
            ELBV2.0,
            ELBV2.1,
            "DescribeListeners",
            &[("LoadBalancerArn", balancer)],
        );
        if moto
            .send(&listeners)
            .await
            .text()
            .contains(&format!("<CertificateArn>{arn}</CertificateArn>"))
        {
            return true;
        }
    }
    false
}
