//! Radon's raw counts (`radon.raw.analyze`).
//!
//! Radon takes a line, and adds further ones until CPython's tokenizer takes them together: a
//! *stretch* here. What it counts, it counts by stretches, and that has its quirks: a string on
//! one line that a backslash continues is one single comment, however many lines it spans; `loc`
//! is the sum of the other counts and not the number of lines.

use super::lines::Lines;
use super::tokenizer::{Rejected, Token, Tokenizer};
use crate::report::{Analysis, AnalysisError, Raw};

/// The source has no tokens; Radon then has no raw counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawError {
    /// Where the stretch begins that no further line completes, in Radon's count of lines.
    line: u32,
}

impl RawError {
    pub(super) fn of(self, analysis: Analysis) -> AnalysisError {
        AnalysisError {
            analysis,
            reason: format!(
                "what begins at line {} has no end that Radon could find",
                self.line
            ),
            line: Some(self.line),
        }
    }
}

/// The raw counts of a source.
pub(super) fn count(source: &str) -> Result<Raw, RawError> {
    let mut raw = Raw::default();
    let mut line_number = 1;
    let mut tokenizer = Tokenizer::default();
    let mut lines = Lines::of(source);
    while let Some(first) = lines.next() {
        let mut stretch = Stretch::default();
        let mut line = first;
        loop {
            stretch
                .read_line(line, &mut tokenizer)
                .map_err(|_| RawError { line: line_number })?;
            if tokenizer.ends_here() {
                break;
            }
            line = lines.next().ok_or(RawError { line: line_number })?;
        }
        line_number += u32::try_from(stretch.code + stretch.blank).unwrap_or(u32::MAX);
        stretch.add_to(&mut raw);
    }
    raw.loc = raw.sloc + raw.blank + raw.multi + raw.single_comments;
    Ok(raw)
}

/// What a stretch's first token is, as far as it matters.
#[derive(Clone, Copy)]
enum First {
    Comment,
    String { multiline: bool },
    Other,
}

/// The counts of one stretch.
#[derive(Default)]
struct Stretch {
    code: u64,
    blank: u64,
    comments: u64,
    first: Option<First>,
    /// More than the first token and line ends.
    more: bool,
    logical: LogicalLines,
}

impl Stretch {
    fn read_line(&mut self, line: &str, tokenizer: &mut Tokenizer) -> Result<(), Rejected> {
        if line.is_empty() {
            self.blank += 1;
        } else {
            self.code += 1;
        }
        tokenizer.read(line.as_bytes(), &mut |token| self.take(token))
    }

    fn take(&mut self, token: Token) {
        if self.first.is_some() {
            self.more |= token != Token::Newline;
        } else {
            self.first = Some(match token {
                Token::Comment => First::Comment,
                Token::String { multiline } => First::String { multiline },
                _ => First::Other,
            });
        }
        match token {
            Token::Comment => self.comments += 1,
            Token::Newline => {}
            Token::Semicolon => self.logical.end_part(),
            Token::Colon => self.logical.colon(),
            Token::String { .. } | Token::Other => self.logical.other(),
        }
    }

    fn add_to(self, raw: &mut Raw) {
        raw.comments += self.comments;
        raw.lloc += self.logical.finish();
        match self.first.filter(|_| !self.more) {
            Some(First::Comment | First::String { multiline: false }) => raw.single_comments += 1,
            Some(First::String { multiline: true }) => {
                raw.multi += self.code;
                raw.blank += self.blank;
            }
            _ => {
                raw.sloc += self.code;
                raw.blank += self.blank;
            }
        }
    }
}

/// Counts logical lines: the parts between semicolons, each twice if something follows its last
/// colon, be it of a compound statement, of an annotation or of a slice.
#[derive(Default)]
struct LogicalLines {
    ended: u64,
    /// The part has a token.
    any: bool,
    /// Tokens behind the part's last colon.
    after_colon: Option<u64>,
}

impl LogicalLines {
    fn colon(&mut self) {
        self.any = true;
        self.after_colon = Some(0);
    }

    fn other(&mut self) {
        self.any = true;
        if let Some(after) = &mut self.after_colon {
            *after += 1;
        }
    }

    /// Radon takes the last token of a part for the end marker, which only the last part has: so
    /// in the others a colon counts as the last token if exactly one follows it.
    fn end_part(&mut self) {
        self.ended += self.part(1);
        self.any = false;
        self.after_colon = None;
    }

    fn finish(self) -> u64 {
        self.ended + self.part(0)
    }

    fn part(&self, behind_last: u64) -> u64 {
        match self.after_colon {
            Some(after) => 2 - u64::from(after == behind_last),
            None => u64::from(self.any),
        }
    }
}
