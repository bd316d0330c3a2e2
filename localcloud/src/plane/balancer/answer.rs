//! Answers of the load balancer's own.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{CONTENT_TYPE, HeaderValue, LOCATION, SERVER, SET_COOKIE};
use hyper::{Response, StatusCode};

/// What answers are made of.
pub(crate) type AnswerBody = BoxBody<Bytes, hyper::Error>;

/// An answer in the form that ALB gives it.
pub(super) fn own(status: StatusCode) -> Response<AnswerBody> {
    let title = status.to_string();
    let mut answer = said(
        status,
        "text/html",
        format!(
            "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
        ),
    );
    answer
        .headers_mut()
        .insert(SERVER, HeaderValue::from_static("awselb/2.0"));
    answer
}

/// An answer with a text.
pub(super) fn said(status: StatusCode, content_type: &str, body: String) -> Response<AnswerBody> {
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {});
    let mut answer = Response::new(body.boxed());
    *answer.status_mut() = status;
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    answer
}

/// An answer that leads to another address.
pub(super) fn redirect(status: StatusCode, address: &str) -> Response<AnswerBody> {
    let mut answer = own(status);
    if let Ok(address) = HeaderValue::from_str(address) {
        answer.headers_mut().insert(LOCATION, address);
    }
    answer
}

/// Gives the client a cookie for a while.
pub(super) fn stick(answer: &mut Response<AnswerBody>, name: &str, value: &str, time: Duration) {
    let cookie = format!("{name}={value}; Max-Age={}; Path=/", time.as_secs());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
