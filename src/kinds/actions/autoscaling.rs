//! What the calls to Auto Scaling need.
//!
//! The launch template of a group hands a role over, and is launched with the caller's permissions
//! ("Control Amazon EC2 launch template usage", Auto Scaling user guide).

use super::Needed;

pub(super) const NEEDED: &[Needed] = &[
    Needed {
        kind: "autoscaling:group",
        on: "autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{prefix}-*",
        actions: &[
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
            "ec2:RunInstances",
            "iam:PassRole",
        ],
    },
    Needed {
        kind: "autoscaling:policy",
        on: "autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{prefix}-*",
        actions: &[
            "autoscaling:DeletePolicy",
            "autoscaling:DescribePolicies",
            "autoscaling:PutScalingPolicy",
        ],
    },
];
