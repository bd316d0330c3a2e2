//! The role with which GitHub Actions releases: only from one branch of one repository, and only what a release does.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Place};
use super::names::{ROLE, called};
use super::workloads::Running;
use crate::kinds::iam::oidc_provider::{self, OidcProvider};
use crate::kinds::iam::policy::{Document, Principal, Statement, allow, document};
use crate::kinds::iam::role::{self, Role};
use crate::kinds::s3::bucket::Bucket;
use crate::kinds::sns::topic::Topic;
use crate::reference::Text;
use crate::resource::Handle;
use crate::scope::{STACK_TAG, Scope};
use crate::stack::document::Deployer;

/// GitHub's issuer of tokens ("Configuring OpenID Connect in Amazon Web Services", GitHub docs).
const ISSUER: &str = "token.actions.githubusercontent.com";
/// The audience that GitHub's action for AWS asks for.
const AUDIENCE: &str = "sts.amazonaws.com";
/// A release takes minutes; an hour is the shortest that AWS takes.
const SESSION_SECONDS: u32 = 3600;

/// The provider and the role.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    state: &Handle<Bucket>,
    topic: Option<&Handle<Topic>>,
    workloads: &[Running],
) {
    let Some(deployer) = draft.document.deployer.as_ref() else {
        return;
    };
    let provider = if deployer.provider {
        let spec = oidc_provider::Spec {
            url: format!("https://{ISSUER}"),
            client_ids: BTreeSet::from([AUDIENCE.to_owned()]),
            thumbprints: BTreeSet::new(),
        };
        let place = Place::new("deployer.provider", "deployer.provider", ISSUER);
        draft.add::<OidcProvider>(place, &spec).output("arn")
    } else {
        Text::literal(
            draft
                .scope
                .global_arn("iam", &format!("oidc-provider/{ISSUER}")),
        )
    };
    let spec = role::Spec {
        name: called(draft.scope, &["deployer"], ROLE),
        path: draft.scope.path(),
        description: format!(
            "Releases {} from GitHub Actions, {} at {}",
            draft.scope.prefix(),
            deployer.github,
            deployer.branch
        ),
        max_session_seconds: SESSION_SECONDS,
        trust: trust(deployer, provider),
        policies: BTreeMap::from([(
            "release".to_owned(),
            document(may(draft.scope, state, topic, workloads)),
        )]),
        managed_policies: BTreeSet::new(),
    };
    let name = spec.name.clone();
    draft.add::<Role>(Place::new("deployer.role", "deployer", name), &spec);
}

/// Who may take the role on: a token for AWS (`aud`), from a workflow on that branch of that repository (`sub`). Without either
/// condition any repository on GitHub could.
fn trust(deployer: &Deployer, provider: Text) -> Document {
    let subject = format!(
        "repo:{}:ref:refs/heads/{}",
        deployer.github, deployer.branch
    );
    document([allow(["sts:AssumeRoleWithWebIdentity"])
        .to(Principal::Federated(provider))
        .when("StringEquals", &format!("{ISSUER}:aud"), [AUDIENCE])
        .when("StringEquals", &format!("{ISSUER}:sub"), [subject])])
}

