//! Deploy, switch, rollback on the data plane of the local cloud, under requests that never stop.

mod counted;
mod failing;
mod loss;
mod peak;
mod permissions;
mod quota;
mod resumed;
mod rollback;
mod rolling;
mod schemas;
mod sticky;
mod told;
mod traffic;
mod world;

use world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";

#[test]
fn a_new_version_goes_live_and_back_without_losing_a_request() {
    let world = World::new();
    let traffic = world.traffic(50);
    let report = world
        .release(
            "deploy",
            &["--image", NEW, "--canary", "25", "--bake", "2s"],
        )
        .with(0)
        .json();
    assert_eq!(report["release"]["ended"]["verdict"], "done", "{report:#}");
    let evidence = &report["release"]["ended"]["evidence"];
    assert_eq!(evidence["failed"], 0);
    assert!(evidence["versions"]["2.0.0"].as_u64().unwrap() > 0);
    assert_eq!(world.version(), "2.0.0");
    let back = world.release("rollback", &[]).with(0).json();
    let steps = back["release"]["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 6, "the former colour is warm: {back:#}");
    assert_eq!(world.version(), "1.0.0");
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert!(seen.answered > 100, "{}", seen.answered);
}

#[test]
fn what_switch_and_autoscaling_own_is_not_touched_by_an_apply() {
    let world = World::new();
    world
        .release("deploy", &["--image", NEW, "--bake", "0s", "--keep", "1h"])
        .with(0);
    let plan = world.run("plan", &["--format", "json"]).with(0).json();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 0, "{plan:#}");
    world.run("apply", &["--yes"]).with(0);
    assert_eq!(world.version(), "2.0.0");
    world.release("switch", &["--bake", "0s"]).with(0);
    assert_eq!(world.version(), "1.0.0");
    let plan = world.run("plan", &["--format", "json"]).with(0).json();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 0, "{plan:#}");
}

#[test]
fn a_version_that_is_never_healthy_gets_no_request_and_the_old_one_stays() {
    let world = World::new();
    let traffic = world.traffic(50);
    let image = format!("{NEW}-never-healthy");
    let report = world
        .release("deploy", &["--image", &image, "--bake", "1s"])
        .with(1)
        .json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back");
    let cause = ended["cause"].as_str().unwrap();
    assert!(
        cause.contains("unhealthy") && cause.contains("503"),
        "{cause}"
    );
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert_eq!(seen.versions, ["1.0.0"]);
}

