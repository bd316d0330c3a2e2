//! The state of an f-string for CPython's tokenizer, which cuts it into its text and the tokens
//! of its expressions.

use super::tokenizer::Rejected;

/// How deep an expression may stand within another's format specification, and one more
/// (CPython's `MAX_EXPR_NESTING`).
const MAX_EXPRESSIONS: i32 = 3;

/// An f-string that has been opened.
#[derive(Debug)]
pub(super) struct FString {
    quote: u8,
    triple: bool,
    raw: bool,
    /// Text is read rather than an expression's code.
    pub(super) in_text: bool,
    /// Brackets open in its expressions, the braces around them too.
    brackets: i32,
    /// The depth at which the innermost open expression began; −1 outside expressions.
    expression_depth: i32,
    /// An expression has come to its `:`, `!` or `}`.
    expression_ended: bool,
    /// A text token began on an earlier line, and has read `\N{` if `named_escape`.
    within_token: bool,
    named_escape: bool,
}

/// What the text came to.
pub(super) enum Middle {
    /// An expression begins here; no text stands before it.
    Expression,
    /// A piece of text ended at this position.
    Token(usize),
    /// It goes on in the next line.
    Unfinished(usize),
    /// The f-string ended.
    End(usize),
}

impl FString {
    pub(super) fn new(quote: u8, triple: bool, raw: bool) -> FString {
        FString {
            quote,
            triple,
            raw,
            in_text: true,
            brackets: 0,
            expression_depth: -1,
            expression_ended: false,
            within_token: false,
            named_escape: false,
        }
    }

    fn quotes(&self) -> usize {
        if self.triple { 3 } else { 1 }
    }

    /// Code meets one of `:`, `}`, `!`, `{`. True if it is the colon before a format
    /// specification, which is text.
    pub(super) fn meets_punctuation(&mut self, byte: u8) -> bool {
        if !matches!(byte, b':' | b'}' | b'!' | b'{') || self.expression_depth < 0 {
            return false;
        }
        let depth = self.brackets - i32::from(byte != b'{');
        if depth == 0 {
            self.expression_ended = byte != b'{';
        }
        let specification = byte == b':' && depth == self.expression_depth;
        self.in_text |= specification;
        specification
    }

    pub(super) fn open_bracket(&mut self) {
        self.brackets += 1;
    }

    pub(super) fn close_bracket(&mut self, byte: u8) -> Result<(), Rejected> {
        self.brackets -= 1;
        if self.brackets < 0 {
            return Err(Rejected);
        }
        if byte == b'}' && self.brackets == self.expression_depth {
            self.expression_depth -= 1;
            self.in_text = true;
        }
        Ok(())
    }

    fn begin_expression(&mut self) -> Result<(), Rejected> {
        self.expression_depth += 1;
        if self.expression_depth >= MAX_EXPRESSIONS {
            return Err(Rejected);
        }
        self.in_text = false;
        Ok(())
    }

    /// One token of text from `at` in a line.
    pub(super) fn text(&mut self, line: &[u8], mut at: usize) -> Result<Middle, Rejected> {
        let byte = |at: usize| line.get(at).copied().unwrap_or(b'\n');
        if !std::mem::take(&mut self.within_token) {
            self.named_escape = false;
            if byte(at) == b'{' && byte(at + 1) != b'{' {
                self.begin_expression()?;
                return Ok(Middle::Expression);
            }
            let end = at + self.quotes();
            if line
                .get(at..end)
                .is_some_and(|quotes| quotes.iter().all(|&byte| byte == self.quote))
            {
                return Ok(Middle::End(end));
            }
        }
        let mut quotes = 0;
        while at <= line.len() {
            let in_specification = self.expression_ended && self.expression_depth >= 0;
            let first = byte(at);
            if at == line.len() && !self.triple {
                if !in_specification {
                    return Err(Rejected);
                }
                // A specification ends with its line, and the end belongs to the code.
                self.in_text = false;
                return Ok(Middle::Token(at));
            }
            at += 1;
            if first == self.quote {
                quotes += 1;
                if quotes == self.quotes() {
                    return Ok(Middle::Token(at - quotes));
                }
                continue;
            }
            quotes = 0;
            match first {
                b'{' => {
                    self.expression_ended = false;
                    if byte(at) == b'{' && !in_specification {
                        return Ok(Middle::Token(at + 1));
                    }
                    self.begin_expression()?;
                    return Ok(Middle::Token(at - 1));
                }
                b'}' if self.named_escape => return Ok(Middle::Token(at)),
                b'}' => {
                    if byte(at) == b'}' && !in_specification && self.brackets == 0 {
                        return Ok(Middle::Token(at + 1));
                    }
                    self.in_text = false;
                    return Ok(Middle::Token(at - 1));
                }
                b'\\' => at = self.escape(line, at),
                _ => {}
            }
        }
        self.within_token = true;
        Ok(Middle::Unfinished(at))
    }

    /// Where to go on after a backslash before `at`.
    fn escape(&mut self, line: &[u8], at: usize) -> usize {
        match line.get(at) {
            Some(b'{' | b'}') => at,
            Some(b'N') if !self.raw && line.get(at + 1) == Some(&b'{') => {
                self.named_escape = true;
                at + 2
            }
            _ => at + 1,
        }
    }
}
