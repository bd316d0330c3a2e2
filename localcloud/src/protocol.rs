//! AWS's wire protocols, as far as an error's shape goes.

use hyper::StatusCode;
use serde_json::json;

use crate::call::Answer;
use crate::xml::escape;

/// How a service writes its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS Query: form in, XML out (IAM, STS, ELB, Auto Scaling, RDS, SNS).
    Query,
    /// EC2's kind of Query.
    Ec2,
    /// JSON 1.0 with `X-Amz-Target`.
    Json10,
    /// JSON 1.1 with `X-Amz-Target`.
    Json11,
    /// XML over REST, errors within `ErrorResponse` (Route 53).
    RestXml,
    /// S3's kind of REST-XML: the error is the root.
    S3,
    /// JSON over REST, the code in a header (EFS).
    RestJson,
    /// Smithy RPC v2 CBOR (CloudWatch).
    Cbor,
}

impl Protocol {
    /// An error of this protocol, as the SDKs parse it.
    pub(crate) fn error(
        self,
        status: StatusCode,
        code: &str,
        message: &str,
        request_id: &str,
    ) -> Answer {
        let (code_xml, message_xml) = (escape(code), escape(message));
        let fault = if status.is_server_error() {
            "Receiver"
        } else {
            "Sender"
        };
        let body = match self {
            Protocol::Query | Protocol::RestXml => format!(
                "<ErrorResponse><Error><Type>{fault}</Type><Code>{code_xml}</Code><Message>{message_xml}</Message></Error>\
                 <RequestId>{request_id}</RequestId></ErrorResponse>"
            ),
            Protocol::Ec2 => format!(
                "<Response><Errors><Error><Code>{code_xml}</Code><Message>{message_xml}</Message></Error></Errors>\
                 <RequestID>{request_id}</RequestID></Response>"
            ),
            Protocol::S3 => format!(
                "<Error><Code>{code_xml}</Code><Message>{message_xml}</Message><RequestId>{request_id}</RequestId></Error>"
            ),
            Protocol::Json10 | Protocol::Json11 => {
                json!({ "__type": code, "message": message }).to_string()
            }
            Protocol::RestJson => {
                json!({ "ErrorCode": code, "Message": message, "message": message }).to_string()
            }
            Protocol::Cbor => {
                let body = crate::cbor::encode(&json!({ "__type": code, "message": message }));
                return Answer::new(status, "application/cbor", body)
                    .with_header("smithy-protocol", "rpc-v2-cbor")
                    .with_header("x-amzn-query-error", &format!("{code};{fault}"))
                    .with_header("x-amzn-requestid", request_id);
            }
        };
        let content_type = match self {
            Protocol::Query | Protocol::RestXml | Protocol::Ec2 => "text/xml",
            Protocol::S3 => "application/xml",
            Protocol::Json10 => "application/x-amz-json-1.0",
            Protocol::Json11 => "application/x-amz-json-1.1",
            Protocol::RestJson | Protocol::Cbor => "application/json",
        };
        let answer = Answer::new(status, content_type, body);
        match self {
            Protocol::RestJson => answer
                .with_header("x-amzn-errortype", code)
                .with_header("x-amzn-requestid", request_id),
            Protocol::S3 => answer.with_header("x-amz-request-id", request_id),
            _ => answer.with_header("x-amzn-requestid", request_id),
        }
    }

    /// What the services of this protocol say to a caller that is too fast.
    pub(crate) fn throttle(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Protocol::Ec2 => (
                StatusCode::SERVICE_UNAVAILABLE,
                "RequestLimitExceeded",
                "Request limit exceeded.",
            ),
            Protocol::S3 => (
                StatusCode::SERVICE_UNAVAILABLE,
                "SlowDown",
                "Please reduce your request rate.",
            ),
            Protocol::Query | Protocol::RestXml => {
                (StatusCode::BAD_REQUEST, "Throttling", "Rate exceeded")
            }
            Protocol::RestJson => (
                StatusCode::TOO_MANY_REQUESTS,
                "ThrottlingException",
                "Rate exceeded",
            ),
            Protocol::Json10 | Protocol::Json11 | Protocol::Cbor => (
                StatusCode::BAD_REQUEST,
                "ThrottlingException",
                "Rate exceeded",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(protocol: Protocol) -> String {
        let answer = protocol.error(StatusCode::BAD_REQUEST, "Code", "a < b", "id-1");
        assert!(answer.headers.contains_key("content-type"));
        answer.text().into_owned()
    }

    #[test]
    fn each_protocol_has_its_own_shape_and_escapes_it() {
        assert!(body(Protocol::Query).starts_with(
            "<ErrorResponse><Error><Type>Sender</Type><Code>Code</Code><Message>a &lt; b</Message>"
        ));
        assert!(
            body(Protocol::Ec2).starts_with(
                "<Response><Errors><Error><Code>Code</Code><Message>a &lt; b</Message>"
            )
        );
        assert!(body(Protocol::S3).starts_with("<Error><Code>Code</Code>"));
        assert_eq!(
            body(Protocol::Json11),
            r#"{"__type":"Code","message":"a < b"}"#
        );
    }

    #[test]
    fn a_rest_json_error_has_its_code_in_the_header() {
        let answer = Protocol::RestJson.error(StatusCode::CONFLICT, "FileSystemInUse", "m", "id-1");
        assert_eq!(answer.headers["x-amzn-errortype"], "FileSystemInUse");
    }

    #[test]
    fn a_cbor_error_is_cbor() {
        let answer = Protocol::Cbor.error(StatusCode::BAD_REQUEST, "ResourceNotFound", "m", "id-1");
        assert_eq!(
            crate::cbor::decode(&answer.body).unwrap()["__type"],
            "ResourceNotFound"
        );
        assert_eq!(answer.headers["smithy-protocol"], "rpc-v2-cbor");
    }
}
