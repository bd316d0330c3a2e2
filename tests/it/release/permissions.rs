//! The role of the pipeline may make every call that the verbs make.

use std::collections::BTreeSet;

use codedetect_infra::kinds::actions::{of_call, verbs};
use serde_json::Value;

use super::world::World;
use crate::program::Program;

/// The policies of a role, as AWS has them.
const POLICIES: &str = r"
iam = client('iam')
role = [one for one in iam.list_roles()['Roles'] if one['RoleName'].endswith('applier')][0]['RoleName']
names = iam.list_role_policies(RoleName=role)['PolicyNames']
print(json.dumps([iam.get_role_policy(RoleName=role, PolicyName=name)['PolicyDocument'] for name in names]))
";

fn allowed(policies: &str) -> BTreeSet<String> {
    let policies: Vec<Value> = serde_json::from_str(policies).unwrap();
    let statements = policies
        .iter()
        .flat_map(|one| one["Statement"].as_array().unwrap());
    let actions = statements.flat_map(|one| match &one["Action"] {
        Value::Array(all) => all.clone(),
        one => vec![one.clone()],
    });
    actions
        .map(|one| one.as_str().unwrap().to_owned())
        .collect()
}

/// What a call of the gateway's ledger needs: the ledger has the names of the SDK's crates.
fn needed(calls: &Value) -> BTreeSet<String> {
    calls["by"]
        .as_object()
        .unwrap()
        .keys()
        .map(|call| call.replace("elbv2:", "elasticloadbalancing:"))
        .flat_map(|call| of_call(&call))
        .collect()
}

/// Actions that are checked beside a call, and are no calls.
const NO_CALL: &[&str] = &["elasticloadbalancing:AddTags"];

#[test]
fn each_release_verb_calls_what_the_registry_says_and_nothing_else() {
    let (world, rolling) = (World::new(), World::rolling());
    let image = "ghcr.io/example/codedetect:2.0.0";
    let bad = "ghcr.io/example/codedetect:3.0.0-never-healthy";
    let mut seen = BTreeSet::new();
    let mut ledger = |world: &World, verb: &str, arguments: &[&str], code: i32| {
        world.control("POST", "reset", "");
        world.run(verb, arguments).with(code);
        let called = needed(&world.control("GET", "counts", ""));
        let may: BTreeSet<String> = verbs::of(verb).into_iter().map(str::to_owned).collect();
        let beyond: Vec<_> = called.difference(&may).collect();
        assert!(beyond.is_empty(), "{verb}: {beyond:?}");
        seen.extend(called);
    };
    ledger(&world, "deploy", &["--image", image, "--bake", "1s"], 0);
    ledger(&world, "rollback", &[], 0);
    ledger(&world, "switch", &["--bake", "1s"], 0);
    ledger(&world, "status", &["--watch", "--until-done"], 0);
    ledger(&world, "logs", &[], 0);
    ledger(&world, "history", &[], 0);
    ledger(&rolling, "deploy", &["--image", image, "--bake", "1s"], 0);
    ledger(&rolling, "refresh", &["--bake", "0s"], 0);
    ledger(&rolling, "deploy", &["--image", bad, "--bake", "0s"], 1);

    // Journal and lock lie in a folder here; the other test has them in their bucket.
    let release: BTreeSet<String> = ["deploy", "rollback", "switch", "refresh", "status", "logs"]
        .into_iter()
        .flat_map(verbs::of)
        .filter(|action| !action.starts_with("s3:") && !NO_CALL.contains(action))
        // The stack has no domain.
        .filter(|action| {
            !["acm:DescribeCertificate", "route53:ListHostedZonesByName"].contains(action)
        })
        .map(str::to_owned)
        .collect();
    let idle: Vec<_> = release.difference(&seen).collect();
    assert!(
        idle.is_empty(),
        "in the registry and never called: {idle:?}"
    );
}

#[test]
fn the_role_may_make_every_call_of_apply_plan_drift_and_destroy() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let mut called = BTreeSet::new();
    let mut policies = String::new();
    for (verb, arguments, code) in [
        ("apply", &["--yes"][..], 0),
        ("plan", &[], 0),
        ("drift", &[], 0),
        ("outputs", &[], 0),
        ("history", &[], 0),
        (
            "destroy",
            &[
                "--yes",
                "--delete-data",
                "buckets.uploads",
                "--delete-data",
                "files.shared",
                "--delete-data",
                "domain.zone",
                "--delete-data",
                "audit.trail-bucket",
                "--delete-data",
                "state.bucket",
            ],
            0,
        ),
    ] {
        program.cloud.reset();
        let ended = program.run_on_aws(verb, &file, arguments);
        assert_eq!(ended.code, code, "{verb}: {}\n{}", ended.out, ended.err);
        called.extend(needed(
            &serde_json::to_value(program.cloud.counts()).unwrap(),
        ));
        if verb == "apply" {
            policies = program.python(POLICIES);
        }
    }
    let may = allowed(&policies);
    let missing: Vec<_> = called.difference(&may).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(
        called.contains("s3:PutObject") && called.contains("s3:ListBucket"),
        "{called:?}"
    );
}
