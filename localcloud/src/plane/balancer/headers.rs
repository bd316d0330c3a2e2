//! What becomes of the head of a request on its way to a target: what ALB refuses, takes out and adds.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use hyper::header::{
    CONNECTION, EXPECT, HOST, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use hyper::{HeaderMap, Method, Request, StatusCode};

/// "HTTP header limits", Application Load Balancers: a line of the head, and all of it.
const LINE: usize = 16 << 10;
const HEAD: usize = 64 << 10;
/// "HTTP 463": the most addresses in `X-Forwarded-For`.
const FORWARDS: usize = 30;
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// How ALB answers a request that it does not pass on ("Troubleshoot your Application Load Balancers").
pub(super) fn refused<B>(request: &Request<B>) -> Option<StatusCode> {
    if request.method() == Method::TRACE {
        return Some(StatusCode::METHOD_NOT_ALLOWED);
    }
    let target = request.uri().path_and_query();
    if target.is_some_and(|target| target.as_str().len() > LINE) {
        return Some(StatusCode::URI_TOO_LONG);
    }
    let sizes = || {
        request
            .headers()
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
    };
    if sizes().any(|size| size > LINE) || sizes().sum::<usize>() > HEAD {
        return Some(StatusCode::BAD_REQUEST);
    }
    let forwards: usize = forwarded_for(request.headers())
        .map(|one| one.split(',').count())
        .sum();
    if forwards > FORWARDS {
        return StatusCode::from_u16(463).ok();
    }
    // ALB passes WebSockets on; here they are refused, so that nobody takes a plain answer for one.
    request
        .headers()
        .contains_key(UPGRADE)
        .then_some(StatusCode::NOT_IMPLEMENTED)
}

fn forwarded_for(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
}

/// Headers that speak of one connection only.
pub(super) fn without_hops(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for hop in [CONNECTION, TRANSFER_ENCODING, UPGRADE] {
        headers.remove(hop);
    }
    for hop in ["keep-alive", "proxy-connection", "te", "trailer"] {
        headers.remove(hop);
    }
}

/// Names with anything but letters, digits and hyphens, where the load balancer is to drop them.
pub(super) fn without_invalid(headers: &mut HeaderMap) {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let invalid: Vec<HeaderName> = headers
        .keys()
        .filter(|name| !name.as_str().bytes().all(valid))
        .cloned()
        .collect();
    for name in invalid {
        headers.remove(name);
    }
}

/// Says whose request it is ("HTTP headers and Application Load Balancers"), and which. The client has been told to go on sending
/// already, so nobody has to be asked for that.
pub(super) fn forwarded<B>(
    request: &mut Request<B>,
    client: SocketAddr,
    protocol: &str,
    port: u16,
) {
    // HTTP/2 has the host in its target.
    let host = request.uri().authority().map(|one| one.as_str().to_owned());
    let headers = request.headers_mut();
    headers.remove(EXPECT);
    let mut chain: Vec<String> = forwarded_for(headers).map(str::to_owned).collect();
    chain.push(client.ip().to_string());
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(FORWARDED_FOR, &chain.join(", "));
    set(HeaderName::from_static("x-forwarded-proto"), protocol);
    set(
        HeaderName::from_static("x-forwarded-port"),
        &port.to_string(),
    );
    if let Some(host) = host
        && !headers.contains_key(HOST)
        && let Ok(host) = HeaderValue::from_str(&host)
    {
        headers.insert(HOST, host);
    }
    if !headers.contains_key(TRACE_ID)
        && let Ok(id) = HeaderValue::from_str(&trace_id())
    {
        headers.insert(TRACE_ID, id);
    }
}

/// `Root=1-<seconds>-<24 digits>`, as X-Ray reads it.
fn trace_id() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let random = || RandomState::new().build_hasher().finish();
    format!(
        "Root=1-{seconds:08x}-{:016x}{:08x}",
        random(),
        random() & 0xffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request<()> {
        let mut request = Request::get("/a?b=c");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap()
    }

    fn refuses(request: &Request<()>) -> Option<u16> {
        refused(request).map(|status| status.as_u16())
    }

    #[test]
    fn what_is_too_large_is_refused_as_alb_does() {
        assert_eq!(refuses(&request(&[("a", "b")])), None);
        let long = "x".repeat(LINE);
        assert_eq!(refuses(&request(&[("a", &long)])), Some(400));
        let fits = "x".repeat(LINE - 1);
        assert_eq!(refuses(&request(&[("a", &fits)])), None);
        let many = [("a", fits.as_str()); 5];
        assert_eq!(refuses(&request(&many)), Some(400));
        let uri = format!("/{long}");
        assert_eq!(refuses(&Request::get(uri).body(()).unwrap()), Some(414));
    }

    #[test]
    fn trace_and_upgrades_and_endless_chains_of_proxies_are_refused() {
        assert_eq!(
            refuses(&Request::builder().method("TRACE").body(()).unwrap()),
            Some(405)
        );
        assert_eq!(
            refuses(&request(&[
                ("connection", "upgrade"),
                ("upgrade", "websocket")
            ])),
            Some(501)
        );
        let chain = vec!["203.0.113.1"; 31].join(",");
        assert_eq!(refuses(&request(&[("x-forwarded-for", &chain)])), Some(463));
    }

    #[test]
    fn the_client_is_added_to_every_address_that_was_there() {
        let mut request = request(&[
            ("x-forwarded-for", "203.0.113.1"),
            ("x-forwarded-for", "203.0.113.2"),
            ("expect", "100-continue"),
        ]);
        forwarded(&mut request, ([127, 0, 0, 1], 9).into(), "https", 443);
        let headers = request.headers();
        assert_eq!(
            headers["x-forwarded-for"],
            "203.0.113.1, 203.0.113.2, 127.0.0.1"
        );
        assert_eq!(headers["x-forwarded-proto"], "https");
        assert!(!headers.contains_key("expect"));
        let trace = headers["x-amzn-trace-id"].to_str().unwrap();
        assert!(trace.starts_with("Root=1-") && trace.len() == 40, "{trace}");
    }

    #[test]
    fn a_host_in_the_target_becomes_the_header() {
        let mut request = Request::get("https://codedetect.example.com/")
            .body(())
            .unwrap();
        forwarded(&mut request, ([127, 0, 0, 1], 9).into(), "https", 443);
        assert_eq!(request.headers()["host"], "codedetect.example.com");
    }

    #[test]
    fn names_with_other_signs_are_dropped_where_that_is_asked_for() {
        let mut request = request(&[("x_kind", "a"), ("x-kind", "b")]);
        without_invalid(request.headers_mut());
        assert_eq!(request.headers().len(), 1);
    }
}