/// What `deploy`, `switch`, `rollback` and `refresh` do.
fn may(
    scope: &Scope,
    state: &Handle<Bucket>,
    topic: Option<&Handle<Topic>>,
    workloads: &[Running],
) -> Vec<Statement> {
    let of_stack = |statement: Statement| {
        statement.when(
            "StringEquals",
            &format!("aws:ResourceTag/{STACK_TAG}"),
            [scope.prefix()],
        )
    };
    let groups = format!(
        "autoScalingGroup:*:autoScalingGroupName/{}",
        scope.name("*")
    );
    let mut statements = vec![
        // None of these can be limited to resources ("Actions, resources, and condition keys", service authorization reference).
        allow([
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DescribeInstanceRefreshes",
            "autoscaling:DescribePolicies",
            "autoscaling:DescribeScalingActivities",
            "autoscaling:DescribeTags",
            "cloudwatch:DescribeAlarms",
            "cloudwatch:GetMetricData",
            "ec2:DescribeImages",
            "ec2:DescribeInstances",
            "ec2:DescribeLaunchTemplateVersions",
            "ec2:DescribeLaunchTemplates",
            "elasticloadbalancing:DescribeListenerAttributes",
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes",
            "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "ssm:DescribeParameters",
        ])
        .sid("Look")
        .on(["*"]),
        allow([
            "autoscaling:CancelInstanceRefresh",
            "autoscaling:ResumeProcesses",
            "autoscaling:SetDesiredCapacity",
            "autoscaling:SetInstanceHealth",
            "autoscaling:StartInstanceRefresh",
            "autoscaling:SuspendProcesses",
            "autoscaling:TerminateInstanceInAutoScalingGroup",
            "autoscaling:UpdateAutoScalingGroup",
        ])
        .sid("Groups")
        .on([scope.arn("autoscaling", &groups)]),
        of_stack(
            allow([
                "ec2:CreateLaunchTemplateVersion",
                "ec2:ModifyLaunchTemplate",
            ])
            .sid("Templates")
            .on([scope.arn("ec2", "launch-template/*")]),
        ),
        of_stack(
            allow([
                "elasticloadbalancing:ModifyListener",
                "elasticloadbalancing:ModifyRule",
                "elasticloadbalancing:ModifyTargetGroupAttributes",
            ])
            .sid("Weights")
            .on([
                scope.arn("elasticloadbalancing", "listener/app/*"),
                scope.arn("elasticloadbalancing", "listener-rule/app/*"),
                scope.arn("elasticloadbalancing", "targetgroup/*"),
            ]),
        ),
        allow(["s3:DeleteObject", "s3:GetObject", "s3:PutObject"])
            .sid("Journal")
            .on([state.output("arn").then("/*")]),
        allow(["s3:ListBucket"])
            .sid("JournalList")
            .on([state.output("arn")]),
    ];
    if !workloads.is_empty() {
        statements.push(
            allow(["ssm:GetParameter", "ssm:GetParameters", "ssm:PutParameter"])
                .sid("Releases")
                .on(workloads
                    .iter()
                    .flat_map(|one| one.deployable.releases.iter().cloned())),
        );
        // Auto Scaling checks that whoever gives it a template could start an instance from it, profile included ("Control Amazon
        // EC2 launch template usage in Auto Scaling groups").
        statements.push(
            allow(["ec2:RunInstances"])
                .sid("Start")
                .on(["*"])
                .when(
                    "ArnLike",
                    "ec2:LaunchTemplate",
                    [scope.arn("ec2", "launch-template/*")],
                )
                .when("Bool", "ec2:IsLaunchTemplateResource", ["true"]),
        );
        statements.push(
            allow(["ec2:CreateTags"])
                .sid("StartTagged")
                .on([scope.arn("ec2", "*/*")])
                .when("StringEquals", "ec2:CreateAction", ["RunInstances"]),
        );
        statements.push(
            allow(["iam:PassRole"])
                .sid("Profile")
                .on(workloads.iter().map(|one| one.deployable.role.clone()))
                .when("StringEquals", "iam:PassedToService", ["ec2.amazonaws.com"]),
        );
        statements.push(
            allow(["logs:FilterLogEvents", "logs:GetLogEvents"])
                .sid("Logs")
                .on(workloads
                    .iter()
                    .map(|one| one.deployable.log_group.clone().then(":*"))),
        );
    }
    if let Some(topic) = topic {
        statements.push(allow(["sns:Publish"]).sid("Tell").on([topic.output("arn")]));
    }
    statements
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn only_one_branch_of_one_repository_may() {
        let resources = built(example());
        let role = spec_of(&resources, "deployer.role");
        let trust = &role["trust"]["Statement"][0];
        let condition = &trust["Condition"]["StringEquals"];
        assert_eq!(
            condition["token.actions.githubusercontent.com:aud"],
            "sts.amazonaws.com"
        );
        assert_eq!(
            condition["token.actions.githubusercontent.com:sub"],
            "repo:example/codedetect:ref:refs/heads/main"
        );
        assert_eq!(
            trust["Principal"]["Federated"],
            json!({ "$text": [["deployer.provider", "arn"]] })
        );
    }

    #[test]
    fn every_change_is_limited_to_the_stack() {
        let resources = built(example());
        let role = spec_of(&resources, "deployer.role");
        for one in role["policies"]["release"]["Statement"].as_array().unwrap() {
            assert!(!one["Action"].to_string().contains('*'), "{one}");
            let reads = one["Sid"] == "Look";
            let limited = one["Resource"] != "*" || one.get("Condition").is_some();
            assert!(reads || limited, "{one}");
        }
    }

    #[test]
    fn the_provider_of_the_account_is_used_where_it_has_one() {
        let mut stack = example();
        stack["deployer"]["provider"] = json!(false);
        let resources = built(stack);
        assert!(resources.get(&"deployer.provider".into()).is_none());
        assert_eq!(
            spec_of(&resources, "deployer.role")["trust"]["Statement"][0]["Principal"]["Federated"],
            "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
        );
    }
}
