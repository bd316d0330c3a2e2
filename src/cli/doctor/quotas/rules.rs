//! What stands within one security group or network ACL. Known without asking: nobody else puts rules there.

use serde_json::Value;

use super::{Limit, Told};
use crate::cli::doctor::subject::Subject;

/// "Amazon VPC quotas", VPC user guide: rules of a security group, and of a network ACL, in each direction.
/// Every ACL ends with a rule of AWS's own, which counts.
const GROUP: usize = 60;
const ACL: usize = 20;

pub(super) fn within_groups(subject: &Subject<'_>) -> Told {
    let mut told = Told::default();
    for (kind, what, limit, used) in [
        (
            "ec2:security-rules",
            "rules of one security group",
            GROUP,
            0,
        ),
        ("ec2:network-acl", "rules of one network ACL", ACL, 1),
    ] {
        let most = subject
            .wanted(kind)
            .flat_map(|one| ["ingress", "egress"].map(|way| count(&one.spec, way)))
            .max();
        if let Some(most) = most {
            told.quota(what, Limit::Usual(limit), used, most);
        }
    }
    told
}

fn count(spec: &Value, way: &str) -> usize {
    match spec.get(way) {
        Some(Value::Array(rules)) => rules.len(),
        Some(Value::Object(rules)) => rules.len(),
        _ => 0,
    }
}
