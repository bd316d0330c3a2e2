//! What the calls to EFS need.
//!
//! The prefix is `elasticfilesystem`. Mount targets are network interfaces, for which EFS asks EC2 on the
//! caller's behalf ("CreateMountTarget", "DeleteMountTarget", "DescribeMountTargetSecurityGroups",
//! "ModifyMountTargetSecurityGroups", EFS API reference).

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "efs:access-point",
        on: "elasticfilesystem:{region}:{account}:access-point/*",
        actions: &[
            "elasticfilesystem:CreateAccessPoint",
            "elasticfilesystem:DeleteAccessPoint",
            "elasticfilesystem:DescribeAccessPoints",
            "elasticfilesystem:TagResource",
            "elasticfilesystem:UntagResource",
        ],
    },
    Needed {
        kind: "efs:file-system",
        on: "elasticfilesystem:{region}:{account}:file-system/*",
        actions: &[
            "ec2:DeleteNetworkInterface",
            "elasticfilesystem:CreateFileSystem",
            "elasticfilesystem:DeleteFileSystem",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:DescribeBackupPolicy",
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeLifecycleConfiguration",
            "elasticfilesystem:DescribeMountTargets",
            "elasticfilesystem:PutBackupPolicy",
            "elasticfilesystem:PutLifecycleConfiguration",
            "elasticfilesystem:TagResource",
            "elasticfilesystem:UntagResource",
            "elasticfilesystem:UpdateFileSystem",
        ],
    },
    Needed {
        kind: "efs:mount-target",
        on: "elasticfilesystem:{region}:{account}:file-system/*",
        actions: &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaceAttribute",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:ModifyNetworkInterfaceAttribute",
            "elasticfilesystem:CreateMountTarget",
            "elasticfilesystem:DeleteMountTarget",
            "elasticfilesystem:DescribeFileSystems",
            "elasticfilesystem:DescribeMountTargetSecurityGroups",
            "elasticfilesystem:DescribeMountTargets",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
        ],
    },
];
