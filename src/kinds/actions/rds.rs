//! What the calls to RDS need.
//!
//! A password that RDS keeps becomes a secret in the name of whoever asks for it ("Permissions required
//! for Secrets Manager integration", RDS user guide; no more than these with AWS's own key), and a final
//! snapshot is made and tagged in the name of whoever deletes ("DeleteDBInstance", dependent actions).

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "rds:instance",
        on: "rds:{region}:{account}:db:{prefix}-*",
        actions: &[
            "kms:DescribeKey",
            "rds:AddTagsToResource",
            "rds:CreateDBInstance",
            "rds:CreateDBSnapshot",
            "rds:DeleteDBInstance",
            "rds:DescribeDBInstances",
            "rds:ModifyDBInstance",
            "rds:RemoveTagsFromResource",
            "secretsmanager:CreateSecret",
            "secretsmanager:TagResource",
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
