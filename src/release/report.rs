//! A release: its steps before it, its report after it.

use serde_json::{Value, json};

use super::counts::Balanced;
use super::evidence::{Evidence, Latency};
use super::record::{Record, State, Verdict};
use super::step::Step;
use crate::model::workloads::Colour;
use crate::view::history::ReleaseLine;
use crate::view::page::{Look, Page, Role, plain, quiet, span, strong};

/// Version of the document.
const VERSION: u32 = 1;

/// The steps that would be taken.
pub fn course(steps: &[Step], look: &Look) -> String {
    let mut page = Page::new(look);
    for (index, step) in steps.iter().enumerate() {
        let number = format!("{:>2}. ", index + 1);
        page.line(0, 4, [quiet(number), strong(step.sentence())]);
        page.line(4, 4, [quiet(step.why())]);
    }
    let known: u64 = steps
        .iter()
        .filter_map(Step::usually)
        .map(|time| time.as_secs())
        .sum();
    page.gap();
    page.line(
        0,
        0,
        [plain(format!(
            "About {known} s, and what the new instances take to be healthy."
        ))],
    );
    page.finish()
}

/// How a release went.
#[derive(Debug)]
pub struct ReleaseReport<'a> {
    /// Its record.
    pub record: &'a Record,
}

impl ReleaseReport<'_> {
    fn verdict(&self) -> (Role, &'static str) {
        match self.record.ended.as_ref().map(|ended| ended.verdict) {
            Some(Verdict::Done) => (Role::Good, "✓ done"),
            Some(Verdict::RolledBack) => (Role::Bad, "✗ rolled back"),
            Some(Verdict::Aborted) => (Role::Warning, "! aborted"),
            None => (Role::Warning, "! not ended"),
        }
    }

    fn evidence(&self) -> Option<&Evidence> {
        self.record.ended.as_ref()?.evidence.as_ref()
    }

    fn serving(&self) -> &'static str {
        let done = self.record.ended.as_ref().map(|ended| ended.verdict) == Some(Verdict::Done);
        match (self.record.to, done) {
            (Colour::Single, true) => "it",
            (Colour::Single, false) => "the former version",
            (to, true) => to.key(),
            (_, false) => self.record.from.key(),
        }
    }

    /// For a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        let (role, verdict) = self.verdict();
        page.line(
            0,
            2,
            [
                span(role, verdict),
                plain(format!(
                    "  {} of {}: {} serves",
                    self.record.verb,
                    self.record.image,
                    self.serving()
                )),
            ],
        );
        if let Some(cause) = self
            .record
            .ended
            .as_ref()
            .and_then(|ended| ended.cause.as_ref())
        {
            page.line(2, 4, [plain("because "), strong(cause)]);
        }
        if let Some(evidence) = self.evidence() {
            let role = if evidence.failed == 0 {
                Role::Good
            } else {
                Role::Bad
            };
            page.line(
                2,
                4,
                [
                    plain(format!(
                        "{} requests through the load balancer, ",
                        evidence.requests
                    )),
                    span(role, failed(evidence)),
                ],
            );
            for (kind, number) in &evidence.failures {
                page.line(4, 6, [span(Role::Bad, format!("{number} × {kind}"))]);
            }
            let versions: Vec<String> = evidence
                .versions
                .iter()
                .map(|(version, number)| format!("{version}: {number}"))
                .collect();
            page.line(2, 4, [plain(format!("versions  {}", versions.join(", ")))]);
            for (when, latency) in latencies(evidence) {
                page.line(2, 4, [quiet(format!("{when:<7} {}", words(&latency)))]);
            }
            if let Some(counted) = &evidence.counted {
                page.line(2, 4, [quiet(balanced(counted))]);
            }
        }
        page.finish()
    }

    /// For a pull request or a chat.
    pub fn markdown(&self) -> String {
        let (_, verdict) = self.verdict();
        let record = self.record;
        let mut text = format!(
            "### {verdict}: {} of `{}`\n\n{} serves.\n",
            record.verb,
            record.image,
            self.serving()
        );
        if let Some(cause) = record.ended.as_ref().and_then(|ended| ended.cause.as_ref()) {
            text += &format!("\nBecause {}.\n", cause.replace('|', r"\|"));
        }
        if let Some(evidence) = self.evidence() {
            text += &format!(
                "\n**{} requests** through the load balancer, **{}**.\n",
                evidence.requests,
                failed(evidence)
            );
            text += "\n| part | p50 | p95 | longest |\n| --- | --- | --- | --- |\n";
            for (when, latency) in latencies(evidence) {
                text += &format!(
                    "| {when} | {:.0} ms | {:.0} ms | {:.0} ms |\n",
                    latency.p50, latency.p95, latency.max
                );
            }
        }
        if let Some(counted) = self.evidence().and_then(|one| one.counted.as_ref()) {
            text += &format!("\n{}.\n", balanced(counted));
        }
        text += "\n| step | | took |\n| --- | --- | --- |\n";
        for taken in &record.steps {
            let mark = match taken.state {
                State::Done => "✓",
                State::Failed => "✗",
                State::Open | State::Begun => "",
            };
            let took = taken
                .took_ms
                .map_or(String::new(), |took| format!("{took} ms"));
            text += &format!("| {} | {mark} | {took} |\n", taken.step.sentence());
        }
        text
    }

    /// As one of the history's lines.
    pub fn line(&self) -> ReleaseLine {
        let record = self.record;
        let ended = record.ended.as_ref();
        let value = |verdict: &Verdict| {
            serde_json::to_value(verdict)
                .ok()?
                .as_str()
                .map(str::to_owned)
        };
        ReleaseLine {
            run: record.run.clone(),
            verb: record.verb.clone(),
            by: record.by.clone(),
            started: record.started.clone(),
            ended: ended.map(|ended| ended.at.clone()),
            workload: record.workload.clone(),
            image: record.image.clone(),
            verdict: ended.and_then(|ended| value(&ended.verdict)),
            cause: ended.and_then(|ended| ended.cause.clone()),
            evidence: self
                .evidence()
                .and_then(|one| serde_json::to_value(one).ok()),
        }
    }

    /// As a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        json!({ "version": VERSION, "document": "release", "release": self.record })
    }
}

fn failed(evidence: &Evidence) -> String {
    let before = match evidence.failed_before {
        0 => String::new(),
        all if all == evidence.failed => " before the traffic moved".to_owned(),
        some => format!(", {some} of them before the traffic moved"),
    };
    format!("{} failed{before}", evidence.failed)
}

/// CloudWatch is behind: this is no proof that nothing else was asked.
fn balanced(counted: &Balanced) -> String {
    format!(
        "of all requests CloudWatch has so far: {} given to targets, {} of them answered with 500 or more; {} so answered by the \
         load balancer itself",
        counted.requests, counted.target_errors, counted.own_errors
    )
}

fn latencies(evidence: &Evidence) -> Vec<(&'static str, Latency)> {
    let parts = &evidence.latency;
    [
        ("before", parts.before),
        ("during", parts.during),
        ("after", parts.after),
    ]
    .into_iter()
    .filter_map(|(when, latency)| Some((when, latency?)))
    .collect()
}

fn words(latency: &Latency) -> String {
    format!(
        "half within {:.0} ms, 95 of 100 within {:.0} ms, the longest {:.0} ms",
        latency.p50, latency.p95, latency.max
    )
}
