//! The colours of Python source: which stretches of it are keywords, strings, comments.
//!
//! A scanner of its own rather than the parser: pages are made in the service, where source
//! that somebody uploaded is never parsed (a worker process does that, under limits). It makes
//! one pass, keeps its own stack, cannot fail, and colours what does not parse just as well.
//! A test compares it with the parser's tokens.

use std::ops::Range;

/// What a stretch of source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// `def`, `if`, `and`.
    Keyword,
    /// `True`, `False`, `None`.
    Constant,
    /// The name that a `def` or `class` gives.
    Definition,
    /// `@` and the name after it.
    Decorator,
    /// A string with its prefix and quotes, or the text of an f-string between its holes.
    String,
    /// A number.
    Number,
    /// From `#` to the end of the line.
    Comment,
}

impl Ink {
    /// The class that the style sheet colours.
    pub fn class(self) -> &'static str {
        match self {
            Ink::Keyword => "k",
            Ink::Constant => "o",
            Ink::Definition => "d",
            Ink::Decorator => "a",
            Ink::String => "s",
            Ink::Number => "n",
            Ink::Comment => "c",
        }
    }
}

/// A stretch of source in one ink, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Where it lies.
    pub at: Range<usize>,
    /// What it is.
    pub ink: Ink,
}

const KEYWORDS: &[&str] = &[
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif",
    "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
const CONSTANTS: &[&str] = &["False", "None", "True"];
/// Keywords at the start of a statement of their own kind, and names elsewhere.
const SOFT_KEYWORDS: &[&str] = &["case", "match", "type"];
const PREFIXES: &[&str] = &["b", "br", "f", "fr", "r", "rb", "rf", "rt", "t", "tr", "u"];

/// The coloured stretches of `source`, in order and apart from one another.
pub fn runs(source: &str) -> Vec<Run> {
    let mut scanner = Scanner {
        source,
        at: 0,
        inside: Vec::new(),
        runs: Vec::new(),
        names_next: false,
        starts_line: true,
    };
    while scanner.at < source.len() {
        match scanner.inside.last() {
            Some(Inside::Text(quote)) => scanner.text(*quote),
            Some(Inside::Format(quote)) => scanner.format(*quote),
            Some(Inside::Hole { .. }) | None => scanner.code(),
        }
    }
    scanner.runs
}

/// How a string ends, and whether a backslash is one.
#[derive(Clone, Copy)]
struct Quote {
    mark: char,
    triple: bool,
    raw: bool,
}

/// What an f-string has open.
enum Inside {
    /// The text of an f-string.
    Text(Quote),
    /// The expression in braces, with its own brackets open.
    Hole { quote: Quote, brackets: usize },
    /// The format after its colon.
    Format(Quote),
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    inside: Vec<Inside>,
    runs: Vec<Run>,
    /// The last word was `def` or `class`.
    names_next: bool,
    /// Nothing but blanks stood on this line so far.
    starts_line: bool,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn skip(&mut self, wanted: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c| !wanted(c)).unwrap_or(rest.len());
    }

    fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn paint(&mut self, from: usize, ink: Ink) {
        if from < self.at {
            self.runs.push(Run {
                at: from..self.at,
                ink,
            });
        }
    }

    fn code(&mut self) {
        let Some(c) = self.peek() else { return };
        let from = self.at;
        let starts_line = self.starts_line;
        if !matches!(c, ' ' | '\t' | '\u{c}' | '\u{feff}') {
            self.starts_line = matches!(c, '\n' | '\r');
        }
        match c {
            '#' => {
                self.skip(|c| !matches!(c, '\n' | '\r'));
                self.paint(from, Ink::Comment);
            }
            '"' | '\'' => self.string(from, ""),
            '0'..='9' => self.number(from),
            '.' if self.rest()[1..].starts_with(|c: char| c.is_ascii_digit()) => self.number(from),
            '@' if starts_line => {
                self.bump();
                self.skip(|c| c == ' ');
                if self.peek().is_some_and(starts_name) {
                    self.skip(|c| continues_name(c) || c == '.');
                }
                self.paint(from, Ink::Decorator);
            }
            c if starts_name(c) => self.word(from, starts_line),
            '\\' => {
                self.bump();
                self.bump();
            }
            c => {
                self.bump();
                self.bracket(c);
            }
        }
    }

    /// Brackets count only in a hole, to know which brace or colon ends it.
    fn bracket(&mut self, c: char) {
        let Some(Inside::Hole { quote, brackets }) = self.inside.last_mut() else {
            return;
        };
        match c {
            '(' | '[' | '{' => *brackets += 1,
            '}' if *brackets == 0 => {
                self.inside.pop();
            }
            ')' | ']' | '}' => *brackets = brackets.saturating_sub(1),
            ':' if *brackets == 0 => {
                let format = Inside::Format(*quote);
                self.inside.push(format);
            }
            _ => {}
        }
    }

    fn word(&mut self, from: usize, starts_line: bool) {
        self.skip(continues_name);
        let word = &self.source[from..self.at];
        if self.peek().is_some_and(|c| matches!(c, '"' | '\''))
            && word.len() <= 2
            && PREFIXES.contains(&word.to_ascii_lowercase().as_str())
        {
            return self.string(from, word);
        }
        let names = std::mem::take(&mut self.names_next);
        if KEYWORDS.binary_search(&word).is_ok() {
            self.names_next = matches!(word, "def" | "class");
            self.paint(from, Ink::Keyword);
        } else if CONSTANTS.binary_search(&word).is_ok() {
            self.paint(from, Ink::Constant);
        } else if names {
            self.paint(from, Ink::Definition);
        } else if starts_line && SOFT_KEYWORDS.contains(&word) && self.begins_statement(word) {
            self.paint(from, Ink::Keyword);
        }
    }

    /// Whether the line goes on as a statement after the soft keyword `word` rather than as an
    /// expression after a name.
    fn begins_statement(&self, word: &str) -> bool {
        let rest = self.rest();
        let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
        let next = line.trim_start().chars().next();
        if word == "type" {
            return line.starts_with(' ') && next.is_some_and(starts_name);
        }
        let code = line.split('#').next().unwrap_or_default().trim_end();
        let after_blank = line.starts_with([' ', '\t']);
        match next {
            None => false,
            Some('=' | '.' | ',' | ')' | ':' | ';') => false,
            Some('(' | '[' | '{' | '*' | '-') => code.ends_with(':'),
            Some('"' | '\'') => code.ends_with(':'),
            Some(c) => after_blank && (starts_name(c) || c.is_ascii_digit()) && code.ends_with(':'),
        }
    }

    fn number(&mut self, from: usize) {
        let rest = self.rest();
        if rest.len() > 1
            && rest.starts_with('0')
            && rest[1..].starts_with(['x', 'X', 'o', 'O', 'b', 'B'])
        {
            self.at += 2;
            self.skip(|c| c.is_ascii_hexdigit() || c == '_');
        } else {
            self.skip(|c| c.is_ascii_digit() || c == '_');
            if self.peek() == Some('.') {
                self.bump();
                self.skip(|c| c.is_ascii_digit() || c == '_');
            }
            let rest = self.rest();
            if rest.starts_with(['e', 'E']) {
                let power = rest[1..].strip_prefix(['+', '-']).unwrap_or(&rest[1..]);
                if power.starts_with(|c: char| c.is_ascii_digit()) {
                    self.at += rest.len() - power.len();
                    self.skip(|c| c.is_ascii_digit() || c == '_');
                }
            }
            if self.rest().starts_with(['j', 'J']) {
                self.bump();
            }
        }
        self.paint(from, Ink::Number);
    }

    /// A string from `from`, its prefix read, its quote next.
    fn string(&mut self, from: usize, prefix: &str) {
        let Some(mark) = self.peek() else { return };
        let triple = {
            let mut next = self.rest().chars();
            next.by_ref().take(3).filter(|c| *c == mark).count() == 3
        };
        self.at += if triple { 3 } else { 1 };
        let prefix = prefix.to_ascii_lowercase();
        let quote = Quote {
            mark,
            triple,
            raw: prefix.contains('r'),
        };
        if prefix.contains(['f', 't']) {
            self.paint(from, Ink::String);
            self.inside.push(Inside::Text(quote));
            return;
        }
        while let Some(c) = self.peek() {
            match c {
                '\\' => self.escape(),
                '\n' | '\r' if !triple => break,
                c if c == mark && self.closes(quote) => {
                    self.at += if triple { 3 } else { 1 };
                    break;
                }
                _ => self.bump(),
            }
        }
        self.paint(from, Ink::String);
    }

    fn closes(&self, quote: Quote) -> bool {
        !quote.triple
            || self
                .rest()
                .chars()
                .take(3)
                .filter(|c| *c == quote.mark)
                .count()
                == 3
    }

    /// A backslash and what it escapes; a line end of two characters is one.
    fn escape(&mut self) {
        self.bump();
        if self.rest().starts_with("\r\n") {
            self.at += 2;
        } else {
            self.bump();
        }
    }

    /// The text of an f-string up to a hole or its end.
    fn text(&mut self, quote: Quote) {
        let from = self.at;
        while let Some(c) = self.peek() {
            match c {
                '\\' if self.rest()[1..].starts_with(['{', '}']) => self.bump(),
                '\\' if !quote.raw && self.rest().starts_with("\\N{") => {
                    self.skip(|c| !matches!(c, '}' | '\n' | '\r') && c != quote.mark);
                    if self.peek() == Some('}') {
                        self.bump();
                    }
                }
                '\\' => self.escape(),
                '{' if self.rest().starts_with("{{") => self.at += 2,
                '{' => {
                    self.paint(from, Ink::String);
                    self.bump();
                    self.inside.push(Inside::Hole { quote, brackets: 0 });
                    return;
                }
                '\n' | '\r' if !quote.triple => {
                    self.inside.pop();
                    break;
                }
                c if c == quote.mark && self.closes(quote) => {
                    self.at += if quote.triple { 3 } else { 1 };
                    self.inside.pop();
                    break;
                }
                _ => self.bump(),
            }
        }
        self.paint(from, Ink::String);
    }

    /// The format of a hole up to the brace that ends both, or a hole of its own.
    fn format(&mut self, quote: Quote) {
        let from = self.at;
        while let Some(c) = self.peek() {
            match c {
                '{' => {
                    self.paint(from, Ink::String);
                    self.bump();
                    self.inside.push(Inside::Hole { quote, brackets: 0 });
                    return;
                }
                '}' => {
                    self.paint(from, Ink::String);
                    self.bump();
                    self.leave_hole();
                    return;
                }
                '\n' | '\r' if !quote.triple => {
                    self.leave_hole();
                    break;
                }
                c if c == quote.mark && self.closes(quote) => {
                    self.leave_hole();
                    break;
                }
                _ => self.bump(),
            }
        }
        self.paint(from, Ink::String);
    }

    fn leave_hole(&mut self) {
        self.inside.pop();
        self.inside.pop();
    }
}

fn starts_name(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_name(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests;
