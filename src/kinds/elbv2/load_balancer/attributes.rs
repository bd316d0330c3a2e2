//! A load balancer's attributes, which a call of their own sets.

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;

use super::Spec;
use crate::aws::{AwsError, Cloud, During};

pub(super) const IDLE_TIMEOUT: &str = "idle_timeout.timeout_seconds";
pub(super) const DELETION_PROTECTION: &str = "deletion_protection.enabled";
pub(super) const DROP_INVALID: &str = "routing.http.drop_invalid_header_fields.enabled";
pub(super) const HTTP2: &str = "routing.http2.enabled";
pub(super) const LOGS: &str = "access_logs.s3.enabled";
pub(super) const LOGS_BUCKET: &str = "access_logs.s3.bucket";
pub(super) const LOGS_PREFIX: &str = "access_logs.s3.prefix";
const MODIFY: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";

pub(super) fn attribute(key: &str, value: impl ToString) -> LoadBalancerAttribute {
    LoadBalancerAttribute::builder()
        .key(key)
        .value(value.to_string())
        .build()
}

pub(super) fn attributes(spec: &Spec) -> Result<Vec<LoadBalancerAttribute>, AwsError> {
    let mut all = vec![
        attribute(IDLE_TIMEOUT, spec.idle_timeout),
        attribute(DELETION_PROTECTION, spec.deletion_protection),
        attribute(DROP_INVALID, spec.drop_invalid_headers),
        attribute(HTTP2, spec.http2),
        attribute(LOGS, spec.access_logs.is_some()),
    ];
    if let Some(logs) = &spec.access_logs {
        let bucket = logs
            .bucket
            .known()
            .ok_or_else(|| AwsError::unexpected(MODIFY, "the bucket for logs is unknown"))?;
        all.push(attribute(LOGS_BUCKET, bucket));
        all.push(attribute(LOGS_PREFIX, &logs.prefix));
    }
    Ok(all)
}

pub(super) async fn write_attributes(
    cloud: &Cloud,
    arn: &str,
    attributes: Vec<LoadBalancerAttribute>,
) -> Result<(), AwsError> {
    cloud
        .elb()
        .modify_load_balancer_attributes()
        .load_balancer_arn(arn)
        .set_attributes(Some(attributes))
        .send()
        .await
        .during(MODIFY)
        .map(drop)
}
