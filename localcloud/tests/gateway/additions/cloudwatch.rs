//! CloudWatch in CBOR.

use minicbor::Encoder;

use crate::client::{Client, cloud};

#[test]
fn cloudwatch_cbor_makes_tells_and_deletes_alarms() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut alarm = Encoder::new(Vec::new());
    // As the SDK writes it: maps of unknown length, doubles as doubles.
    alarm.begin_map().unwrap();
    for (name, value) in [
        ("AlarmName", "cpu"),
        ("Namespace", "AWS/EC2"),
        ("MetricName", "CPUUtilization"),
        ("Statistic", "Average"),
        ("ComparisonOperator", "GreaterThanThreshold"),
    ] {
        alarm.str(name).unwrap().str(value).unwrap();
    }
    alarm
        .str("Threshold")
        .unwrap()
        .f64(80.0)
        .unwrap()
        .str("Period")
        .unwrap()
        .i32(300)
        .unwrap();
    alarm
        .str("EvaluationPeriods")
        .unwrap()
        .i32(2)
        .unwrap()
        .str("Tags")
        .unwrap()
        .array(1)
        .unwrap();
    alarm
        .begin_map()
        .unwrap()
        .str("Key")
        .unwrap()
        .str("k")
        .unwrap()
        .str("Value")
        .unwrap()
        .str("v")
        .unwrap()
        .end()
        .unwrap();
    alarm.end().unwrap();
    let made = client.cbor("PutMetricAlarm", alarm.writer()).ok();
    assert_eq!(made.headers["smithy-protocol"], "rpc-v2-cbor");
    let told = client.cbor("DescribeAlarms", &[0xa0]).ok();
    assert_eq!(told.headers["content-type"], "application/cbor");
    let text = String::from_utf8_lossy(&told.body).into_owned();
    assert!(text.contains("arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu"));
    // The threshold is a double and the time of the last change a tagged one.
    let after = |name: &str| {
        let mut member = Encoder::new(Vec::new());
        member.str(name).unwrap();
        let member = member.into_writer();
        let at = told
            .body
            .windows(member.len())
            .position(|window| window == member)
            .unwrap();
        minicbor::Decoder::new(&told.body[at + member.len()..])
            .datatype()
            .unwrap()
    };
    assert_eq!(after("Threshold"), minicbor::data::Type::F64);
    assert_eq!(after("StateUpdatedTimestamp"), minicbor::data::Type::Tag);
    assert_eq!(after("EvaluationPeriods"), minicbor::data::Type::U8);
    let mut names = Encoder::new(Vec::new());
    names
        .map(1)
        .unwrap()
        .str("AlarmNames")
        .unwrap()
        .array(1)
        .unwrap()
        .str("cpu")
        .unwrap();
    client.cbor("DeleteAlarms", names.writer()).ok();
    assert!(
        !client
            .cbor("DescribeAlarms", &[0xa0])
            .ok()
            .text()
            .contains("alarm:cpu")
    );
    assert_eq!(cloud.counts().by["cloudwatch:PutMetricAlarm"], 1);
}

#[test]
fn cloudwatch_cbor_maps_errors() {
    let cloud = cloud();
    let mut client = Client::to(cloud.endpoint());
    let mut ask = Encoder::new(Vec::new());
    ask.map(1)
        .unwrap()
        .str("DashboardName")
        .unwrap()
        .str("none")
        .unwrap();
    let reply = client
        .cbor("GetDashboard", ask.writer())
        .refused("ResourceNotFound");
    assert_eq!(
        (reply.status, reply.headers["x-amzn-query-error"].as_str()),
        (404, "ResourceNotFound;Sender")
    );
    client
        .cbor("GetDashboard", b"\xa1\x01")
        .refused("SerializationException");
}
