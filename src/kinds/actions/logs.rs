//! What the calls to CloudWatch Logs need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[Needed {
    kind: "logs:log-group",
    on: "logs:{region}:{account}:log-group:*",
    actions: &[
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:DeleteRetentionPolicy",
        "logs:DescribeLogGroups",
        "logs:PutRetentionPolicy",
        "logs:TagResource",
    ],
}];
