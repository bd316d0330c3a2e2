//! What is wrong, where, and what to do about it.
//!
//! A [`Diagnostic`] has a code out of one registry ([`Code`]), a message, a place in the source and, where there is one, a
//! remedy. All diagnostics of a run are collected in [`Diagnostics`] and shown together: to a person with the source line, in
//! the manner of rustc, or as JSON.

use std::fmt;

mod code;
mod environments;
mod render;

pub use code::Code;
pub use render::Style;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be done with the stack until this is mended.
    Error,
    /// It works, and is probably not what was meant.
    Warning,
}

/// A text with the name under which a person knows it: a file's path as it was given, or `--set`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The name.
    pub name: String,
    /// The text, without a byte order mark.
    pub text: String,
}

impl SourceText {
    /// A text under a name.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// A place in a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// Which source: 0 is the file, `n` the n-th `--set` of the command line.
    pub source: u16,
    /// Byte offset of the first character.
    pub start: usize,
    /// Byte offset after the last character.
    pub end: usize,
    /// Line of the first character, counted from 1.
    pub line: usize,
    /// Column of the first character, counted in characters from 1.
    pub column: usize,
}

impl Span {
    /// The first `bytes` bytes of this place, or all of it where it is shorter.
    pub fn first(self, bytes: usize) -> Self {
        Self {
            end: self.end.min(self.start.saturating_add(bytes)),
            ..self
        }
    }

    /// A part of this place, which lies on one line: `skip` bytes and characters in, `length` bytes long. Meant for ASCII text.
    pub fn part(self, skip: usize, length: usize) -> Self {
        let start = self.start.saturating_add(skip).min(self.end);
        Self {
            start,
            end: start.saturating_add(length).min(self.end),
            column: self.column.saturating_add(skip),
            ..self
        }
    }
}

/// A second place that helps to understand the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// How bad it is: what the code says.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where; nothing for what concerns the file as a whole.
    pub primary: Option<Span>,
    /// What to say right under the place.
    pub label: Option<String>,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// A secret in the source that must not be shown with it.
    pub hidden: Option<Span>,
    /// The overlays in which it was found; none for what is wrong with the file as it is.
    pub environments: Vec<String>,
}

impl Diagnostic {
    /// A diagnostic without a place.
    pub fn new(code: Code, message: impl AsRef<str>) -> Self {
        Self {
            code,
            severity: code.severity(),
            message: printable(message.as_ref()),
            primary: None,
            label: None,
            secondary: Vec::new(),
            help: None,
            hidden: None,
            environments: Vec::new(),
        }
    }

    /// At this place.
    pub fn at(mut self, span: Span) -> Self {
        self.primary = Some(span);
        self
    }

    /// At this place, if there is one.
    pub fn at_option(mut self, span: Option<Span>) -> Self {
        self.primary = span;
        self
    }

    /// With a word right under the place.
    pub fn label(mut self, text: impl AsRef<str>) -> Self {
        self.label = Some(printable(text.as_ref()));
        self
    }

    /// With a second place.
    pub fn also(mut self, span: Option<Span>, text: impl AsRef<str>) -> Self {
        self.secondary.extend(span.map(|span| Label {
            span,
            text: printable(text.as_ref()),
        }));
        self
    }

    /// With a place whose text is not shown, since it is a secret.
    pub fn hiding(mut self, span: Option<Span>) -> Self {
        self.hidden = span;
        self
    }

    /// With what to do.
    pub fn help(mut self, text: impl AsRef<str>) -> Self {
        self.help = Some(printable(text.as_ref()));
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(span) = self.primary {
            write!(f, "{}:{}: ", span.line, span.column)?;
        }
        write!(f, "{}: {}", self.code, self.message)
    }
}

/// What comes out of a file reaches the terminal only as visible characters, and never as more than a few lines of them.
fn printable(text: &str) -> String {
    const LONGEST: usize = 600;
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for c in text.chars() {
        if shown.len() >= LONGEST {
            shown.push('…');
            break;
        }
        if c == '\n' || !(c.is_control() || is_bidi(c)) {
            shown.push(c)
        } else {
            shown.extend(c.escape_unicode())
        }
    }
    shown
}

/// Characters that reorder what stands around them.
fn is_bidi(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Everything that is wrong with a stack, in the order of its places.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
    /// The texts of the command line's `--set`, for places whose source is not 0.
    sets: Vec<SourceText>,
    /// How many more there were than are kept.
    omitted: usize,
}

/// A file that is wrong in more places than this has one mistake, not hundreds.
const KEPT: usize = 100;

impl Diagnostics {
    /// None.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if self.items.len() < KEPT {
            self.items.push(diagnostic)
        } else {
            self.omitted += 1
        }
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

    /// Whether one of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items
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
        let parts: Vec<_> = [
            counted(count(Severity::Error), "error"),
            counted(count(Severity::Warning), "warning"),
            (self.omitted > 0).then(|| format!("{} more not shown", self.omitted)),
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
    fn source_of<'a>(&'a self, file: &'a SourceText, span: Span) -> &'a SourceText {
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
    fn nothing_from_a_file_reaches_the_terminal_raw() {
        let shown =
            Diagnostic::new(Code::UnknownKey, "unknown key `\u{1b}[31mred\u{202e}`").message;
        assert_eq!(shown, "unknown key `\\u{1b}[31mred\\u{202e}`");
        assert!(
            Diagnostic::new(Code::UnknownKey, "x".repeat(1 << 20))
                .message
                .len()
                < 1_000
        );
    }
}
