//! What a check says.

use std::borrow::Cow;

use crate::report::Rank;

/// A check's finding, before it is placed.
pub(crate) struct Issue {
    pub(crate) severity: Rank,
    pub(crate) confidence: Rank,
    pub(crate) text: Cow<'static, str>,
    /// The line, where it is not that of the node that is checked.
    pub(crate) line: Option<u32>,
}

impl Issue {
    pub(crate) fn new(
        severity: Rank,
        confidence: Rank,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            severity,
            confidence,
            text: text.into(),
            line: None,
        }
    }

    pub(crate) fn at(self, line: Option<u32>) -> Self {
        Self { line, ..self }
    }
}

/// Bandit's check raises an exception here. Bandit logs it and goes on: the check says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Raised;

/// What a check says of a node.
pub(crate) type Outcome = Result<Option<Issue>, Raised>;
