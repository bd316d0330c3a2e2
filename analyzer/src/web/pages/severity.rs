//! Severities as a person tells them apart: by a word and a shape, and only then by a colour.

use codedetect_engine::report::{Finding, Rank};

/// A severity on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Severity {
    /// The class that the style sheet colours.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
    /// The shape, for the eye alone.
    pub shape: &'static str,
}

/// High.
pub const HIGH: Severity = Severity {
    class: "high",
    word: "High",
    shape: "▲",
};

/// Medium.
pub const MEDIUM: Severity = Severity {
    class: "medium",
    word: "Medium",
    shape: "◆",
};

/// Low, or none that Bandit would name.
pub const LOW: Severity = Severity {
    class: "low",
    word: "Low",
    shape: "●",
};

/// How bad a finding is.
pub fn of(finding: &Finding) -> Severity {
    match finding.severity {
        Rank::High => HIGH,
        Rank::Medium => MEDIUM,
        Rank::Low | Rank::Undefined => LOW,
    }
}

/// A rank as a word in a sentence.
pub fn word(rank: Rank) -> &'static str {
    match rank {
        Rank::High => "high",
        Rank::Medium => "medium",
        Rank::Low => "low",
        Rank::Undefined => "undefined",
    }
}
