//! The gateway's own interface.

use crate::client::{Client, cloud};

#[test]
fn counts_and_log_tell_what_was_called() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client.ec2("CreateVpc", "CidrBlock=10.0.0.0/16").ok();
    client.ec2("DescribeVpcs", "").ok();
    client
        .ec2("DescribeVpcs", "VpcId.1=vpc-00000000")
        .refused("InvalidVpcID.NotFound");
    client
        .rest(
            "elasticfilesystem",
            "POST",
            "/2015-02-01/file-systems",
            r#"{"CreationToken": "t"}"#,
        )
        .ok();
    let counts = client.control("GET", "counts", "").ok().json();
    assert_eq!(
        (&counts["total"], &counts["reads"], &counts["changing"]),
        (&4.into(), &2.into(), &2.into())
    );
    assert_eq!(
        (
            &counts["by"]["ec2:DescribeVpcs"],
            &counts["by"]["efs:CreateFileSystem"]
        ),
        (&2.into(), &1.into())
    );
    assert_eq!(
        (&counts["errors"], &counts["in_flight"]),
        (&1.into(), &0.into())
    );
    assert!(counts["moto_ms"].as_f64().unwrap() > 0.0);
    let log = client.control("GET", "log", "").ok().json();
    assert_eq!(
        (&log[0]["call"], &log[1]["call"]),
        (&"ec2:CreateVpc".into(), &"efs:CreateFileSystem".into())
    );
    assert_eq!(
        (&log[0]["n"], &log[0]["status"], &log[1]["status"]),
        (&1.into(), &200.into(), &201.into())
    );
    client.control("POST", "reset", "").ok();
    assert_eq!(client.control("GET", "counts", "").json()["total"], 0);
    assert_eq!(
        client.control("GET", "log", "").json(),
        serde_json::json!([])
    );
}

#[test]
fn latency_faults_and_rewrites_are_set_and_told() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client.control("PUT", "latency", r#"{"ms": 1.5}"#).ok();
    assert_eq!(client.control("GET", "latency", "").json()["ms"], 1.5);
    let faults = r#"[{"service": "ec2", "action": "CreateVpc", "what": "throttle", "times": 1}, {"what": "drop", "nth": 900}]"#;
    assert_eq!(
        client.control("POST", "faults", faults).ok().json()["ids"],
        serde_json::json!([1, 2])
    );
    client
        .control(
            "POST",
            "rewrites",
            r#"{"action": "DescribeVpcs", "from": "a", "to": "b"}"#,
        )
        .ok();
    client
        .ec2("CreateVpc", "CidrBlock=10.0.0.0/16")
        .refused("RequestLimitExceeded");
    let told = client.control("GET", "faults", "").ok().json();
    assert_eq!(
        (
            &told["frozen"],
            &told["faults"][0]["sprung"],
            &told["faults"][1]["matched"]
        ),
        (&false.into(), &1.into(), &1.into())
    );
    assert_eq!(client.control("GET", "rewrites", "").json()[0]["to"], "b");
    client.control("DELETE", "faults", "").ok();
    assert_eq!(
        client.control("GET", "faults", "").json()["faults"],
        serde_json::json!([])
    );
    assert_eq!(
        client.control("GET", "rewrites", "").json(),
        serde_json::json!([])
    );
    assert_eq!(client.control("GET", "counts", "").json()["total"], 1);
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let told = |reply: crate::client::Reply| {
        (
            reply.status,
            reply.json()["error"].as_str().unwrap().to_owned(),
        )
    };
    let (status, error) = told(client.control(
        "POST",
        "faults",
        r#"{"what": "hang", "actoin": "CreateVpc"}"#,
    ));
    assert!(status == 400 && error.contains("actoin"), "{error}");
    let (status, error) = told(client.control("POST", "faults", "nonsense"));
    assert!(status == 400 && !error.is_empty());
    assert_eq!(
        told(client.control("PUT", "latency", r#"{"ms": -1}"#)).0,
        400
    );
    let (status, error) = told(client.control("GET", "nothing", ""));
    assert!(status == 404 && error.contains("nothing"), "{error}");
    assert_eq!(
        told(client.control("POST", "stop", r#"{"token": "another's"}"#)).0,
        403
    );
}

#[test]
fn forgetting_empties_the_world_and_what_the_additions_remember() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    client
        .query("sns", "2010-03-31", "CreateTopic", "Name=alerts")
        .ok();
    client.control("POST", "forget", "").ok();
    assert!(
        !client
            .query("sns", "2010-03-31", "ListTopics", "")
            .ok()
            .text()
            .contains("alerts")
    );
}

#[test]
fn additions_are_listed() {
    let cloud = cloud();
    let told = Client::to(cloud.endpoint())
        .control("GET", "additions", "")
        .ok()
        .json();
    assert_eq!(
        told["route53_zones"],
        serde_json::json!(["route53:CreateHostedZone"])
    );
}
