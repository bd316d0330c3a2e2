//! HTTP as the load balancer speaks it.

use super::{World, get};

#[test]
fn a_client_that_asks_first_is_told_to_go_on_and_a_body_in_pieces_arrives_whole() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    front.write(
        b"POST /pieces HTTP/1.1\r\nHost: shop.example.com\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    assert_eq!(front.read("POST").unwrap().status, 100);
    front.write(b"5\r\nprint\r\n2\r\n()\r\n0\r\n\r\n");
    let told = front.read("POST").unwrap().ok().json();
    assert_eq!(told["body"], "print()");
    assert_eq!(told["headers"]["host"], "shop.example.com");
    assert!(told["headers"]["expect"].is_null(), "{told}");
    assert!(
        told["headers"]["x-amzn-trace-id"]
            .as_str()
            .unwrap()
            .starts_with("Root=1-"),
        "{told}"
    );
    // The connection goes on.
    get(&mut front, "/").ok();
}

#[test]
fn what_alb_does_not_take_is_refused_and_the_connection_goes_on() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    let long = "x".repeat(17_000);
    assert_eq!(
        front.send("GET", "/", &[("X-Long", &long)], b"").status,
        400
    );
    assert_eq!(front.send("GET", &format!("/{long}"), &[], b"").status, 414);
    assert_eq!(front.send("TRACE", "/", &[], b"").status, 405);
    let upgrade = [("Connection", "Upgrade"), ("Upgrade", "websocket")];
    assert_eq!(front.send("GET", "/live", &upgrade, b"").status, 501);
    get(&mut front, "/").ok();
}

#[test]
fn a_body_that_stops_coming_is_answered_408_and_a_silent_connection_is_closed() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    world.idle_timeout(1);
    let mut front = world.until("the idle timeout is in force", |world| {
        let mut front = world.front();
        (get(&mut front, "/sleep/2").status == 504).then_some(front)
    });
    front.write(b"POST / HTTP/1.1\r\nHost: shop.example.com\r\nContent-Length: 10\r\n\r\nprint");
    assert_eq!(front.read("POST").unwrap().status, 408);
    let mut front = world.front();
    get(&mut front, "/").ok();
    let closed = front.read("GET").err().unwrap();
    assert_eq!(closed.kind(), std::io::ErrorKind::UnexpectedEof);
}

#[test]
fn headers_with_unusual_names_are_dropped_where_the_load_balancer_is_told_to() {
    let mut world = World::new("1.0.0", "2.0.0");
    world.until_states("blue", &["healthy"]);
    let mut front = world.front();
    let mut seen = |world: &mut World, wanted: bool| {
        let _ = world;
        let told = front.send("GET", "/", &[("X_Kind", "a")], b"").ok().json();
        (told["headers"]["x_kind"].is_string() == wanted).then_some(())
    };
    assert!(seen(&mut world, true).is_some());
    world.attribute("routing.http.drop_invalid_header_fields.enabled", "true");
    world.until("they are dropped", |world| seen(world, false));
}
