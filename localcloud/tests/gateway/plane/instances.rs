//! Instances as processes.

use std::process::Command;

use super::{World, get};

fn pid(world: &mut World) -> u64 {
    world.until("an instance runs", |world| {
        world.plane()["instances"][0]["pid"].as_u64()
    })
}

#[test]
fn an_instance_runs_its_colours_release_with_its_variables_secrets_and_files() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    let told = get(&mut front, "/").ok().json();
    assert_eq!(told["environment"]["SECRET_KEY"], "hidden");
    let database = told["environment"]["DATABASE_URL"].as_str().unwrap();
    assert!(database.starts_with("sqlite:///"), "{database}");
    assert!(database.ends_with("/plane/efs/fs-1/a.db"), "{database}");
}

#[test]
fn a_killed_instance_is_replaced() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let first = pid(&mut world);
    let killed = Command::new("kill")
        .args(["-KILL", &first.to_string()])
        .status()
        .unwrap();
    assert!(killed.success());
    world.until("another process runs", |world| {
        let plane = world.plane();
        let pids: Vec<_> = plane["instances"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["pid"].as_u64())
            .collect();
        (!pids.is_empty() && !pids.contains(&first)).then_some(())
    });
    world.until("the new one is healthy", |world| {
        world
            .states("blue")
            .contains(&"healthy".to_owned())
            .then_some(())
    });
}

#[test]
fn scaling_in_lets_a_running_request_end() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    let pid = pid(&mut world);
    let slow = std::thread::spawn(move || get(&mut front, "/sleep/6").status);
    world.until("the request is on its way", |world| {
        (world.plane()["instances"][0]["in_flight"] == 1).then_some(())
    });
    world.scale("blue", 0);
    world.until_states("blue", &["draining"]);
    assert_eq!(slow.join().unwrap(), 200);
    world.until("the process has ended", |_| {
        (!std::path::Path::new(&format!("/proc/{pid}")).exists()).then_some(())
    });
    world.until_states("blue", &[]);
}

#[test]
fn a_version_that_is_never_healthy_never_is() {
    let mut world = World::new("1.0.0", "2.0.0-never-healthy");
    world.until_states("blue", &["healthy"]);
    world.scale("green", 1);
    world.until_states("green", &["unhealthy"]);
}

#[test]
fn a_version_of_another_schema_does_not_come_up_and_says_why() {
    let mut world = World::new("1.0.0", "2.0.0-wrong-schema");
    world.scale("green", 1);
    let log = world.until("the instance is there", |world| {
        let plane = world.plane();
        let instances = plane["instances"].as_array().unwrap();
        let found = instances.iter().find(|one| one["group"] == "green")?;
        Some(found["log"].as_str().unwrap().to_owned())
    });
    world.until("its log says why", |_| {
        std::fs::read_to_string(&log)
            .is_ok_and(|text| text.contains("database schema"))
            .then_some(())
    });
    assert_eq!(world.states("green"), ["initial"]);
}

#[test]
fn instances_are_spread_over_the_zones_and_taken_from_where_most_are() {
    let mut world = World::new("1.0.0", "2.0.0");
    let zones = |a, b| {
        [("eu-west-1a", a), ("eu-west-1b", b)]
            .map(|(zone, number)| (zone.to_owned(), number))
            .into()
    };
    world.scale("blue", 4);
    world.until("two run in each zone", |world| {
        (world.zones() == zones(2, 2)).then_some(())
    });
    world.scale("blue", 2);
    world.until("one is left in each zone", |world| {
        (world.zones() == zones(1, 1)).then_some(())
    });
}

#[test]
fn a_colour_that_is_scaled_out_and_in_at_once_keeps_no_target() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    for _ in 0..5 {
        // Faster than the data plane looks: most of these instances it never sees in their group.
        world.scale("green", 2);
        world.scale("green", 0);
    }
    world.until_states("green", &[]);
    world.scale("green", 1);
    world.until_states("green", &["healthy"]);
}

