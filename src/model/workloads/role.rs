//! The role of the instances: exactly what the file gives them, and what running needs.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::iam::instance_profile::{self, InstanceProfile};
use crate::kinds::iam::policy::{Statement, allow, document, trusted_service};
use crate::kinds::iam::role::{self, Role};
use crate::kinds::logs::log_group::LogGroup;
use crate::model::draft::{Draft, Place};
use crate::model::names::{ROLE, called};
use crate::reference::{Address, Text};
use crate::resource::Handle;
use crate::stack::document::Workload;
use crate::stack::reference::AccessRef;

/// Instances renew their credentials by themselves, so nobody needs longer than AWS's default.
const SESSION_SECONDS: u32 = 3600;

/// The role and the profile that gives it to instances.
pub(crate) struct Identity {
    pub(crate) role: Handle<Role>,
    pub(crate) profile: Handle<InstanceProfile>,
}

/// The role of a workload.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    item: &str,
    workload: &Workload,
    logs: &Handle<LogGroup>,
    releases: &[Text],
) -> Identity {
    let origin = format!("workloads.{item}");
    let name = called(draft.scope, &[item], ROLE);
    let mut statements = running(draft, item, logs, releases);
    if let Some(secrets) = secrets(workload) {
        statements.push(secrets);
    }
    statements.extend(mounts(workload));
    statements.extend(access(workload));
    let spec = role::Spec {
        name: name.clone(),
        path: draft.scope.path(),
        description: format!("What the instances of {item} may do"),
        max_session_seconds: SESSION_SECONDS,
        trust: trusted_service("ec2.amazonaws.com"),
        policies: BTreeMap::from([("workload".to_owned(), document(statements))]),
        managed_policies: BTreeSet::new(),
    };
    let place = Place::new(format!("{origin}.role"), format!("{origin}.access"), &name);
    let role = draft.add::<Role>(place, &spec);
    let spec = instance_profile::Spec {
        name: name.clone(),
        path: draft.scope.path(),
        role: role.link(),
    };
    let place = Place::new(format!("{origin}.instance-profile"), origin, name);
    let profile = draft.add::<InstanceProfile>(place, &spec);
    Identity { role, profile }
}

/// What any workload needs to start, to be watched and to be looked into.
fn running(
    draft: &Draft<'_>,
    item: &str,
    logs: &Handle<LogGroup>,
    releases: &[Text],
) -> Vec<Statement> {
    let mut statements = vec![
        allow(["ssm:GetParameter"])
            .sid("Release")
            .on(releases.iter().cloned()),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"])
            .sid("Log")
            .on([logs.output("arn").then(":*")]),
        allow(["cloudwatch:PutMetricData"])
            .sid("Metrics")
            .on(["*"])
            .when(
                "StringEquals",
                "cloudwatch:namespace",
                [super::namespace(draft.scope, item)],
            ),
        // The agent looks up the group of its instance in its tags; the call cannot be limited.
        allow(["ec2:DescribeTags"]).sid("OwnGroup").on(["*"]),
        // Session Manager, without the managed policy for it: that one may read every parameter of the account.
        allow([
            "ssm:UpdateInstanceInformation",
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ])
        .sid("SessionManager")
        .on(["*"]),
    ];
    statements.extend(registry(draft, item));
    statements
}

/// Pulling, where the image lies in a registry of ECR: `<account>.dkr.ecr.<region>.amazonaws.com`.
fn registry(draft: &Draft<'_>, item: &str) -> Vec<Statement> {
    let Some(image) = draft.document.workloads.get(item).map(|one| &one.image) else {
        return Vec::new();
    };
    let registry = image.registry().unwrap_or_default();
    let name = image.repository().trim_start_matches(registry);
    let mut parts = registry.split('.');
    let (Some(account), Some("dkr"), Some("ecr"), Some(region)) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Vec::new();
    };
    let repository = format!(
        "arn:{}:ecr:{region}:{account}:repository{name}",
        draft.scope.partition
    );
    vec![
        allow(["ecr:GetAuthorizationToken"])
            .sid("Registry")
            .on(["*"]),
        allow([
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ])
        .sid("Image")
        .on([repository]),
    ]
}

