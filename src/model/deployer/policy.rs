//! What the roles of the pipeline may do: what the kinds and the verbs say they call, and nothing else.
//!
//! What can be limited to the stack by name is limited so. What AWS names itself (a VPC, a file system) is limited by its tag:
//! another stack's is out of reach.

use std::collections::BTreeSet;

use super::Deployable;
use crate::kinds::actions::{self, Target, verbs};
use crate::kinds::iam::policy::{Statement, allow};
use crate::reference::Text;
use crate::scope::{STACK_TAG, Scope};

/// What an inline policy of a role may be long, all of them together, blanks not counted ("IAM and AWS STS quotas").
#[cfg(test)]
pub(super) const LONGEST: usize = 10_240;

/// Services whose resources AWS names itself, so that only their tags say whose they are.
const BY_TAG: &[&str] = &["acm", "ec2", "elasticfilesystem"];

/// Services whose resources are said in fewer patterns than their kinds have, or in more: RDS checks the groups of its own that a
/// database uses and makes a secret of a password that it keeps, Route 53 the change that it is asked about, and the bill is watched
/// in one region, wherever the stack is.
const SHORT: &[(&str, &[&str])] = &[
    (
        "cloudwatch",
        &[
            "cloudwatch:*:{account}:alarm:{prefix}-*",
            "cloudwatch::{account}:dashboard/{prefix}-*",
        ],
    ),
    ("ec2", &["ec2:{region}:{account}:*/*"]),
    (
        "elasticfilesystem",
        &["elasticfilesystem:{region}:{account}:*"],
    ),
    (
        "elasticloadbalancing",
        &["elasticloadbalancing:{region}:{account}:*/{prefix}-*"],
    ),
    (
        "rds",
        &[
            "rds:{region}:{account}:*:{prefix}-*",
            // Option groups (`og`) and parameter groups (`pg`).
            "rds:{region}:{account}:?g:*",
        ],
    ),
    ("route53", &["route53:::change/*", "route53:::hostedzone/*"]),
    (
        "secretsmanager",
        &["secretsmanager:{region}:{account}:secret:rds!*"],
    ),
    ("sns", &["sns:*:{account}:{prefix}-*"]),
];

/// Actions with a statement of their own.
const APART: &[&str] = &[
    "ec2:RunInstances",
    "iam:PassRole",
    "s3:GetObject",
    "s3:PutObject",
    "ssm:GetParameter",
    "ssm:GetParameters",
];

/// Those to whom a role of the stack is handed over.
const SERVED: [&str; 2] = ["ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com"];

/// What is known of the stack that a policy must name.
pub(super) struct Known<'a> {
    pub(super) scope: &'a Scope,
    /// The ARN of the state bucket.
    pub(super) state: Text,
    /// ARNs of buckets that are not called by the stack's name.
    pub(super) buckets: Vec<String>,
    /// ARNs of the parameters that hold no secret.
    pub(super) plain: Vec<String>,
    pub(super) workloads: Vec<&'a Deployable>,
}

/// The verbs of the role that releases.
const RELEASES: &[&str] = &[
    "deploy", "history", "logs", "refresh", "rollback", "status", "switch",
];
/// The verbs of the role that applies.
const APPLIES: &[&str] = &["apply", "destroy", "drift", "outputs", "plan", "unlock"];

/// What releases: nothing of the kinds, and of S3 the state bucket only.
pub(super) fn releaser(known: &Known<'_>) -> Vec<Statement> {
    let all = of_verbs(RELEASES);
    let (state, others): (BTreeSet<&str>, BTreeSet<&str>) = all
        .into_iter()
        .partition(|action| action.starts_with("s3:"));
    let mut statements = statements(known, &others, Vec::new());
    statements.push(
        allow(state)
            .sid("Journal")
            .on([known.state.clone(), known.state.clone().then("/*")]),
    );
    statements
}

/// What applies: all that the kinds call, whatever the file has now: what is taken out of it must be removed.
pub(super) fn applier(known: &Known<'_>) -> Vec<Statement> {
    let mut all = of_verbs(APPLIES);
    all.extend(actions::all().flat_map(|kind| kind.actions));
    let scope = known.scope;
    // A new database gets its password from there.
    let passwords = scope.arn("ssm", &format!("parameter{}*", scope.path()));
    let mut statements = statements(known, &all, vec![passwords]);
    // Auto Scaling checks that whoever gives it a template could start an instance from it, profile included ("Control Amazon
    // EC2 launch template usage in Auto Scaling groups").
    statements.push(allow(["ec2:RunInstances"]).sid("Start").on(["*"]).when(
        "ArnLike",
        "ec2:LaunchTemplate",
        [scope.arn("ec2", "launch-template/*")],
    ));
    statements.push(
        allow(["iam:PassRole"])
            .sid("PassRole")
            .on([scope.global_arn("iam", &format!("role{}*", scope.path()))])
            .when("StringEquals", "iam:PassedToService", SERVED),
    );
    statements
}

