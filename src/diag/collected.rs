use std::fmt;

use super::{Code, Diagnostic, Severity, SourceText, Span};

/// Everything that is wrong with a stack, in the order of its places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    pub(super) items: Vec<Diagnostic>,
    /// The texts of the command line's `--set`, for places whose source is not 0.
    sets: Vec<SourceText>,
    /// Codes that are not taken.
    withheld: &'static [Code],
    pub(super) omitted: Omitted,
}

/// What there was beyond what is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Omitted {
    errors: usize,
    warnings: usize,
    /// Secrets that it would have hidden: they may stand in what is shown.
    hidden: Vec<Span>,
}

impl Omitted {
    fn count(&mut self, diagnostic: Diagnostic) {
        match diagnostic.severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
        }
        self.hidden.extend(diagnostic.hidden);
    }

    /// Adds what another list left out.
    fn add(&mut self, other: Self) {
        self.errors += other.errors;
        self.warnings += other.warnings;
        self.hidden.extend(other.hidden);
    }

    /// Takes over what was left out of a list that mostly says the same. How much of it is the same cannot be known, so what
    /// both left out counts once.
    pub(super) fn share(&mut self, other: &Self) {
        self.errors = self.errors.max(other.errors);
        self.warnings = self.warnings.max(other.warnings);
        self.hidden.extend(&other.hidden);
        self.hidden.sort_unstable();
        self.hidden.dedup();
    }
}

/// A file that is wrong in more places than this has one mistake, not hundreds.
const KEPT: usize = 100;

impl Diagnostics {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// None, and none of these codes will be taken.
    pub fn without(codes: &'static [Code]) -> Self {
        Self {
            withheld: codes,
            ..Self::default()
        }
    }

    /// Adds one. Where there are too many, warnings give way to errors.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.withheld.contains(&diagnostic.code) {
            return;
        }
        if self.items.len() < KEPT {
            self.items.push(diagnostic);
            return;
        }
        let warning = |item: &Diagnostic| item.severity == Severity::Warning;
        let given_way = match diagnostic.severity {
            Severity::Error => self.items.iter().rposition(warning),
            Severity::Warning => None,
        };
        match given_way {
            Some(at) => {
                self.omitted.count(self.items.remove(at));
                self.items.push(diagnostic);
            }
            None => self.omitted.count(diagnostic),
        }
    }

    /// Adds all of another list, and what that one left out.
    pub fn append(&mut self, other: Self) {
        self.extend(other.items);
        self.omitted.add(other.omitted);
    }

    /// The places whose text must not be shown, whatever is shown beside it.
    pub(super) fn hidden(&self) -> Vec<Span> {
        let items = self.items.iter().filter_map(|item| item.hidden);
        items.chain(self.omitted.hidden.iter().copied()).collect()
    }

    /// Gives the texts of the command line's `--set`, in their order.
    pub fn with_sets(mut self, sets: Vec<SourceText>) -> Self {
        self.sets = sets;
        self
    }

    /// Orders by place and drops what is said twice.
    pub fn sort(&mut self) {
        self.items.sort_by_key(|item| {
            (
                item.primary.map(|span| (span.source, span.start)),
                item.severity,
                item.code.id(),
            )
        });
        self.items.dedup();
    }

    /// Whether one of them is an error, shown or not.
    pub fn has_errors(&self) -> bool {
        self.omitted.errors > 0
            || self
                .items
                .iter()
                .any(|item| item.severity == Severity::Error)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// One after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }

    /// How many errors and warnings, as a sentence reads: `2 errors and 1 warning`.
    pub fn summary(&self) -> String {
        let count = |severity| {
            self.items
                .iter()
                .filter(|item| item.severity == severity)
                .count()
        };
        let counted = |number: usize, one: &str| match number {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{number} {one}s")),
        };
        let omitted = self.omitted.errors + self.omitted.warnings;
        let parts: Vec<_> = [
            counted(count(Severity::Error), "error"),
            counted(count(Severity::Warning), "warning"),
            (omitted > 0).then(|| format!("{omitted} more not shown")),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            "nothing is wrong".to_owned()
        } else {
            parts.join(" and ")
        }
    }

    /// The text in which a place lies.
    pub(super) fn source_of<'a>(&'a self, file: &'a SourceText, span: Span) -> &'a SourceText {
        match usize::from(span.source).checked_sub(1) {
            None => file,
            Some(index) => self.sets.get(index).unwrap_or(file),
        }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            items: vec![diagnostic],
            ..Self::default()
        }
    }
}

impl From<Box<Diagnostic>> for Diagnostics {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::from(*diagnostic)
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, items: I) {
        items.into_iter().for_each(|item| self.push(item));
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.items.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{item}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: usize, end: usize, line: usize, column: usize) -> Span {
        Span {
            source: 0,
            start,
            end,
            line,
            column,
        }
    }

    #[test]
    fn sorted_by_place_without_doubles() {
        let mut all = Diagnostics::new();
        let later = Diagnostic::new(Code::UnknownKey, "unknown key `b`").at(span(10, 11, 2, 1));
        all.extend([
            later.clone(),
            Diagnostic::new(Code::WrongType, "a").at(span(0, 1, 1, 1)),
            later,
        ]);
        all.sort();
        assert_eq!(
            all.to_string(),
            "1:1: E0103: a\n2:1: E0101: unknown key `b`"
        );
        assert_eq!(all.summary(), "2 errors");
    }

    #[test]
    fn no_more_than_a_hundred_are_kept() {
        let mut all = Diagnostics::new();
        all.extend((0..1_000).map(|n| Diagnostic::new(Code::UnknownKey, n.to_string())));
        assert_eq!(
            (all.len(), all.summary().as_str()),
            (100, "100 errors and 900 more not shown")
        );
    }

    #[test]
    fn an_error_after_a_hundred_warnings_is_shown_and_counts() {
        let warning = |n: usize| Diagnostic::new(Code::UnusedParameter, format!("warning {n}"));
        let mut all = Diagnostics::new();
        all.extend((0..120).map(warning));
        assert!(!all.has_errors());
        all.push(Diagnostic::new(Code::UnknownRegion, "no such region"));
        assert!(all.has_errors());
        assert!(all.to_string().contains("no such region"), "{all}");
        assert_eq!(
            all.summary(),
            "1 error and 99 warnings and 21 more not shown"
        );
    }

    #[test]
    fn what_one_list_left_out_counts_in_the_other() {
        let mut checks = Diagnostics::without(&[Code::UnusedParameter]);
        checks.extend((0..150).map(|n| Diagnostic::new(Code::UnknownKey, n.to_string())));
        checks.push(Diagnostic::new(
            Code::UnusedParameter,
            "could be its absence",
        ));
        let mut all = Diagnostics::from(Diagnostic::new(Code::MovingTag, "a warning"));
        all.append(checks);
        assert_eq!(all.summary(), "100 errors and 51 more not shown");
    }
}
