//! CPython 3.13's tokenizer in the form in which Radon's raw analysis meets it: as
//! `tokenize.generate_tokens` runs it, over stripped lines, one more each time it complains.
//!
//! Three things follow from that. Nothing is ever indented, so there are neither `INDENT` nor
//! `DEDENT`. Input may begin in the midst of a statement (a form feed in a comment ends Radon's
//! line), so whatever a tokenizer can reject has to be rejected here too, though the source as a
//! whole was parsed. And it has to be known after each line whether the input may end there.
//!
//! `generate_tokens` is more liberal than the compiler: brackets need not match, `$`, `?` and
//! `!` are operators, any character beyond ASCII belongs to a name, and `0777` is a number.

use super::fstring::{FString, Middle};
use super::number;

/// How deep brackets may nest (CPython's `MAXLEVEL`).
const MAX_BRACKETS: u32 = 200;

/// How deep f-strings may nest (CPython's `MAXFSTRINGLEVEL`, which counts the file itself too).
const MAX_FSTRINGS: usize = 149;

/// What the raw analysis tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Comment,
    /// A string that is no f-string.
    String {
        multiline: bool,
    },
    Colon,
    Semicolon,
    /// `NEWLINE` and `NL`.
    Newline,
    Other,
}

/// The input is wrong, and stays wrong whatever follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rejected;

/// A string literal of which the end has not been read.
#[derive(Clone, Copy, Debug)]
struct OpenString {
    quote: u8,
    triple: bool,
    multiline: bool,
}

/// The state between two lines.
#[derive(Debug, Default)]
pub(super) struct Tokenizer {
    /// Brackets that are open, of whatever kind.
    open_brackets: u32,
    string: Option<OpenString>,
    fstrings: Vec<FString>,
    /// The last line ended in a backslash.
    continued: bool,
    /// The last line was empty. Its end is no character unless another line follows.
    owes_newline: bool,
}

impl Tokenizer {
    /// Whether the input may end after the lines read so far. If so, the next line begins anew.
    ///
    /// An f-string may be open if a bracket that matches none, as in `f'{)`, lets it seem that no
    /// expression is.
    pub(super) fn ends_here(&mut self) -> bool {
        let ends = self.open_brackets == 0
            && self.string.is_none()
            && self.fstrings.last().is_none_or(|fstring| !fstring.in_text)
            && !self.continued;
        if ends {
            self.fstrings.clear();
            self.owes_newline = false;
        }
        ends
    }

    /// Reads one more line, given without its end.
    pub(super) fn read(
        &mut self,
        line: &[u8],
        emit: &mut impl FnMut(Token),
    ) -> Result<(), Rejected> {
        if std::mem::take(&mut self.owes_newline) {
            self.read_line(&[], emit)?;
        }
        if line.is_empty() {
            self.owes_newline = true;
            return Ok(());
        }
        if memchr::memchr(0, line).is_some() {
            return Err(Rejected);
        }
        self.read_line(line, emit)
    }

    fn read_line(&mut self, line: &[u8], emit: &mut impl FnMut(Token)) -> Result<(), Rejected> {
        self.continued = false;
        let mut at = 0;
        while at <= line.len() {
            at = if self.string.is_some() {
                self.rest_of_string(line, at, emit)?
            } else {
                match self.fstrings.last_mut() {
                    Some(fstring) if fstring.in_text => match fstring.text(line, at)? {
                        Middle::Expression => self.regular(line, at, emit)?,
                        Middle::Token(next) => {
                            emit(Token::Other);
                            next
                        }
                        Middle::Unfinished(next) => next,
                        Middle::End(next) => {
                            self.fstrings.pop();
                            emit(Token::Other);
                            next
                        }
                    },
                    _ => self.regular(line, at, emit)?,
                }
            };
        }
        Ok(())
    }

    /// One token of ordinary code from `at`, or none where only blanks are left; where to go on.
    fn regular(
        &mut self,
        line: &[u8],
        mut at: usize,
        emit: &mut impl FnMut(Token),
    ) -> Result<usize, Rejected> {
        while matches!(line.get(at), Some(b' ' | b'\t' | b'\x0c')) {
            at += 1;
        }
        let Some(&first) = line.get(at) else {
            emit(Token::Newline);
            return Ok(at + 1);
        };
        if is_name(first) && !first.is_ascii_digit() {
            return self.name_or_string(line, at, emit);
        }
        match first {
            b'#' => {
                emit(Token::Comment);
                Ok(line.len())
            }
            b'"' | b'\'' => Ok(self.begin_string(line, at, emit)),
            b'0'..=b'9' => number::end(line, at).inspect(|_| emit(Token::Other)),
            b'.' if line.get(at + 1).is_some_and(u8::is_ascii_digit) => {
                number::end(line, at).inspect(|_| emit(Token::Other))
            }
            b'\\' if at + 1 == line.len() => {
                self.continued = true;
                Ok(at + 2)
            }
            b'\\' => Err(Rejected),
            _ => self.operator(line, at, first, emit),
        }
    }

    fn name_or_string(
        &mut self,
        line: &[u8],
        start: usize,
        emit: &mut impl FnMut(Token),
    ) -> Result<usize, Rejected> {
        let mut at = start;
        let mut prefix = Prefix::default();
        while line.get(at).is_some_and(|&byte| prefix.take(byte)) {
            at += 1;
            if matches!(line.get(at), Some(b'"' | b'\'')) {
                if prefix.f {
                    return self.begin_fstring(line, at, prefix.r, emit);
                }
                return Ok(self.begin_string(line, at, emit));
            }
        }
        while line.get(at).is_some_and(|&byte| is_name(byte)) {
            at += 1;
        }
        emit(Token::Other);
        Ok(at)
    }

