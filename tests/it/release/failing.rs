//! Versions that fail without saying so at first.

use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";

#[test]
fn a_version_that_leaks_is_taken_back_and_the_report_says_that_its_memory_ended() {
    let world = World::new();
    let old = world.instances();
    let traffic = world.traffic(50);
    let image = format!("{NEW}-leaks");
    let report = world
        .release(
            "deploy",
            &["--image", &image, "--canary", "20", "--bake", "40s"],
        )
        .with(1)
        .json();
    let cause = report["release"]["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("all memory"), "{cause}");
    assert_eq!(world.version(), "1.0.0");
    let seen = traffic.end();
    let all = seen.answered + seen.failed.len();
    assert!(
        seen.failed.len() * 5 <= all + 5,
        "{} of {all}",
        seen.failed.len()
    );
    assert!(
        seen.failed.iter().all(|one| one.starts_with("502 ")),
        "{:?}",
        seen.failed
    );
    let lost = world.lost_by();
    assert!(old.iter().all(|id| !lost.contains_key(id)), "{lost:?}");
}

#[test]
fn a_version_of_another_schema_gets_no_request_and_the_report_says_what_it_wrote() {
    let world = World::new();
    let traffic = world.traffic(50);
    let image = format!("{NEW}-wrong-schema");
    let report = world
        .release("deploy", &["--image", &image, "--bake", "1s"])
        .with(1)
        .json();
    let cause = report["release"]["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("database schema"), "{cause}");
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert_eq!(seen.versions, ["1.0.0"]);
}

#[test]
fn a_version_that_fails_after_the_tool_was_killed_is_taken_back_when_it_goes_on() {
    let world = World::new();
    let image = format!("{NEW}-fails-later");
    let deploy = [
        "--image", &image, "--canary", "20", "--bake", "20s", "--probe", "/scans",
    ];
    let course = world.course(&deploy);
    let watched = course.iter().position(|what| what == "bake").unwrap() + 1;
    world.killed_at(watched, &deploy);
    let report = world
        .release("deploy", &["--resume", "--probe", "/scans"])
        .with(1)
        .json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back");
    let cause = ended["cause"].as_str().unwrap();
    assert!(
        cause.contains("requests through the load balancer failed"),
        "{cause}"
    );
    assert_eq!(world.version(), "1.0.0");
}

#[test]
fn killed_on_its_way_back_it_goes_on_back_and_still_says_why() {
    let world = World::new();
    let image = format!("{NEW}-never-healthy");
    let deploy = ["--image", image.as_str(), "--bake", "1s"];
    let course = world.course(&deploy);
    let fails = course
        .iter()
        .position(|what| what == "await_healthy")
        .unwrap()
        + 1;
    // The way back takes the place of what would have come next.
    world.killed_at(fails + 1, &deploy);
    let report = world.release("deploy", &["--resume"]).with(1).json();
    let release = &report["release"];
    assert_eq!(release["ended"]["verdict"], "rolled_back");
    let cause = release["ended"]["cause"].as_str().unwrap();
    assert!(cause.contains("unhealthy"), "{cause}");
    let steps = release["steps"].as_array().unwrap();
    let waited = steps.iter().filter(|step| step["do"] == "await_healthy");
    assert_eq!(waited.count(), 1, "{release:#}");
    assert_eq!(world.version(), "1.0.0");
}
