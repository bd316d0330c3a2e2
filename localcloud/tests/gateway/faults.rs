//! Faults, as a client meets them.

use std::io::ErrorKind;
use std::time::Duration;

use codedetect_localcloud::{Fault, Rewrite};

use crate::client::{Client, cloud};

const LIMIT: Duration = Duration::from_secs(10);
const SHORT: Duration = Duration::from_millis(150);
const EC2: (&str, &str) = ("ec2", "2016-11-15");

fn vpcs(endpoint: &str) -> usize {
    Client::to(endpoint)
        .ec2(
            "DescribeVpcs",
            "Filter.1.Name=is-default&Filter.1.Value.1=false",
        )
        .ok()
        .text()
        .matches("<vpcId>")
        .count()
}

fn is_timeout(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

#[test]
fn a_dropped_call_takes_effect_only_where_asked() {
    for (fault, left) in [
        (Fault::on("ec2", "CreateVpc").drop_connection(), 0),
        (Fault::on("ec2", "CreateVpc").after().drop_connection(), 1),
    ] {
        let cloud = cloud();
        cloud.add_fault(fault);
        let lost = Client::to(cloud.endpoint()).try_query(
            EC2.0,
            EC2.1,
            "CreateVpc",
            "CidrBlock=10.0.0.0/16",
        );
        assert_eq!(
            lost.err().map(|error| error.kind()),
            Some(ErrorKind::UnexpectedEof)
        );
        assert_eq!(vpcs(cloud.endpoint()), left);
        Client::to(cloud.endpoint())
            .ec2("CreateVpc", "CidrBlock=10.1.0.0/16")
            .ok();
        assert_eq!(vpcs(cloud.endpoint()), left + 1);
    }
}

#[test]
fn a_hanging_call_has_no_answer_until_a_reset_closes_it() {
    let cloud = cloud();
    let id = cloud.add_fault(Fault::on_changing().nth(2).after().hang());
    let mut client = Client::to(cloud.endpoint());
    client.ec2("CreateVpc", "CidrBlock=10.0.0.0/16").ok();
    client.timeout(SHORT);
    let lost = client
        .try_query(EC2.0, EC2.1, "CreateVpc", "CidrBlock=10.1.0.0/16")
        .err()
        .unwrap();
    assert!(is_timeout(lost.kind()), "{lost}");
    assert!(cloud.wait_sprung(id, LIMIT));
    assert_eq!(vpcs(cloud.endpoint()), 2);
    client.timeout(LIMIT);
    cloud.reset();
    assert_eq!(
        client.read("POST").err().map(|error| error.kind()),
        Some(ErrorKind::UnexpectedEof)
    );
}

#[test]
fn once_frozen_no_call_gets_through_until_a_reset() {
    for (fault, left) in [
        (Fault::on_changing().nth(2).hang().freeze(), 1),
        (Fault::on_changing().nth(2).after().hang().freeze(), 2),
    ] {
        let cloud = cloud();
        let id = cloud.add_fault(fault);
        let call = |n: u8| {
            let mut client = Client::to(cloud.endpoint());
            client.timeout(if n == 0 { LIMIT } else { SHORT });
            client.try_query(
                EC2.0,
                EC2.1,
                "CreateVpc",
                &format!("CidrBlock=10.{n}.0.0/16"),
            )
        };
        assert!(call(0).is_ok());
        for n in 1..4 {
            assert!(is_timeout(call(n).err().unwrap().kind()));
        }
        assert!(cloud.wait_sprung(id, LIMIT) && cloud.faults().frozen);
        assert_eq!(
            cloud.counts().changing,
            2,
            "what comes after the freeze is not counted"
        );
        cloud.reset();
        assert_eq!(vpcs(cloud.endpoint()), left);
        assert!(!cloud.faults().frozen);
    }
}

#[test]
fn an_answer_on_its_way_when_the_world_freezes_is_withheld() {
    let cloud = cloud();
    Client::to(cloud.endpoint()).ec2("DescribeVpcs", "").ok();
    cloud.set_latency(Duration::from_secs(1));
    let id = cloud.add_fault(Fault::on("ec2", "CreateVpc").hang().freeze());
    std::thread::scope(|scope| {
        let read = scope.spawn(|| {
            let mut client = Client::to(cloud.endpoint());
            client.timeout(Duration::from_secs(3));
            client
                .try_query(EC2.0, EC2.1, "DescribeVpcs", "")
                .err()
                .map(|error| error.kind())
        });
        while cloud.counts().in_flight == 0 {
            std::thread::yield_now();
        }
        let mut client = Client::to(cloud.endpoint());
        client.timeout(SHORT);
        assert!(
            client
                .try_query(EC2.0, EC2.1, "CreateVpc", "CidrBlock=10.0.0.0/16")
                .is_err()
        );
        assert!(cloud.wait_sprung(id, LIMIT));
        assert!(is_timeout(read.join().unwrap().unwrap()));
    });
}

#[test]
fn a_throttled_call_is_told_so_in_its_own_protocol() {
    let cloud = cloud();
    cloud.add_fault(
        Fault {
            service: None,
            ..Fault::on("", "*")
        }
        .throttle(),
    );
    let mut client = Client::to(cloud.endpoint());
    let reply = client.ec2("DescribeVpcs", "");
    assert_eq!(
        (reply.status, reply.element("Code").as_str()),
        (503, "RequestLimitExceeded")
    );
    assert!(reply.text().starts_with("<Response><Errors>"));
    let reply = client.iam("ListRoles", "");
    assert_eq!(
        (reply.status, reply.element("Code").as_str()),
        (400, "Throttling")
    );
    assert!(reply.text().starts_with("<ErrorResponse>"));
    let reply = client.target(
        "ssm",
        "AmazonSSM.DescribeParameters",
        &serde_json::json!({}),
    );
    assert_eq!(reply.json()["__type"], "ThrottlingException");
    let reply = client.rest("s3", "GET", "/", "");
    assert_eq!(
        (reply.status, reply.element("Code").as_str()),
        (503, "SlowDown")
    );
    let reply = client.rest("route53", "GET", "/2013-04-01/hostedzone", "");
    assert_eq!(reply.element("Code"), "Throttling");
    let reply = client.rest("elasticfilesystem", "GET", "/2015-02-01/file-systems", "");
    assert_eq!(
        (reply.status, reply.headers["x-amzn-errortype"].as_str()),
        (429, "ThrottlingException")
    );
    let reply = client.cbor("DescribeAlarms", &[0xa0]);
    assert_eq!(
        reply.headers["x-amzn-query-error"],
        "ThrottlingException;Sender"
    );
    assert_eq!(reply.headers["smithy-protocol"], "rpc-v2-cbor");
}

#[test]
fn an_error_of_ones_own_may_come_after_the_effect() {
    let cloud = cloud();
    let message = "Invalid IAM Instance Profile name";
    cloud.add_fault(Fault::on("ec2", "CreateVpc").after().times(1).error(
        400,
        "ValidationError",
        message,
    ));
    let mut client = Client::to(cloud.endpoint());
    let reply = client
        .ec2("CreateVpc", "CidrBlock=10.0.0.0/16")
        .refused("ValidationError");
    assert_eq!(reply.element("Message"), message);
    client.ec2("CreateVpc", "CidrBlock=10.1.0.0/16").ok();
    assert_eq!(vpcs(cloud.endpoint()), 2);
}

#[test]
fn a_state_that_passes_slowly_can_be_played() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client
        .rest(
            "elasticfilesystem",
            "POST",
            "/2015-02-01/file-systems",
            r#"{"CreationToken": "t"}"#,
        )
        .ok();
    cloud.add_rewrite(Rewrite::of(
        "efs",
        "DescribeFileSystems",
        r#""available""#,
        r#""creating""#,
        2,
    ));
    let states: Vec<String> = (0..3)
        .map(|_| {
            let told = client
                .rest("elasticfilesystem", "GET", "/2015-02-01/file-systems", "")
                .ok()
                .json();
            told["FileSystems"][0]["LifeCycleState"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(states, ["creating", "creating", "available"]);
}

#[test]
fn reads_can_lag_behind_writes() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let filter = "Filter.1.Name=is-default&Filter.1.Value.1=false";
    cloud.add_fault(Fault::on("ec2", "DescribeVpcs").nth(2).times(2).stale());
    let seen = |client: &mut Client| {
        client
            .ec2("DescribeVpcs", filter)
            .ok()
            .text()
            .matches("<vpcId>")
            .count()
    };
    assert_eq!(seen(&mut client), 0);
    client.ec2("CreateVpc", "CidrBlock=10.0.0.0/16").ok();
    assert_eq!(
        [seen(&mut client), seen(&mut client), seen(&mut client)],
        [0, 0, 1]
    );
}