#[test]
fn a_version_that_fails_under_traffic_is_taken_back_for_what_the_load_balancer_counts() {
    let world = World::new();
    let traffic = world.traffic(50);
    let image = format!("{NEW}-fails-later");
    let report = world
        .release(
            "deploy",
            &["--image", &image, "--canary", "20", "--bake", "30s"],
        )
        .with(1)
        .json();
    let cause = report["release"]["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("500 or more"), "{cause}");
    assert_eq!(world.version(), "1.0.0");
    let seen = traffic.end();
    // Only the canary's share saw the new version; no request to the old one failed.
    let all = seen.answered + seen.failed.len();
    assert!(
        seen.failed.len() * 5 <= all + 5,
        "{} of {all}",
        seen.failed.len()
    );
    assert!(
        seen.failed.iter().all(|one| one.starts_with("500 ")),
        "{:?}",
        seen.failed
    );
}

#[test]
fn a_slow_version_is_taken_back_for_its_latency() {
    let world = World::new();
    let image = format!("{NEW}-slow");
    let report = world
        .release(
            "deploy",
            &["--image", &image, "--canary", "50", "--bake", "5s"],
        )
        .with(1)
        .json();
    let cause = report["release"]["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("slow"), "{cause}");
    assert_eq!(world.version(), "1.0.0");
}

const DEPLOY: [&str; 6] = ["--image", NEW, "--canary", "50", "--bake", "1s"];

const ENDED: &str = "no release of this workload was cut short";

/// Has a deploy that was killed go on or back, and leaves the former version serving.
fn end(world: &World, on: bool, at: &str) {
    let told = world.release("deploy", &[if on { "--resume" } else { "--abort" }]);
    // Else its record had been closed, and only then it was killed.
    let closed = told.err.contains(ENDED);
    if !closed {
        let report = told.with(0).json();
        let verdict = report["release"]["ended"]["verdict"].as_str().unwrap();
        assert_eq!(verdict, if on { "done" } else { "aborted" }, "{at}");
    }
    let done = on || closed;
    assert_eq!(
        world.version(),
        if done { "2.0.0" } else { "1.0.0" },
        "{at}"
    );
    if done {
        world.release("rollback", &[]).with(0);
    }
}

#[test]
fn killed_around_every_change_it_goes_on_or_back_without_losing_a_request() {
    let world = World::new();
    let traffic = world.traffic(30);
    for on in [true, false] {
        let mut changes = 0;
        loop {
            let when = if changes % 2 == 0 { "before" } else { "after" };
            if !world.killed_around("deploy", changes + 1, when, &DEPLOY) {
                break;
            }
            changes += 1;
            end(&world, on, &format!("{when} change {changes}, on: {on}"));
        }
        assert!(changes >= 8, "{changes}");
        // It came to its end, with nothing to kill it.
        world.release("rollback", &[]).with(0);
    }
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
}

/// Kills a verb of traffic alone around each of its changes, and has it go on, or go back. Both colours are warm each time.
fn killed_around_changes(world: &World, verb: &str, arguments: &[&str], on: bool) {
    let mut killed = 0;
    let both = ["1.0.0", "2.0.0"];
    loop {
        let when = if killed % 2 == 0 { "before" } else { "after" };
        let before = world.version();
        let other = both.into_iter().find(|one| *one != before).unwrap();
        if !world.killed_around(verb, killed + 1, when, arguments) {
            break;
        }
        killed += 1;
        let how = if on { "--resume" } else { "--abort" };
        let told = world.release(verb, &[how]);
        let at = format!("{verb} killed {when} change {killed}: {}", told.err);
        if told.err.contains(ENDED) {
            // Its record had been closed, and only then it was killed.
            assert_eq!(world.version(), other, "{at}");
            continue;
        }
        let report = told.with(0).json();
        let verdict = report["release"]["ended"]["verdict"].as_str().unwrap();
        assert_eq!(verdict, if on { "done" } else { "aborted" }, "{at}");
        assert_eq!(world.version(), if on { other } else { &before }, "{at}");
        if !on {
            // What was to serve has been emptied.
            let image = format!("ghcr.io/example/codedetect:{other}");
            let deploy = ["--image", image.as_str(), "--bake", "0s"];
            world.release("deploy", &deploy).with(0);
        }
    }
    assert!(killed >= 5, "{verb}: {killed}");
}

#[test]
fn a_switch_and_a_rollback_killed_around_every_change_go_on_or_back_without_losing_a_request() {
    let world = World::new();
    world
        .release("deploy", &["--image", NEW, "--bake", "0s"])
        .with(0);
    let traffic = world.traffic(30);
    for on in [true, false] {
        killed_around_changes(&world, "switch", &["--bake", "1s"], on);
        killed_around_changes(&world, "rollback", &[], on);
    }
    assert_eq!(traffic.end().failed, Vec::<String>::new());
}

#[test]
fn killed_in_every_wait_it_goes_on_or_back_without_losing_a_request() {
    let world = World::new();
    let traffic = world.traffic(30);
    let course = world.course(&DEPLOY);
    let steps = course.len();
    let waits: Vec<usize> = course
        .iter()
        .enumerate()
        .filter(|(_, what)| ["await_healthy", "probe", "settle", "bake"].contains(&what.as_str()))
        .map(|(index, _)| index + 1)
        .collect();
    assert_eq!(waits.len(), 6);
    for on in [false, true] {
        for step in &waits {
            // What a release before has left in the idle colour is emptied first, which takes a step more.
            let more = world.course(&DEPLOY).len() - steps;
            world.killed_at(step + more, &DEPLOY);
            let refused = world.release("deploy", &DEPLOY).with(1);
            assert!(refused.err.contains("--resume"), "{}", refused.err);
            end(&world, on, &format!("step {step}, on: {on}"));
        }
    }
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
}

#[test]
fn an_apply_leaves_a_release_that_was_cut_short_alone_and_says_so() {
    let world = World::new();
    world.killed_at(3, &["--image", NEW]);
    world.set("max: 3");
    let refused = world.run("apply", &["--yes"]).with(1);
    assert!(refused.err.contains("--abort"), "{}", refused.err);
    world.release("deploy", &["--abort"]).with(0);
    world.run("apply", &["--yes"]).with(0);
}

#[test]
fn a_dry_run_shows_the_steps_and_does_none() {
    let world = World::new();
    let told = world.dry_run(&["--image", NEW, "--canary", "5,25"]);
    assert_eq!(told["refused"].as_array().unwrap().len(), 0, "{told:#}");
    let weighed = told["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["do"] == "weigh")
        .count();
    assert_eq!(weighed, 3);
    assert_eq!(world.version(), "1.0.0");
}
