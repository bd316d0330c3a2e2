//! What each kind asks of IAM: the actions that its calls need.

/// The actions of a kind, by its type name; none for a type that is not registered.
pub fn of(kind: &str) -> &'static [&'static str] {
    NEEDED
        .binary_search_by(|(name, _)| (*name).cmp(kind))
        .map_or(&[], |index| NEEDED[index].1)
}

/// Each kind with the actions that its calls need, all in the order of their names.
///
/// Most calls need the action of their own name. The others follow the page of each service
/// in the Service Authorization Reference ("Actions, resources, and condition keys"), with the
/// columns "Actions" and "Dependent actions", and where that is silent the API reference:
///
/// - S3 names its actions by what they read: `HeadBucket` needs `ListBucket`, `ListBuckets`
///   needs `ListAllMyBuckets`, `ListObjectVersions` needs `ListBucketVersions`, encryption and
///   life cycle are `…EncryptionConfiguration` and `…LifecycleConfiguration` (deleting a life
///   cycle is putting one), the public access block is `…BucketPublicAccessBlock`, and
///   `DeleteObjects` needs `DeleteObject` and, for versions, `DeleteObjectVersion`
///   ("Required permissions for Amazon S3 API operations", S3 user guide).
/// - EFS has the prefix `elasticfilesystem`; its mount targets are network interfaces, for
///   which it asks EC2 on the caller's behalf ("CreateMountTarget", "DeleteMountTarget",
///   "ModifyMountTargetSecurityGroups", EFS API reference).
/// - What is created with tags needs the service's action for tags as well.
/// - A role that is handed over needs `iam:PassRole`: to an instance profile, to a flow log
///   and by the launch template of an Auto Scaling group, which needs `ec2:RunInstances` too
///   ("Control Amazon EC2 launch template usage", Auto Scaling user guide).
///
/// Not here: `iam:CreateServiceLinkedRole`, which only the first use of a service in an
/// account needs.
const NEEDED: &[(&str, &[&str])] = &[
    (
        "acm:certificate",
        &[
            "acm:AddTagsToCertificate",
            "acm:DeleteCertificate",
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "acm:RemoveTagsFromCertificate",
            "acm:RequestCertificate",
        ],
    ),
    (
        "acm:issued",
        &[
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "route53:ListHostedZones",
            "route53:ListResourceRecordSets",
        ],
    ),
    (
        "autoscaling:group",
        &[
            "autoscaling:AttachLoadBalancerTargetGroups",
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:CreateOrUpdateTags",
            "autoscaling:DeleteAutoScalingGroup",
            "autoscaling:DeleteTags",
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DetachLoadBalancerTargetGroups",
            "autoscaling:DisableMetricsCollection",
            "autoscaling:EnableMetricsCollection",
            "autoscaling:UpdateAutoScalingGroup",
            "ec2:CreateTags",
            "ec2:DescribeLaunchTemplates",
            "ec2:RunInstances",
            "iam:PassRole",
        ],
    ),
    (
        "autoscaling:policy",
        &[
            "autoscaling:DeletePolicy",
            "autoscaling:DescribePolicies",
            "autoscaling:PutScalingPolicy",
        ],
    ),
    (
        "cloudtrail:trail",
        &[
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
    ),
    (
        "cloudwatch:alarm",
        &[
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:PutMetricAlarm",
            "cloudwatch:TagResource",
        ],
    ),
    (
        "cloudwatch:dashboard",
        &[
            "cloudwatch:DeleteDashboards",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListDashboards",
            "cloudwatch:PutDashboard",
        ],
    ),
    (
        "ec2:elastic-ip",
        &[
            "ec2:AllocateAddress",
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:DescribeAddresses",
            "ec2:ReleaseAddress",
        ],
    ),
    (
        "ec2:flow-log",
        &[
            "ec2:CreateFlowLogs",
            "ec2:CreateTags",
            "ec2:DeleteFlowLogs",
            "ec2:DeleteTags",
            "ec2:DescribeFlowLogs",
            "iam:PassRole",
        ],
    ),
    (
        "ec2:internet-gateway",
        &[
            "ec2:AttachInternetGateway",
            "ec2:CreateInternetGateway",
            "ec2:CreateTags",
            "ec2:DeleteInternetGateway",
            "ec2:DeleteTags",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DetachInternetGateway",
        ],
    ),
    (
        "ec2:launch-template",
        &[
            "ec2:CreateLaunchTemplate",
            "ec2:CreateLaunchTemplateVersion",
            "ec2:CreateTags",
            "ec2:DeleteLaunchTemplate",
            "ec2:DeleteTags",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeLaunchTemplates",
            "ec2:ModifyLaunchTemplate",
        ],
    ),
    (
        "ec2:nat-gateway",
        &[
            "ec2:CreateNatGateway",
            "ec2:CreateTags",
            "ec2:DeleteNatGateway",
            "ec2:DeleteTags",
            "ec2:DescribeNatGateways",
        ],
    ),
    (
        "ec2:network-acl",
        &[
            "ec2:CreateNetworkAcl",
            "ec2:CreateNetworkAclEntry",
            "ec2:CreateTags",
            "ec2:DeleteNetworkAcl",
            "ec2:DeleteNetworkAclEntry",
            "ec2:DeleteTags",
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeNetworkInterfaces",
            "ec2:ReplaceNetworkAclAssociation",
            "ec2:ReplaceNetworkAclEntry",
        ],
    ),
    (
        "ec2:route-table",
        &[
            "ec2:AssociateRouteTable",
            "ec2:CreateRoute",
            "ec2:CreateRouteTable",
            "ec2:CreateTags",
            "ec2:DeleteRoute",
            "ec2:DeleteRouteTable",
            "ec2:DeleteTags",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeRouteTables",
            "ec2:DisassociateRouteTable",
            "ec2:ReplaceRoute",
            "ec2:ReplaceRouteTableAssociation",
        ],
    ),
    (
        "ec2:security-group",
        &[
            "ec2:CreateSecurityGroup",
            "ec2:CreateTags",
            "ec2:DeleteSecurityGroup",
            "ec2:DeleteTags",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
        ],
    ),
    (
        "ec2:security-rules",
        &[
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:DescribeSecurityGroups",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
            "ec2:UpdateSecurityGroupRuleDescriptionsEgress",
            "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
        ],
    ),
    (
        "ec2:subnet",
        &[
            "ec2:CreateSubnet",
            "ec2:CreateTags",
            "ec2:DeleteSubnet",
            "ec2:DeleteTags",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:ModifySubnetAttribute",
        ],
    ),
    (
        "ec2:vpc",
        &[
            "ec2:CreateTags",
            "ec2:CreateVpc",
            "ec2:DeleteTags",
            "ec2:DeleteVpc",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeVpcAttribute",
            "ec2:DescribeVpcs",
            "ec2:ModifyVpcAttribute",
        ],
    ),
    (
        "ec2:vpc-endpoint",
        &[
            "ec2:CreateTags",
            "ec2:CreateVpcEndpoint",
            "ec2:DeleteTags",
            "ec2:DeleteVpcEndpoints",
            "ec2:DescribeVpcEndpoints",
            "ec2:ModifyVpcEndpoint",
        ],
    ),
    (
        "efs:access-point",
        &[
            "elasticfilesystem:CreateAccessPoint",
            "elasticfilesystem:DeleteAccessPoint",
            "elasticfilesystem:DescribeAccessPoints",
            "elasticfilesystem:TagResource",
            "elasticfilesystem:UntagResource",
        ],
    ),
    (
        "efs:file-system",
        &[
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
    ),
    (
        "efs:mount-target",
        &[
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
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
    ),
    (
        "elbv2:listener",
        &[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateListener",
            "elasticloadbalancing:DeleteListener",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:RemoveTags",
        ],
    ),
    (
        "elbv2:load-balancer",
        &[
            "ec2:DescribeNetworkInterfaces",
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateLoadBalancer",
            "elasticloadbalancing:DeleteLoadBalancer",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyLoadBalancerAttributes",
            "elasticloadbalancing:RemoveTags",
            "elasticloadbalancing:SetSecurityGroups",
            "elasticloadbalancing:SetSubnets",
        ],
    ),
    (
        "elbv2:rule",
        &[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateRule",
            "elasticloadbalancing:DeleteRule",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyRule",
            "elasticloadbalancing:RemoveTags",
            "elasticloadbalancing:SetRulePriorities",
        ],
    ),
    (
        "elbv2:target-group",
        &[
            "elasticloadbalancing:AddTags",
            "elasticloadbalancing:CreateTargetGroup",
            "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes",
            "elasticloadbalancing:RemoveTags",
        ],
    ),
    (
        "iam:instance-profile",
        &[
            "iam:AddRoleToInstanceProfile",
            "iam:CreateInstanceProfile",
            "iam:DeleteInstanceProfile",
            "iam:GetInstanceProfile",
            "iam:ListInstanceProfiles",
            "iam:PassRole",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:TagInstanceProfile",
        ],
    ),
    (
        "iam:oidc-provider",
        &[
            "iam:AddClientIDToOpenIDConnectProvider",
            "iam:CreateOpenIDConnectProvider",
            "iam:DeleteOpenIDConnectProvider",
            "iam:GetAccountAuthorizationDetails",
            "iam:GetOpenIDConnectProvider",
            "iam:ListOpenIDConnectProviders",
            "iam:RemoveClientIDFromOpenIDConnectProvider",
            "iam:TagOpenIDConnectProvider",
            "iam:UntagOpenIDConnectProvider",
            "iam:UpdateOpenIDConnectProviderThumbprint",
        ],
    ),
    (
        "iam:role",
        &[
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:GetAccountAuthorizationDetails",
            "iam:GetRole",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
            "iam:ListRolePolicies",
            "iam:ListRoles",
            "iam:PutRolePolicy",
            "iam:RemoveRoleFromInstanceProfile",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ],
    ),
    (
        "logs:log-group",
        &[
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:DeleteRetentionPolicy",
            "logs:DescribeLogGroups",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
        ],
    ),
    (
        "rds:instance",
        &[
            "rds:AddTagsToResource",
            "rds:CreateDBInstance",
            "rds:DeleteDBInstance",
            "rds:DescribeDBInstances",
            "rds:ModifyDBInstance",
            "rds:RemoveTagsFromResource",
            "ssm:GetParameter",
        ],
    ),
    (
        "rds:subnet-group",
        &[
            "rds:AddTagsToResource",
            "rds:CreateDBSubnetGroup",
            "rds:DeleteDBSubnetGroup",
            "rds:DescribeDBInstances",
            "rds:DescribeDBSubnetGroups",
            "rds:ModifyDBSubnetGroup",
        ],
    ),
    (
        "route53:record",
        &[
            "acm:DescribeCertificate",
            "acm:ListCertificates",
            "acm:ListTagsForCertificate",
            "route53:ChangeResourceRecordSets",
            "route53:GetChange",
            "route53:GetHostedZone",
            "route53:ListHostedZones",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResources",
        ],
    ),
    (
        "route53:zone",
        &[
            "route53:ChangeTagsForResource",
            "route53:CreateHostedZone",
            "route53:DeleteHostedZone",
            "route53:GetChange",
            "route53:GetHostedZone",
            "route53:ListHostedZones",
            "route53:ListHostedZonesByName",
            "route53:ListResourceRecordSets",
            "route53:ListTagsForResources",
            "route53:UpdateHostedZoneComment",
        ],
    ),
    (
        "s3:bucket",
        &[
            "s3:CreateBucket",
            "s3:DeleteBucket",
            "s3:DeleteBucketPolicy",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:ListAllMyBuckets",
            "s3:ListBucket",
            "s3:ListBucketVersions",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
        ],
    ),
    (
        "sns:subscription",
        &["sns:ListSubscriptions", "sns:Subscribe", "sns:Unsubscribe"],
    ),
    (
        "sns:topic",
        &[
            "sns:CreateTopic",
            "sns:DeleteTopic",
            "sns:GetTopicAttributes",
            "sns:ListTopics",
            "sns:SetTopicAttributes",
            "sns:TagResource",
        ],
    ),
    (
        "ssm:parameter",
        &[
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:DescribeParameters",
            "ssm:GetParameters",
            "ssm:PutParameter",
        ],
    ),
    (
        "ssm:release-parameter",
        &[
            "ssm:AddTagsToResource",
            "ssm:DeleteParameter",
            "ssm:DescribeParameters",
            "ssm:GetParameters",
            "ssm:PutParameter",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::{NEEDED, of};
    use crate::kinds::ALL;

    /// Calls whose actions have another name or are more than one. Those of EFS that only
    /// have another prefix are not listed.
    const RENAMED: &[(&str, &[&str])] = &[
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
            "efs:ModifyMountTargetSecurityGroups",
            &[
                "ec2:ModifyNetworkInterfaceAttribute",
                "elasticfilesystem:ModifyMountTargetSecurityGroups",
            ],
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
            "rds:CreateDBSubnetGroup",
            &["rds:AddTagsToResource", "rds:CreateDBSubnetGroup"],
        ),
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

    fn actions(call: &str) -> Vec<String> {
        if let Some((_, actions)) = RENAMED.iter().find(|(name, _)| *name == call) {
            return actions.iter().map(ToString::to_string).collect();
        }
        match call.strip_prefix("efs:") {
            Some(name) => vec![format!("elasticfilesystem:{name}")],
            None => vec![call.to_owned()],
        }
    }

    /// A source file without its tests: what stands before its first function, and each
    /// function by its name.
    struct Source {
        head: String,
        functions: Vec<(String, String)>,
    }

    impl Source {
        fn read(folder: &str, module: &str) -> Option<Self> {
            let text = std::fs::read_to_string(kinds().join(folder).join(format!("{module}.rs")));
            let text = text.ok()?;
            let text = text.split("#[cfg(test)]").next().unwrap_or_default();
            let mut source = Self {
                head: String::new(),
                functions: Vec::new(),
            };
            for line in text.lines() {
                if let Some(name) = function(line) {
                    source.functions.push((name.to_owned(), String::new()));
                }
                let part = match source.functions.last_mut() {
                    Some((_, body)) => body,
                    None => &mut source.head,
                };
                part.push_str(line);
                part.push('\n');
            }
            Some(source)
        }

        fn has(&self, name: &str) -> bool {
            self.functions.iter().any(|(one, _)| one == name)
        }

        /// The calls to AWS that a function names itself.
        fn calls(&self, body: &str) -> BTreeSet<String> {
            let named = constants(&self.head)
                .into_iter()
                .filter(|(name, _)| words(body).iter().any(|word| word.name == *name))
                .map(|(_, call)| call);
            literals(body)
                .filter(|(before, _)| {
                    ["during(", "let operation =", ": &str ="]
                        .iter()
                        .any(|mark| before.trim_end().ends_with(mark))
                })
                .map(|(_, call)| call)
                .chain(named)
                .map(str::to_owned)
                .collect()
        }

        /// The module of this folder from which `name` is imported.
        fn import(&self, name: &str) -> Option<&str> {
            self.head.split("use super::").skip(1).find_map(|rest| {
                let (module, names) = rest.split(';').next()?.split_once("::")?;
                words(names)
                    .iter()
                    .any(|word| word.name == name)
                    .then_some(module)
            })
        }
    }

    fn kinds() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kinds")
    }

    /// The name of the function that begins on this line.
    fn function(line: &str) -> Option<&str> {
        let (before, rest) = line.split_once("fn ")?;
        let only_words = before
            .split_whitespace()
            .all(|word| word.starts_with("pub") || ["const", "async"].contains(&word));
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
        only_words.then_some(&rest[..end])
    }

    /// Texts of the form `service:Operation`, with all that stands before each.
    fn literals(text: &str) -> impl Iterator<Item = (&str, &str)> {
        text.match_indices('"').filter_map(move |(at, _)| {
            let inside = text[at + 1..].split('"').next()?;
            let (service, operation) = inside.split_once(':')?;
            let named = service
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
                && operation.starts_with(|c: char| c.is_ascii_uppercase())
                && operation.bytes().all(|b| b.is_ascii_alphanumeric());
            named.then_some((&text[..at], inside))
        })
    }

    /// The constants that name a call.
    fn constants(text: &str) -> Vec<(&str, &str)> {
        literals(text)
            .filter_map(|(before, call)| {
                let before = before.trim_end().strip_suffix(": &str =")?;
                Some((before.rsplit(' ').next()?, call))
            })
            .collect()
    }

    /// A word of the code, with the path segment before it.
    struct Word<'a> {
        module: Option<&'a str>,
        name: &'a str,
        called: bool,
        method: bool,
    }

    fn words(text: &str) -> Vec<Word<'_>> {
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let mut words = Vec::new();
        let mut at = 0;
        while let Some(start) = text[at..].find(part).map(|n| at + n) {
            let end = text[start..]
                .find(|c| !part(c))
                .map_or(text.len(), |n| start + n);
            let (before, after) = (&text[..start], &text[end..]);
            words.push(Word {
                module: before
                    .strip_suffix("::")
                    .and_then(|path| path.rsplit(|c| !part(c)).next()),
                name: &text[start..end],
                called: after.starts_with('(') || after.starts_with("::<"),
                method: before.ends_with('.'),
            });
            at = end;
        }
        words
    }

    /// What a function leads to: calls to AWS, and functions not looked at yet.
    #[derive(Default)]
    struct Walk {
        calls: BTreeSet<String>,
        seen: BTreeSet<(String, String, String)>,
    }

    impl Walk {
        fn function(&mut self, folder: &str, module: &str, name: &str) {
            let key = (folder.to_owned(), module.to_owned(), name.to_owned());
            if !self.seen.insert(key) {
                return;
            }
            let Some(source) = Source::read(folder, module) else {
                return;
            };
            for (_, body) in source.functions.iter().filter(|(one, _)| one == name) {
                self.calls.extend(source.calls(body));
                for word in words(body) {
                    self.follow(folder, module, &source, &word);
                }
            }
        }

        fn follow(&mut self, folder: &str, module: &str, source: &Source, word: &Word<'_>) {
            if let Some(other) = word.module {
                let away = source
                    .head
                    .split("crate::kinds::")
                    .skip(1)
                    .find_map(|rest| {
                        let (folder, rest) = rest.split(';').next()?.split_once("::")?;
                        (words(rest).first()?.name == other).then_some(folder)
                    });
                let folder = away.unwrap_or(folder);
                if Source::read(folder, other).is_some_and(|other| other.has(word.name)) {
                    self.function(folder, other, word.name);
                }
            } else if word.called && !word.method {
                if source.has(word.name) {
                    self.function(folder, module, word.name);
                } else if let Some(other) = source.import(word.name) {
                    self.function(folder, other, word.name);
                }
            }
        }
    }

    /// The folder and module of each kind, by its type name.
    fn files() -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        for folder in std::fs::read_dir(kinds()).unwrap() {
            let folder = folder.unwrap().path();
            let Ok(files) = std::fs::read_dir(&folder) else {
                continue;
            };
            let folder = folder.file_name().unwrap().to_str().unwrap().to_owned();
            for file in files {
                let file = file.unwrap().path();
                if file.extension().is_none_or(|ending| ending != "rs") {
                    continue;
                }
                let module = file.file_stem().unwrap().to_str().unwrap().to_owned();
                let Some(source) = Source::read(&folder, &module) else {
                    continue;
                };
                let text: String = std::iter::once(source.head)
                    .chain(source.functions.into_iter().map(|(_, body)| body))
                    .collect();
                if let Some((_, rest)) = text.split_once("const TYPE: &'static str = \"") {
                    let kind = rest.split('"').next().unwrap().to_owned();
                    found.push((kind, folder.clone(), module));
                }
            }
        }
        found.sort();
        found
    }

    /// The calls that the code of each kind makes.
    fn calls() -> Vec<(String, BTreeSet<String>)> {
        files()
            .into_iter()
            .map(|(kind, folder, module)| {
                let mut walk = Walk::default();
                let source = Source::read(&folder, &module).unwrap();
                for (name, _) in &source.functions {
                    walk.function(&folder, &module, name);
                }
                (kind, walk.calls)
            })
            .collect()
    }

    #[test]
    fn every_kind_has_its_actions_and_nothing_else_has() {
        let kinds: Vec<_> = ALL.iter().map(|kind| kind.type_name()).collect();
        let listed: Vec<_> = NEEDED.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(listed, kinds);
        for kind in kinds {
            let actions = of(kind);
            assert!(!actions.is_empty(), "{kind}");
            assert!(actions.is_sorted_by(|one, next| one < next), "{kind}");
        }
        assert!(of("ec2:unheard-of").is_empty());
    }

    #[test]
    fn the_actions_are_those_of_the_calls_that_the_code_makes() {
        let calls = calls();
        assert_eq!(calls.len(), NEEDED.len());
        for (kind, calls) in calls {
            let needed: BTreeSet<_> = calls.iter().flat_map(|call| actions(call)).collect();
            let listed: BTreeSet<_> = of(&kind).iter().map(ToString::to_string).collect();
            let missing: Vec<_> = needed.difference(&listed).collect();
            let idle: Vec<_> = listed.difference(&needed).collect();
            assert!(
                missing.is_empty() && idle.is_empty(),
                "{kind}: missing {missing:?}, idle {idle:?}"
            );
        }
    }

    #[test]
    fn every_other_name_is_that_of_a_call() {
        let made: BTreeSet<_> = calls().into_iter().flat_map(|(_, calls)| calls).collect();
        for (call, _) in RENAMED {
            assert!(made.contains(*call), "{call}");
        }
    }
}
