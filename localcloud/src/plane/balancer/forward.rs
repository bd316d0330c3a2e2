//! A request on its way to a target and back, as an Application Load Balancer takes it.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{COOKIE, HOST};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::TokioExecutor;

use super::answer::{AnswerBody, own, redirect, said, stick};
use super::cookie::{self, GROUP_COOKIE, TARGET_COOKIE};
use super::headers::{forwarded, refused, without_hops, without_invalid};
use super::progress::{Progress, Watched};
use super::route::{Came, Route, route};
use crate::plane::behaviour::{Behaviour, SLOWER};
use crate::plane::board::{Answering, Board, Pick};
use crate::plane::condition::Asked;
use crate::plane::picture::{BalancerArn, Forward, Listener, Rule, TargetGroup};
use crate::plane::traffic::{Traffic, Unanswered};

/// How long a target may take to accept a connection ("Application Load Balancers", 10 s).
const CONNECT: Duration = Duration::from_secs(10);
/// A pooled connection is given up after this: less than any workload keeps one.
const POOLED: Duration = Duration::from_secs(4);

/// The way to the targets, shared by all listeners.
#[derive(Clone)]
pub(crate) struct Forwarder {
    board: Arc<Board>,
    traffic: Arc<Traffic>,
    client: Client<HttpConnector, Watched>,
}

/// The listener at which a request came in.
pub(crate) struct Entrance {
    pub(crate) balancer: BalancerArn,
    pub(crate) listener: Listener,
    pub(crate) idle_timeout: Duration,
    /// Whether headers with unusual names are dropped.
    pub(crate) drop_invalid_headers: bool,
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
        if let Some(status) = refused(&request) {
            return own(status);
        }
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
            self.traffic.balancer_answered(&entrance.balancer);
            return own(StatusCode::SERVICE_UNAVAILABLE);
        };
        let stays_with = group
            .stickiness
            .and_then(|_| cookies.get(TARGET_COOKIE).map(String::as_str));
        let Some(pick) = self.board.pick(&group, stays_with, began) else {
            // ALB never fails over from an empty group to another.
            self.traffic.balancer_answered(&entrance.balancer);
            return own(StatusCode::SERVICE_UNAVAILABLE);
        };
        let stays = stays_with == Some(pick.instance.as_str());
        let Some(answering) = pick.answering.clone() else {
            self.traffic.unanswered(
                &entrance.balancer,
                &group.arn,
                &pick.instance,
                Unanswered::NotConnected,
            );
            return own(StatusCode::BAD_GATEWAY);
        };
        let health_path = request.uri().path() == group.health.path;
        let progress = Arc::new(Progress::new(began));
        let request = request.map(|body| Watched::new(body, Arc::clone(&progress)));
        let sent = self.send(&answering, client, protocol, entrance, request);
        let answered = tokio::select! {
            answered = sent => answered,
            () = progress.silent_for(entrance.idle_timeout) => {
                if !progress.is_whole() {
                    return own(StatusCode::REQUEST_TIMEOUT);
                }
                self.traffic.unanswered(&entrance.balancer, &group.arn, &pick.instance, Unanswered::BrokenOff);
                return own(StatusCode::GATEWAY_TIMEOUT);
            }
        };
        let mut answer = match answered {
            Ok(answer) => answer,
            // The client is gone, so that nobody reads this.
            Err(_) if progress.is_broken() => return own(StatusCode::BAD_REQUEST),
            Err(failing) => {
                self.traffic.unanswered(
                    &entrance.balancer,
                    &group.arn,
                    &pick.instance,
                    failing.why,
                );
                return own(failing.status);
            }
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
        mut request: Request<Watched>,
    ) -> Result<Response<AnswerBody>, Failing> {
        if answering.behaviour == Behaviour::Slow {
            tokio::time::sleep(SLOWER).await;
        }
        without_hops(request.headers_mut());
        if entrance.drop_invalid_headers {
            without_invalid(request.headers_mut());
        }
        forwarded(&mut request, client, protocol, entrance.listener.port);
        *request.uri_mut() = at(answering.address, request.uri());
        *request.version_mut() = hyper::Version::HTTP_11;
        let answer = self.client.request(request).await?;
        let (mut parts, body) = answer.into_parts();
        without_hops(&mut parts.headers);
        Ok(Response::from_parts(parts, body.boxed()))
    }
}

/// Why a target has not answered, and what the client is told.
struct Failing {
    why: Unanswered,
    status: StatusCode,
}

impl From<Error> for Failing {
    fn from(error: Error) -> Self {
        if !error.is_connect() {
            return Self {
                why: Unanswered::BrokenOff,
                status: StatusCode::BAD_GATEWAY,
            };
        }
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        let mut in_time = true;
        while let Some(one) = cause {
            let kind = one
                .downcast_ref::<std::io::Error>()
                .map(std::io::Error::kind);
            in_time &= kind != Some(std::io::ErrorKind::TimedOut);
            cause = one.source();
        }
        Self {
            why: Unanswered::NotConnected,
            status: if in_time {
                StatusCode::BAD_GATEWAY
            } else {
                StatusCode::GATEWAY_TIMEOUT
            },
        }
    }
}

/// The same target at an instance.
fn at(address: SocketAddr, uri: &Uri) -> Uri {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    Uri::builder()
        .scheme("http")
        .authority(address.to_string())
        .path_and_query(target)
        .build()
        .unwrap_or_default()
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