#[test]
fn a_killed_instance_loses_what_it_had_and_nothing_else() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.scale("blue", 2);
    world.until_states("blue", &["healthy", "healthy"]);
    let mut clients: Vec<_> = (0..4).map(|_| world.front()).collect();
    let asking: Vec<_> = clients
        .drain(..)
        .map(|mut front| std::thread::spawn(move || get(&mut front, "/sleep/5").status))
        .collect();
    let instances = world.until("each has two requests", |world| {
        let instances = world.plane()["instances"].as_array().unwrap().clone();
        let busy = instances.iter().all(|one| one["in_flight"] == 2);
        (busy && instances.len() == 2).then_some(instances)
    });
    let pid = instances[0]["pid"].as_u64().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-KILL", &pid])
            .status()
            .unwrap()
            .success()
    );
    // From the moment that the load balancer knows, the other one gets everything.
    let killed = &instances[0]["id"];
    world.until("the load balancer knows", |world| {
        let plane = world.plane();
        let counted = plane["lost"][killed.as_str().unwrap()] == 2;
        let mut instances = plane["instances"].as_array().unwrap().iter();
        let gone = instances.all(|one| one["id"] != *killed || one["health"] != "healthy");
        (counted && gone).then_some(())
    });
    let mut front = world.front();
    for _ in 0..20 {
        get(&mut front, "/").ok();
    }
    let mut statuses: Vec<u16> = asking.into_iter().map(|one| one.join().unwrap()).collect();
    statuses.sort();
    assert_eq!(statuses, [200, 200, 502, 502]);
    world.until_states("blue", &["healthy", "healthy"]);
}

/// The instances of blue, as Auto Scaling tells them, and how many it says are wanted.
fn blue(world: &mut World) -> (Vec<String>, String) {
    let form = "AutoScalingGroupNames.member.1=blue";
    let told = world.autoscaling("DescribeAutoScalingGroups", form).ok();
    let text = told.text();
    let all = text.split("<InstanceId>").skip(1);
    let all = all.filter_map(|rest| rest.split('<').next().map(str::to_owned));
    (all.collect(), told.element("DesiredCapacity"))
}

#[test]
fn a_refresh_has_each_new_instance_healthy_before_an_old_one_ends() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let (first, _) = blue(&mut world);
    world.release("blue", "1.1.0");
    let form = "AutoScalingGroupName=blue&Preferences.MinHealthyPercentage=100&Preferences.MaxHealthyPercentage=200\
                &Preferences.InstanceWarmup=1";
    world.autoscaling("StartInstanceRefresh", form).ok();
    world
        .autoscaling("StartInstanceRefresh", form)
        .refused("InstanceRefreshInProgress");
    let mut most = 0;
    world.until("the refresh is through", |world| {
        let (now, desired) = blue(world);
        most = most.max(now.len());
        assert_eq!(desired, "1", "what the owner wants");
        if now == first || now.len() == 2 {
            assert!(world.states("blue").contains(&"healthy".to_owned()));
        }
        let told = world.autoscaling("DescribeInstanceRefreshes", "AutoScalingGroupName=blue");
        (told.ok().element("Status") == "Successful").then_some(())
    });
    assert_eq!(most, 2);
    let (last, _) = blue(&mut world);
    assert_eq!(last.len(), 1);
    assert_ne!(last, first);
    let mut front = world.front();
    assert_eq!(get(&mut front, "/").ok().json()["version"], "1.1.0");
}

#[test]
fn a_cancelled_refresh_leaves_as_many_instances_as_are_wanted() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let (first, _) = blue(&mut world);
    world.release("blue", "1.1.0-never-healthy");
    let form = "AutoScalingGroupName=blue&Preferences.MinHealthyPercentage=100&Preferences.MaxHealthyPercentage=200";
    world.autoscaling("StartInstanceRefresh", form).ok();
    world.until("a second instance is there", |world| {
        (blue(world).0.len() == 2).then_some(())
    });
    let group = "AutoScalingGroupName=blue";
    world
        .autoscaling("RollbackInstanceRefresh", group)
        .refused("IrreversibleInstanceRefresh");
    world.autoscaling("CancelInstanceRefresh", group).ok();
    world.until("it is cancelled", |world| {
        let told = world.autoscaling("DescribeInstanceRefreshes", group).ok();
        (told.element("Status") == "Cancelled").then_some(())
    });
    world.until("the first instance is left", |world| {
        (blue(world).0 == first).then_some(())
    });
}
