//! Clients that stay with their colour, whatever the weights say.

use serde_json::Value;

use super::traffic::Sticky;
use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";

/// What was done with a colour at last, and for how many seconds.
fn kept(report: &Value, colour: &str) -> Option<u64> {
    let steps = report["release"]["steps"].as_array().unwrap();
    let ends = |step: &&Value| step["do"] == "keep" || step["do"] == "empty";
    let mut of_colour = steps.iter().filter(|step| step["colour"] == colour);
    of_colour.rfind(ends).unwrap()["seconds"].as_u64()
}

#[test]
fn a_client_is_answered_by_its_colour_after_a_deploy_and_after_the_rollback() {
    let world = World::sticky();
    let of_old = Sticky::of(&world.front, "1.0.0");
    let deploy = ["--image", NEW, "--bake", "0s"];
    let report = world.release("deploy", &deploy).with(0).json();
    assert_eq!(kept(&report, "blue"), Some(3600), "{report:#}");
    assert_eq!(of_old.asks().0, 200);
    let of_new = Sticky::of(&world.front, "2.0.0");
    let report = world.release("rollback", &[]).with(0).json();
    assert_eq!(kept(&report, "green"), Some(3600), "{report:#}");
    let (status, body) = of_new.asks();
    assert!(status == 200 && body.contains("2.0.0"), "{status} {body}");

    // The next version would take the place of the one that this client stays with.
    let refused = world.release("deploy", &deploy).with(1);
    assert!(
        refused.err.contains("clients may stay with green until"),
        "{}",
        refused.err
    );
    assert_eq!(of_new.asks().0, 200);
    let deploy = [&deploy[..], &["--force"]].concat();
    world.release("deploy", &deploy).with(0);
}

#[test]
fn a_client_of_a_version_that_is_taken_back_is_not_left_with_nobody() {
    let world = World::sticky();
    let image = format!("{NEW}-fails-later");
    let deploy = [
        "--image", &image, "--canary", "50", "--bake", "30s", "--probe", "/scans",
    ];
    let course = world.course(&deploy);
    let watched = course.iter().position(|what| what == "bake").unwrap() + 1;
    let mut of_new = None;
    let ended = world.meanwhile("deploy", &deploy, |begun| {
        if begun == watched {
            of_new = Some(Sticky::of(&world.front, "2.0.0-fails-later"));
        }
    });
    let report = ended.with(1).json();
    assert_eq!(kept(&report, "green"), Some(3600), "{report:#}");
    assert_eq!(world.version(), "1.0.0");
    let (status, body) = of_new.unwrap().asks();
    assert!(
        status == 200 && body.contains("2.0.0-fails-later"),
        "{status} {body}"
    );
}
