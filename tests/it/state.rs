//! Journal and lock in the stack's own bucket, as on AWS: from the first apply to the last destroy.

use std::collections::BTreeSet;
use std::time::Duration;

use codedetect_localcloud::Fault;

use crate::program::Program;
use crate::stack::INVENTORY;

const PROTECTED: [&str; 5] = [
    "audit.trail-bucket",
    "buckets.uploads",
    "domain.zone",
    "files.shared",
    "state.bucket",
];

/// The keys in the state bucket; the names of runs, which hold the time, as `*`.
fn keys(program: &Program) -> BTreeSet<String> {
    let listed = program.python(
        r"
import re
for object in client('s3').list_objects_v2(Bucket='codedetect-prod-state-123456789012-eu-west-1').get('Contents', []):
    print(re.sub(r'runs/[^/]+?(/|\.json$)', r'runs/*\1', object['Key']))
",
    );
    listed.lines().map(str::to_owned).collect()
}

fn destroy(program: &Program, file: &std::path::Path) {
    let mut arguments = vec!["--yes"];
    for address in PROTECTED {
        arguments.extend(["--delete-data", address]);
    }
    program.run_on_aws("destroy", file, &arguments).with(0);
}

#[test]
fn the_state_bucket_is_made_first_keeps_the_journal_and_goes_last() {
    let program = Program::new();
    let before = program.python(INVENTORY);
    let file = program.stack("stack.yaml", &[]);

    program.cloud.reset();
    program.run_on_aws("apply", &file, &["--yes"]).with(0);
    let log = program.cloud.log();
    assert_eq!(log[0].call, "s3:CreateBucket");
    let lock = log.iter().position(|call| call.call == "s3:PutObject");
    let rest = log.iter().position(|call| !call.call.starts_with("s3:"));
    assert!(lock < rest, "{log:#?}");
    let after_a_run = [
        "fence.json",
        "manifest.json",
        "runs/*.json",
        "wanted/analyzer.json",
    ];
    assert_eq!(
        keys(&program),
        BTreeSet::from(after_a_run.map(str::to_owned))
    );

    let second = program.run_on_aws("apply", &file, &["--yes"]).with(0);
    assert!(second.out.contains("No changes"), "{}", second.out);
    let history = program
        .run_on_aws("history", &file, &["--format", "json"])
        .with(0)
        .json();
    assert_eq!(
        history["runs"].as_array().map(Vec::len),
        Some(1),
        "{history:#}"
    );

    let refused = program.run_on_aws("destroy", &file, &["--yes"]).with(1);
    let said = refused.out + &refused.err;
    for address in PROTECTED {
        assert!(said.contains(&format!("--delete-data {address}")), "{said}");
    }
    program.cloud.reset();
    destroy(&program, &file);
    let log = program.cloud.log();
    assert_eq!(
        log.last().map(|call| call.call.as_str()),
        Some("s3:DeleteBucket")
    );
    assert_eq!(program.python(INVENTORY), before);
    let nothing = program.run_on_aws("destroy", &file, &["--yes"]).with(0);
    assert!(nothing.out.contains("No changes"), "{}", nothing.out);
}

/// The lock as another machine would have written it a moment ago: of its process nothing is known here.
const FROM_ELSEWHERE: &str = r"
import datetime
bucket, s3 = 'codedetect-prod-state-123456789012-eu-west-1', client('s3')
lock = json.loads(s3.get_object(Bucket=bucket, Key='lock.json')['Body'].read())
lock |= {'process': None, 'owner': 'ops@elsewhere', 'heartbeat': datetime.datetime.utcnow().strftime('%Y-%m-%dT%H:%M:%SZ')}
s3.put_object(Bucket=bucket, Key='lock.json', Body=json.dumps(lock))
print(lock['fence'])
";

