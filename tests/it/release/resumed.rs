//! Releases that go on after they were cut short: they are held against what was before them, and by one run at a time.

use serde_json::Value;

use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";

/// Kills a deploy when it begins to watch its first share of the traffic.
fn killed_under_watch(world: &World, deploy: &[&str]) {
    let course = world.course(deploy);
    let watched = course.iter().position(|what| what == "bake").unwrap() + 1;
    world.killed_at(watched, deploy);
}

/// Goes on with a deploy, which is taken back; gives the cause.
fn taken_back(world: &World) -> String {
    let report = world.release("deploy", &["--resume"]).with(1).json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back", "{report:#}");
    assert_eq!(world.version(), "1.0.0");
    ended["cause"].as_str().unwrap().to_owned()
}

#[test]
fn an_alarm_that_began_to_ring_while_the_tool_was_dead_takes_the_release_back() {
    let world = World::new();
    killed_under_watch(&world, &["--image", NEW, "--canary", "50", "--bake", "5s"]);
    world.ring("shop-test-errors");
    let cause = taken_back(&world);
    assert!(cause.contains("alarm shop-test-errors rings"), "{cause}");
}

#[test]
fn a_slow_version_is_taken_back_for_its_latency_after_the_tool_was_killed() {
    let world = World::new();
    let image = format!("{NEW}-slow");
    killed_under_watch(
        &world,
        &["--image", &image, "--canary", "50", "--bake", "5s"],
    );
    let cause = taken_back(&world);
    assert!(cause.contains("half of its answers"), "{cause}");
}

#[test]
fn targets_that_were_lost_while_the_tool_was_dead_are_waited_for_before_traffic_moves() {
    let world = World::new();
    let traffic = world.traffic(30);
    let fault = r#"{"service":"elbv2","action":"ModifyListener","what":"hang"}"#;
    let deploy = ["--image", NEW, "--bake", "1s"];
    assert!(world.killed_by(fault, "deploy", &deploy));
    assert!(world.kill("green").is_some());
    let report = world.release("deploy", &["--resume"]).with(0).json();
    assert_eq!(report["release"]["ended"]["verdict"], "done", "{report:#}");
    assert_eq!(world.version(), "2.0.0");
    assert_eq!(traffic.end().failed, Vec::<String>::new());
}

#[test]
fn a_run_whose_release_another_has_taken_over_changes_nothing_more() {
    let world = World::new();
    let deploy = ["--image", NEW, "--canary", "50", "--bake", "4s"];
    let course = world.course(&deploy);
    let watched = course.iter().position(|what| what == "bake").unwrap() + 1;
    let record = world.record();
    let mut others = Value::Null;
    let ended = world.meanwhile("deploy", &deploy, |begun| {
        if begun == watched {
            // As a run writes it that goes on with the release: under its own number. Not while the step is being written down.
            others = world.until("the step is written down", |_| {
                let there: Value = serde_json::from_slice(&std::fs::read(&record).ok()?).ok()?;
                (there["steps"][watched - 1]["state"] == "begun").then_some(there)
            });
            others["fence"] = 999.into();
            std::fs::write(&record, others.to_string()).unwrap();
        }
    });
    let ended = ended.with(1);
    assert!(ended.err.contains("another run"), "{}", ended.err);
    assert!(!ended.err.contains("Going back"), "{}", ended.err);
    let left: Value = serde_json::from_slice(&std::fs::read(&record).unwrap()).unwrap();
    assert_eq!(left, others);
    let status = world.run("status", &["--format", "json"]).with(0).json();
    assert_eq!(status["workloads"][0]["colours"][1]["weight"], 50);
    world.release("deploy", &["--abort"]).with(0);
    assert_eq!(world.version(), "1.0.0");
}