/// What plans a pull request: it changes nothing, and reads no secret.
pub(super) fn reader(known: &Known<'_>) -> Vec<Statement> {
    let mut all = of_verbs(&["plan"]);
    all.extend(actions::all().flat_map(|kind| kind.actions));
    all.retain(|action| reads(action));
    statements(known, &all, Vec::new())
}

fn of_verbs(verbs: &[&str]) -> BTreeSet<&'static str> {
    verbs.iter().flat_map(|verb| verbs::of(verb)).collect()
}

/// Whether an action only reads.
fn reads(action: &str) -> bool {
    let name = action.split(':').nth(1).unwrap_or_default();
    ["Describe", "Filter", "Get", "List"]
        .iter()
        .any(|verb| name.starts_with(verb))
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// The statements for actions of any service: an action reaches only resources of its own service, so those of several stand
/// together, which a policy's length asks for. `parameters` may be read one by one besides AWS's own.
fn statements(
    known: &Known<'_>,
    all: &BTreeSet<&str>,
    mut parameters: Vec<String>,
) -> Vec<Statement> {
    let scope = known.scope;
    let others = all.iter().copied();
    let others = others.filter(|action| !APART.contains(action));
    let (everywhere, limited): (BTreeSet<&str>, BTreeSet<&str>) =
        others.partition(|action| actions::target(action) == Target::Everything);
    let (look, make): (BTreeSet<&str>, BTreeSet<&str>) =
        everywhere.into_iter().partition(|action| reads(action));
    let (tagged, named): (BTreeSet<&str>, BTreeSet<&str>) = limited
        .into_iter()
        .partition(|action| BY_TAG.contains(&service(action)));
    let mut statements = vec![allow(look).sid("Look").on(["*"])];
    let tag = |of: &str| format!("aws:{of}Tag/{STACK_TAG}");
    if !make.is_empty() {
        // Not all of these take tags.
        let statement = allow(make).sid("Make").on(["*"]);
        statements.push(statement.when("StringEqualsIfExists", &tag("Request"), [scope.prefix()]));
    }
    if !tagged.is_empty() {
        let on = resources(known, &tagged);
        // What is only being made has no tag yet.
        let statement = allow(tagged).sid("Tagged").on(on);
        statements.push(statement.when("StringEqualsIfExists", &tag("Resource"), [scope.prefix()]));
    }
    if !named.is_empty() {
        let on = resources(known, &named);
        statements.push(allow(named).sid("Named").on(on));
    }
    if all.contains("s3:GetObject") {
        let state = ["s3:GetObject", "s3:PutObject"];
        let state = state.into_iter().filter(|action| all.contains(action));
        statements.push(
            allow(state)
                .sid("Journal")
                .on([known.state.clone().then("/*")]),
        );
    }
    let releases = known
        .workloads
        .iter()
        .flat_map(|one| one.releases.iter().cloned());
    let plain = known.plain.iter().map(|arn| Text::literal(arn.clone()));
    let read: Vec<Text> = releases.chain(plain).collect();
    if !read.is_empty() {
        statements.push(allow(["ssm:GetParameters"]).sid("Values").on(read));
    }
    // AWS's own parameters name the latest image.
    parameters.push(format!(
        "arn:{}:ssm:{}::parameter/aws/service/*",
        scope.partition, scope.region
    ));
    statements.push(allow(["ssm:GetParameter"]).sid("Single").on(parameters));
    statements
}

/// What the resources that these actions are done to are called.
fn resources(known: &Known<'_>, actions: &BTreeSet<&str>) -> Vec<String> {
    let scope = known.scope;
    let services: BTreeSet<&str> = actions.iter().map(|action| service(action)).collect();
    let mut found = BTreeSet::new();
    for of in services {
        let patterns = SHORT.iter().find(|(name, _)| *name == of);
        match patterns {
            Some((_, patterns)) => {
                found.extend(patterns.iter().map(|on| actions::filled(on, scope)));
            }
            None => {
                let start = format!("arn:{}:{of}:", scope.partition);
                found.extend(
                    actions::all()
                        .map(|kind| kind.pattern(scope))
                        .filter(|pattern| pattern.starts_with(&start)),
                );
            }
        }
        if of == "s3" {
            // What stands in it as well.
            let named = known.buckets.iter();
            found.extend(named.flat_map(|arn| [arn.clone(), format!("{arn}/*")]));
        }
    }
    found.into_iter().collect()
}
