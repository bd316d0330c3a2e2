//! A request on its way to a target and back, as an Application Load Balancer takes it.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{
    CONNECTION, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, LOCATION, SERVER, SET_COOKIE,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::{HeaderMap, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::condition::Asked;
use super::cookie::{self, GROUP_COOKIE, TARGET_COOKIE};
use super::route::{Came, Route, route};
use crate::plane::behaviour::{Behaviour, SLOWER};
use crate::plane::board::{Answering, Board, Pick};
use crate::plane::picture::{Forward, Listener, Rule, TargetGroup};
use crate::plane::traffic::Traffic;

/// What answers are made of.
pub(crate) type AnswerBody = BoxBody<Bytes, hyper::Error>;

/// How long a target may take to accept a connection ("Application Load Balancers", 10 s).
const CONNECT: Duration = Duration::from_secs(10);
/// A pooled connection is given up after this: less than any workload keeps one.
const POOLED: Duration = Duration::from_secs(4);

/// The way to the targets, shared by all listeners.
#[derive(Clone)]
pub(crate) struct Forwarder {
    board: Arc<Board>,
    traffic: Arc<Traffic>,
    client: Client<HttpConnector, Incoming>,
}

/// The listener at which a request came in.
pub(crate) struct Entrance {
    pub(crate) listener: Listener,
    pub(crate) idle_timeout: Duration,
    /// The local port of each port that the load balancer listens on.
    pub(crate) ports: Vec<(u16, u16)>,
}

impl Forwarder {
    pub(crate) fn new(board: Arc<Board>, traffic: Arc<Traffic>) -> Forwarder {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT));
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(POOLED)
            .build(connector);
        Forwarder {
            board,
            traffic,
            client,
        }
    }

    /// Answers a request.
    pub(crate) async fn answer(
        &self,
        entrance: &Entrance,
        client: SocketAddr,
        request: Request<Incoming>,
    ) -> Response<AnswerBody> {
        let host = host(&request);
        let uri = request.uri().clone();
        let listener = &entrance.listener;
        let protocol = if listener.secure { "https" } else { "http" };
        let asked = Asked {
            method: request.method(),
            host: name_of(&host),
            path: uri.path(),
            query: uri.query().unwrap_or_default(),
            headers: request.headers(),
        };
        let came = Came {
            protocol,
            port: listener.port,
        };
        match route(listener, &asked, &came) {
            Route::Forward(rule, forward) => {
                self.forward(entrance, (rule, forward), client, protocol, request)
                    .await
            }
            Route::Redirect(status, address) => {
                redirect(status, &entrance.local(&address, name_of(&host)))
            }
            Route::Fixed(fixed) => {
                let status =
                    StatusCode::from_u16(fixed.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                said(status, &fixed.content_type, fixed.body.clone())
            }
            Route::Nothing => own(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    async fn forward(
        &self,
        entrance: &Entrance,
        (rule, forward): (&Rule, &Forward),
        client: SocketAddr,
        protocol: &str,
        request: Request<Incoming>,
    ) -> Response<AnswerBody> {
        let began = Instant::now();
        let cookies = cookie::of(request.headers().get_all(COOKIE));
        let Some((group, group_is_new)) = self.group(rule, forward, &cookies) else {
            self.traffic.balancer_answered(None);
            return own(StatusCode::SERVICE_UNAVAILABLE);
        };
        let stays_with = group
            .stickiness
            .and_then(|_| cookies.get(TARGET_COOKIE).map(String::as_str));
        let Some(pick) = self.board.pick(&group, stays_with, began) else {
            // ALB never fails over from an empty group to another.
            self.traffic.balancer_answered(Some(&group.arn));
            return own(StatusCode::SERVICE_UNAVAILABLE);
        };
        let stays = stays_with == Some(pick.instance.as_str());
        let Some(answering) = pick.answering.clone() else {
            self.traffic.balancer_answered(Some(&group.arn));
            return own(StatusCode::BAD_GATEWAY);
        };
        let health_path = request.uri().path() == group.health.path;
        let sent = self.send(&answering, client, protocol, entrance, request);
        let mut answer = match tokio::time::timeout(entrance.idle_timeout, sent).await {
            Err(_) => {
                self.traffic.balancer_answered(Some(&group.arn));
                return own(StatusCode::GATEWAY_TIMEOUT);
            }
            Ok(Err(_)) => {
                self.traffic.balancer_answered(Some(&group.arn));
                return own(StatusCode::BAD_GATEWAY);
            }
            Ok(Ok(answer)) => answer,
        };
        let requests = self.traffic.served(&pick.instance);
        if let Some(status) = spoiled(answering.behaviour, health_path, requests) {
            answer = said(status, "text/plain", status.to_string());
        }
        self.traffic
            .target_answered(&group.arn, answer.status().as_u16(), began.elapsed());
        if let (Some(time), true) = (forward.stickiness, group_is_new) {
            stick(&mut answer, GROUP_COOKIE, &cookie::group(&group.arn), time);
        }
        if let (Some(time), false) = (group.stickiness, stays) {
            stick(&mut answer, TARGET_COOKIE, &pick.instance, time);
        }
        answer.map(|body| Counted { body, _pick: pick }.boxed())
    }

    /// The group that the client stays with, or the next by weight; and whether the client must be told of it.
    fn group(
        &self,
        rule: &Rule,
        forward: &Forward,
        cookies: &std::collections::HashMap<String, String>,
    ) -> Option<(TargetGroup, bool)> {
        let stays = forward.stickiness.and_then(|_| {
            let mark = cookies.get(GROUP_COOKIE)?;
            // A sticky client stays whatever the weights say now, even with an empty group.
            forward
                .weights
                .iter()
                .find(|(arn, _)| cookie::group(arn) == *mark)
                .map(|(arn, _)| arn.clone())
        });
        let is_new = stays.is_none();
        let arn = match stays {
            Some(arn) => arn,
            None => self.board.share(&rule.arn, &forward.weights)?,
        };
        Some((self.board.group(&arn)?, is_new))
    }

    async fn send(
        &self,
        answering: &Answering,
        client: SocketAddr,
        protocol: &str,
        entrance: &Entrance,
        request: Request<Incoming>,
    ) -> Result<Response<AnswerBody>, Box<dyn std::error::Error + Send + Sync>> {
        if answering.behaviour == Behaviour::Slow {
            tokio::time::sleep(SLOWER).await;
        }
        let (mut parts, body) = request.into_parts();
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        parts.uri = Uri::builder()
            .scheme("http")
            .authority(answering.address.to_string())
            .path_and_query(target)
            .build()?;
        parts.version = hyper::Version::HTTP_11;
        without_hops(&mut parts.headers);
        forwarded(&mut parts.headers, client, protocol, entrance.listener.port);
        let answer = self
            .client
            .request(Request::from_parts(parts, body))
            .await?;
        let (mut parts, body) = answer.into_parts();
        without_hops(&mut parts.headers);
        Ok(Response::from_parts(parts, body.boxed()))
    }
}

impl Entrance {
    /// An address of this load balancer with the ports that it has on this machine.
    fn local(&self, address: &str, host: &str) -> String {
        for (port, here) in &self.ports {
            let scheme = if *port == 443 { "https" } else { "http" };
            let usual = matches!(*port, 80 | 443);
            let plain = format!("{scheme}://{host}/");
            let with_port = format!("://{host}:{port}/");
            if usual && let Some(rest) = address.strip_prefix(&plain) {
                return format!("{scheme}://{host}:{here}/{rest}");
            }
            if let Some((scheme, rest)) = address.split_once(&with_port) {
                return format!("{scheme}://{host}:{here}/{rest}");
            }
        }
        address.to_owned()
    }
}

/// What a version that fails in a chosen way answers instead.
fn spoiled(behaviour: Behaviour, health_path: bool, requests: u64) -> Option<StatusCode> {
    match behaviour {
        Behaviour::NeverHealthy if health_path => Some(StatusCode::SERVICE_UNAVAILABLE),
        Behaviour::FailsLater
            if !health_path && requests > crate::plane::behaviour::SOUND_REQUESTS =>
        {
            Some(StatusCode::INTERNAL_SERVER_ERROR)
        }
        _ => None,
    }
}

fn host(request: &Request<Incoming>) -> String {
    request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| {
            request
                .uri()
                .authority()
                .map(|authority| authority.as_str())
        })
        .unwrap_or_default()
        .to_owned()
}

/// A host without its port.
fn name_of(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// Headers that speak of one connection only.
fn without_hops(headers: &mut HeaderMap) {
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

/// Says whose request it is ("HTTP headers and Application Load Balancers").
fn forwarded(headers: &mut HeaderMap, client: SocketAddr, protocol: &str, port: u16) {
    let before = headers
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .map(|before| format!("{before}, "))
        .unwrap_or_default();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-forwarded-for", &format!("{before}{}", client.ip()));
    set("x-forwarded-proto", protocol);
    set("x-forwarded-port", &port.to_string());
}

fn stick(answer: &mut Response<AnswerBody>, name: &str, value: &str, time: Duration) {
    let cookie = format!("{name}={value}; Max-Age={}; Path=/", time.as_secs());
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}

fn redirect(status: StatusCode, address: &str) -> Response<AnswerBody> {
    let mut answer = own(status);
    if let Ok(address) = HeaderValue::from_str(address) {
        answer.headers_mut().insert(LOCATION, address);
    }
    answer
}

/// An answer of the load balancer's own, in the form that ALB gives it.
fn own(status: StatusCode) -> Response<AnswerBody> {
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

fn said(status: StatusCode, content_type: &str, body: String) -> Response<AnswerBody> {
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {});
    let mut answer = Response::new(body.boxed());
    *answer.status_mut() = status;
    if let Ok(content_type) = HeaderValue::from_str(content_type) {
        answer.headers_mut().insert(CONTENT_TYPE, content_type);
    }
    answer
}

/// A body that keeps its request in flight until it has been sent.
struct Counted {
    body: AnswerBody,
    _pick: Pick,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
