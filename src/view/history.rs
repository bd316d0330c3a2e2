//! The runs of a stack, latest first.

use serde::Serialize;
use serde_json::{Value, json};

use super::page::{Look, Page, Role, Span, columns, pad, plain, quiet, span, strong};
use super::words::count;
use crate::exec::journal::{End, RunRecord};

/// Version of the document.
const VERSION: u32 = 1;

/// The runs of a stack.
#[derive(Clone, Debug)]
pub struct HistoryReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// The runs; shown latest first, whatever their order here.
    pub runs: Vec<HistoryLine>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Its id; sorts by time.
    pub run: String,
    /// The verb.
    pub verb: String,
    /// Who ran it.
    pub by: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended; nothing for one that was killed.
    pub ended: Option<String>,
    /// Steps done.
    pub done: usize,
    /// Steps that failed.
    pub failed: usize,
    /// Steps whose outcome is not known, or that AWS was still at work on.
    pub unfinished: usize,
}

impl HistoryLine {
    /// The counts of a run.
    pub fn of(record: &RunRecord) -> Self {
        let entries = record.entries.iter();
        let outcomes = entries.map(|entry| entry.outcome.as_ref());
        let count = |is: fn(Option<&End>) -> bool| outcomes.clone().filter(|end| is(*end)).count();
        Self {
            run: record.run.clone(),
            verb: record.verb.clone(),
            by: record.by.clone(),
            started: record.started.clone(),
            ended: record.ended.clone(),
            done: count(|end| matches!(end, Some(End::Done))),
            failed: count(|end| matches!(end, Some(End::Failed(_)))),
            unfinished: count(|end| matches!(end, None | Some(End::Abandoned))),
        }
    }

    /// How it ended, in a few words.
    pub(super) fn verdict(&self) -> Span {
        let done = format!("{} done", self.done);
        match (self.ended.is_some(), self.failed, self.unfinished) {
            (true, 0, 0) => span(Role::Good, format!("✓ {done}")),
            (false, _, left) => span(
                Role::Bad,
                format!("✗ killed: {done}, {left} not known to have ended"),
            ),
            (true, 0, left) => span(Role::Warning, format!("! {done}, {left} not finished")),
            (true, failed, _) => span(Role::Bad, format!("✗ {failed} failed, {done}")),
        }
    }
}

impl HistoryReport {
    fn latest_first(&self) -> Vec<&HistoryLine> {
        let mut runs: Vec<_> = self.runs.iter().collect();
        runs.sort_by(|a, b| b.run.cmp(&a.run));
        runs
    }

    /// The runs for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        if self.runs.is_empty() {
            page.text(0, format!("{} has had no runs.", self.stack));
        }
        let verbs = self.runs.iter().map(|run| columns(&run.verb)).max();
        for run in self.latest_first() {
            page.line(
                0,
                4,
                [
                    strong(&*run.run),
                    plain(format!(
                        "  {}  {}  ",
                        pad(&run.verb, verbs.unwrap_or(0)),
                        run.started
                    )),
                    run.verdict(),
                    quiet(format!("  {}", run.by)),
                ],
            );
        }
        if self.runs.len() > 1 {
            page.gap();
            page.line(0, 0, [quiet(count(self.runs.len(), "run"))]);
        }
        page.finish()
    }

    /// The runs as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        json!({
            "version": VERSION,
            "document": "history",
            "stack": self.stack,
            "runs": self.latest_first(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::journal::Entry;

    fn record(run: &str, ended: bool, outcomes: &[Option<End>]) -> RunRecord {
        RunRecord {
            run: run.to_owned(),
            verb: "apply".to_owned(),
            by: "ops@build-1".to_owned(),
            started: "2026-11-21T09:00:00Z".to_owned(),
            ended: ended.then(|| "2026-11-21T09:03:05Z".to_owned()),
            entries: outcomes
                .iter()
                .map(|outcome| Entry {
                    address: "network.vpc".into(),
                    kind: "ec2:vpc".to_owned(),
                    action: "create".to_owned(),
                    token: "t".to_owned(),
                    inputs: "h".to_owned(),
                    key: None,
                    outcome: outcome.clone(),
                })
                .collect(),
        }
    }

    fn report() -> HistoryReport {
        let failed = || Some(End::Failed("ec2:CreateVpc: VpcLimitExceeded".to_owned()));
        let records = [
            record("20261119-1000-aa11", true, &[Some(End::Done), failed()]),
            record(
                "20261121-0900-7f3a",
                true,
                &[Some(End::Done), Some(End::Done)],
            ),
            record("20261120-0800-bb22", false, &[Some(End::Done), None]),
            record(
                "20261118-0800-cc33",
                true,
                &[Some(End::Done), Some(End::Abandoned)],
            ),
        ];
        HistoryReport {
            stack: "codedetect-prod".to_owned(),
            runs: records.iter().map(HistoryLine::of).collect(),
        }
    }

    #[test]
    fn runs_read_so_latest_first() {
        assert_eq!(
            report().human(&Look::plain(100)),
            "20261121-0900-7f3a  apply  2026-11-21T09:00:00Z  ✓ 2 done  ops@build-1\n\
             20261120-0800-bb22  apply  2026-11-21T09:00:00Z  ✗ killed: 1 done, 1 not known to have ended\n    ops@build-1\n\
             20261119-1000-aa11  apply  2026-11-21T09:00:00Z  ✗ 1 failed, 1 done  ops@build-1\n\
             20261118-0800-cc33  apply  2026-11-21T09:00:00Z  ! 1 done, 1 not finished  ops@build-1\n\
             \n4 runs\n"
        );
    }

    #[test]
    fn the_document_counts_each_runs_steps() {
        let document = report().json();
        assert_eq!(document["runs"][0]["run"], "20261121-0900-7f3a");
        assert_eq!(document["runs"][1]["ended"], Value::Null);
        assert_eq!(document["runs"][1]["unfinished"], 1);
        assert_eq!(document["runs"][2]["failed"], 1);
    }
}
