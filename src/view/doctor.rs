//! What was examined before anything is touched, and what to do about what is not well.

use serde::Serialize;
use serde_json::{Value, json};

use super::page::{Look, Page, Role, columns, pad, plain, span, strong};

/// Version of the document.
const VERSION: u32 = 1;

/// What was examined.
#[derive(Clone, Debug)]
pub struct DoctorReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// One thing that was examined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What: `permissions`, `quotas`, `names`, `clock`, `delegation`.
    pub name: String,
    /// Whether it is well.
    pub verdict: Verdict,
    /// What was found, in a sentence.
    pub says: String,
    /// What to do.
    pub remedy: Option<String>,
}

/// Whether something is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is.
    Ok,
    /// It will do, and deserves a look.
    Warning,
    /// Apply would fail.
    Failed,
    /// It could not be examined.
    Skipped,
}

impl DoctorReport {
    /// Whether apply can be expected to work.
    pub fn ok(&self) -> bool {
        !self
            .checks
            .iter()
            .any(|check| check.verdict == Verdict::Failed)
    }

    /// What was found, for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        let widest = self.checks.iter().map(|check| columns(&check.name)).max();
        let column = widest.unwrap_or(0) + 4;
        for check in &self.checks {
            let (mark, role) = match check.verdict {
                Verdict::Ok => ("✓ ", Role::Good),
                Verdict::Warning => ("! ", Role::Warning),
                Verdict::Failed => ("✗ ", Role::Bad),
                Verdict::Skipped => ("- ", Role::Quiet),
            };
            page.line(
                0,
                column,
                [
                    span(role, mark),
                    strong(pad(&check.name, column - 2)),
                    plain(&*check.says),
                ],
            );
            if let Some(remedy) = &check.remedy {
                page.line(column, column, [strong("→ "), plain(remedy)]);
            }
        }
        page.gap();
        let of = |verdict| {
            self.checks
                .iter()
                .filter(move |check| check.verdict == verdict)
        };
        let failed = of(Verdict::Failed).count();
        let verdict = match (failed, of(Verdict::Warning).count()) {
            (0, 0) => span(Role::Good, "All is well."),
            (0, warnings) => span(
                Role::Warning,
                format!("Nothing in the way; {warnings} to look at."),
            ),
            (failed, _) => span(Role::Bad, format!("{failed} in the way: apply would fail.")),
        };
        page.line(0, 0, [verdict]);
        page.finish()
    }

    /// What was found, as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        json!({
            "version": VERSION,
            "document": "doctor",
            "stack": self.stack,
            "ok": self.ok(),
            "checks": self.checks,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, verdict: Verdict, says: &str, remedy: Option<&str>) -> Check {
        Check {
            name: name.to_owned(),
            verdict,
            says: says.to_owned(),
            remedy: remedy.map(str::to_owned),
        }
    }

    fn report(last: Verdict) -> DoctorReport {
        DoctorReport {
            stack: "codedetect-prod".to_owned(),
            checks: vec![
                check("credentials", Verdict::Ok, "account 123456789012", None),
                check(
                    "quotas",
                    Verdict::Skipped,
                    "the endpoint has no service quotas",
                    None,
                ),
                check(
                    "clock",
                    last,
                    "this machine's clock is 7 minutes ahead of AWS's, which refuses signatures older or newer than 5",
                    Some("set it: timedatectl set-ntp true"),
                ),
            ],
        }
    }

    #[test]
    fn what_is_in_the_way_is_told_with_its_remedy() {
        let report = report(Verdict::Failed);
        assert!(!report.ok());
        assert_eq!(
            report.human(&Look::plain(80)),
            "✓ credentials  account 123456789012\n\
             - quotas       the endpoint has no service quotas\n\
             ✗ clock        this machine's clock is 7 minutes ahead of AWS's, which refuses\n               signatures older or newer than 5\n               → set it: timedatectl set-ntp true\n\
             \n1 in the way: apply would fail.\n"
        );
    }

    #[test]
    fn a_warning_is_not_in_the_way() {
        let report = report(Verdict::Warning);
        assert!(report.ok());
        assert!(report.human(&Look::plain(80)).ends_with("1 to look at.\n"));
        assert_eq!(report.json()["checks"][1]["verdict"], "skipped");
        assert_eq!(report.json()["ok"], true);
    }
}
