//! Calls by the names under which errors tell of them, and the actions of IAM that they need.

/// Calls whose actions have another name or are more than one. Those of EFS that only
/// have another prefix are not listed.
pub(super) const RENAMED: &[(&str, &[&str])] = &[
    (
        "acm:RequestCertificate",
        &["acm:AddTagsToCertificate", "acm:RequestCertificate"],
    ),
    (
        "autoscaling:CreateAutoScalingGroup",
        &[
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:CreateOrUpdateTags",
            "ec2:CreateTags",
            "ec2:RunInstances",
            "iam:PassRole",
        ],
    ),
    (
        "cloudwatch:PutMetricAlarm",
        &["cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"],
    ),
    (
        "ec2:CreateFlowLogs",
        &["ec2:CreateFlowLogs", "ec2:CreateTags", "iam:PassRole"],
    ),
    (
        "efs:CreateMountTarget",
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "elasticfilesystem:CreateMountTarget",
        ],
    ),
    (
        "efs:DeleteMountTarget",
        &[
            "ec2:DeleteNetworkInterface",
            "elasticfilesystem:DeleteMountTarget",
        ],
    ),
    (
        "efs:DescribeMountTargetSecurityGroups",
        &[
            "ec2:DescribeNetworkInterfaceAttribute",
            "elasticfilesystem:DescribeMountTargetSecurityGroups",
        ],
    ),
    (
        "efs:ModifyMountTargetSecurityGroups",
        &[
            "ec2:ModifyNetworkInterfaceAttribute",
            "elasticfilesystem:ModifyMountTargetSecurityGroups",
        ],
    ),
    (
        "elasticloadbalancing:CreateLoadBalancer",
        &[
            "ec2:DescribeAccountAttributes",
            "ec2:DescribeAddresses",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateLoadBalancer",
        ],
    ),
    (
        "elasticloadbalancing:CreateRule",
        &[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateRule",
        ],
    ),
    (
        "elasticloadbalancing:CreateTargetGroup",
        &[
            "ec2:DescribeInternetGateways",
            "ec2:DescribeVpcs",
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTargetGroup",
        ],
    ),
    (
        "elasticloadbalancing:SetSubnets",
        &["ec2:DescribeSubnets", "elasticloadbalancing:SetSubnets"],
    ),
    (
        "iam:AddRoleToInstanceProfile",
        &["iam:AddRoleToInstanceProfile", "iam:PassRole"],
    ),
    (
        "iam:CreateInstanceProfile",
        &["iam:CreateInstanceProfile", "iam:TagInstanceProfile"],
    ),
    (
        "iam:CreateOpenIDConnectProvider",
        &[
            "iam:CreateOpenIDConnectProvider",
            "iam:TagOpenIDConnectProvider",
        ],
    ),
    (
        "logs:CreateLogGroup",
        &["logs:CreateLogGroup", "logs:TagResource"],
    ),
    (
        "rds:CreateDBInstance",
        &[
            "kms:DescribeKey",
            "rds:AddTagsToResource",
            "rds:CreateDBInstance",
            "secretsmanager:CreateSecret",
            "secretsmanager:TagResource",
        ],
    ),
    (
        "rds:CreateDBSubnetGroup",
        &["rds:AddTagsToResource", "rds:CreateDBSubnetGroup"],
    ),
    (
        "rds:DeleteDBInstance",
        &[
            "rds:AddTagsToResource",
            "rds:CreateDBSnapshot",
            "rds:DeleteDBInstance",
        ],
    ),
    (
        "rds:ModifyDBInstance",
        &[
            "kms:DescribeKey",
            "rds:ModifyDBInstance",
            "secretsmanager:CreateSecret",
            "secretsmanager:TagResource",
        ],
    ),
    ("s3:CreateBucket", &["s3:CreateBucket", "s3:TagResource"]),
    (
        "s3:DeleteBucketLifecycle",
        &["s3:PutLifecycleConfiguration"],
    ),
    (
        "s3:DeleteObjects",
        &["s3:DeleteObject", "s3:DeleteObjectVersion"],
    ),
    ("s3:GetBucketEncryption", &["s3:GetEncryptionConfiguration"]),
    (
        "s3:GetBucketLifecycleConfiguration",
        &["s3:GetLifecycleConfiguration"],
    ),
    (
        "s3:GetPublicAccessBlock",
        &["s3:GetBucketPublicAccessBlock"],
    ),
    ("s3:HeadBucket", &["s3:ListBucket"]),
    ("s3:ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3:ListObjectsV2", &["s3:ListBucket"]),
    ("s3:ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3:PutBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    (
        "s3:PutBucketLifecycleConfiguration",
        &["s3:PutLifecycleConfiguration"],
    ),
    (
        "s3:PutPublicAccessBlock",
        &["s3:PutBucketPublicAccessBlock"],
    ),
    ("sns:CreateTopic", &["sns:CreateTopic", "sns:TagResource"]),
];

/// Calls that need no permission.
const FREE: &[&str] = &["sts:GetCallerIdentity"];

/// The actions that a call needs.
pub fn of_call(call: &str) -> Vec<String> {
    if FREE.contains(&call) {
        return Vec::new();
    }
    if let Some((_, actions)) = RENAMED.iter().find(|(name, _)| *name == call) {
        return actions.iter().map(ToString::to_string).collect();
    }
    match call.strip_prefix("efs:") {
        Some(name) => vec![format!("elasticfilesystem:{name}")],
        None => vec![call.to_owned()],
    }
}
