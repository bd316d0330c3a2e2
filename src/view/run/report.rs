//! How a run ended: the root causes in full, the rest as a count, and what goes on from here.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::aws::AwsError;
use crate::event::Doing;
use crate::exec::{NotStarted, Outcome};
use crate::plan::Plan;
use crate::reference::Address;
use crate::view::page::{Look, Page, Role, plain, quiet, span, strong};
use crate::view::words::{count, kind, span_of};

/// Version of the document.
const VERSION: u32 = 1;

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The verb: `apply`.
    pub verb: String,
    /// `<stack>-<environment>`.
    pub stack: String,
    /// Steps done.
    pub done: usize,
    /// The root causes.
    pub failed: Vec<FailedStep>,
    /// What was not started.
    pub not_started: Vec<NotStarted>,
    /// What AWS is still at work on and was no longer waited for.
    pub abandoned: Vec<Address>,
    /// Steps whose call had no answer when there was no more time to hear it out.
    pub unanswered: Vec<Address>,
    /// What went wrong with the run itself, beside its steps: its lock was lost, its end could not be written down.
    pub troubles: Vec<String>,
    /// Whether the person asked to stop.
    pub interrupted: bool,
    /// How long it took.
    pub took: Duration,
    /// The command that goes on where this run ended.
    pub next: String,
}

/// A step that failed.
#[derive(Clone, Debug)]
pub struct FailedStep {
    /// The resource.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// What was being done.
    pub doing: Doing,
    /// What AWS said.
    pub error: AwsError,
    /// The place in the stack file that asked for it, as a path; empty where none did.
    pub origin: String,
}

impl Ended {
    /// The end of the walk over a plan that nobody interrupted. `next` is the command that goes on.
    pub fn of(verb: &str, plan: &Plan, outcome: &Outcome, next: &str) -> Self {
        let failed = outcome
            .failed
            .iter()
            .map(|failure| {
                let step = plan.steps.get(failure.step);
                FailedStep {
                    address: failure.address.clone(),
                    kind: step.map_or("", |step| step.kind.type_name()).to_owned(),
                    doing: failure.doing,
                    error: failure.error.clone(),
                    origin: step.map_or("", |step| &step.origin).to_owned(),
                }
            })
            .collect();
        Self {
            verb: verb.to_owned(),
            stack: plan.scope.prefix(),
            done: outcome.done,
            failed,
            not_started: outcome.not_started.clone(),
            abandoned: outcome.abandoned.clone(),
            unanswered: outcome.unanswered.clone(),
            troubles: Vec::new(),
            interrupted: false,
            took: outcome.took,
            next: next.to_owned(),
        }
    }

    /// Whether everything was done, and written down.
    pub fn complete(&self) -> bool {
        !self.has_failed()
            && self.not_started.is_empty()
            && self.abandoned.is_empty()
            && self.unanswered.is_empty()
    }

    /// Whether a step or the run itself went wrong, rather than being stopped.
    pub fn has_failed(&self) -> bool {
        !self.failed.is_empty() || !self.troubles.is_empty()
    }

    /// The end for a person. `place` gives file, line and column of an origin.
    pub fn human(&self, look: &Look, place: &dyn Fn(&str) -> Option<String>) -> String {
        let mut page = Page::new(look);
        page.line(0, 2, self.verdict());
        for trouble in &self.troubles {
            page.gap();
            page.line(2, 4, [span(Role::Bad, trouble.as_str())]);
        }
        for failure in &self.failed {
            page.gap();
            let mut head = vec![
                strong(failure.address.as_str()),
                plain(format!(
                    "  {}: {} it failed",
                    kind(&failure.kind),
                    failure.doing.now()
                )),
            ];
            if let Some(place) = place(&failure.origin) {
                head.push(quiet(format!("  {place}")));
            }
            page.line(2, 4, head);
            page.line(4, 6, [span(Role::Bad, failure.error.to_string())]);
            if let Some(hint) = &failure.error.hint {
                page.line(4, 6, [strong("hint: "), plain(hint)]);
            }
        }
        self.rest(&mut page);
        if !self.complete() {
            page.gap();
            page.unbroken(0, [plain("to go on: "), strong(&*self.next)]);
        }
        page.finish()
    }

