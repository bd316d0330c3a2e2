//! What is wrong, where, and what to do about it.
//!
//! A [`Diagnostic`] has a code out of one registry ([`Code`]), a message, a place in the source and, where there is one, a
//! remedy. All diagnostics of a run are collected in [`Diagnostics`] and shown together: to a person with the source line, in
//! the manner of rustc, or as JSON.

use std::fmt;

mod code;
mod collected;
mod environments;
mod render;

pub use code::Code;
pub use collected::Diagnostics;
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

#[cfg(test)]
mod tests {
    use super::*;

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
