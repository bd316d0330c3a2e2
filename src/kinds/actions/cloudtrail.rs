//! What the calls to CloudTrail need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[Needed {
    kind: "cloudtrail:trail",
    on: "cloudtrail:{region}:{account}:trail/{prefix}-*",
    actions: &[
        "cloudtrail:AddTags",
        "cloudtrail:CreateTrail",
        "cloudtrail:DeleteTrail",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:RemoveTags",
        "cloudtrail:StartLogging",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
    ],
}];
