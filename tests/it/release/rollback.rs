//! A rollback is itself the way back: nothing that goes wrong on it leads to the version that it is to get rid of.

use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";
const DEPLOY: [&str; 4] = ["--image", NEW, "--bake", "0s"];

#[test]
fn a_rollback_whose_last_steps_fail_leaves_the_former_version_serving_and_can_be_resumed() {
    let world = World::new();
    world.release("deploy", &DEPLOY).with(0);
    let fault = r#"{"service":"autoscaling","action":"PutScheduledUpdateGroupAction","times":1,
        "what":{"error":{"status":400,"code":"ValidationError","message":"not now"}}}"#;
    world.control("POST", "faults", fault);
    let stuck = world.release("rollback", &[]).with(1);
    assert!(stuck.err.contains("not now"), "{}", stuck.err);
    assert!(stuck.err.contains("--resume"), "{}", stuck.err);
    assert_eq!(world.version(), "1.0.0");
    let ended = world.release("rollback", &["--resume"]).with(0).json();
    assert_eq!(ended["release"]["ended"]["verdict"], "done", "{ended:#}");
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn a_rolling_rollback_goes_on_though_an_alarm_rings() {
    let world = World::rolling();
    world.release("deploy", &DEPLOY).with(0);
    world.ring("shop-test-errors");
    let back = world.release("rollback", &[]).with(0).json();
    assert_eq!(back["release"]["ended"]["verdict"], "done", "{back:#}");
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn a_rolling_rollback_that_was_cancelled_is_not_taken_back_and_replaces_anew_when_resumed() {
    let world = World::rolling();
    world.release("deploy", &DEPLOY).with(0);
    let told = world.release("rollback", &["--dry-run"]).with(0).json();
    let steps = told["steps"].as_array().unwrap();
    let waits = steps.iter().position(|one| one["do"] == "await_refresh");
    let waits = waits.unwrap() + 1;
    let stuck = world.meanwhile("rollback", &[], |begun| {
        if begun == waits {
            world.python(CANCEL);
        }
    });
    let stuck = stuck.with(1);
    assert!(stuck.err.contains("Cancelled"), "{}", stuck.err);
    assert!(!stuck.err.contains("Going back"), "{}", stuck.err);
    world.release("rollback", &["--resume"]).with(0);
    assert_eq!(world.version(), "1.0.0");
}

const CANCEL: &str = r"
groups = client('autoscaling').describe_auto_scaling_groups()['AutoScalingGroups']
for group in groups:
    client('autoscaling').cancel_instance_refresh(AutoScalingGroupName=group['AutoScalingGroupName'])
";

#[test]
fn a_version_that_tells_another_than_its_tag_can_be_gone_back_to() {
    let world = World::of_image("1.0.0-build-7");
    assert_eq!(world.version(), "1.0.0");
    world.release("deploy", &DEPLOY).with(0);
    world.release("rollback", &[]).with(0);
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn a_colour_that_is_kept_for_no_time_ends_at_once() {
    let world = World::new();
    let first = world.instances();
    let arguments = [&DEPLOY[..], &["--keep", "0s"]].concat();
    world.release("deploy", &arguments).with(0);
    world.until("the former colour has ended", |world| {
        let now = world.instances();
        now.iter().all(|id| !first.contains(id)).then_some(())
    });
    assert_eq!(world.version(), "2.0.0");
    world.release("rollback", &[]).with(0);
    assert_eq!(world.version(), "1.0.0");
}
