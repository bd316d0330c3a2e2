//! Instances that are killed while a version is deployed. What a killed one had is lost, as it is at ALB; nothing else may be.

use std::sync::atomic::{AtomicBool, Ordering};

use super::world::World;

const IMAGE: &str = "ghcr.io/example/codedetect:2.0.0";
const DEPLOY: [&str; 6] = ["--image", IMAGE, "--canary", "50", "--bake", "2s"];

/// Whose instance is killed.
const SERVING: &str = "blue";
const NEW: &str = "green";

/// Deploys, kills an instance of a colour when a step begins, and demands that the release ends well or says why not; afterwards
/// everything is as it was.
fn killed_at(world: &World, step: usize, colour: &str) {
    let ended = world.meanwhile("deploy", &DEPLOY, |begun| {
        if begun == step {
            // At first the new colour has none.
            let _ = world.kill(colour);
        }
    });
    let at = format!("step {step}, {colour}: {}", ended.err);
    let release = &ended.json()["release"];
    let verdict = release["ended"]["verdict"].as_str().unwrap();
    match verdict {
        "done" => {
            assert_eq!(world.version(), "2.0.0", "{at}");
            world.until_healthy(NEW, 2);
            world.release("rollback", &[]).with(0);
        }
        "rolled_back" => {
            let cause = release["ended"]["cause"].as_str().unwrap();
            assert!(!cause.is_empty(), "{at}");
            assert_eq!(world.version(), "1.0.0", "{at}");
        }
        other => panic!("{other} at {at}"),
    }
    world.until_healthy(SERVING, 2);
}

#[test]
fn an_instance_killed_in_any_step_costs_what_it_had_and_the_release_ends_well_or_says_why() {
    let world = World::of_two();
    let steps = world.course(&DEPLOY).len();
    let traffic = world.traffic(40);
    for step in 1..=steps {
        let colour = if step % 2 == 0 { NEW } else { SERVING };
        killed_at(&world, step, colour);
    }
    let seen = traffic.end();
    let lost = world.lost();
    assert!(
        seen.failed.iter().all(|one| one.starts_with("502 ")),
        "{:?}",
        seen.failed
    );
    // The watch of the release has lost some of these.
    assert!(
        seen.failed.len() as u64 <= lost,
        "{lost} requests were with killed instances, and {} failed",
        seen.failed.len()
    );
    assert!(seen.answered > 500, "{}", seen.answered);
}

#[test]
fn the_only_new_instance_killed_after_the_last_gate_takes_the_release_back() {
    let world = World::new();
    let course = world.course(&DEPLOY);
    let last = |what: &str| course.iter().rposition(|one| one == what).unwrap() + 1;
    let (watched, pinned) = (last("bake"), last("pin"));
    let ended = world.meanwhile("deploy", &DEPLOY, |begun| {
        if begun == watched {
            // What comes after the gates then takes long enough to be seen by a few requests.
            world.control("PUT", "latency", r#"{"ms":300}"#);
        }
        if begun == pinned {
            assert!(world.kill(NEW).is_some());
        }
    });
    world.control("PUT", "latency", r#"{"ms":0}"#);
    let release = &ended.with(1).json()["release"];
    assert_eq!(release["ended"]["verdict"], "rolled_back");
    let cause = release["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("since the traffic began to move"), "{cause}");
    let evidence = &release["ended"]["evidence"];
    assert!(evidence["failed"].as_u64() > Some(0), "{evidence}");
    assert_eq!(evidence["failed_before"], 0);
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn the_only_serving_instance_lost_in_a_canary_leaves_the_traffic_with_who_answers_until_it_stands_again()
 {
    let world = World::new();
    let traffic = world.traffic(30);
    let course = world.course(&DEPLOY);
    let watched = course.iter().position(|one| one == "bake").unwrap() + 1;
    // The gate ends that step; then come a scheduled end, its number of instances, the traffic to who answers, and the wait.
    let (held, over) = (watched + 4, watched + 5);
    let is_down = AtomicBool::new(false);
    let mut failed = Vec::new();
    let ended = std::thread::scope(|scope| {
        let ended = world.meanwhile("deploy", &DEPLOY, |begun| {
            if begun == watched {
                is_down.store(true, Ordering::Relaxed);
                scope.spawn(|| {
                    // What Auto Scaling starts in its place dies as well, until the tool has looked.
                    while is_down.load(Ordering::Relaxed) {
                        world.kill(SERVING);
                        std::thread::yield_now();
                    }
                });
            }
            if begun == held {
                is_down.store(false, Ordering::Relaxed);
                let answers = || (0..20).all(|_| world.answers());
                world.until("the new version answers alone", |_| answers().then_some(()));
                failed.push(traffic.failed());
            }
            if begun == over {
                failed.push(traffic.failed());
            }
        });
        is_down.store(false, Ordering::Relaxed);
        ended
    });
    let release = &ended.with(1).json()["release"];
    assert_eq!(release["ended"]["verdict"], "rolled_back");
    assert_eq!(world.version(), "1.0.0");
    let waited = &release["steps"][held - 1];
    assert_eq!(waited["do"], "await_healthy", "{release:#}");
    assert_eq!(waited["colour"], SERVING, "{release:#}");
    let [then, later] = failed[..] else {
        panic!("{held} and {over} did not both begin: {release:#}");
    };
    assert!(then > 0, "nothing was lost with the instance");
    assert_eq!(later, then, "{:?}", traffic.end().failed);
}

#[test]
fn the_serving_targets_of_both_zones_lost_in_turn_do_not_stop_a_deploy() {
    let world = World::of_two();
    let traffic = world.traffic(40);
    let course = world.course(&DEPLOY);
    let place = |what: &str| course.iter().position(|one| one == what).unwrap() + 1;
    let (starts, asks) = (place("size"), place("probe"));
    let mut zones = Vec::new();
    let ended = world.meanwhile("deploy", &DEPLOY, |begun| {
        if begun == starts {
            zones.extend(world.kill_in(SERVING, "eu-west-1a"));
        }
        if begun == asks {
            world.until_healthy(SERVING, 2);
            zones.extend(world.kill_in(SERVING, "eu-west-1b"));
        }
    });
    assert_eq!(zones.len(), 2, "one was killed in each zone");
    let report = ended.with(0).json();
    assert_eq!(report["release"]["ended"]["verdict"], "done");
    assert_eq!(world.version(), "2.0.0");
    let seen = traffic.end();
    assert!(
        seen.failed.len() as u64 <= world.lost(),
        "{:?}",
        seen.failed
    );
}
