//! What a call is: service, operation, and whether it changes something.

mod efs;
mod route53;
mod routes;
mod s3;

use bytes::Bytes;
use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::http::request::Parts;

use crate::call::Call;
use crate::protocol::Protocol;

/// Signing names that differ from what the SDK crates call the service.
const SIGNED_AS: [(&str, &str); 3] = [
    ("elasticfilesystem", "efs"),
    ("elasticloadbalancing", "elbv2"),
    ("monitoring", "cloudwatch"),
];

/// Reads a request for what it asks.
pub(crate) fn classify(parts: Parts, body: Bytes) -> Call {
    let (service, region) =
        scope(&parts.headers).unwrap_or_else(|| ("unsigned".to_owned(), String::new()));
    let mut call = Call {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
        service,
        region,
        action: String::new(),
        changing: false,
        protocol: Protocol::RestJson,
    };
    (call.protocol, call.action) = protocol_and_action(&call);
    call.changing = changes(&call);
    call
}

/// Service and region of the credential scope, from the header or, where the address is signed, from the query.
fn scope(headers: &HeaderMap) -> Option<(String, String)> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let credential = header.split_once("Credential=")?.1.split(',').next()?;
    let mut parts = credential.split('/').skip(2);
    let (region, signed_as) = (parts.next()?, parts.next()?);
    let service = SIGNED_AS
        .iter()
        .find(|(name, _)| *name == signed_as)
        .map_or(signed_as, |(_, service)| service);
    Some((service.to_owned(), region.to_owned()))
}

fn protocol_and_action(call: &Call) -> (Protocol, String) {
    let header = |name: &str| call.headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE.as_str()).unwrap_or_default();
    if header("smithy-protocol") == Some("rpc-v2-cbor") {
        let operation = call.path.rsplit('/').next().unwrap_or_default();
        return (Protocol::Cbor, operation.to_owned());
    }
    if let Some(target) = header("x-amz-target") {
        let protocol = if content_type.ends_with("1.0") {
            Protocol::Json10
        } else {
            Protocol::Json11
        };
        return (
            protocol,
            target.rsplit('.').next().unwrap_or(target).to_owned(),
        );
    }
    if (content_type.starts_with("application/x-www-form-urlencoded")
        || call.query.contains("Action="))
        && let Some(action) = call.parameter("Action")
    {
        return (
            if call.service == "ec2" {
                Protocol::Ec2
            } else {
                Protocol::Query
            },
            action,
        );
    }
    let segments = call.segments();
    let method = call.method.as_str();
    let below = segments.get(1..).unwrap_or_default();
    let (protocol, named) = match call.service.as_str() {
        "s3" => (
            Protocol::S3,
            s3::operation(
                method,
                segments.len(),
                &call.query,
                header("x-amz-copy-source").is_some(),
            ),
        ),
        "route53" => (
            Protocol::RestXml,
            routes::find(route53::ROUTE53, method, below).map(str::to_owned),
        ),
        "efs" => (
            Protocol::RestJson,
            routes::find(efs::EFS, method, below).map(str::to_owned),
        ),
        _ => (Protocol::RestJson, None),
    };
    (
        protocol,
        named.unwrap_or_else(|| format!("{method} {}", general(&segments))),
    )
}

/// A path with its identifiers taken out, so that calls of one kind count together.
fn general(segments: &[String]) -> String {
    let is_identifier = |s: &str| {
        s.len() > 28 || s.starts_with("arn:") || s.bytes().filter(u8::is_ascii_digit).count() > 4
    };
    segments.iter().fold(String::new(), |path, segment| {
        path + "/" + if is_identifier(segment) { "*" } else { segment }
    })
}

