//! What the load balancer does with requests.

use super::{World, get};

#[test]
fn a_request_reaches_the_instance_and_says_where_it_came_from() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    let told = front
        .send(
            "POST",
            "/api/scans?x=1",
            &[
                ("X-Forwarded-For", "203.0.113.9"),
                ("Connection", "keep-alive, X-Hop"),
                ("X-Hop", "1"),
            ],
            b"print()",
        )
        .ok()
        .json();
    assert_eq!(told["version"], "1.0.0");
    assert_eq!(told["path"], "/api/scans?x=1");
    assert_eq!(told["body"], "print()");
    assert_eq!(told["headers"]["x-forwarded-for"], "203.0.113.9, 127.0.0.1");
    assert_eq!(told["headers"]["x-forwarded-proto"], "http");
    assert_eq!(told["headers"]["x-forwarded-port"], "80");
    assert_eq!(told["headers"]["host"], "127.0.0.1");
    assert!(told["headers"]["x-hop"].is_null(), "{told}");
}

#[test]
fn each_colour_gets_its_share_and_an_empty_one_gives_503() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    world.weigh(75, 25);
    // The weights hold from some moment after the call on, and are exact from then on.
    world.until("the weights are in force", |_| {
        (get(&mut front, "/").status == 503).then_some(())
    });
    let statuses: Vec<u16> = (0..40).map(|_| get(&mut front, "/").status).collect();
    let failed = statuses.iter().filter(|status| **status == 503).count();
    assert_eq!(failed, 10, "{statuses:?}");
    world.scale("green", 1);
    world.until_states("green", &["healthy"]);
    let green = (0..40)
        .filter(|_| get(&mut front, "/").ok().json()["version"] == "2.0.0")
        .count();
    assert_eq!(green, 10);
    world.weigh(0, 100);
    world.until("green alone answers", |_| {
        let green = |_| get(&mut front, "/").ok().json()["version"] == "2.0.0";
        (0..4).all(green).then_some(())
    });
}

#[test]
fn what_a_target_does_not_answer_is_told_as_502_and_what_takes_too_long_as_504() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    assert_eq!(get(&mut front, "/close").status, 502);
    world.idle_timeout(1);
    world.until("the idle timeout is in force", |_| {
        (get(&mut front, "/sleep/4").status == 504).then_some(())
    });
}

#[test]
fn a_redirect_leads_to_where_the_other_listener_is_on_this_machine() {
    let mut world = World::new("1.0.0", "2.0.0");
    let balancer = world
        .client
        .elb("DescribeLoadBalancers", "")
        .ok()
        .element("LoadBalancerArn");
    let form = format!(
        "LoadBalancerArn={balancer}&Protocol=HTTP&Port=8080&DefaultActions.member.1.Type=redirect\
         &DefaultActions.member.1.RedirectConfig.Protocol=HTTP&DefaultActions.member.1.RedirectConfig.Port=80\
         &DefaultActions.member.1.RedirectConfig.StatusCode=HTTP_301"
    );
    world.client.elb("CreateListener", &form).ok();
    let listeners = world.until("both listeners stand", |world| {
        let listeners = world.plane()["listeners"].as_array().unwrap().clone();
        (listeners.len() == 2).then_some(listeners)
    });
    let at = |port: u64| {
        let found = listeners.iter().find(|one| one["port"] == port).unwrap();
        found["address"].as_str().unwrap().to_owned()
    };
    let mut front = crate::client::Client::to(&at(8080));
    let reply = get(&mut front, "/scans?page=2");
    assert_eq!(reply.status, 301);
    let here = at(80).rsplit(':').next().unwrap().to_owned();
    assert_eq!(
        reply.headers["location"],
        format!("http://127.0.0.1:{here}/scans?page=2")
    );
}
