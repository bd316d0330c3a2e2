//! A run in the form that trace viewers read.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Timings, millis};

impl Timings {
    /// The run in the form that Chrome's and Perfetto's trace viewers read.
    pub fn chrome_trace(&self) -> Value {
        let steps = self.steps.iter().map(|step| Bar {
            name: step.address.to_string(),
            start: step.start,
            took: step.took,
            more: json!({"waited_ms": millis(step.waited)}),
        });
        let calls = self.calls.iter().map(|call| Bar {
            name: call.operation.clone(),
            start: call.start,
            took: call.took,
            more: json!({"status": call.status}),
        });
        let mut events = Vec::new();
        for (process, name, bars) in [
            (1, "steps", steps.collect::<Vec<_>>()),
            (2, "calls", calls.collect()),
        ] {
            events.push(json!({
                "name": "process_name", "ph": "M", "pid": process, "tid": 0,
                "args": {"name": name},
            }));
            events.extend(in_lanes(process, name, bars));
        }
        json!({
            "traceEvents": events,
            "displayTimeUnit": "ms",
            // Viewers show it as it is; a program finds here what it would have to add up itself.
            "otherData": self.json(),
        })
    }
}

struct Bar {
    name: String,
    start: Duration,
    took: Duration,
    more: Value,
}

/// The bars in as few lanes as show them side by side: a viewer nests what overlaps in one.
fn in_lanes(process: u32, category: &str, mut bars: Vec<Bar>) -> Vec<Value> {
    bars.sort_by_key(|bar| bar.start);
    let mut free_from: Vec<Duration> = Vec::new();
    bars.into_iter()
        .map(|bar| {
            let end = bar.start + bar.took;
            let lane = match free_from.iter().position(|free| *free <= bar.start) {
                Some(lane) => {
                    free_from[lane] = end;
                    lane
                }
                None => {
                    free_from.push(end);
                    free_from.len() - 1
                }
            };
            json!({
                "name": bar.name,
                "cat": category,
                "ph": "X",
                "ts": micros(bar.start),
                "dur": micros(bar.took),
                "pid": process,
                "tid": lane + 1,
                "args": bar.more,
            })
        })
        .collect()
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::timings;

    #[test]
    fn the_trace_has_no_overlap_within_a_lane() {
        let trace = timings().chrome_trace();
        let events = trace["traceEvents"].as_array().unwrap();
        let mut lanes: BTreeMap<(u64, u64), u64> = BTreeMap::new();
        let mut bars = 0;
        for event in events.iter().filter(|event| event["ph"] == "X") {
            let number = |key: &str| event[key].as_u64().unwrap();
            let end = lanes.entry((number("pid"), number("tid"))).or_default();
            assert!(*end <= number("ts"), "{event}");
            *end = number("ts") + number("dur");
            bars += 1;
        }
        assert_eq!(bars, 9);
    }
}
