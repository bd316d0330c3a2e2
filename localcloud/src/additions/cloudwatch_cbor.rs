//! CloudWatch speaks Smithy RPC v2 CBOR with the current SDKs, and moto only JSON and Query: calls are translated to JSON
//! and answers back. moto's `x-amzn-query-error` header, from which the SDK takes an error's code, goes through.
//! `DescribeAlarms` answers in pages, where moto has but one.

use hyper::StatusCode;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::Value;

use crate::call::{Answer, Call};
use crate::cbor;
use crate::gateway::Moto;
use crate::protocol::Protocol;

const PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

/// Answers a CBOR call. `mend` may change the answer while it still is JSON.
pub(crate) async fn answer(
    call: &Call,
    moto: &Moto,
    mend: impl FnOnce(&Call, Answer) -> Answer,
) -> Answer {
    let body = match cbor::decode(&call.body) {
        Ok(body) => body,
        Err(error) => {
            return moto.error(
                call,
                StatusCode::BAD_REQUEST,
                "SerializationException",
                &format!("the body is not CBOR: {error}"),
            );
        }
    };
    let answer = moto.send(&as_json(call, &body)).await;
    let mut answer = mend(call, answer);
    let mut said = answer.value();
    without_nulls(&mut said);
    if call.action == "DescribeAlarms" {
        into_pages(&body, &mut said);
    }
    answer
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/cbor"));
    answer
        .headers
        .insert(PROTOCOL, HeaderValue::from_static("rpc-v2-cbor"));
    if said.is_null() {
        said = Value::Object(serde_json::Map::new());
    }
    answer.with_body(cbor::encode(&said))
}

/// The path is `/service/<target prefix>/operation/<operation>`.
fn as_json(call: &Call, body: &Value) -> Call {
    let segments = call.segments();
    let prefix = segments.get(1).map_or("", String::as_str);
    let mut json = call.with_json(body);
    json.path = "/".to_owned();
    json.protocol = Protocol::Json10;
    json.headers.remove(PROTOCOL);
    json.headers.remove(ACCEPT);
    json.headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/x-amz-json-1.0"),
    );
    if let Ok(target) = HeaderValue::from_str(&format!("{prefix}.{}", call.action)) {
        json.headers.insert("x-amz-target", target);
    }
    json
}

/// Leaves the page of alarms that is asked for: fifty, or as many as `MaxRecords` says up to a hundred ("DescribeAlarms",
/// CloudWatch API reference). The token counts the alarms before it.
fn into_pages(asked: &Value, said: &mut Value) {
    let size = asked["MaxRecords"].as_u64().unwrap_or(50).clamp(1, 100);
    let size = usize::try_from(size).unwrap_or_default();
    let first = asked["NextToken"]
        .as_str()
        .and_then(|token| token.parse::<usize>().ok())
        .unwrap_or(0);
    let Some(alarms) = said["MetricAlarms"].as_array_mut() else {
        return;
    };
    let left = alarms.len().saturating_sub(first);
    alarms.drain(..first.min(alarms.len()));
    alarms.truncate(size);
    if left > size {
        said["NextToken"] = Value::from((first + size).to_string());
    }
}

/// An absent member is left out in CBOR; the SDK refuses a null where it expects a list.
fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::tests::call;
    use serde_json::json;

    #[test]
    fn a_call_becomes_json_with_a_target() {
        let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        let cbor = call(
            "POST",
            path,
            "monitoring",
            &[
                ("smithy-protocol", "rpc-v2-cbor"),
                ("accept", "application/cbor"),
            ],
            "",
        );
        let json = as_json(&cbor, &json!({ "AlarmNames": ["a"] }));
        assert_eq!(
            json.headers["x-amz-target"],
            "GraniteServiceVersion20100801.DescribeAlarms"
        );
        assert_eq!(
            (json.path.as_str(), &json.body[..]),
            ("/", br#"{"AlarmNames":["a"]}"#.as_slice())
        );
        assert!(!json.headers.contains_key("smithy-protocol"));
    }

    #[test]
    fn alarms_come_in_pages() {
        let page = |asked: Value| {
            let mut said = json!({ "MetricAlarms": [1, 2, 3] });
            into_pages(&asked, &mut said);
            said
        };
        assert_eq!(page(json!({})), json!({ "MetricAlarms": [1, 2, 3] }));
        assert_eq!(
            page(json!({ "MaxRecords": 2 })),
            json!({ "MetricAlarms": [1, 2], "NextToken": "2" })
        );
        assert_eq!(
            page(json!({ "MaxRecords": 2, "NextToken": "2" })),
            json!({ "MetricAlarms": [3] })
        );
    }

    #[test]
    fn nulls_are_left_out_at_every_depth() {
        let mut value = json!({ "A": null, "B": [{ "C": null, "D": 1 }] });
        without_nulls(&mut value);
        assert_eq!(value, json!({ "B": [{ "D": 1 }] }));
    }
}
