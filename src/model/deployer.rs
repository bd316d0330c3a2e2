//! The roles that GitHub Actions takes on: one releases and one applies, from one branch of one repository; one plans pull requests to
//! it.

mod policy;

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Place};
use super::names::{ROLE, called};
use super::workloads::{Deployable, Running};
use crate::kinds::Kind;
use crate::kinds::iam::oidc_provider::{self, OidcProvider};
use crate::kinds::iam::policy::{Document, Principal, allow, document};
use crate::kinds::iam::role::{self, Role};
use crate::kinds::s3::bucket::Bucket;
use crate::kinds::ssm::parameter::Parameter;
use crate::reference::Text;
use crate::resource::{Handle, Resource};
use crate::stack::document::Deployer;

/// GitHub's issuer of tokens ("Configuring OpenID Connect in Amazon Web Services", GitHub docs).
const ISSUER: &str = "token.actions.githubusercontent.com";
/// The audience that GitHub's action for AWS asks for.
const AUDIENCE: &str = "sts.amazonaws.com";
/// A release takes minutes; an hour is the shortest that AWS takes.
const SESSION_SECONDS: u32 = 3600;

/// The provider and the roles.
pub(crate) fn build(draft: &mut Draft<'_>, state: &Handle<Bucket>, workloads: &[Running]) {
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
    let known = known(draft, state, workloads);
    let (release, apply, plan) = (
        document(policy::releaser(&known)),
        document(policy::applier(&known)),
        document(policy::reader(&known)),
    );
    let (github, branch) = (&deployer.github, &deployer.branch);
    let stack = draft.scope.prefix();
    let merged = format!("ref:refs/heads/{branch}");
    role(
        draft,
        ("role", "deployer"),
        &format!("Releases {stack} from GitHub Actions, {github} at {branch}"),
        trust(deployer, &merged, &provider),
        ("release", release),
    );
    role(
        draft,
        ("applier", "applier"),
        &format!("Applies {stack} from GitHub Actions, {github} at {branch}"),
        trust(deployer, &merged, &provider),
        ("apply", apply),
    );
    role(
        draft,
        ("reader", "reader"),
        &format!("Plans pull requests to {stack} on GitHub Actions, {github}"),
        trust(deployer, "pull_request", &provider),
        ("plan", plan),
    );
}

/// One of the roles, by its place in the section and its name.
fn role(
    draft: &mut Draft<'_>,
    (item, name): (&str, &str),
    description: &str,
    trust: Document,
    (policy, document): (&str, Document),
) {
    let spec = role::Spec {
        name: called(draft.scope, &[name], ROLE),
        path: draft.scope.path(),
        description: description.to_owned(),
        max_session_seconds: SESSION_SECONDS,
        trust,
        policies: BTreeMap::from([(policy.to_owned(), document)]),
        managed_policies: BTreeSet::new(),
    };
    let name = spec.name.clone();
    let address = format!("deployer.{item}");
    draft.add::<Role>(Place::new(address, "deployer", name), &spec);
}

/// Who may take a role on: a token for AWS (`aud`), from a workflow of that repository that runs for `what` (`sub`). Without either
/// condition any repository on GitHub could.
fn trust(deployer: &Deployer, what: &str, provider: &Text) -> Document {
    let subject = format!("repo:{}:{what}", deployer.github);
    document([allow(["sts:AssumeRoleWithWebIdentity"])
        .to(Principal::Federated(provider.clone()))
        .when("StringEquals", &format!("{ISSUER}:aud"), [AUDIENCE])
        .when("StringEquals", &format!("{ISSUER}:sub"), [subject])])
}

