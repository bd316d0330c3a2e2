//! Versions that share one database.

use super::world::World;

const OLD: &str = "ghcr.io/example/codedetect:2.0.0-schema-1-2";
const BETWEEN: &str = "ghcr.io/example/codedetect:2.1.0-schema-2-3";
const NEW: &str = "ghcr.io/example/codedetect:3.0.0-schema-3-4";

fn deploy(world: &World, image: &str, exit: i32) -> serde_json::Value {
    world
        .release("deploy", &["--image", image, "--bake", "0s"])
        .with(exit)
        .json()["release"]
        .clone()
}

/// What was seen when the targets of the new version were asked.
fn asked(release: &serde_json::Value) -> String {
    let steps = release["steps"].as_array().unwrap();
    let probe = steps.iter().find(|step| step["do"] == "probe").unwrap();
    probe["seen"].to_string()
}

#[test]
fn versions_go_live_one_beside_the_other_only_while_their_schemas_meet() {
    let world = World::new();
    let first = deploy(&world, OLD, 0);
    assert!(asked(&first).contains("blue states none"), "{first:#}");
    let traffic = world.traffic(30);
    let refused = deploy(&world, NEW, 1);
    let cause = refused["ended"]["cause"].as_str().unwrap();
    assert!(
        cause.contains("schema 3 to 4") && cause.contains("with 1 to 2"),
        "{cause}"
    );
    let seen = traffic.end();
    assert_eq!(seen.failed, Vec::<String>::new());
    assert_eq!(seen.versions, ["2.0.0-schema-1-2"], "no traffic has moved");
    let beside = deploy(&world, BETWEEN, 0);
    assert!(
        asked(&beside).contains("schema 2 to 3 beside 1 to 2"),
        "{beside:#}"
    );
    deploy(&world, NEW, 0);
    // What the image has stated before is known: it is refused before anything is done.
    let refused = world.release("deploy", &["--image", OLD]).with(1);
    assert!(refused.err.contains("schema 1 to 2"), "{}", refused.err);
    assert!(
        refused.err.contains("Nothing was changed"),
        "{}",
        refused.err
    );
}
