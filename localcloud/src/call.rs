//! A call of a client and its answer, whole.

use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, StatusCode};
use serde_json::Value;

use crate::protocol::Protocol;

/// One call of a client, as read from the wire and classified.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path as it came, percent-encoded.
    pub(crate) path: String,
    /// The query string as it came, without its question mark; empty where there is none.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The service as the SDK crates call it, such as `elbv2`; `unsigned` where the call carries no credential.
    pub(crate) service: String,
    pub(crate) region: String,
    /// The operation's name, such as `CreateLoadBalancer`; method and path where it is not known.
    pub(crate) action: String,
    /// Whether the operation changes something.
    pub(crate) changing: bool,
    pub(crate) protocol: Protocol,
}

impl Call {
    /// Whether it is signed with that access key.
    pub(crate) fn is_of(&self, key: &str) -> bool {
        self.headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once("Credential=")?.1.split('/').next())
            == Some(key)
    }

    /// What counts and logs call it: `ec2:CreateVpc`.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service, self.action)
    }

    /// Path and query as they go on the request line.
    pub(crate) fn target(&self) -> String {
        if self.query.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, self.query)
        }
    }

    /// A parameter of a Query call, from its body or its query string.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let find = |text: &[u8]| {
            form_urlencoded::parse(text)
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        find(&self.body).or_else(|| find(self.query.as_bytes()))
    }

    /// All parameters of a Query call, in order.
    pub(crate) fn parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(&self.body).into_owned().collect()
    }

    /// A list of a Query call: `Prefix.1`, `Prefix.2` and so on, up to the first gap.
    pub(crate) fn list(&self, prefix: &str) -> Vec<String> {
        let parameters = self.parameters();
        let at = |n: usize| {
            let name = format!("{prefix}.{n}");
            parameters
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| value.clone())
        };
        (1..).map_while(at).collect()
    }

    /// The body of a JSON call; null where it is empty or none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The segments of the path, decoded.
    pub(crate) fn segments(&self) -> Vec<String> {
        let decoded = |s: &str| {
            percent_encoding::percent_decode_str(s)
                .decode_utf8_lossy()
                .into_owned()
        };
        self.path
            .split('/')
            .filter(|s| !s.is_empty())
            .map(decoded)
            .collect()
    }

    /// The same call with another body, for asking moto something on its behalf.
    pub(crate) fn with_form(&self, action: &str, parameters: &[(&str, &str)]) -> Call {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", action);
        if let Some(version) = self.parameter("Version") {
            form.append_pair("Version", &version);
        }
        form.extend_pairs(parameters);
        Call {
            action: action.to_owned(),
            body: form.finish().into(),
            ..self.clone()
        }
    }

    /// The same call as a Query call to another service, given by its signing name and API version.
    pub(crate) fn to_service(
        &self,
        signed_as: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Call {
        let mut call = self.clone();
        let scope = call
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        if let Some((before, after)) = scope.split_once("/aws4_request")
            && let Some((before, _)) = before.rsplit_once('/')
            && let Ok(value) =
                HeaderValue::from_str(&format!("{before}/{signed_as}/aws4_request{after}"))
        {
            call.headers.insert(AUTHORIZATION, value);
        }
        for foreign in ["x-amz-target", "smithy-protocol"] {
            call.headers.remove(foreign);
        }
        call.headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8"),
        );
        call.method = Method::POST;
        call.path = "/".to_owned();
        call.query = String::new();
        call.body = Bytes::from(format!("Version={version}"));
        call.with_form(action, parameters)
    }

    /// The same call as a call of a JSON service, given by its signing name and the operation's target.
    pub(crate) fn to_json_service(&self, signed_as: &str, target: &str, body: &Value) -> Call {
        let mut call = self.to_service(signed_as, "", "", &[]).with_json(body);
        for (name, value) in [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", target),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                call.headers.insert(HeaderName::from_static(name), value);
            }
        }
        call.service = signed_as.to_owned();
        call.action = target.rsplit('.').next().unwrap_or(target).to_owned();
        call.protocol = Protocol::Json11;
        call
    }

    /// The same call as another operation of a JSON service.
    pub(crate) fn with_target(&self, action: &str, body: &Value) -> Call {
        let mut call = self.with_json(body);
        let target = call
            .headers
            .get("x-amz-target")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let prefix = target.rsplit_once('.').map_or("", |(prefix, _)| prefix);
        if let Ok(value) = HeaderValue::from_str(&format!("{prefix}.{action}")) {
            call.headers.insert("x-amz-target", value);
        }
        call.action = action.to_owned();
        call
    }

    /// The same call as another REST call without a body.
    pub(crate) fn with_path(&self, method: Method, path: &str) -> Call {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Call {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            body: Bytes::new(),
            ..self.clone()
        }
    }

    /// The same call with another JSON body.
    pub(crate) fn with_json(&self, body: &Value) -> Call {
        Call {
            body: body.to_string().into(),
            ..self.clone()
        }
    }
}

/// An answer on its way to the client.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn new(
        status: StatusCode,
        content_type: &'static str,
        body: impl Into<Bytes>,
    ) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Answer {
            status,
            headers,
            body: body.into(),
        }
    }

    pub(crate) fn json(status: StatusCode, body: &Value) -> Answer {
        Answer::new(status, "application/json", body.to_string())
    }

    pub(crate) fn xml(body: impl Into<Bytes>) -> Answer {
        Answer::new(StatusCode::OK, "text/xml", body)
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status.is_success()
    }

    pub(crate) fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The same answer with another body; the length is written anew when it is sent.
    pub(crate) fn with_body(mut self, body: impl Into<Bytes>) -> Answer {
        self.body = body.into();
        self.headers.remove(hyper::header::CONTENT_LENGTH);
        self
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: &str) -> Answer {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }
}
