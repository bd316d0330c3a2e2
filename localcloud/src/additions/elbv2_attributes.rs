//! A load balancer's attributes: all that an Application Load Balancer has, with AWS's defaults. moto tells four, and those
//! that were set.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::xml;

pub(super) struct Elbv2Attributes;

/// From the API reference of `LoadBalancerAttribute`.
const DEFAULTS: &[(&str, &str)] = &[
    ("access_logs.s3.enabled", "false"),
    ("access_logs.s3.bucket", ""),
    ("access_logs.s3.prefix", ""),
    ("client_keep_alive.seconds", "3600"),
    ("connection_logs.s3.enabled", "false"),
    ("connection_logs.s3.bucket", ""),
    ("connection_logs.s3.prefix", ""),
    ("deletion_protection.enabled", "false"),
    ("idle_timeout.timeout_seconds", "60"),
    ("ipv6.deny_all_igw_traffic", "false"),
    ("load_balancing.cross_zone.enabled", "true"),
    ("routing.http.desync_mitigation_mode", "defensive"),
    ("routing.http.drop_invalid_header_fields.enabled", "false"),
    ("routing.http.preserve_host_header.enabled", "false"),
    (
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
        "false",
    ),
    ("routing.http.xff_client_port.enabled", "false"),
    ("routing.http.xff_header_processing.mode", "append"),
    ("routing.http2.enabled", "true"),
    ("waf.fail_open.enabled", "false"),
    ("zonal_shift.config.enabled", "false"),
];

#[async_trait]
impl Addition for Elbv2Attributes {
    fn name(&self) -> &'static str {
        "elbv2_attributes"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["elbv2:DescribeLoadBalancerAttributes"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let answer = moto.send(call).await;
        if !answer.is_success()
            || !call
                .parameter("LoadBalancerArn")
                .is_some_and(|arn| arn.contains("/app/"))
        {
            return answer;
        }
        let text = mended(&answer.text());
        answer.with_body(text)
    }
}

fn mended(text: &str) -> String {
    let Some(told) = xml::inner(text, "Attributes") else {
        return text.to_owned();
    };
    let mut attributes: Vec<(&str, &str)> = DEFAULTS.to_vec();
    for member in xml::elements(told, "member") {
        let (key, value) = (
            xml::inner(member, "Key").unwrap_or_default(),
            xml::inner(member, "Value").unwrap_or_default(),
        );
        match attributes.iter_mut().find(|(name, _)| *name == key) {
            // Always on for an Application Load Balancer, whatever moto says.
            Some((name, _)) if *name == "load_balancing.cross_zone.enabled" => {}
            Some(attribute) => attribute.1 = value,
            None => attributes.push((key, value)),
        }
    }
    let members: String = attributes
        .iter()
        .map(|(key, value)| format!("<member><Key>{key}</Key><Value>{value}</Value></member>"))
        .collect();
    text.replacen(told, &members, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_stands_over_the_defaults() {
        let member =
            |key, value| format!("<member><Key>{key}</Key><Value>{value}</Value></member>");
        let told = member("idle_timeout.timeout_seconds", "90")
            + &member("load_balancing.cross_zone.enabled", "false");
        let text = mended(&format!("<R><Attributes>{told}</Attributes></R>"));
        assert!(
            text.contains(&member("idle_timeout.timeout_seconds", "90")),
            "{text}"
        );
        assert!(text.contains(&member("routing.http2.enabled", "true")));
        assert!(text.contains(&member("load_balancing.cross_zone.enabled", "true")));
        assert_eq!(text.matches("idle_timeout.timeout_seconds").count(), 1);
    }
}
