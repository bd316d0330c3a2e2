//! Instances that are killed while a version is deployed. What a killed one had is lost, as it is at ALB; nothing else may be.

use super::world::World;

const IMAGE: &str = "ghcr.io/example/codedetect:2.0.0";
const DEPLOY: [&str; 6] = ["--image", IMAGE, "--canary", "50", "--bake", "2s"];

/// Whose instance is killed.
const SERVING: &str = "blue";

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