/// AWS's operations are named by what they do.
fn changes(call: &Call) -> bool {
    const READING: [&str; 13] = [
        "Describe", "Get", "List", "Head", "BatchGet", "Lookup", "Search", "Select", "Simulate",
        "Filter", "Test", "Check", "Query",
    ];
    match call.action.split_once(' ') {
        Some((method, _)) => !matches!(method, "GET" | "HEAD" | "OPTIONS"),
        None => !READING.iter().any(|verb| call.action.starts_with(verb)),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use hyper::Request;

    /// A call as a client would make it.
    pub(crate) fn call(
        method: &str,
        target: &str,
        signed_as: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Call {
        let mut request = Request::builder().method(method).uri(target).header(
            "authorization",
            format!("AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/{signed_as}/aws4_request, SignedHeaders=host, Signature=0"),
        );
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        classify(parts, Bytes::copy_from_slice(body.as_bytes()))
    }

    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

    #[test]
    fn a_query_call_is_named_by_its_action() {
        let found = call(
            "POST",
            "/",
            "elasticloadbalancing",
            &[FORM],
            "Version=2015-12-01&Action=CreateLoadBalancer&Name=a",
        );
        assert_eq!(
            (found.name().as_str(), found.changing, found.protocol),
            ("elbv2:CreateLoadBalancer", true, Protocol::Query)
        );
        assert_eq!(found.region, "eu-west-1");
        assert_eq!(found.parameter("Name").as_deref(), Some("a"));
    }

    #[test]
    fn ec2_has_its_own_shape_of_errors() {
        let found = call(
            "POST",
            "/",
            "ec2",
            &[FORM],
            "Action=DescribeVpcs&Version=2016-11-15",
        );
        assert_eq!(
            (found.name().as_str(), found.changing, found.protocol),
            ("ec2:DescribeVpcs", false, Protocol::Ec2)
        );
    }

    #[test]
    fn a_json_call_is_named_by_its_target() {
        let headers = [
            ("x-amz-target", "AmazonSSM.PutParameter"),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        let found = call("POST", "/", "ssm", &headers, "{}");
        assert_eq!(
            (found.name().as_str(), found.changing, found.protocol),
            ("ssm:PutParameter", true, Protocol::Json11)
        );
    }

    #[test]
    fn a_cbor_call_is_named_by_its_path() {
        let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
        let found = call(
            "POST",
            path,
            "monitoring",
            &[("smithy-protocol", "rpc-v2-cbor")],
            "",
        );
        assert_eq!(
            (found.name().as_str(), found.changing, found.protocol),
            ("cloudwatch:DescribeAlarms", false, Protocol::Cbor)
        );
    }

    #[test]
    fn rest_calls_have_the_names_of_the_model() {
        let name = |method, target, service| call(method, target, service, &[], "").name();
        assert_eq!(
            name("POST", "/2015-02-01/file-systems", "elasticfilesystem"),
            "efs:CreateFileSystem"
        );
        assert_eq!(
            name(
                "PUT",
                "/2015-02-01/file-systems/fs-1/backup-policy",
                "elasticfilesystem"
            ),
            "efs:PutBackupPolicy"
        );
        assert_eq!(
            name("POST", "/2013-04-01/hostedzone/Z1/rrset/", "route53"),
            "route53:ChangeResourceRecordSets"
        );
        assert_eq!(
            name("GET", "/2013-04-01/hostedzone/Z1/rrset?type=A", "route53"),
            "route53:ListResourceRecordSets"
        );
        assert_eq!(
            name("PUT", "/bucket?versioning", "s3"),
            "s3:PutBucketVersioning"
        );
        assert_eq!(
            name("PUT", "/bucket/a/b%20c?x-id=PutObject", "s3"),
            "s3:PutObject"
        );
    }

    #[test]
    fn an_unknown_rest_call_is_named_by_method_and_path() {
        let found = call(
            "PUT",
            "/backup-vaults/arn:aws:backup:eu-west-1:123456789012:x",
            "backup",
            &[],
            "",
        );
        assert_eq!(
            (found.name().as_str(), found.changing),
            ("backup:PUT /backup-vaults/*", true)
        );
        assert!(!call("GET", "/backup-vaults", "backup", &[], "").changing);
    }
}
