//! Health checks: every target is asked at its group's interval, and often while it is new.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::Empty;
use hyper::header::{HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::behaviour::{Behaviour, SLOWER};
use super::board::{Answering, Board};
use super::picture::{GroupArn, HealthCheck, InstanceId};
use super::target::Failing;

/// How often a new target is asked. A real one boots for minutes; here its process is there in a moment, and nobody should
/// wait for the rest of an interval.
const WHILE_NEW: Duration = Duration::from_millis(200);
/// How often it is looked whether somebody must be asked.
pub(crate) const LOOK: Duration = Duration::from_millis(50);

/// Who was asked when.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    asked: HashMap<(GroupArn, InstanceId), Instant>,
}

impl Rounds {
    /// Asks whoever is due.
    pub(crate) fn go(&mut self, board: &Arc<Board>, now: Instant) {
        let all = board.to_ask();
        self.asked.retain(|(arn, instance), _| {
            all.iter()
                .any(|(group, id, _, _)| group.arn == *arn && id == instance)
        });
        for (group, instance, answering, is_new) in all {
            let every = if is_new {
                WHILE_NEW.min(group.health.every)
            } else {
                group.health.every
            };
            let key = (group.arn.clone(), instance.clone());
            let due = self
                .asked
                .get(&key)
                .is_none_or(|last| now.saturating_duration_since(*last) >= every);
            // A new instance that does not listen yet is still booting: that is no failed check.
            if !due || (is_new && answering.is_none()) {
                continue;
            }
            self.asked.insert(key, now);
            let board = Arc::clone(board);
            tokio::spawn(async move {
                let answer = match answering {
                    Some(answering) => ask(&answering, &group.health).await,
                    None => Err(Failing::Refused),
                };
                // While its process starts, a refused connection says nothing yet.
                if is_new && answer == Err(Failing::Refused) {
                    return;
                }
                board.asked(&group, &instance, answer, Instant::now());
            });
        }
    }
}

async fn ask(answering: &Answering, check: &HealthCheck) -> Result<(), Failing> {
    match tokio::time::timeout(check.timeout, status(answering, check)).await {
        Err(_) => Err(Failing::Timeout),
        Ok(None) => Err(Failing::Refused),
        Ok(Some(status)) if check.accepts(status.as_u16()) => Ok(()),
        Ok(Some(status)) => Err(Failing::Status(status.as_u16())),
    }
}

async fn status(answering: &Answering, check: &HealthCheck) -> Option<StatusCode> {
    match answering.behaviour {
        Behaviour::NeverHealthy => return Some(StatusCode::SERVICE_UNAVAILABLE),
        Behaviour::Slow => tokio::time::sleep(SLOWER).await,
        _ => {}
    }
    let stream = TcpStream::connect(answering.address).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .ok()?;
    tokio::spawn(connection);
    let request = Request::get(check.path.as_str())
        .header(HOST, answering.address.to_string())
        .header(USER_AGENT, "ELB-HealthChecker/2.0")
        .body(Empty::<bytes::Bytes>::new())
        .ok()?;
    Some(sender.send_request(request).await.ok()?.status())
}
