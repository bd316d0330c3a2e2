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
    /// The releases, the same.
    pub releases: Vec<ReleaseLine>,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ReleaseLine {
    /// The run's id; sorts by time.
    pub run: String,
    /// The verb.
    pub verb: String,
    /// Who ran it.
    pub by: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended; nothing for one that was cut short.
    pub ended: Option<String>,
    /// The workload.
    pub workload: String,
    /// The image that was to run.
    pub image: String,
    /// `done`, `rolled_back`, `aborted`; nothing for one that was cut short.
    pub verdict: Option<String>,
    /// Why it did not go as meant.
    pub cause: Option<String>,
    /// What was seen through the load balancer, as in a release.
    pub evidence: Option<Value>,
}

impl ReleaseLine {
    /// How it ended, in a few words.
    fn verdict(&self) -> Span {
        match self.verdict.as_deref() {
            Some("done") => span(Role::Good, "✓ done"),
            Some("rolled_back") => span(Role::Bad, "✗ rolled back"),
            Some(other) => span(Role::Warning, format!("! {other}")),
            None => span(Role::Warning, "! not ended"),
        }
    }

    fn evidence(&self) -> Option<String> {
        let count = |what: &str| self.evidence.as_ref()?.get(what)?.as_u64();
        let (requests, failed) = (count("requests")?, count("failed")?);
        Some(format!(", {requests} requests, {failed} failed"))
    }
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

    fn latest_releases(&self) -> Vec<&ReleaseLine> {
        let mut releases: Vec<_> = self.releases.iter().collect();
        releases.sort_by(|a, b| b.run.cmp(&a.run));
        releases
    }

    /// The runs for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        if self.runs.is_empty() && self.releases.is_empty() {
            page.text(0, format!("{} has had no runs.", self.stack));
        }
        let verbs = self.runs.iter().map(|run| &run.verb);
        let verbs = verbs.chain(self.releases.iter().map(|release| &release.verb));
        let widest = verbs.map(|verb| columns(verb)).max().unwrap_or(0);
        let begun = |run: &str, verb: &str, started: &str| {
            [
                strong(run),
                plain(format!("  {}  {started}  ", pad(verb, widest))),
            ]
        };
        let runs = self.runs.iter().map(|run| {
            let mut line = Vec::from(begun(&run.run, &run.verb, &run.started));
            line.extend([run.verdict(), quiet(format!("  {}", run.by))]);
            (&run.run, line)
        });
        let releases = self.releases.iter().map(|release| {
            let mut line = Vec::from(begun(&release.run, &release.verb, &release.started));
            line.extend([
                release.verdict(),
                plain(format!(
                    ": {}{}",
                    release.image,
                    release.evidence().unwrap_or_default()
                )),
                quiet(format!("  {}", release.by)),
            ]);
            if let Some(cause) = &release.cause {
                line.push(plain(format!("  because {cause}")));
            }
            (&release.run, line)
        });
        let mut lines: Vec<_> = runs.chain(releases).collect();
        lines.sort_by(|(a, _), (b, _)| b.cmp(a));
        let number = lines.len();
        for (_, line) in lines {
            page.line(0, 4, line);
        }
        if number > 1 {
            page.gap();
            page.line(0, 0, [quiet(count(number, "run"))]);
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
            "releases": self.latest_releases(),
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
            releases: Vec::new(),
        }
    }

    #[test]
    fn releases_stand_among_the_runs_with_their_evidence() {
        let mut report = report();
        report.releases = vec![ReleaseLine {
            run: "20261120-0900-dd44".to_owned(),
            verb: "deploy".to_owned(),
            by: "ops@build-1".to_owned(),
            started: "2026-11-20T09:00:00Z".to_owned(),
            ended: Some("2026-11-20T09:01:00Z".to_owned()),
            workload: "analyzer".to_owned(),
            image: "codedetect:2".to_owned(),
            verdict: Some("rolled_back".to_owned()),
            cause: Some("alarm cpu rings".to_owned()),
            evidence: Some(json!({ "requests": 40, "failed": 0 })),
        }];
        let text = report.human(&Look::plain(200));
        let second = text.lines().nth(1).unwrap();
        assert_eq!(
            second,
            "20261120-0900-dd44  deploy  2026-11-20T09:00:00Z  ✗ rolled back: codedetect:2, 40 requests, 0 failed  \
             ops@build-1  because alarm cpu rings"
        );
        assert_eq!(report.json()["releases"][0]["evidence"]["requests"], 40);
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