    fn verdict(&self) -> Vec<crate::view::page::Span> {
        let what = format!("{} {}", self.verb, self.stack);
        let done = format!("{} done in {}", self.done, span_of(self.took));
        if self.complete() {
            return vec![
                span(Role::Good, "✓ "),
                strong(what),
                plain(format!(": {done}")),
            ];
        }
        let mut parts = Vec::new();
        if !self.failed.is_empty() {
            parts.push(format!("{} failed", self.failed.len()));
        }
        if !self.not_started.is_empty() {
            parts.push(format!("{} not started", self.not_started.len()));
        }
        if !self.abandoned.is_empty() {
            parts.push(format!("{} no longer waited for", self.abandoned.len()));
        }
        if !self.unanswered.is_empty() {
            parts.push(format!("{} without an answer", self.unanswered.len()));
        }
        parts.push(done);
        let how = match (self.has_failed(), self.interrupted) {
            (true, _) => "failed",
            (false, true) => "was interrupted",
            (false, false) => "is not complete",
        };
        vec![
            span(Role::Bad, "✗ "),
            strong(format!("{what} {how}")),
            plain(format!(": {}", parts.join(", "))),
        ]
    }

    fn rest(&self, page: &mut Page<'_>) {
        if !self.not_started.is_empty() {
            page.gap();
        }
        for (causes, blocked) in self.by_cause() {
            let because = if causes.is_empty() {
                "because the run was stopped".to_owned()
            } else {
                let causes: Vec<_> = causes.iter().map(|cause| cause.as_str()).collect();
                format!("because of {}", causes.join(" and "))
            };
            let steps = count(blocked, "step");
            page.line(2, 4, [plain(format!("{steps} not started {because}"))]);
        }
        if !self.abandoned.is_empty() {
            page.gap();
            page.text(2, "AWS is still at work on, and nothing waits for:");
            for address in &self.abandoned {
                page.text(4, address.as_str());
            }
        }
        if !self.unanswered.is_empty() {
            page.gap();
            page.text(
                2,
                "What came of these calls is not known; the next run finds out:",
            );
            for address in &self.unanswered {
                page.text(4, address.as_str());
            }
        }
    }

    /// How many steps were not started for the same causes.
    fn by_cause(&self) -> BTreeMap<Vec<&Address>, usize> {
        let mut by_cause = BTreeMap::new();
        for step in &self.not_started {
            let mut causes: Vec<_> = step.because.iter().collect();
            causes.sort_unstable();
            causes.dedup();
            *by_cause.entry(causes).or_default() += 1;
        }
        by_cause
    }

    /// The end as a document, described in `docs/output.md`.
    pub fn json(&self, place: &dyn Fn(&str) -> Option<String>) -> Value {
        let failed: Vec<_> = self
            .failed
            .iter()
            .map(|failure| {
                json!({
                    "address": failure.address,
                    "kind": failure.kind,
                    "doing": failure.doing,
                    "operation": failure.error.operation,
                    "code": failure.error.code,
                    "message": failure.error.message,
                    "request_id": failure.error.request_id,
                    "hint": failure.error.hint,
                    "origin": Some(&failure.origin).filter(|origin| !origin.is_empty()),
                    "place": place(&failure.origin),
                })
            })
            .collect();
        let not_started: Vec<_> = self
            .not_started
            .iter()
            .map(|step| {
                json!({
                    "address": step.address,
                    "doing": step.doing,
                    "because": step.because,
                })
            })
            .collect();
        json!({
            "version": VERSION,
            "document": "ended",
            "verb": self.verb,
            "stack": self.stack,
            "complete": self.complete(),
            "interrupted": self.interrupted,
            "done": self.done,
            "failed": failed,
            "not_started": not_started,
            "abandoned": self.abandoned,
            "unanswered": self.unanswered,
            "troubles": self.troubles,
            "took_ms": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
            "next": (!self.complete()).then_some(&self.next),
        })
    }
}
