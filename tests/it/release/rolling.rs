//! A workload with one group of instances, which Auto Scaling replaces.

use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";
const DEPLOY: [&str; 4] = ["--image", NEW, "--bake", "1s"];

/// None of these instances is there any more, once the last has finished what it does.
fn replaced(world: &World, former: &[String]) {
    world.until("the former instances are gone", |world| {
        let now = world.instances();
        (!now.is_empty() && now.iter().all(|id| !former.contains(id))).then_some(())
    });
}

#[test]
fn a_new_version_replaces_the_old_one_and_back_without_losing_a_request() {
    let world = World::rolling();
    let first = world.instances();
    let traffic = world.traffic(50);
    let report = world.release("deploy", &DEPLOY).with(0).json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "done", "{report:#}");
    assert_eq!(ended["evidence"]["failed"], 0);
    assert_eq!(world.version(), "2.0.0");
    replaced(&world, &first);

    let back = world.release("rollback", &[]).with(0).json();
    assert_eq!(back["release"]["image"], "ghcr.io/example/codedetect:1.0.0");
    assert_eq!(world.version(), "1.0.0");
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert_eq!(seen.versions, ["1.0.0", "2.0.0"]);
    assert!(seen.answered > 100, "{}", seen.answered);

    let plan = world.run("plan", &["--format", "json"]).with(0).json();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 0, "{plan:#}");
}

#[test]
fn a_single_instance_is_joined_by_the_new_one_before_it_ends() {
    let world = World::rolling();
    let told = world.release("refresh", &["--dry-run"]).with(0).json();
    let refresh = &told["steps"][0];
    assert_eq!(refresh["do"], "refresh", "{told:#}");
    assert_eq!(
        (&refresh["healthy"], &refresh["most"]),
        (&100.into(), &200.into())
    );
    let first = world.instances();
    let traffic = world.traffic(50);
    world.release("refresh", &["--bake", "0s"]).with(0);
    replaced(&world, &first);
    assert_eq!(world.version(), "1.0.0");
    assert_eq!(traffic.end().failed, Vec::<String>::new());
}

#[test]
fn a_version_that_is_never_healthy_is_replaced_again_and_gets_no_request() {
    let world = World::rolling();
    let traffic = world.traffic(50);
    let image = format!("{NEW}-never-healthy");
    let report = world
        .release("deploy", &["--image", &image, "--bake", "1s"])
        .with(1)
        .json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back", "{report:#}");
    let cause = ended["cause"].as_str().unwrap();
    assert!(
        cause.contains("unhealthy") && cause.contains("503"),
        "{cause}"
    );
    assert_eq!(world.version(), "1.0.0");
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert_eq!(seen.versions, ["1.0.0"]);
}

#[test]
fn killed_while_instances_are_replaced_it_goes_on_or_back_without_losing_a_request() {
    let world = World::rolling();
    let traffic = world.traffic(30);
    let course = world.course(&DEPLOY);
    let waits = course.iter().position(|what| what == "await_refresh");
    let waits = waits.unwrap() + 1;
    for (how, verdict, version) in [
        ("--abort", "aborted", "1.0.0"),
        ("--resume", "done", "2.0.0"),
    ] {
        world.killed_at(waits, &DEPLOY);
        let refused = world.release("deploy", &DEPLOY).with(1);
        assert!(refused.err.contains("--resume"), "{}", refused.err);
        let report = world.release("deploy", &[how]).with(0).json();
        assert_eq!(report["release"]["ended"]["verdict"], verdict, "{report:#}");
        assert_eq!(world.version(), version);
    }
    assert_eq!(traffic.end().failed, Vec::<String>::new());
}

#[test]
fn what_needs_two_colours_says_so() {
    let world = World::rolling();
    let refused = world.release("switch", &[]).with(64);
    assert!(refused.err.contains("`rolling`"), "{}", refused.err);
    let arguments = ["--image", NEW, "--canary", "5"];
    let refused = world.release("deploy", &arguments).with(64);
    assert!(refused.err.contains("--canary"), "{}", refused.err);
    let refused = world.release("rollback", &[]).with(64);
    assert!(
        refused.err.contains("nothing to go back to"),
        "{}",
        refused.err
    );
}
