//! Releases that are judged by what the load balancer counts of its users' requests.

use super::world::World;

/// No requests of the tool's own beyond those that show a share in force.
const UNWATCHED: [&str; 8] = [
    "--rate", "0", "--canary", "20", "--bake", "12s", "--format", "json",
];

fn deploy(world: &World, tag: &str) -> crate::program::Ended {
    let image = format!("ghcr.io/example/codedetect:{tag}");
    let arguments = [&["--image", image.as_str()], &UNWATCHED[..]].concat();
    world.run("deploy", &arguments)
}

#[test]
fn the_evidence_without_a_watch_is_what_the_load_balancer_counts() {
    let world = World::new();
    let traffic = world.traffic(40);
    let report = deploy(&world, "2.0.0").with(0).json();
    let evidence = &report["release"]["ended"]["evidence"];
    assert_eq!(evidence["requests"], 0);
    let counted = &evidence["counted"];
    assert!(counted["requests"].as_u64() > Some(100), "{evidence}");
    assert_eq!(
        (&counted["target_errors"], &counted["own_errors"]),
        (&0.into(), &0.into())
    );
    assert_eq!(traffic.end().failed, Vec::<String>::new());
}

#[test]
fn a_version_that_fails_its_users_is_taken_back_by_the_load_balancers_count() {
    let world = World::new();
    let traffic = world.traffic(40);
    let report = deploy(&world, "2.0.0-fails-later").with(1).json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back");
    let cause = ended["cause"].as_str().unwrap();
    assert!(cause.contains("as the load balancer counts"), "{cause}");
    assert!(
        ended["evidence"]["counted"]["target_errors"].as_u64() > Some(0),
        "{ended}"
    );
    let seen = traffic.end();
    assert!(
        seen.failed.iter().all(|one| one.starts_with("500 ")),
        "{:?}",
        seen.failed
    );
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn a_version_that_fails_its_users_is_taken_back_though_the_count_comes_after_the_watch_has_ended() {
    let world = World::new();
    let traffic = world.traffic(40);
    let image = "ghcr.io/example/codedetect:2.0.0-fails-later";
    // The watch itself asks for what goes on answering well.
    let deploy = ["--image", image, "--bake", "1s"];
    let report = world.release("deploy", &deploy).with(1).json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back", "{report:#}");
    let cause = ended["cause"].as_str().unwrap();
    assert!(cause.contains("as the load balancer counts"), "{cause}");
    let seen = traffic.end();
    assert!(
        seen.failed.iter().all(|one| one.starts_with("500 ")),
        "{:?}",
        seen.failed
    );
    assert_eq!(world.version(), "1.0.0");
}
