//! What the calls to CloudWatch need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "cloudwatch:alarm",
        on: "cloudwatch:{region}:{account}:alarm:{prefix}-*",
        actions: &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
        ],
    },
    Needed {
        kind: "cloudwatch:dashboard",
        on: "cloudwatch::{account}:dashboard/{prefix}-*",
        actions: &[
            "cloudwatch:DeleteDashboards",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListDashboards",
            "cloudwatch:PutDashboard",
        ],
    },
];
