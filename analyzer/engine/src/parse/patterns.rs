//! Patterns that the parser lets pass and Python does not: two in a sequence without a comma between,
//! and a class in parentheses.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_python_ast::visitor::{Visitor, walk_pattern};
use ruff_python_ast::{Expr, Pattern, Stmt};
use ruff_text_size::{Ranged, TextSize};

use super::{MAX_DEPTH, Refusal};

/// The first such pattern.
pub(super) fn refused(body: &[Stmt], tokens: &Tokens) -> Option<Refusal> {
    let mut search = Search {
        tokens,
        found: None,
    };
    stacker::maybe_grow(MAX_DEPTH * 2048, MAX_DEPTH * 4096, || {
        search.visit_body(body)
    });
    search.found.map(|at| Refusal {
        reason: "syntax error: invalid pattern".to_owned(),
        at: Some(at),
    })
}

struct Search<'t> {
    tokens: &'t [ruff_python_ast::token::Token],
    found: Option<TextSize>,
}

impl<'a> Visitor<'a> for Search<'_> {
    // No pattern stands in an expression.
    fn visit_expr(&mut self, _: &'a Expr) {}

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let is_refused = match pattern {
            Pattern::MatchSequence(sequence) => match &*sequence.patterns {
                [first, second] => !self.has(TokenKind::Comma, first.end(), second.start()),
                _ => false,
            },
            Pattern::MatchClass(class) => {
                self.has(TokenKind::Rpar, class.cls.end(), class.arguments.start())
            }
            _ => false,
        };
        if is_refused && self.found.is_none() {
            self.found = Some(pattern.start());
        }
        walk_pattern(self, pattern);
    }
}

impl Search<'_> {
    /// Whether a token stands between two places.
    fn has(&self, kind: TokenKind, from: TextSize, to: TextSize) -> bool {
        let after = self.tokens.partition_point(|token| token.start() < from);
        let mut between = self
            .tokens
            .iter()
            .skip(after)
            .take_while(|token| token.start() < to);
        between.any(|token| token.kind() == kind)
    }
}
