//! Ctrl-C in the middle of an apply.

use std::io::Read;
use std::process::Command;
use std::time::Duration;

use codedetect_localcloud::Fault;

use crate::program::Program;
use crate::running::Running;

#[test]
fn an_interrupted_apply_hears_its_calls_out_and_the_next_one_finishes() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    program.cloud.set_latency(Duration::from_millis(100));
    // The thirtieth change hangs, so the signal surely comes while a call is in flight.
    let fault = program.cloud.add_fault(Fault::on_changing().nth(30).hang());
    let mut child = program.start("apply", &file, &["--yes", "--set", "tags.Wave=two"]);
    assert!(program.cloud.wait_sprung(fault, Duration::from_secs(60)));
    let signalled = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(signalled.success());
    let ended = child.wait().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert_eq!(ended.code(), Some(130), "{said}");
    assert!(said.contains("Stopping"), "{said}");
    assert!(said.contains("not started"), "{said}");
    let state = program.folder.path().join("state");
    let next = format!(
        "to go on: codedetect-infra apply {} --set tags.Wave=two --endpoint-url {} --state-dir {} --yes\n",
        file.display(),
        program.cloud.endpoint(),
        state.display()
    );
    assert!(said.contains(&next), "{said}");

    program.cloud.reset();
    program.cloud.set_latency(Duration::ZERO);
    let same = ["--set", "tags.Wave=two"];
    program
        .run("apply", &file, &[&same[..], &["--yes"]].concat())
        .with(0);
    assert_eq!(program.planned(&file, &same), Vec::new());
}

#[test]
fn ctrl_c_twice_tells_which_call_had_no_answer_and_how_to_go_on() {
    let program = Program::new();
    let bare = program.shop("bare.yaml", &[]);
    let file = program.shop("shop.yaml", &["pager"]);
    program.run("apply", &bare, &["--yes"]).with(0);
    let ended = |format: &str| {
        let hangs = Fault::on("sns", "CreateTopic").hang();
        let hangs = program.cloud.add_fault(hangs);
        let arguments = ["--yes", "--format", format];
        let mut run = Running::start(program.command("apply", &file, &arguments));
        assert!(program.cloud.wait_sprung(hangs, Duration::from_secs(60)));
        run.interrupt();
        run.says("Stopping:");
        run.interrupt();
        let ended = run.end().with(130);
        program.cloud.reset();
        ended
    };

    let said = ended("human").err;
    assert!(
        said.contains("✗ apply shop-prod was interrupted: 1 without an answer, 0 done"),
        "{said}"
    );
    assert!(
        said.contains(
            "What came of these calls is not known; the next run finds out:\n    resources.pager\n"
        ),
        "{said}"
    );
    assert!(said.contains("to go on: codedetect-infra apply "), "{said}");

    let document = ended("json").json();
    let run = &document["run"];
    assert_eq!(run["complete"], false, "{run:#}");
    assert_eq!(run["unanswered"], serde_json::json!(["resources.pager"]));
    assert!(run["next"].as_str().unwrap().contains("apply"), "{run:#}");

    program.run("apply", &file, &["--yes"]).with(0);
}

#[test]
fn ctrl_c_while_a_call_waits_for_what_lags_is_no_failure() {
    let program = Program::new();
    let file = program.shop("shop.yaml", &[]);
    let lags = Fault::on("s3", "PutBucketVersioning").error(
        404,
        "NoSuchBucket",
        "The specified bucket does not exist",
    );
    program.cloud.add_fault(lags);
    let mut run = Running::start(program.command("apply", &file, &["--yes"]));
    run.says("waits for S3 to show the bucket");
    run.interrupt();
    let ended = run.end().with(130);
    let said = &ended.err;
    assert!(
        said.contains("✗ apply shop-prod was interrupted: 1 no longer waited for, 0 done"),
        "{said}"
    );
    assert!(!said.contains("failed"), "{said}");

    program.cloud.reset();
    program.run("apply", &file, &["--yes"]).with(0);
}
