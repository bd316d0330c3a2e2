//! A stack as it goes: a picture that is drawn in place on a terminal, a line a change elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};

use super::gate::height;
use super::page::{Look, Page, Role, columns, pad, plain, quiet, span, strong};
use super::status::{ColourStatus, WorkloadStatus};
use super::words::span_of;
use crate::view::Gate;

/// Version of the document.
const VERSION: u32 = 1;
/// Rows that the picture has at the least, however low the terminal.
const LEAST_ROWS: usize = 4;

/// A stack at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// When it was looked at, RFC 3339.
    pub at: String,
    /// Its workloads.
    pub workloads: Vec<Watched>,
    /// What went wrong with the latest look, whose results are then the ones before.
    pub problem: Option<String>,
}

/// A workload at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct Watched {
    /// How it stands.
    #[serde(flatten)]
    pub status: WorkloadStatus,
    /// What the load balancer counts of each of its colours, in their order.
    pub traffic: Vec<Traffic>,
    /// How long the release has been at its step, as far as that was watched.
    #[serde(rename = "at_step_ms", serialize_with = "milliseconds")]
    pub at_step: Option<Duration>,
}

/// What the load balancer counts of a colour: CloudWatch keeps minutes, so this is of the last one or two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Traffic {
    /// Requests a second.
    pub requests: f64,
    /// Of these, answered with 500 and more.
    pub errors: f64,
}

#[allow(clippy::ref_option, reason = "serde gives it so")]
fn milliseconds<S: serde::Serializer>(time: &Option<Duration>, to: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_millis()).serialize(to)
}

impl Picture {
    /// The rows for a terminal.
    pub fn rows(&self, look: &Look) -> Vec<String> {
        let mut page = Page::new(look);
        page.line(
            0,
            2,
            [strong(&*self.stack), quiet(format!("  {}", self.at))],
        );
        for workload in &self.workloads {
            page.gap();
            page.line(0, 0, [strong(&*workload.status.name)]);
            workload.draw(&mut page);
        }
        if let Some(problem) = &self.problem {
            page.gap();
            page.line(0, 2, [span(Role::Bad, "! "), plain(&**problem)]);
        }
        page.finish().lines().map(str::to_owned).collect()
    }

    /// What a change is told by: everything but rates and times.
    pub fn gist(&self) -> String {
        let workloads = self.workloads.iter().map(Watched::gist);
        let mut parts: Vec<String> = workloads.collect();
        parts.extend(self.problem.iter().map(|problem| format!("! {problem}")));
        parts.join(" | ")
    }

    /// One line.
    pub fn line(&self) -> String {
        format!("{}  {}  {}", self.at, self.stack, self.gist())
    }

    /// As one event, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let mut event = json!({ "version": VERSION, "event": "status" });
        if let (Value::Object(event), Ok(Value::Object(fields))) =
            (&mut event, serde_json::to_value(self))
        {
            event.extend(fields);
        }
        event
    }
}

