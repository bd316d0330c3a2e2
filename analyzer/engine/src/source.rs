//! Source text: bytes decoded, line ends made one, lines found.

use std::borrow::Cow;

use ruff_text_size::TextSize;

use crate::encoding;
use crate::report::{Analysis, AnalysisError};

/// The largest source that the positions of the syntax tree can address.
const LARGEST: usize = u32::MAX as usize / 2;

/// The text of a Python file as CPython's parser sees it: decoded, without a byte order mark,
/// every line ended by `\n`.
#[derive(Debug)]
pub struct Source<'a> {
    text: Cow<'a, str>,
    is_utf8: bool,
    /// Where each line begins.
    starts: Vec<u32>,
    /// The lines, from 0, that were ended by a carriage return alone.
    bare_returns: Vec<u32>,
    /// Where bytes stood that are no UTF-8, and U+FFFD stands for them.
    undecodable: Vec<u32>,
}

impl<'a> Source<'a> {
    /// Decodes a file by its byte order mark, its coding comment (PEP 263) or as UTF-8.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, AnalysisError> {
        if bytes.len() > LARGEST {
            return Err(unreadable("the file is larger than 2 GiB".to_owned(), None));
        }
        if let Some(at) = memchr::memchr(0, bytes) {
            let line = 1 + memchr::memchr_iter(b'\n', &bytes[..at]).count();
            return Err(unreadable(
                "source code cannot contain null bytes".to_owned(),
                u32::try_from(line).ok(),
            ));
        }
        let mut undecodable = Vec::new();
        let text = encoding::decode(bytes, &mut undecodable)
            .map_err(|error| unreadable(error.reason, error.line))?;
        Self::of_text(text, undecodable)
    }

    /// Reads a file as UTF-8 whatever its coding comment says; `None` if it is not UTF-8.
    pub fn of_utf8(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self::of_text(Cow::Borrowed(text), Vec::new()).ok()
    }

    fn of_text(text: Cow<'a, str>, mut undecodable: Vec<u32>) -> Result<Self, AnalysisError> {
        // Text of another encoding has been made anew.
        let is_utf8 = matches!(text, Cow::Borrowed(_));
        // A multi-byte encoding may have made text of bytes that were none.
        if text.len() > LARGEST || text.contains('\0') {
            return Err(unreadable(
                "source code cannot contain null bytes".to_owned(),
                None,
            ));
        }
        let mut bare_returns = Vec::new();
        let text = if memchr::memchr(b'\r', text.as_bytes()).is_some() {
            let text = with_line_feeds(&text, &mut bare_returns);
            // The places have moved.
            if !undecodable.is_empty() {
                let replaced = text.match_indices(char::REPLACEMENT_CHARACTER);
                undecodable = replaced.map(|(at, _)| position(at)).collect();
            }
            Cow::Owned(text)
        } else {
            text
        };
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| position(at + 1)));
        Ok(Self {
            text,
            is_utf8,
            starts,
            bare_returns,
            undecodable,
        })
    }

    /// Whether the file was read as UTF-8.
    pub fn is_utf8(&self) -> bool {
        self.is_utf8
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where bytes stood that are no UTF-8, in order. In a comment they are nothing to CPython.
    pub fn undecodable(&self) -> &[u32] {
        &self.undecodable
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: TextSize) -> u32 {
        position(
            self.starts
                .partition_point(|&start| start <= offset.to_u32()),
        )
    }

    /// The line of an offset, from 1, and its column in UTF-8 bytes, from 0.
    pub fn line_column(&self, offset: TextSize) -> (u32, u32) {
        let line = self.line(offset);
        let start = self
            .starts
            .get(line as usize - 1)
            .copied()
            .unwrap_or_default();
        (line, offset.to_u32() - start)
    }

    /// The number of a line if only line feeds end lines, as Python's `tokenize` has it.
    pub fn line_by_feeds(&self, line: u32) -> u32 {
        line - position(self.bare_returns.partition_point(|&bare| bare + 1 < line))
    }

    /// Whether a carriage return alone ended the line before this one.
    pub fn follows_bare_return(&self, line: u32) -> bool {
        line.checked_sub(2)
            .is_some_and(|before| self.bare_returns.binary_search(&before).is_ok())
    }

    /// The first line that is nothing but a carriage return after another.
    pub fn first_doubled_return(&self) -> Option<u32> {
        let is_empty = |line: u32| {
            let start = self.starts.get(line as usize).copied();
            start.is_some_and(|start| self.text.as_bytes().get(start as usize) == Some(&b'\n'))
        };
        let mut pairs = self.bare_returns.windows(2);
        let doubled = pairs.find(|pair| pair[1] == pair[0] + 1 && is_empty(pair[1]))?;
        Some(doubled[1] + 1)
    }
}

/// The text with `\r\n` and `\r` made `\n`.
fn with_line_feeds(text: &str, bare_returns: &mut Vec<u32>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut line = 0;
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\n', b'\r', rest.as_bytes()) {
        let (kept, end) = rest.split_at(at);
        result.push_str(kept);
        result.push('\n');
        rest = if let Some(after) = end.strip_prefix("\r\n") {
            after
        } else {
            if end.starts_with('\r') {
                bare_returns.push(line);
            }
            &end[1..]
        };
        line += 1;
    }
    result.push_str(rest);
    result
}

/// An index into a text as short as [`LARGEST`] allows.
#[expect(clippy::cast_possible_truncation)]
fn position(index: usize) -> u32 {
    index as u32
}

fn unreadable(reason: String, line: Option<u32>) -> AnalysisError {
    AnalysisError {
        analysis: Analysis::Security,
        reason,
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Source<'_> {
        Source::decode(bytes).expect("decodes")
    }

    #[test]
    fn offsets_have_lines_and_columns_in_bytes() {
        let source = decoded("a\né = 1\n".as_bytes());
        assert_eq!(source.line_column(TextSize::from(0)), (1, 0));
        assert_eq!(source.line_column(TextSize::from(1)), (1, 1));
        assert_eq!(source.line_column(TextSize::from(5)), (2, 3));
        assert_eq!(source.line_column(TextSize::from(9)), (3, 0));
    }

    #[test]
    fn all_line_ends_become_one() {
        let source = decoded(b"a\r\nb\rc\n\rd");
        assert_eq!(source.text(), "a\nb\nc\n\nd");
        assert_eq!(source.line(TextSize::from(7)), 5);
        assert_eq!(
            [1, 2, 3, 4, 5].map(|line| source.line_by_feeds(line)),
            [1, 2, 2, 3, 3]
        );
    }

    #[test]
    fn a_null_byte_is_refused_with_its_line() {
        let error = Source::decode(b"a\nb\0").expect_err("no text");
        assert_eq!(error.line, Some(2));
        assert!(error.reason.contains("null bytes"));
    }
}