#[test]
fn a_first_apply_that_was_killed_elsewhere_is_finished_after_its_lease() {
    let clean = Program::new();
    let file = clean.stack("stack.yaml", &[]);
    clean.run_on_aws("apply", &file, &["--yes"]).with(0);
    let wanted = clean.python(INVENTORY);
    drop(clean);

    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let fault = Fault::on("ec2", "CreateSubnet")
        .nth(2)
        .after()
        .hang()
        .freeze();
    let fault = program.cloud.add_fault(fault);
    let mut child = program
        .command_on_aws("apply", &file, &["--yes"])
        .spawn()
        .unwrap();
    assert!(program.cloud.wait_sprung(fault, Duration::from_secs(60)));
    child.kill().unwrap();
    child.wait().unwrap();
    program.cloud.reset();
    let fence: u64 = program.python(FROM_ELSEWHERE).trim().parse().unwrap();

    let held = program.run_on_aws("apply", &file, &["--yes"]).with(1);
    assert!(held.err.contains("ops@elsewhere"), "{}", held.err);
    program
        .run_on_aws("apply", &file, &["--yes", "--lock-wait", "90s"])
        .with(0);
    assert_eq!(program.python(INVENTORY), wanted);
    let settled = program
        .run_on_aws("plan", &file, &["--detailed-exitcode"])
        .with(0);
    assert!(settled.out.contains("No changes"), "{}", settled.out);
    let last = program.python(
        "print(json.loads(client('s3').get_object(Bucket='codedetect-prod-state-123456789012-eu-west-1', \
         Key='fence.json')['Body'].read())['last'])",
    );
    assert!(last.trim().parse::<u64>().unwrap() > fence, "{last}");
    destroy(&program, &file);
}

/// The state bucket of the example of a network, with all that lies in it, gone by another's hand.
const LOSE_THE_STATE: &str = r"
bucket, s3 = 'network-dev-state-123456789012-eu-west-1', client('s3')
listed = s3.list_object_versions(Bucket=bucket)
for one in listed.get('Versions', []) + listed.get('DeleteMarkers', []):
    s3.delete_object(Bucket=bucket, Key=one['Key'], VersionId=one['VersionId'])
s3.delete_bucket(Bucket=bucket)
";

#[test]
fn the_first_apply_of_a_stack_carries_its_saved_plan_out() {
    let program = Program::new();
    let file = program.shop("shop.yaml", &["pager"]);
    let saved = program.folder.path().join("plan.json");
    let out = saved.to_str().unwrap();
    program.run_on_aws("plan", &file, &["-o", out]).with(0);
    program.run_on_aws("apply", &saved, &["--yes"]).with(0);
    let settled = program
        .run_on_aws("plan", &file, &["--detailed-exitcode"])
        .with(0);
    assert!(settled.out.contains("No changes"), "{}", settled.out);
    let refused = program.run_on_aws("apply", &saved, &["--yes"]).with(1);
    assert!(refused.err.contains("is new"), "{}", refused.err);
}

#[test]
fn a_stack_that_lost_its_state_bucket_is_destroyed_in_one_go() {
    let program = Program::new();
    let before = program.python(INVENTORY);
    let file = program.example("network.yaml");
    for asked in [&["--yes"][..], &["--yes", "--delete-data", "state.bucket"]] {
        program.run_on_aws("apply", &file, &["--yes"]).with(0);
        assert_ne!(program.python(INVENTORY), before);
        program.python(LOSE_THE_STATE);
        program.run_on_aws("destroy", &file, asked).with(0);
        assert_eq!(program.python(INVENTORY), before, "{asked:?}");
    }
}

#[test]
fn a_run_whose_last_record_cannot_be_written_still_tells_what_it_did() {
    let program = Program::new();
    let file = program.shop("shop.yaml", &["pager"]);
    let denied = Fault::on("s3", "PutObject")
        .contains("manifest.json")
        .error(403, "AccessDenied", "Access Denied");
    program.cloud.add_fault(denied);
    let arguments = ["--yes", "--format", "json"];
    let ended = program
        .run_on_aws("apply", &file, &arguments)
        .with(1)
        .json();
    let run = &ended["run"];
    // The topic: the bucket was made before the run began.
    assert_eq!(run["done"], 1, "{run:#}");
    assert_eq!(run["complete"], false);
    let trouble = run["troubles"][0].as_str().unwrap();
    assert!(
        trouble.contains("manifest.json") && trouble.contains("AccessDenied"),
        "{trouble}"
    );
    assert!(run["next"].as_str().unwrap().contains("apply"), "{run:#}");
    program.cloud.reset();

    let denied = Fault::on("s3", "PutObject")
        .contains("manifest.json")
        .error(403, "AccessDenied", "Access Denied");
    program.cloud.add_fault(denied);
    let more = program.shop("more.yaml", &["pager", "siren"]);
    let said = program.run_on_aws("apply", &more, &["--yes"]).with(1).err;
    assert!(said.contains("✗ apply shop-prod failed: 1 done"), "{said}");
    assert!(said.contains("manifest.json"), "{said}");
}
