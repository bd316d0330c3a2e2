//! Releases that go on after they were cut short: they are held against what was before them.

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
