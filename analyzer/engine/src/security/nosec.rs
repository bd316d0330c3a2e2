//! `# nosec` comments: on which lines they stand, and which tests they name.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use super::python::{ignoring_case, is_digit, is_space};
use super::registry;
use crate::source::Source;

/// What a comment suppresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tests(u128);

impl Tests {
    /// Nothing is named: everything is suppressed.
    const ALL: Self = Self(0);

    pub(crate) fn is_all(self) -> bool {
        self == Self::ALL
    }

    pub(crate) fn has(self, id: &str) -> bool {
        registry::position(id).is_some_and(|position| self.0 & (1 << position) != 0)
    }

    /// All that either names. Bandit takes a bare comment and one that names tests for the latter.
    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn named(word: &str) -> Self {
        if word == BLACKLISTS {
            return Self(1 << registry::MOST);
        }
        Self(registry::named(word).map_or(0, |position| 1 << position))
    }
}

/// Bandit's id of its blacklists as one test. It is known, and suppresses nothing.
const BLACKLISTS: &str = "B001";

/// The `# nosec` comments of a file.
pub(crate) struct Nosec {
    /// Lines, in order.
    lines: Vec<(u32, Tests)>,
}

impl Nosec {
    pub(crate) fn of(source: &Source<'_>, tokens: &Tokens) -> Self {
        let mut lines: Vec<(u32, Tests)> = Vec::new();
        if memchr::memmem::find(source.text().as_bytes(), b"nosec").is_none() {
            return Self { lines };
        }
        // To Python's `tokenize` a carriage return alone is an operator together with what follows
        // it, and two of them are an error, after which Bandit sees no comment.
        let end = source.first_doubled_return().unwrap_or(u32::MAX);
        for token in tokens {
            if token.kind() != TokenKind::Comment {
                continue;
            }
            let (line, column) = source.line_column(token.start());
            if line >= end {
                break;
            }
            if column == 0 && source.follows_bare_return(line) {
                continue;
            }
            let line = source.line_by_feeds(line);
            // Of several comments in what is one line to `tokenize`, the last counts.
            if lines.last().is_some_and(|&(last, _)| last == line) {
                lines.pop();
            }
            if let Some(tests) = suppressed(&source.text()[token.range()]) {
                lines.push((line, tests));
            }
        }
        Self { lines }
    }

    /// What is suppressed of a finding: by its own line, where it has one, and by the first line of
    /// a range that has a comment.
    pub(crate) fn for_finding(
        &self,
        line: Option<u32>,
        (first, last): (u32, u32),
    ) -> Option<Tests> {
        let own = line.and_then(|line| self.first_within(line, line));
        match (own, self.first_within(first, last)) {
            (Some(own), Some(range)) => Some(own.or(range)),
            (own, range) => own.or(range),
        }
    }

    fn first_within(&self, first: u32, last: u32) -> Option<Tests> {
        let at = self.lines.partition_point(|&(line, _)| line < first);
        self.lines
            .get(at)
            .filter(|&&(line, _)| line <= last)
            .map(|&(_, tests)| tests)
    }
}

/// What a comment suppresses, if it is a `# nosec`: `#\s*nosec:?\s*([^#]+)?`.
fn suppressed(comment: &str) -> Option<Tests> {
    let after = comment.match_indices('#').find_map(|(at, _)| {
        comment[at + 1..]
            .trim_start_matches(is_space)
            .strip_prefix("nosec")
    })?;
    let after = after
        .strip_prefix(':')
        .unwrap_or(after)
        .trim_start_matches(is_space);
    let mut rest = after.split('#').next().unwrap_or_default();
    let mut tests = Tests::ALL;
    // A run of words with single commas between is one match, of which Bandit takes the last word.
    while let Some(at) = rest.find(is_word) {
        rest = &rest[at..];
        let mut last = "";
        while rest.starts_with(is_word) {
            let length = word_length(rest);
            (last, rest) = rest.split_at(length);
            rest = rest.strip_prefix(',').unwrap_or(rest);
        }
        tests = tests.or(Tests::named(last));
    }
    Some(tests)
}

/// `[a-z\d_]`, ignoring case.
fn is_word(character: char) -> bool {
    let folded = ignoring_case(character);
    folded == '_' || folded.is_ascii_alphanumeric() || is_digit(character)
}

/// The length of `B\d+`, or else of `[a-z\d_]+`, at the start of a text that begins with a word.
fn word_length(text: &str) -> usize {
    let mut characters = text.chars();
    if characters
        .next()
        .is_some_and(|first| ignoring_case(first) == 'b')
    {
        let digits = characters.as_str();
        let after = digits.trim_start_matches(is_digit);
        if after.len() < digits.len() {
            return text.len() - after.len();
        }
    }
    text.len() - text.trim_start_matches(is_word).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(comment: &str) -> Option<Vec<&'static str>> {
        let tests = suppressed(comment)?;
        let known = registry::ALL.iter().map(|check| check.id);
        Some(known.filter(|id| tests.has(id)).collect())
    }

    #[test]
    fn a_comment_names_all_tests_or_some() {
        for (comment, expected) in [
            ("# nosec", vec![]),
            ("#nosec:", vec![]),
            ("# why # nosec B101 # and more B102", vec!["B101"]),
            ("# nosec: B101 B102", vec!["B101", "B102"]),
            ("# nosec assert_used", vec!["B101"]),
            ("# nosec B999", vec![]),
            ("# nosec b101", vec![]),
            ("#\u{a0}nosec\u{3000}B101", vec!["B101"]),
        ] {
            assert_eq!(ids(comment), Some(expected), "{comment}");
        }
        for comment in ["# NOSEC", "# no sec", "# x nosec"] {
            assert_eq!(ids(comment), None, "{comment}");
        }
    }

    #[test]
    fn of_words_joined_by_commas_the_last_counts() {
        assert_eq!(ids("# nosec B101,B102"), Some(vec!["B102"]));
        assert_eq!(ids("# nosec B101, B102"), Some(vec!["B101", "B102"]));
        assert_eq!(ids("# nosec B101,,B102"), Some(vec!["B101", "B102"]));
        assert_eq!(ids("# nosec B101exec_used"), Some(vec!["B102"]));
    }

    #[test]
    fn the_id_of_the_blacklists_suppresses_nothing() {
        let tests = suppressed("# nosec B001").expect("a comment");
        assert!(!tests.is_all() && !tests.has("B301"));
    }
}
