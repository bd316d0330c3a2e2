//! What each verb asks of IAM beyond what the kinds ask.
//!
//! `sts:GetCallerIdentity` is left out: it needs no permission.

use std::collections::BTreeSet;

/// What each verb does first: it looks up zones, images and the hosted zone, and reads the journal.
const LOOK_UP: &[&str] = &[
    "ec2:DescribeAvailabilityZones",
    "route53:ListHostedZonesByName",
    "s3:GetObject",
    "s3:ListBucket",
    "ssm:GetParameter",
];

/// What a verb that changes something does with journal and lock.
const WRITE: &[&str] = &["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"];

/// What is looked at before a release, and while it goes on.
const LOOK: &[&str] = &[
    "autoscaling:DescribeAutoScalingGroups",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeLoadBalancers",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
    "ssm:GetParameters",
];

/// What moves a workload from one version to another, by two colours or by replacing instances.
const RELEASE: &[&str] = &[
    "acm:DescribeCertificate",
    "autoscaling:CancelInstanceRefresh",
    "autoscaling:DeleteScheduledAction",
    "autoscaling:DescribeInstanceRefreshes",
    "autoscaling:DescribeScheduledActions",
    "autoscaling:PutScheduledUpdateGroupAction",
    "autoscaling:StartInstanceRefresh",
    "autoscaling:UpdateAutoScalingGroup",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeSubnets",
    "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateRule",
    "elasticloadbalancing:DeleteRule",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:ModifyListener",
    "sns:Publish",
    "ssm:PutParameter",
];

/// Each part of what verbs do, with the verbs that do it.
pub const VERBS: &[(&[&str], &[&str])] = &[
    (
        &[
            "apply", "deploy", "destroy", "drift", "history", "logs", "outputs", "plan", "refresh",
            "rollback", "status", "switch", "unlock",
        ],
        LOOK_UP,
    ),
    (
        &[
            "apply", "deploy", "destroy", "refresh", "rollback", "switch", "unlock",
        ],
        WRITE,
    ),
    (
        &["deploy", "logs", "refresh", "rollback", "status", "switch"],
        LOOK,
    ),
    (&["deploy", "refresh", "rollback", "switch"], RELEASE),
    (
        &["status"],
        &[
            "autoscaling:DescribeScheduledActions",
            "cloudwatch:GetMetricData",
        ],
    ),
    (
        &["deploy", "logs", "refresh", "rollback", "switch"],
        &["logs:FilterLogEvents"],
    ),
];

/// All that the verbs need beyond the kinds.
pub fn all() -> BTreeSet<&'static str> {
    VERBS
        .iter()
        .flat_map(|(_, actions)| actions.iter().copied())
        .collect()
}

/// What a verb needs beyond the kinds.
pub fn of(verb: &str) -> BTreeSet<&'static str> {
    VERBS
        .iter()
        .filter(|(verbs, _)| verbs.contains(&verb))
        .flat_map(|(_, actions)| actions.iter().copied())
        .collect()
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    /// Modules that make calls for verbs; `doctor` is a person's and not the pipeline's.
    const CALLERS: &[&str] = &[
        "src/aws",
        "src/cli",
        "src/exec",
        "src/kinds/ec2/image.rs",
        "src/kinds/ec2/zones.rs",
        "src/kinds/route53/lookup.rs",
        "src/release",
    ];
    const LEFT_OUT: &str = "src/cli/doctor";

    fn sources(path: &Path, found: &mut Vec<PathBuf>) {
        if path.ends_with(LEFT_OUT) {
            return;
        }
        if path.is_dir() {
            for entry in std::fs::read_dir(path).unwrap() {
                sources(&entry.unwrap().path(), found);
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path.to_owned());
        }
    }

    /// The calls that stand in the code, by the names under which errors tell of them.
    pub(in crate::kinds::actions) fn calls() -> BTreeSet<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for caller in CALLERS {
            sources(&root.join(caller), &mut files);
        }
        let mut calls = BTreeSet::new();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for mark in ["during(\"", "const LIST: &str = \""] {
                for (at, mark) in code.match_indices(mark) {
                    let call = code[at + mark.len()..].split('"').next().unwrap();
                    calls.insert(call.to_owned());
                }
            }
        }
        calls
    }

    #[test]
    fn the_actions_are_those_of_the_calls_that_the_verbs_make() {
        let needed: BTreeSet<String> = calls()
            .iter()
            .flat_map(|call| crate::kinds::actions::of_call(call))
            .collect();
        let listed: BTreeSet<String> = all().into_iter().map(str::to_owned).collect();
        let missing: Vec<_> = needed.difference(&listed).collect();
        let idle: Vec<_> = listed.difference(&needed).collect();
        assert!(
            missing.is_empty() && idle.is_empty(),
            "missing {missing:?}, idle {idle:?}"
        );
    }
}
