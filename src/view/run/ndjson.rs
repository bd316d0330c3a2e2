//! A run as one JSON event a line, described in `docs/output.md`.

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::event::{EVENT_VERSION, Event, Events};
use crate::view::Gate;

pub(super) struct Ndjson {
    gate: Gate,
    since: Instant,
}

impl Ndjson {
    pub(super) fn start(gate: &Gate) -> Self {
        Self {
            gate: gate.clone(),
            since: Instant::now(),
        }
    }
}

impl Events for Ndjson {
    fn emit(&self, event: Event) {
        let at = self.since.elapsed().as_millis();
        self.gate
            .line(&line(&event, u64::try_from(at).unwrap_or(u64::MAX)));
    }
}

/// The event with the version of the stream and the milliseconds since the run was followed.
fn line(event: &Event, at: u64) -> Value {
    let mut line = json!({ "version": EVENT_VERSION, "at_ms": at });
    if let (Value::Object(line), Ok(Value::Object(fields))) =
        (&mut line, serde_json::to_value(event))
    {
        line.extend(fields);
    }
    line
}
