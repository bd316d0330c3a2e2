//! What each kind asks of IAM: the actions that its calls need, and on what.
//!
//! Most calls need the action of their own name. The others follow the page of each service in the Service
//! Authorization Reference ("Actions, resources, and condition keys"), with the columns "Actions" and
//! "Dependent actions", and where that is silent the API reference. What is created with tags needs the
//! service's action for tags as well, and a role that is handed over needs `iam:PassRole`.
//!
//! Not here: `iam:CreateServiceLinkedRole`, which only the first use of a service in an account needs.

mod acm;
mod autoscaling;
#[cfg(test)]
mod calls;
mod cloudtrail;
mod cloudwatch;
mod ec2;
mod efs;
mod elbv2;
mod iam;
mod logs;
mod names;
mod rds;
mod route53;
mod s3;
mod sns;
mod ssm;
#[cfg(test)]
mod tests;
pub mod verbs;

pub use names::of_call;

use crate::scope::Scope;

/// What the calls of a kind need.
pub struct Needed {
    /// The kind's type name.
    pub kind: &'static str,
    /// What they are done to where AWS has not told its ARN yet: what stands in an ARN after the partition.
    on: &'static str,
    /// The actions, in the order of their names.
    pub actions: &'static [&'static str],
}

/// A table a service, in the order of their names.
const SERVICES: &[&[Needed]] = &[
    acm::NEEDED,
    autoscaling::NEEDED,
    cloudtrail::NEEDED,
    cloudwatch::NEEDED,
    ec2::NEEDED,
    efs::NEEDED,
    elbv2::NEEDED,
    iam::NEEDED,
    logs::NEEDED,
    rds::NEEDED,
    route53::NEEDED,
    s3::NEEDED,
    sns::NEEDED,
    ssm::NEEDED,
];

/// What all kinds need: each run asks for what it has of every one.
pub fn all() -> impl Iterator<Item = &'static Needed> {
    SERVICES.iter().copied().flatten()
}

/// What a kind needs, by its type name; nothing for a type that is not registered.
pub fn of(kind: &str) -> Option<&'static Needed> {
    SERVICES
        .iter()
        .copied()
        .flatten()
        .find(|needed| needed.kind == kind)
}

/// What one action is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The resource of the kind that needs it.
    Itself,
    /// The objects in it.
    Objects,
    /// Something else: what stands in its ARN after the partition.
    Other(&'static str),
    /// Nothing in particular: AWS grants it on everything or not at all.
    Everything,
}

/// Actions that are done to something else than the resource of the kind that needs them.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "acm:DescribeCertificate",
        "acm:{region}:{account}:certificate/*",
    ),
    (
        "acm:ListTagsForCertificate",
        "acm:{region}:{account}:certificate/*",
    ),
    (
        "ec2:CreateNetworkInterface",
        "ec2:{region}:{account}:network-interface/*",
    ),
    (
        "ec2:DeleteNetworkInterface",
        "ec2:{region}:{account}:network-interface/*",
    ),
    (
        "ec2:ModifyNetworkInterfaceAttribute",
        "ec2:{region}:{account}:network-interface/*",
    ),
    ("ec2:RunInstances", "ec2:{region}:{account}:instance/*"),
    (
        "elasticfilesystem:CreateAccessPoint",
        "elasticfilesystem:{region}:{account}:file-system/*",
    ),
    (
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:{region}:{account}:loadbalancer/app/{prefix}-*/*",
    ),
    (
        "elasticloadbalancing:CreateRule",
        "elasticloadbalancing:{region}:{account}:listener/app/{prefix}-*/*",
    ),
    ("iam:PassRole", "iam::{account}:role/{prefix}/*"),
    (
        "rds:CreateDBSnapshot",
        "rds:{region}:{account}:snapshot:{prefix}-*",
    ),
    ("route53:GetChange", "route53:::change/*"),
    (
        "secretsmanager:CreateSecret",
        "secretsmanager:{region}:{account}:secret:rds!*",
    ),
    (
        "secretsmanager:TagResource",
        "secretsmanager:{region}:{account}:secret:rds!*",
    ),
    (
        "ssm:GetParameter",
        "ssm:{region}:{account}:parameter/{prefix}/*",
    ),
];

/// Actions that take no resource, and the one that looks at a key of AWS's own, whose id nobody knows
/// beforehand; `*` at the end stands for the rest of a name.
const EVERYTHING: &[&str] = &[
    "acm:ListCertificates",
    "acm:RequestCertificate",
    "autoscaling:Describe*",
    "cloudtrail:DescribeTrails",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListDashboards",
    "ec2:Describe*",
    "elasticfilesystem:CreateFileSystem",
    "elasticloadbalancing:Describe*",
    "iam:GetAccountAuthorizationDetails",
    "iam:ListInstanceProfiles",
    "iam:ListOpenIDConnectProviders",
    "iam:ListRoles",
    "kms:DescribeKey",
    "rds:Describe*",
    "route53:CreateHostedZone",
    "route53:ListHostedZones*",
    "s3:ListAllMyBuckets",
    "sns:ListSubscriptions",
    "sns:ListTopics",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
];

/// What an action is done to.
pub fn target(action: &str) -> Target {
    if EVERYTHING.iter().any(|pattern| covers(pattern, action)) {
        return Target::Everything;
    }
    if action.starts_with("s3:DeleteObject") {
        return Target::Objects;
    }
    let other = ELSEWHERE.iter().find(|(name, _)| *name == action);
    other.map_or(Target::Itself, |(_, on)| Target::Other(on))
}

fn covers(pattern: &str, action: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => action.starts_with(start),
        None => action == pattern,
    }
}

impl Needed {
    /// The ARN of what the kind's resources will be, by pattern.
    pub fn pattern(&self, scope: &Scope) -> String {
        filled(self.on, scope)
    }
}

/// An ARN from what stands in it after the partition.
pub fn filled(on: &str, scope: &Scope) -> String {
    let on = on
        .replace("{region}", &scope.region)
        .replace("{account}", &scope.account)
        .replace("{prefix}", &scope.prefix());
    format!("arn:{}:{on}", scope.partition)
}