    /// Opens the string whose first quote is at `at`; an empty one is closed at once.
    fn begin_string(&mut self, line: &[u8], at: usize, emit: &mut impl FnMut(Token)) -> usize {
        let (triple, next) = opening_quotes(line, at);
        if !triple && line.get(at + 1) == Some(&line[at]) {
            emit(Token::String { multiline: false });
            return at + 2;
        }
        self.string = Some(OpenString {
            quote: line[at],
            triple,
            multiline: false,
        });
        next
    }

    fn rest_of_string(
        &mut self,
        line: &[u8],
        mut at: usize,
        emit: &mut impl FnMut(Token),
    ) -> Result<usize, Rejected> {
        let Some(open) = self.string.as_mut() else {
            return Ok(at);
        };
        let closing = [open.quote; 3];
        let closing = if open.triple {
            &closing[..]
        } else {
            &closing[..1]
        };
        while let Some(rest) = line.get(at..) {
            let Some(found) = memchr::memchr2(open.quote, b'\\', rest) else {
                at = line.len();
                break;
            };
            at += found;
            if line[at] == b'\\' {
                at += 2;
            } else if line[at..].starts_with(closing) {
                let multiline = open.multiline;
                self.string = None;
                emit(Token::String { multiline });
                return Ok(at + closing.len());
            } else {
                at += 1;
            }
        }
        // `at` is beyond the line's end where a backslash escaped it.
        if at == line.len() && !open.triple {
            return Err(Rejected);
        }
        open.multiline = true;
        Ok(line.len() + 1)
    }

    fn begin_fstring(
        &mut self,
        line: &[u8],
        at: usize,
        raw: bool,
        emit: &mut impl FnMut(Token),
    ) -> Result<usize, Rejected> {
        if self.fstrings.len() >= MAX_FSTRINGS {
            return Err(Rejected);
        }
        let (triple, next) = opening_quotes(line, at);
        self.fstrings.push(FString::new(line[at], triple, raw));
        emit(Token::Other);
        Ok(next)
    }

    fn operator(
        &mut self,
        line: &[u8],
        at: usize,
        first: u8,
        emit: &mut impl FnMut(Token),
    ) -> Result<usize, Rejected> {
        if let Some(fstring) = self.fstrings.last_mut()
            && fstring.meets_punctuation(first)
        {
            emit(Token::Colon);
            return Ok(at + 1);
        }
        let length = operator_length(&line[at..]);
        if length > 1 {
            emit(Token::Other);
            return Ok(at + length);
        }
        match first {
            b'(' | b'[' | b'{' => {
                if self.open_brackets >= MAX_BRACKETS {
                    return Err(Rejected);
                }
                self.open_brackets += 1;
                if let Some(fstring) = self.fstrings.last_mut() {
                    fstring.open_bracket();
                }
            }
            b')' | b']' | b'}' => {
                self.open_brackets = self.open_brackets.saturating_sub(1);
                if let Some(fstring) = self.fstrings.last_mut() {
                    fstring.close_bracket(first)?;
                }
            }
            _ if first.is_ascii_control() => return Err(Rejected),
            _ => {}
        }
        emit(match first {
            b':' => Token::Colon,
            b';' => Token::Semicolon,
            _ => Token::Other,
        });
        Ok(at + 1)
    }
}

/// Whether the quotes at `at` are three, and where the string's text begins.
fn opening_quotes(line: &[u8], at: usize) -> (bool, usize) {
    let quote = line[at];
    if line.get(at + 1) == Some(&quote) && line.get(at + 2) == Some(&quote) {
        (true, at + 3)
    } else {
        (false, at + 1)
    }
}

/// The letters before a string's quotes.
#[derive(Default)]
struct Prefix {
    b: bool,
    r: bool,
    u: bool,
    f: bool,
}

impl Prefix {
    /// Whether this letter may stand here in a prefix; it is then part of it.
    fn take(&mut self, letter: u8) -> bool {
        match letter {
            b'b' | b'B' if !(self.b || self.u || self.f) => self.b = true,
            b'u' | b'U' if !(self.b || self.u || self.r || self.f) => self.u = true,
            b'r' | b'R' if !(self.r || self.u) => self.r = true,
            b'f' | b'F' if !(self.f || self.b || self.u) => self.f = true,
            _ => return false,
        }
        true
    }
}

/// Whether a byte can stand within a name. Every one beyond ASCII can.
pub(super) fn is_name(byte: u8) -> bool {
    const NAME: [bool; 256] = {
        let mut table = [false; 256];
        let mut byte = 0;
        while byte < 256 {
            table[byte] = byte >= 128 || (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
            byte += 1;
        }
        table
    };
    NAME[usize::from(byte)]
}

/// How long the operator is that the rest of a line begins with.
fn operator_length(rest: &[u8]) -> usize {
    let second = rest.get(1).copied().unwrap_or(b'\n');
    let two = match rest[0] {
        b'!' | b'%' | b'&' | b'+' | b':' | b'=' | b'@' | b'^' | b'|' => second == b'=',
        b'*' | b'/' => second == b'=' || second == rest[0],
        b'-' => matches!(second, b'=' | b'>'),
        b'<' => matches!(second, b'<' | b'=' | b'>'),
        b'>' => matches!(second, b'=' | b'>'),
        b'.' => return if rest.starts_with(b"...") { 3 } else { 1 },
        _ => false,
    };
    if !two {
        return 1;
    }
    let doubled = matches!(rest[0], b'*' | b'/' | b'<' | b'>') && second == rest[0];
    if doubled && rest.get(2) == Some(&b'=') {
        3
    } else {
        2
    }
}
