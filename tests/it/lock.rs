//! The lock as a person meets it: waited for, lost, and given back.

use std::time::Duration;

use codedetect_localcloud::Fault;

use crate::program::Program;
use crate::running::Running;

#[test]
fn ctrl_c_while_another_runs_lock_is_waited_for_is_an_interruption() {
    let program = Program::new();
    let file = program.shop("shop.yaml", &["pager"]);
    let hangs = program
        .cloud
        .add_fault(Fault::on("sns", "CreateTopic").hang());
    let first = Running::start(program.command("apply", &file, &["--yes"]));
    assert!(program.cloud.wait_sprung(hangs, Duration::from_secs(60)));

    let arguments = ["--yes", "--lock-wait", "10m"];
    let mut second = Running::start(program.command("apply", &file, &arguments));
    second.says("apply");
    second.interrupt();
    let second = second.end().with(130);
    assert!(
        second.err.contains("interrupted while waiting"),
        "{}",
        second.err
    );

    program.cloud.reset();
    first.end().with(0);
}

#[test]
fn a_run_whose_lock_was_taken_away_fails_and_says_so() {
    let program = Program::new();
    let file = program.example("network.yaml");
    let hangs = program
        .cloud
        .add_fault(Fault::on("ec2", "CreateVpc").hang());
    let arguments = ["--yes", "--format", "json"];
    let mut run = Running::start(program.command("apply", &file, &arguments));
    assert!(program.cloud.wait_sprung(hangs, Duration::from_secs(60)));
    let lock = program.folder.path().join("state/network-dev/lock.json");
    std::fs::remove_file(lock).unwrap();
    run.says("The lock was lost: somebody took it away");
    program.cloud.reset();

    let ended = run.end().with(1);
    assert!(!ended.err.contains("was not released"), "{}", ended.err);
    let run = &ended.json()["run"];
    assert_eq!(run["interrupted"], false, "{run:#}");
    assert_eq!(run["complete"], false);
    assert_eq!(
        run["troubles"],
        serde_json::json!(["the lock was lost: somebody took it away"])
    );
    program.run("apply", &file, &["--yes"]).with(0);
}

#[test]
fn an_apply_that_cannot_read_the_release_in_its_way_gives_its_lock_back() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let state = program.folder.path().join("state/codedetect-prod");
    let releases = state.join("releases/analyzer");
    std::fs::create_dir_all(&releases).unwrap();
    std::fs::write(releases.join("current.json"), "{").unwrap();
    let refused = program.run("apply", &file, &["--yes"]).with(1);
    assert!(refused.err.contains("it is damaged"), "{}", refused.err);
    assert!(state.join("fence.json").exists(), "it had the lock");
    assert!(!state.join("lock.json").exists());
}
