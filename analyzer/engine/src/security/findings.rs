//! Findings as they are reported: placed, and suppressed by `# nosec`.

use super::issue::Issue;
use super::nosec::{Nosec, Tests};
use super::registry::Check;
use crate::report::Finding;
use crate::source::Source;
use crate::syntax::{Node, Span};

/// The findings of a file, and how many were suppressed.
pub(crate) struct Findings<'s> {
    source: &'s Source<'s>,
    suppressions: Nosec,
    pub(crate) found: Vec<Finding>,
    /// Suppressed by a comment that names no test.
    pub(crate) nosec: u64,
    /// Suppressed by a comment that names the test.
    pub(crate) skipped_tests: u64,
}

impl<'s> Findings<'s> {
    pub(crate) fn new(source: &'s Source<'s>, suppressions: Nosec) -> Self {
        Self {
            source,
            suppressions,
            found: Vec::new(),
            nosec: 0,
            skipped_tests: 0,
        }
    }

    /// Adds an issue of a node.
    pub(crate) fn add(&mut self, check: &'static Check, issue: Issue, node: &Node<'_>) {
        let source = self.source;
        self.add_within(check, issue, node, || node.lines(source));
    }

    /// Adds an issue of a node whose line range is another's.
    pub(crate) fn add_within(
        &mut self,
        check: &'static Check,
        issue: Issue,
        node: &Node<'_>,
        lines: impl FnOnce() -> (u32, u32),
    ) {
        if let Some(span) = node.span(self.source) {
            self.place(check, issue, span, lines());
        }
    }

    /// Adds an issue of the file as a whole at a line and a column.
    pub(crate) fn add_in_file(&mut self, check: &'static Check, issue: Issue, line: u32, col: u32) {
        let span = Span {
            line,
            col,
            end_line: line,
            end_col: 0,
        };
        // To Bandit the range of the file is lines 0 and 1, and the issue's own its line.
        let suppressed = self.suppressions.for_finding(issue.line, (0, 1));
        if !self.is_suppressed(check, suppressed) {
            self.push(check, issue, span, line);
        }
    }

    fn place(&mut self, check: &'static Check, issue: Issue, span: Span, lines: (u32, u32)) {
        let suppressed = self.suppressions.for_finding(issue.line, lines);
        if !self.is_suppressed(check, suppressed) {
            self.push(check, issue, span, lines.1);
        }
    }

    fn is_suppressed(&mut self, check: &Check, tests: Option<Tests>) -> bool {
        match tests {
            Some(tests) if tests.is_all() => self.nosec += 1,
            Some(tests) if tests.has(check.id) => self.skipped_tests += 1,
            _ => return false,
        }
        true
    }

    fn push(&mut self, check: &'static Check, issue: Issue, span: Span, end_line: u32) {
        self.found.push(Finding {
            test_id: check.id.to_owned(),
            test_name: check.test_name().to_owned(),
            line: issue.line.unwrap_or(span.line),
            end_line,
            col: column(span.col),
            end_col: column(span.end_col),
            severity: issue.severity,
            confidence: issue.confidence,
            text: issue.text.into_owned(),
            cwe: check.cwe,
        });
    }
}

fn column(column: u32) -> i32 {
    i32::try_from(column).unwrap_or(i32::MAX)
}