impl Watched {
    fn draw(&self, page: &mut Page<'_>) {
        let colours = &self.status.colours;
        let widest = |text: fn(&ColourStatus) -> usize| colours.iter().map(text).max().unwrap_or(0);
        let names = widest(|one| columns(&one.colour));
        let roles = widest(|one| columns(&one.role));
        let versions = widest(|one| columns(one.version.as_deref().unwrap_or("-")));
        for (index, colour) in colours.iter().enumerate() {
            let traffic = self.traffic.get(index).copied().unwrap_or_default();
            let role = if colour.weight > 0 {
                Role::Good
            } else {
                Role::Quiet
            };
            let errors = if traffic.errors > 0.0 {
                Role::Bad
            } else {
                Role::Quiet
            };
            page.line(
                2,
                6,
                [
                    span(role, pad(&colour.colour, names + 2)),
                    plain(pad(&colour.role, roles + 2)),
                    plain(format!("{:>3} %  ", colour.weight)),
                    strong(pad(colour.version.as_deref().unwrap_or("-"), versions + 2)),
                    plain(format!("{}/{}  ", colour.instances, colour.wanted)),
                    plain(format!("{:.1} req/s  ", traffic.requests)),
                    span(errors, format!("{:.1} err/s", traffic.errors)),
                ],
            );
            let mut more: Vec<_> = colour
                .zones
                .iter()
                .map(|zone| plain(format!("{}  ", zone.words())))
                .collect();
            more.extend(colour.next.iter().map(|next| quiet(&**next)));
            if !more.is_empty() {
                page.line(names + 4, names + 6, more);
            }
        }
        if let Some(release) = &self.status.release {
            let time = self
                .at_step
                .map_or(String::new(), |time| format!("  {}", span_of(time)));
            page.line(
                2,
                6,
                [
                    span(Role::Warning, format!("{} ", release.verb)),
                    plain(format!("of {}", release.image)),
                ],
            );
            page.line(4, 8, [plain(release.sentence()), quiet(time)]);
        }
    }

    fn gist(&self) -> String {
        let mut parts: Vec<String> = self
            .status
            .colours
            .iter()
            .map(|colour| {
                let zones: Vec<String> = colour.zones.iter().map(|zone| zone.words()).collect();
                format!(
                    "{} {} {}% {} {}/{}{}",
                    colour.colour,
                    colour.role,
                    colour.weight,
                    colour.version.as_deref().unwrap_or("-"),
                    colour.instances,
                    colour.wanted,
                    if zones.is_empty() {
                        String::new()
                    } else {
                        format!(" ({})", zones.join("; "))
                    }
                )
            })
            .collect();
        parts.extend(
            self.status
                .release
                .iter()
                .map(|release| format!("{} {}", release.verb, release.sentence())),
        );
        format!("{}: {}", self.status.name, parts.join(", "))
    }
}

/// How pictures follow one another.
pub struct Following(How);

enum How {
    Drawn(Gate, ProgressBar),
    Lines(Gate, Option<String>),
    Ndjson(Gate),
}

impl std::fmt::Debug for Following {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.0 {
            How::Drawn(..) => "Following(drawn)",
            How::Lines(..) => "Following(lines)",
            How::Ndjson(_) => "Following(ndjson)",
        })
    }
}

impl Following {
    /// Begins: drawn where a person looks at a terminal, else lines, or one event a look.
    pub fn begin(gate: &Gate, ndjson: bool) -> Self {
        let gate = gate.clone();
        Self(if ndjson {
            How::Ndjson(gate)
        } else if gate.can_draw() && gate.results_on_a_terminal() {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            let bar = gate.draw().add(bar);
            How::Drawn(gate, bar)
        } else {
            How::Lines(gate, None)
        })
    }

    /// Shows a picture.
    pub fn show(&mut self, picture: &Picture) {
        match &mut self.0 {
            How::Drawn(gate, bar) => {
                let mut look = gate.news_look();
                // Some terminals wrap at their last column.
                look.width = look.width.saturating_sub(1).max(1);
                let mut rows = picture.rows(&look);
                rows.truncate(height().saturating_sub(1).max(LEAST_ROWS));
                // All rows are one bar, so a frame is written at once.
                bar.set_message(rows.join("\n"));
            }
            How::Lines(gate, before) => {
                let gist = picture.gist();
                if before.as_ref() != Some(&gist) {
                    gate.result(&picture.line());
                    *before = Some(gist);
                }
            }
            How::Ndjson(gate) => gate.line(&picture.json()),
        }
    }