/// The secrets it is started with and those it may read later. No permission for the key is needed: the policy of `alias/aws/ssm`
/// lets everybody use it through Parameter Store who may read the parameter.
fn secrets(workload: &Workload) -> Option<Statement> {
    let started = workload.secrets.values().map(|secret| secret.name());
    let later = workload.access.iter().filter_map(|access| match access {
        AccessRef::Parameter(name) => Some(name),
        _ => None,
    });
    let names: BTreeSet<&str> = started.chain(later).map(|name| name.as_str()).collect();
    (!names.is_empty()).then(|| {
        allow(["ssm:GetParameter", "ssm:GetParameters"])
            .sid("Secrets")
            .on(names.into_iter().map(|name| arn_of("parameters", name)))
    })
}

/// Mounting, through the access point and no other way.
fn mounts(workload: &Workload) -> Option<Statement> {
    let names: BTreeSet<&str> = workload
        .mounts
        .values()
        .map(|files| files.name().as_str())
        .collect();
    (!names.is_empty()).then(|| {
        let points = names
            .iter()
            .map(|name| Text::output(&Address::new(format!("files.{name}.access-point")), "arn"));
        allow([
            "elasticfilesystem:ClientMount",
            "elasticfilesystem:ClientWrite",
        ])
        .sid("Files")
        .on(names.iter().map(|name| arn_of("files", name)))
        .when("StringEquals", "elasticfilesystem:AccessPointArn", points)
    })
}

fn access(workload: &Workload) -> Vec<Statement> {
    let buckets: BTreeSet<&str> = workload
        .access
        .iter()
        .filter_map(|access| match access {
            AccessRef::Bucket(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    let mut statements = Vec::new();
    if !buckets.is_empty() {
        let arns = || buckets.iter().map(|name| arn_of("buckets", name));
        statements.push(
            allow([
                "s3:GetBucketLocation",
                "s3:ListBucket",
                "s3:ListBucketMultipartUploads",
            ])
            .sid("Buckets")
            .on(arns()),
        );
        statements.push(
            allow([
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:GetObject",
                "s3:ListMultipartUploadParts",
                "s3:PutObject",
            ])
            .sid("Objects")
            .on(arns().map(|arn| arn.then("/*"))),
        );
    }
    if workload.access.contains(&AccessRef::Alerts) {
        let topic = Text::output(&Address::new(crate::model::alerts::TOPIC), "arn");
        statements.push(allow(["sns:Publish"]).sid("Alerts").on([topic]));
    }
    statements
}

fn arn_of(section: &str, name: &str) -> Text {
    Text::output(&Address::new(format!("{section}.{name}")), "arn")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::tests::{built, example, spec_of};

    fn statement<'a>(role: &'a Value, sid: &str) -> Option<&'a Value> {
        role["policies"]["workload"]["Statement"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["Sid"] == sid)
    }

    #[test]
    fn the_role_has_what_the_file_gives_it_and_no_more() {
        let resources = built(example());
        let role = spec_of(&resources, "workloads.analyzer.role");
        let objects = statement(&role, "Objects").unwrap();
        assert_eq!(
            objects["Resource"],
            json!({ "$text": [["buckets.uploads", "arn"], "/*"] })
        );
        let metrics = statement(&role, "Metrics").unwrap();
        assert_eq!(
            metrics["Condition"]["StringEquals"]["cloudwatch:namespace"],
            "codedetect-prod/analyzer"
        );
        assert!(statement(&role, "Alerts").is_some());
        assert!(statement(&role, "Image").is_none());
        assert_eq!(role["managed_policies"], json!([]));
        for one in role["policies"]["workload"]["Statement"]
            .as_array()
            .unwrap()
        {
            assert!(!one["Action"].to_string().contains('*'), "{one}");
        }
    }

    #[test]
    fn without_access_nothing_but_running_is_allowed() {
        let mut stack = example();
        let workload = &mut stack["workloads"]["analyzer"];
        workload["access"] = json!([]);
        workload["mounts"] = json!({});
        workload["secrets"] = json!({});
        workload["environment"] = json!({});
        workload["image"] = json!("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.0.0");
        stack["parameters"] = json!({});
        stack["databases"] = json!({});
        let role = spec_of(&built(stack), "workloads.analyzer.role");
        for absent in ["Objects", "Buckets", "Alerts", "Files", "Secrets"] {
            assert!(statement(&role, absent).is_none(), "{absent}");
        }
        assert_eq!(
            statement(&role, "Image").unwrap()["Resource"],
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"
        );
    }
}
