//! The gateway's own interface below `/_codedetect/`: JSON in, JSON out, never counted, delayed or faulted.

use std::time::Duration;

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Shared;
use crate::additions::Additions;
use crate::call::Answer;
use crate::fault::{Fault, Rewrite};

pub(super) const PREFIX: &str = "/_codedetect/";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Latency {
    ms: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    token: String,
}

impl Shared {
    pub(super) async fn control(&self, parts: &Parts, body: &Bytes) -> Answer {
        let what = parts.uri.path().trim_start_matches(PREFIX);
        let done = || Answer::json(StatusCode::OK, &json!({ "ok": true }));
        match (&parts.method, what) {
            (&Method::GET, "status") => Answer::json(StatusCode::OK, &self.status()),
            (&Method::GET, "counts") => shown(&self.counts()),
            (&Method::GET, "log") => shown(&self.ledger().log()),
            (&Method::GET, "additions") => shown(&Additions::listed()),
            (&Method::GET, "plane") => match &self.plane {
                Some(plane) => Answer::json(StatusCode::OK, &plane.told()),
                None => refused(StatusCode::NOT_FOUND, "this cloud has no data plane"),
            },
            (&Method::POST, "reset") => {
                self.reset();
                done()
            }
            (&Method::POST, "forget") if self.forget().await => done(),
            (&Method::POST, "forget") => refused(StatusCode::BAD_GATEWAY, "moto gave no answer"),
            (&Method::GET, "latency") => Answer::json(
                StatusCode::OK,
                &json!({ "ms": self.ledger().latency.as_secs_f64() * 1000.0 }),
            ),
            (&Method::PUT | &Method::POST, "latency") => {
                match serde_json::from_slice::<Latency>(body) {
                    Ok(Latency { ms }) if (0.0..=60_000.0).contains(&ms) => {
                        self.ledger().latency = Duration::from_secs_f64(ms / 1000.0);
                        done()
                    }
                    Ok(_) => refused(
                        StatusCode::BAD_REQUEST,
                        "a latency lies between 0 and 60000 ms",
                    ),
                    Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
                }
            }
            (&Method::GET, "faults") => shown(&self.ledger().faults()),
            (&Method::POST, "faults") => match read::<Fault>(body) {
                Ok(faults) => {
                    let ids: Vec<u64> = faults
                        .into_iter()
                        .map(|fault| self.ledger().add_fault(fault))
                        .collect();
                    Answer::json(StatusCode::OK, &json!({ "ids": ids }))
                }
                Err(reason) => refused(StatusCode::BAD_REQUEST, &reason),
            },
            (&Method::DELETE, "faults" | "rewrites") => {
                self.clear_faults();
                done()
            }
            (&Method::GET, "rewrites") => shown(&self.ledger().rewrites()),
            (&Method::POST, "rewrites") => match read::<Rewrite>(body) {
                Ok(rewrites) => {
                    rewrites
                        .into_iter()
                        .for_each(|rewrite| self.ledger().add_rewrite(rewrite));
                    done()
                }
                Err(reason) => refused(StatusCode::BAD_REQUEST, &reason),
            },
            (&Method::POST, "stop") => match serde_json::from_slice::<Stop>(body) {
                Ok(Stop { token }) if token == self.token => {
                    self.stop_asked.send_replace(true);
                    done()
                }
                Ok(_) => refused(StatusCode::FORBIDDEN, "the token is another cloud's"),
                Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
            },
            (_, what) => refused(
                StatusCode::NOT_FOUND,
                &format!("no such control: {} {what}", parts.method),
            ),
        }
    }

    fn status(&self) -> Value {
        json!({
            "token": self.token,
            "pid": std::process::id(),
            "version": env!("CARGO_PKG_VERSION"),
            "moto": self.moto.address.to_string(),
            "account": self.moto.account(),
            "up_seconds": self.started.elapsed().as_secs(),
        })
    }
}

/// Reads one, or a list.
fn read<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<Vec<T>, String> {
    let is_list = body.trim_ascii_start().starts_with(b"[");
    let read = if is_list {
        serde_json::from_slice(body)
    } else {
        serde_json::from_slice(body).map(|one| vec![one])
    };
    read.map_err(|error| error.to_string())
}

fn shown(value: &impl serde::Serialize) -> Answer {
    match serde_json::to_value(value) {
        Ok(value) => Answer::json(StatusCode::OK, &value),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn refused(status: StatusCode, reason: &str) -> Answer {
    Answer::json(status, &json!({ "error": reason }))
}
