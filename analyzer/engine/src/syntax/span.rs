//! Where CPython places a node.

use ruff_python_ast::{Decorator, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Node;
use crate::security::{RED_ZONE, STACK};
use crate::source::Source;

/// Where a node stands: lines from 1, columns from 0 in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) line: u32,
    pub(crate) col: u32,
    pub(crate) end_line: u32,
    pub(crate) end_col: u32,
}

impl Span {
    fn of(range: TextRange, source: &Source<'_>) -> Self {
        let (line, col) = source.line_column(range.start());
        let (end_line, end_col) = source.line_column(range.end());
        Self {
            line,
            col,
            end_line,
            end_col,
        }
    }
}

impl Node<'_> {
    /// The span of a node that has one: `arguments`, `comprehension`, `withitem` and `match_case`
    /// have not.
    pub(crate) fn span(&self, source: &Source<'_>) -> Option<Span> {
        self.range(source.text())
            .map(|range| Span::of(range, source))
    }

    /// The first and the last line of Bandit's `linerange`.
    pub(crate) fn lines(&self, source: &Source<'_>) -> (u32, u32) {
        if let Some(range) = self.range(source.text()) {
            return (source.line(range.start()), source.line(range.end()));
        }
        // Without the body, as Bandit has it.
        let mut lines = Lines::default();
        if let Node::MatchCase(case) = self {
            lines.add(&Node::Pattern(&case.pattern), source);
            if let Some(guard) = &case.guard {
                lines.add(&Node::Expr(guard), source);
            }
        } else {
            self.for_each_child(&mut |child| lines.add(&child, source));
        }
        lines.0.unwrap_or((0, 1))
    }

    /// Its place in the text that was parsed, where it has one.
    pub(crate) fn range(&self, text: &str) -> Option<TextRange> {
        Some(match self {
            Node::Stmt(stmt) => match stmt {
                Stmt::FunctionDef(stmt) => {
                    after_decorators(&stmt.decorator_list, stmt.range(), text)
                }
                Stmt::ClassDef(stmt) => after_decorators(&stmt.decorator_list, stmt.range(), text),
                _ => stmt.range(),
            },
            Node::Elif(stmt, index) => {
                let start = stmt.elif_else_clauses.get(*index)?.start();
                TextRange::new(start, stmt.end())
            }
            Node::Expr(expr) => expr.range(),
            Node::BareGenerator(_, range) => *range,
            Node::Arg(parameter) => parameter.range(),
            Node::Keyword(keyword) => keyword.range(),
            Node::Pattern(pattern) => pattern.range(),
            Node::ExceptHandler(handler) => with_semicolon(handler.range(), text),
            Node::TypeParam(parameter) => parameter.range(),
            Node::Formatted(formatted) => formatted.range(),
            Node::FormatSpec(spec) => spec.range(),
            Node::Text(pieces, index) => pieces.text(*index)?.1,
            Node::Module
            | Node::Arguments(_)
            | Node::Comprehension(_)
            | Node::WithItem(_)
            | Node::MatchCase(_) => return None,
        })
    }
}

/// A definition begins at its `def` or `class`.
fn after_decorators(decorators: &[Decorator], range: TextRange, text: &str) -> TextRange {
    let range = with_semicolon(range, text);
    let Some(last) = decorators.last() else {
        return range;
    };
    let mut start = last.end();
    let mut rest = &text[TextRange::new(start, range.end())];
    loop {
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\x0c', '\\']);
        start += TextSize::of(rest) - TextSize::of(trimmed);
        if !trimmed.starts_with('#') {
            return TextRange::new(start, range.end());
        }
        let comment = trimmed.find('\n').unwrap_or(trimmed.len());
        start += TextSize::of(&trimmed[..comment]);
        rest = &trimmed[comment..];
    }
}

/// What has a body ends after the semicolon, if there is one, that ends its last statement.
fn with_semicolon(range: TextRange, text: &str) -> TextRange {
    let after = text.get(range.end().to_usize()..).unwrap_or_default();
    let trimmed = after.trim_start_matches([' ', '\t', '\x0c']);
    if trimmed.starts_with(';') {
        range.add_end(TextSize::of(after) - TextSize::of(trimmed) + TextSize::of(';'))
    } else {
        range
    }
}

/// The lines on which a subtree's nodes begin.
#[derive(Default)]
struct Lines(Option<(u32, u32)>);

impl Lines {
    fn add(&mut self, node: &Node<'_>, source: &Source<'_>) {
        if let Some(range) = node.range(source.text()) {
            let line = source.line(range.start());
            let (least, most) = self.0.unwrap_or((line, line));
            self.0 = Some((least.min(line), most.max(line)));
        }
        stacker::maybe_grow(RED_ZONE, STACK, || {
            node.for_each_child(&mut |child| self.add(&child, source));
        });
    }
}

/// The name of an expression's class in CPython's `ast`.
pub(crate) fn class_name(expr: &Expr) -> &'static str {
    match expr {
        Expr::BoolOp(_) => "BoolOp",
        Expr::Named(_) => "NamedExpr",
        Expr::BinOp(_) => "BinOp",
        Expr::UnaryOp(_) => "UnaryOp",
        Expr::Lambda(_) => "Lambda",
        Expr::If(_) => "IfExp",
        Expr::Dict(_) => "Dict",
        Expr::Set(_) => "Set",
        Expr::ListComp(_) => "ListComp",
        Expr::SetComp(_) => "SetComp",
        Expr::DictComp(_) => "DictComp",
        Expr::Generator(_) => "GeneratorExp",
        Expr::Await(_) => "Await",
        Expr::Yield(_) => "Yield",
        Expr::YieldFrom(_) => "YieldFrom",
        Expr::Compare(_) => "Compare",
        Expr::Call(_) => "Call",
        Expr::FString(_) | Expr::TString(_) => "JoinedStr",
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::EllipsisLiteral(_) => "Constant",
        Expr::Attribute(_) => "Attribute",
        Expr::Subscript(_) => "Subscript",
        Expr::Starred(_) => "Starred",
        Expr::Name(_) | Expr::IpyEscapeCommand(_) => "Name",
        Expr::List(_) => "List",
        Expr::Tuple(_) => "Tuple",
        Expr::Slice(_) => "Slice",
    }
}
