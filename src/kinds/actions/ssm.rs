//! What the calls to Systems Manager need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "ssm:parameter",
        on: "ssm:{region}:{account}:parameter/{prefix}/*",
        actions: &[
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:DescribeParameters",
            "ssm:GetParameters",
            "ssm:PutParameter",
        ],
    },
    Needed {
        kind: "ssm:release-parameter",
        on: "ssm:{region}:{account}:parameter/{prefix}/*",
        actions: &[
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:DescribeParameters",
            "ssm:GetParameters",
            "ssm:PutParameter",
        ],
    },
];
