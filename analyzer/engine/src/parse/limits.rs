//! CPython's limits on nesting, which the parser used here does not have, and the bound on depth
//! that keeps it from exhausting memory.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_parser::{Mode, lexer};
use ruff_text_size::{Ranged, TextSize};

use super::Refusal;

/// A text shorter than this can be parsed whatever it nests.
const SHORT_TEXT: usize = 64 * 1024;

/// The tokens of one element of a list, call or line, above which it is refused unparsed. Every
/// level of nesting takes at least one, and a chain of operators some few.
const LONGEST_ELEMENT: usize = 30_000;

/// A line of no more tokens than this nests less than [`super::MAX_DEPTH`] deep.
pub(super) const SHORT_LINE: usize = 700;

/// `MAXLEVEL` of CPython's tokenizer.
const BRACKETS: usize = 200;

/// `MAXINDENT` of CPython's tokenizer, with the level of the module.
const INDENTS: usize = 100;

/// `MAXFSTRINGLEVEL` of CPython's tokenizer, with the level outside.
const STRINGS: usize = 150;

/// How deep replacement fields nest in one string.
const FIELDS: usize = 3;

/// Python makes no integer of more decimal digits.
const MOST_DIGITS: usize = 4300;

/// What the tokens of a file say.
pub(super) struct Tally {
    /// The most tokens in one logical line.
    pub(super) longest_line: usize,
    /// Where that line ends.
    pub(super) longest_line_at: TextSize,
    /// How often a line is indented more than the one before.
    pub(super) indents: usize,
    /// Whether the braces of some f-string nest so deep that its format specifications may do.
    pub(super) has_deep_fields: bool,
    /// Whether there may be a `match` statement.
    pub(super) has_match: bool,
    /// The first limit that is passed.
    pub(super) refusal: Option<Refusal>,
}

/// Counts tokens by line, and brackets, indentation and f-strings by depth.
pub(super) fn of_tokens(text: &str, tokens: &Tokens) -> Tally {
    let mut tally = Tally {
        longest_line: 0,
        indents: 0,
        longest_line_at: TextSize::default(),
        has_deep_fields: false,
        has_match: false,
        refusal: None,
    };
    let (mut line, mut brackets, mut indents, mut strings) = (0usize, 0usize, 0usize, 0usize);
    let mut before = TokenKind::Newline;
    for token in tokens {
        line += 1;
        let follows = std::mem::replace(&mut before, token.kind());
        let passed = match token.kind() {
            TokenKind::Newline => {
                if line > tally.longest_line {
                    tally.longest_line = line;
                    tally.longest_line_at = token.start();
                }
                line = 0;
                continue;
            }
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => {
                brackets += 1;
                tally.has_deep_fields |= strings > 0 && brackets > FIELDS;
                (brackets > BRACKETS).then_some("too many nested parentheses")
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                brackets = brackets.saturating_sub(1);
                None
            }
            TokenKind::Int => (token.range().len().to_usize() > MOST_DIGITS
                && is_decimal_above_limit(&text[token.range()]))
            .then_some("an integer exceeds the limit of 4300 digits"),
            TokenKind::Comma if follows == TokenKind::Yield => {
                Some("a `yield` in a tuple must be in parentheses")
            }
            TokenKind::Match => {
                tally.has_match = true;
                None
            }
            TokenKind::Indent => {
                indents += 1;
                tally.indents += 1;
                (indents >= INDENTS).then_some("too many levels of indentation")
            }
            TokenKind::Dedent => {
                indents = indents.saturating_sub(1);
                None
            }
            TokenKind::FStringStart => {
                strings += 1;
                (strings >= STRINGS).then_some("too many nested f-strings")
            }
            TokenKind::FStringEnd => {
                strings = strings.saturating_sub(1);
                None
            }
            _ => None,
        };
        if let (Some(limit), None) = (passed, &tally.refusal) {
            tally.refusal = Some(Refusal {
                reason: format!("syntax error: {limit}"),
                at: Some(token.start()),
            });
        }
    }
    if line > tally.longest_line {
        tally.longest_line = line;
        tally.longest_line_at = tokens.last().map_or(TextSize::default(), Ranged::end);
    }
    tally
}

fn is_decimal_above_limit(literal: &str) -> bool {
    let is_decimal = literal
        .bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_digit());
    is_decimal && literal.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS
}

/// Refuses a large text that nests too deep for the parser's stack and the tree's memory.
pub(super) fn before_parsing(text: &str) -> Result<(), Refusal> {
    if text.len() < SHORT_TEXT {
        return Ok(());
    }
    let mut lexer = lexer::lex(text, Mode::Module);
    let mut open = vec![Element::default()];
    let mut indents = 0usize;
    loop {
        let kind = lexer.next_token();
        match kind {
            // An unindent that matches no indentation closes none, and the parser goes on within.
            TokenKind::Indent if indents >= INDENTS => {
                return Err(Refusal {
                    reason: "syntax error: too many levels of indentation".to_owned(),
                    at: None,
                });
            }
            TokenKind::Indent => indents += 1,
            TokenKind::Dedent => indents = indents.saturating_sub(1),
            TokenKind::EndOfFile => return Ok(()),
            TokenKind::Newline => open = vec![Element::default()],
            TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace | TokenKind::FStringStart => {
                if open.len() > BRACKETS + STRINGS {
                    return Err(Refusal {
                        reason: "syntax error: too many nested parentheses".to_owned(),
                        at: None,
                    });
                }
                if let Some(element) = open.last_mut() {
                    element.links += 1;
                }
                open.push(Element::default());
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd => {
                if open.len() > 1 {
                    open.pop();
                }
            }
            _ => {
                if let Some(element) = open.last_mut() {
                    element.take(kind);
                    if element.depth() > LONGEST_ELEMENT {
                        return Err(Refusal {
                            reason: "expressions are nested too deep".to_owned(),
                            at: None,
                        });
                    }
                }
            }
        }
    }
}

/// What stands at one level of brackets since the last comma: a bound on how deep it nests.
#[derive(Default)]
struct Element {
    links: usize,
    /// What a comma or an `or` does not end.
    conditionals: usize,
}

impl Element {
    fn take(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Comma | TokenKind::And | TokenKind::Or | TokenKind::Semi => self.links = 0,
            TokenKind::Lambda | TokenKind::Else => self.conditionals += 1,
            // Strings side by side are one.
            TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::NonLogicalNewline
            | TokenKind::Comment => {}
            _ => self.links += 1,
        }
    }

    fn depth(&self) -> usize {
        self.links + self.conditionals
    }
}