/// What the policies must name.
fn known<'a>(
    draft: &'a Draft<'_>,
    state: &Handle<Bucket>,
    workloads: &'a [Running],
) -> policy::Known<'a> {
    let scope = draft.scope;
    let prefix = scope.name("");
    let of = |kind: &'static str| {
        draft
            .resources
            .iter()
            .filter(move |resource| resource.kind.type_name() == kind)
    };
    let name = |resource: &Resource| Some(resource.spec.get("name")?.as_str()?.to_owned());
    policy::Known {
        scope,
        state: state.output("arn"),
        buckets: of(Bucket::TYPE)
            .filter_map(name)
            .filter(|name| !name.starts_with(&prefix))
            .map(|name| format!("arn:{}:s3:::{name}", scope.partition))
            .collect(),
        plain: of(Parameter::TYPE)
            .filter(|resource| resource.spec.pointer("/value/plain").is_some())
            .filter_map(name)
            .map(|name| scope.arn("ssm", &format!("parameter{name}")))
            .collect(),
        workloads: workloads.iter().map(|one| &one.deployable).collect(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use crate::kinds::{self, actions::verbs};
    use crate::model::build;
    use crate::model::tests::{built, example, pinned, scope, spec_of, stack};
    use crate::scope::Scope;

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

    /// The statements of a role.
    fn statements(address: &str, policy: &str) -> Vec<Value> {
        let role = spec_of(&built(example()), address);
        role["policies"][policy]["Statement"]
            .as_array()
            .unwrap()
            .clone()
    }

    fn actions(statements: &[Value]) -> BTreeSet<String> {
        let each = statements.iter().flat_map(|one| match &one["Action"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        each.map(|action| action.as_str().unwrap().to_owned())
            .collect()
    }

    fn of_verbs(verbs: &[&str]) -> BTreeSet<String> {
        let actions = verbs.iter().flat_map(|verb| verbs::of(verb));
        actions.map(str::to_owned).collect()
    }

    #[test]
    fn the_roles_may_do_what_kinds_and_verbs_call_and_nothing_else() {
        let releases = of_verbs(&[
            "deploy", "history", "logs", "refresh", "rollback", "status", "switch",
        ]);
        assert_eq!(actions(&statements("deployer.role", "release")), releases);
        let mut applies = of_verbs(&["apply", "destroy", "drift", "outputs", "plan", "unlock"]);
        let kinds = kinds::actions::all().flat_map(|kind| kind.actions);
        applies.extend(kinds.map(ToString::to_string));
        assert_eq!(actions(&statements("deployer.applier", "apply")), applies);
    }

    #[test]
    fn every_change_is_limited_to_the_stack() {
        let roles = [("deployer.role", "release"), ("deployer.applier", "apply")];
        for (address, policy) in roles {
            for one in statements(address, policy) {
                assert!(!one["Action"].to_string().contains('*'), "{one}");
                let reads = one["Sid"] == "Look";
                let limited = one["Resource"] != "*" || one.get("Condition").is_some();
                assert!(reads || limited, "{one}");
            }
        }
    }

    #[test]
    fn what_aws_does_in_the_callers_name_is_allowed_where_it_is_done() {
        let all = statements("deployer.applier", "apply");
        for (action, on) in [
            ("ec2:DescribeNetworkInterfaceAttribute", "\"*\""),
            ("kms:DescribeKey", "\"*\""),
            ("rds:CreateDBSnapshot", ":*:codedetect-prod-*\""),
            ("s3:TagResource", ":::codedetect-prod-*\""),
            ("secretsmanager:CreateSecret", ":secret:rds!*\""),
            ("secretsmanager:TagResource", ":secret:rds!*\""),
        ] {
            let has = |one: &&Value| actions(&[(*one).clone()]).contains(action);
            let statement = all.iter().find(has);
            let resource = statement.map(|one| one["Resource"].to_string());
            assert!(resource.is_some_and(|it| it.contains(on)), "{action}");
        }
    }

    #[test]
    fn a_pull_request_changes_nothing_and_reads_no_secret() {
        let all = statements("deployer.reader", "plan");
        for action in actions(&all) {
            let name = action.split(':').nth(1).unwrap();
            let reads = ["Describe", "Get", "List"];
            assert!(reads.iter().any(|verb| name.starts_with(verb)), "{action}");
        }
        let values: Vec<String> = all
            .iter()
            .filter(|one| one["Action"].to_string().contains("ssm:GetParameter"))
            .map(|one| one["Resource"].to_string())
            .collect();
        assert!(!values.is_empty());
        for resource in values {
            assert!(!resource.contains("secret-key"), "{resource}");
            assert!(!resource.contains("codedetect-prod/*"), "{resource}");
        }
        let role = spec_of(&built(example()), "deployer.reader");
        let condition = &role["trust"]["Statement"][0]["Condition"]["StringEquals"];
        assert_eq!(
            condition["token.actions.githubusercontent.com:sub"],
            "repo:example/codedetect:pull_request"
        );
    }

    #[test]
    fn each_policy_is_as_short_as_iam_wants_it_whatever_the_stack_is_called() {
        let scope = Scope {
            stack: "a-stack-with-a-longer-name".to_owned(),
            environment: "production".to_owned(),
            region: "ap-southeast-1".to_owned(),
            ..scope()
        };
        let resources = build(&stack(example()), &scope, &pinned()).unwrap();
        for (address, policy) in [
            ("deployer.role", "release"),
            ("deployer.applier", "apply"),
            ("deployer.reader", "plan"),
        ] {
            let role = spec_of(&resources, address);
            let length = role["policies"][policy].to_string().len();
            assert!(length < super::policy::LONGEST, "{address}: {length}");
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