    /// Ends: the terminal is as it was, and the last picture stays on it.
    pub fn end(self, last: Option<&Picture>) {
        if let How::Drawn(gate, bar) = self.0 {
            bar.finish_and_clear();
            gate.stop_drawing();
            if let Some(last) = last {
                gate.result(&last.rows(&gate.results_look()).join("\n"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::status::{ReleaseStatus, ZoneHealth};

    fn picture(weight: u32) -> Picture {
        let colour = |name: &str, role: &str, weight, version: &str| ColourStatus {
            colour: name.to_owned(),
            role: role.to_owned(),
            version: Some(version.to_owned()),
            weight,
            instances: 1,
            wanted: 1,
            least: 1,
            most: 2,
            zones: vec![ZoneHealth {
                zone: "eu-west-1a".to_owned(),
                healthy: 1,
                total: 1,
                states: [("healthy".to_owned(), 1)].into(),
            }],
            since: None,
            next: None,
        };
        Picture {
            stack: "codedetect-prod".to_owned(),
            at: "2026-01-01T00:00:00Z".to_owned(),
            workloads: vec![Watched {
                status: WorkloadStatus {
                    name: "analyzer".to_owned(),
                    colours: vec![
                        colour("blue", "live", 100 - weight, "1.0.0"),
                        colour("green", "preview", weight, "1.1.0"),
                    ],
                    rollback: None,
                    release: Some(ReleaseStatus {
                        run: "r".to_owned(),
                        verb: "deploy".to_owned(),
                        by: "ops@localhost".to_owned(),
                        started: "2026-01-01T00:00:00Z".to_owned(),
                        image: "ghcr.io/example/codedetect:1.1.0".to_owned(),
                        step: 7,
                        of: 12,
                        doing: "Watch green for 30 s".to_owned(),
                        begun: true,
                    }),
                },
                traffic: vec![
                    Traffic {
                        requests: 11.4,
                        errors: 0.0,
                    },
                    Traffic {
                        requests: 0.6,
                        errors: 0.1,
                    },
                ],
                at_step: Some(Duration::from_secs(12)),
            }],
            problem: None,
        }
    }

    #[test]
    fn the_picture_fits_eighty_columns_and_reads_so() {
        let rows = picture(5).rows(&Look::plain(79));
        assert_eq!(
            rows.join("\n"),
            "codedetect-prod  2026-01-01T00:00:00Z\n\
             \n\
             analyzer\n  \
               blue   live      95 %  1.0.0  1/1  11.4 req/s  0.0 err/s\n         \
                      zone eu-west-1a: 1 healthy\n  \
               green  preview    5 %  1.1.0  1/1  0.6 req/s  0.1 err/s\n         \
                      zone eu-west-1a: 1 healthy\n  \
               deploy of ghcr.io/example/codedetect:1.1.0\n    \
                 step 7/12: Watch green for 30 s  12s"
        );
        for width in [20, 40, 79] {
            for row in picture(5).rows(&Look::plain(width)) {
                assert!(columns(&row) <= width, "{width}: {row}");
            }
        }
    }

    #[test]
    fn elsewhere_there_is_a_line_only_where_something_has_changed() {
        let (gate, captured) = Gate::captured(80);
        let mut following = Following::begin(&gate, false);
        let mut busier = picture(5);
        busier.workloads[0].traffic[0].requests = 40.0;
        busier.at = "2026-01-01T00:00:02Z".to_owned();
        for one in [&picture(5), &busier, &picture(25)] {
            following.show(one);
        }
        following.end(None);
        let lines = captured.results();
        assert_eq!(lines.lines().count(), 2, "{lines}");
        assert!(lines.contains("green preview 25% 1.1.0"), "{lines}");
        assert!(lines.contains("step 7/12: Watch green"), "{lines}");
    }

    #[test]
    fn as_json_each_look_is_an_event() {
        let (gate, captured) = Gate::captured(80);
        let mut following = Following::begin(&gate, true);
        following.show(&picture(5));
        following.show(&picture(5));
        let events: Vec<Value> = captured
            .results()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(events.len(), 2);
        let workload = &events[0]["workloads"][0];
        assert_eq!(workload["colours"][1]["weight"], 5);
        assert_eq!(workload["traffic"][1]["errors"], 0.1);
        assert_eq!(workload["at_step_ms"], 12_000);
    }
}
