//! What passes through unharmed.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use codedetect_localcloud::{Gateway, GatewayOptions};

use crate::client::{Client, cloud, signature};

#[test]
fn calls_of_one_connection_are_answered_in_order_and_it_stays_open() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    for n in 0..20 {
        let vpc = client
            .ec2("CreateVpc", &format!("CidrBlock=10.{n}.0.0/16"))
            .ok();
        assert_eq!(vpc.element("cidrBlock"), format!("10.{n}.0.0/16"));
    }
    assert_eq!(cloud.counts().total, 20);
}

#[test]
fn objects_keep_every_byte_and_names_with_blanks_and_signs() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/some-bucket", place).ok();
    let bytes: Vec<u8> = (0..3_000_000_u32)
        .map(|n| n.to_le_bytes()[(n % 4) as usize])
        .collect();
    let signed = signature("s3");
    let name = "/some-bucket/uploads/a%20b%2Bc%C3%A4.py";
    let stored = client
        .send(
            "PUT",
            name,
            &[("Authorization", &signed), ("x-amz-meta-owner_name", "me")],
            &bytes,
        )
        .ok();
    assert!(stored.headers.contains_key("etag"));
    let read = client.rest("s3", "GET", name, "").ok();
    assert!(read.body == bytes);
    assert_eq!(read.headers["x-amz-meta-owner_name"], "me");
    let list = client
        .rest("s3", "GET", "/some-bucket?list-type=2", "")
        .ok();
    assert_eq!(list.element("Key"), "uploads/a b+cä.py");
}

#[test]
fn answers_without_a_body_leave_the_connection_usable() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/some-bucket", place).ok();
    client.rest("s3", "PUT", "/some-bucket/key", "12345").ok();
    let head = client.rest("s3", "HEAD", "/some-bucket/key", "").ok();
    assert_eq!(head.headers["content-length"], "5");
    assert_eq!(
        client.rest("s3", "HEAD", "/some-bucket/absent", "").status,
        404
    );
    let signed = signature("s3");
    let tag = head.headers["etag"].clone();
    let unchanged = client.send(
        "GET",
        "/some-bucket/key",
        &[("Authorization", &signed), ("If-None-Match", &tag)],
        b"",
    );
    assert_eq!(unchanged.status, 304);
    assert_eq!(
        client.rest("s3", "DELETE", "/some-bucket/key", "").status,
        204
    );
    assert_eq!(client.rest("s3", "DELETE", "/some-bucket", "").status, 204);
    assert_eq!(client.rest("s3", "HEAD", "/some-bucket", "").status, 404);
}

#[test]
fn a_client_that_expects_100_is_told_to_go_on() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/some-bucket", place).ok();
    let signed = signature("s3");
    let head = Client::head(
        "PUT",
        "/some-bucket/key",
        &[("Authorization", &signed), ("Expect", "100-continue")],
        5,
    );
    client.write(head.as_bytes());
    assert_eq!(client.read("PUT").unwrap().status, 100);
    client.write(b"12345");
    client.read("PUT").unwrap().ok();
    assert_eq!(
        client.rest("s3", "GET", "/some-bucket/key", "").ok().body,
        b"12345"
    );
}

#[test]
fn a_chunked_body_is_understood() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
    client.rest("s3", "PUT", "/some-bucket", place).ok();
    let head = format!(
        "PUT /some-bucket/key HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {}\r\nTransfer-Encoding: chunked\r\n\r\n",
        signature("s3")
    );
    client.write(head.as_bytes());
    client.write(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    client.read("PUT").unwrap().ok();
    assert_eq!(
        client.rest("s3", "GET", "/some-bucket/key", "").ok().body,
        b"abcde"
    );
}

#[test]
fn two_clouds_know_nothing_of_each_other() {
    let (one, other) = (cloud(), cloud());
    let topic = "Name=alerts";
    Client::to(one.endpoint())
        .query("sns", "2010-03-31", "CreateTopic", topic)
        .ok();
    let list = |endpoint| {
        Client::to(endpoint)
            .query("sns", "2010-03-31", "ListTopics", "")
            .ok()
            .text()
    };
    assert!(list(one.endpoint()).contains("arn:aws:sns:eu-west-1:123456789012:alerts"));
    assert!(!list(other.endpoint()).contains("alerts"));
}

#[test]
fn what_moto_does_not_know_is_said_so_in_the_calls_own_protocol() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let query = client.query(
        "autoscaling",
        "2011-01-01",
        "AttachTrafficSources",
        "AutoScalingGroupName=a",
    );
    assert_eq!(
        (query.status, query.element("Code").as_str()),
        (501, "NotImplemented")
    );
    assert!(
        query
            .element("Message")
            .contains("autoscaling:AttachTrafficSources")
    );
    let json = client.target("ssm", "AmazonSSM.ListOpsItemEvents", &serde_json::json!({}));
    assert_eq!(
        (json.status, json.json()["__type"].as_str()),
        (501, Some("NotImplemented"))
    );
    client
        .rest(
            "elasticfilesystem",
            "PUT",
            "/2015-02-01/account-preferences",
            "{}",
        )
        .refused("NotImplemented");
}

#[test]
fn a_moto_that_is_gone_is_an_error_of_the_calls_protocol() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let gateway = Gateway::start(GatewayOptions::to(closed)).unwrap();
    let reply = Client::to(gateway.endpoint()).ec2("DescribeVpcs", "");
    assert_eq!(
        (reply.status, reply.element("Code").as_str()),
        (502, "ServiceUnavailable")
    );
    assert!(reply.element("Message").contains("moto gave no answer"));
}

#[test]
fn the_gateway_itself_takes_little_time() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let calls = 200;
    client.ec2("DescribeVpcs", "").ok();
    cloud.reset();
    let began = Instant::now();
    for _ in 0..calls {
        client.ec2("DescribeVpcs", "").ok();
    }
    let took = began.elapsed().as_secs_f64() * 1000.0;
    let own = (took - cloud.counts().moto_ms) / f64::from(calls);
    // 0.2 ms on an idle core, unoptimised; the limit is for a busy machine.
    assert!(own < 5.0, "{own:.2} ms a call beside moto's");
}

#[test]
fn latency_is_added_to_each_call_and_calls_wait_side_by_side() {
    let cloud = cloud();
    Client::to(cloud.endpoint()).ec2("DescribeVpcs", "").ok();
    cloud.set_latency(Duration::from_millis(200));
    cloud.reset();
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| Client::to(cloud.endpoint()).ec2("DescribeVpcs", "").ok());
        }
    });
    let took = began.elapsed();
    assert!(took >= Duration::from_millis(200), "{took:?}");
    assert!(took < Duration::from_millis(2500), "{took:?}");
    assert!(cloud.counts().peak >= 2);
}
