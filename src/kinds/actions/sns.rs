//! What the calls to SNS need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "sns:subscription",
        on: "sns:{region}:{account}:{prefix}-*",
        actions: &["sns:ListSubscriptions", "sns:Subscribe", "sns:Unsubscribe"],
    },
    Needed {
        kind: "sns:topic",
        on: "sns:{region}:{account}:{prefix}-*",
        actions: &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListTopics",
            "sns:SetTopicAttributes",
            "sns:TagResource",
        ],
    },
];
