//! Colours that Auto Scaling shrinks for want of load, and to which the traffic comes back.

use super::world::World;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";

/// Auto Scaling's group of blue.
const BLUE: &str = r"
scaling = client('autoscaling')
groups = [one for one in scaling.describe_auto_scaling_groups()['AutoScalingGroups'] if one['AutoScalingGroupName'].endswith('blue')]
name = groups[0]['AutoScalingGroupName']
";

/// Has blue want so many instances, as its target tracking would.
fn want(world: &World, instances: u32) {
    world.python(&format!(
        "{BLUE}scaling.update_auto_scaling_group(AutoScalingGroupName=name, MinSize=1, DesiredCapacity={instances})"
    ));
}

/// How many instances blue wants, and how few it may have.
fn wanted(world: &World) -> (u64, u64) {
    let status = world.run("status", &["--format", "json"]).with(0).json();
    let blue = &status["workloads"][0]["colours"][0];
    (
        blue["wanted"].as_u64().unwrap(),
        blue["least"].as_u64().unwrap(),
    )
}

/// Two of blue's instances serve, one more than the file demands.
fn at_its_peak() -> World {
    let world = World::new();
    want(&world, 2);
    world.until_healthy("blue", 2);
    world
}

#[test]
fn a_rollback_to_a_colour_that_was_shrunk_meanwhile_has_it_run_as_many_as_serve() {
    let world = at_its_peak();
    let deploy = ["--image", NEW, "--bake", "0s", "--keep", "1h"];
    world.release("deploy", &deploy).with(0);
    want(&world, 1);
    world.until_healthy("blue", 1);
    let report = world.release("rollback", &[]).with(0).json();
    let steps = report["release"]["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["do"] != "await_healthy"),
        "{report:#}"
    );
    assert_eq!(world.version(), "1.0.0");
    assert_eq!(wanted(&world), (2, 1));
}

#[test]
fn a_colour_keeps_its_instances_while_its_traffic_leaves_and_has_them_when_it_comes_back() {
    let world = at_its_peak();
    let image = format!("{NEW}-fails-later");
    let deploy = [
        "--image", &image, "--canary", "50", "--bake", "30s", "--probe", "/scans",
    ];
    let watched = world
        .course(&deploy)
        .iter()
        .position(|what| what == "bake")
        .unwrap()
        + 1;
    let mut least = None;
    let ended = world.meanwhile("deploy", &deploy, |begun| {
        if begun == watched {
            least = Some(wanted(&world).1);
            // Somebody shrinks it all the same.
            want(&world, 1);
        }
    });
    assert_eq!(least, Some(2), "{}", ended.err);
    let report = ended.with(1).json();
    let ended = &report["release"]["ended"];
    assert_eq!(ended["verdict"], "rolled_back", "{report:#}");
    assert_eq!(world.version(), "1.0.0");
    assert_eq!(wanted(&world), (2, 1));
}
