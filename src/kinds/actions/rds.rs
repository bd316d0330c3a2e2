//! What the calls to RDS need.

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "rds:instance",
        on: "rds:{region}:{account}:db:{prefix}-*",
        actions: &[
            "rds:AddTagsToResource",
            "rds:CreateDBInstance",
            "rds:DeleteDBInstance",
            "rds:DescribeDBInstances",
            "rds:ModifyDBInstance",
            "rds:RemoveTagsFromResource",
            "ssm:GetParameter",
        ],
    },
    Needed {
        kind: "rds:subnet-group",
        on: "rds:{region}:{account}:subgrp:{prefix}-*",
        actions: &[
            "rds:AddTagsToResource",
            "rds:CreateDBSubnetGroup",
            "rds:DeleteDBSubnetGroup",
            "rds:DescribeDBInstances",
            "rds:DescribeDBSubnetGroups",
            "rds:ModifyDBSubnetGroup",
        ],
    },
];
