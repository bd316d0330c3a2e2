//! How deep a tree is, found and survived without recursing as deep.

use ruff_python_ast::visitor::{
    Visitor, walk_expr, walk_f_string, walk_interpolated_string_element, walk_pattern, walk_stmt,
};
use ruff_python_ast::{Expr, FString, InterpolatedStringElement, Pattern, Stmt};

use super::Parsed;

/// What the drop of one level of a tree takes of the stack, generously.
const DROP: usize = 1024;

/// Whether statements, expressions and patterns nest deeper than `limit`.
pub(super) fn exceeds(body: &[Stmt], limit: usize) -> bool {
    let mut search = Search {
        left: limit,
        exceeded: false,
    };
    stacker::maybe_grow(limit * 2048, limit * 4096, || search.visit_body(body));
    search.exceeded
}

/// Drops a tree of which nothing but a bound on its depth is known.
pub(super) fn release(parsed: Parsed, depth: usize) {
    stacker::maybe_grow(depth * DROP, depth * DROP + DROP, || drop(parsed));
}

/// Whether a format specification nests replacement fields deeper than CPython takes.
pub(super) fn has_deep_fields(body: &[Stmt]) -> bool {
    let mut search = Fields::default();
    stacker::maybe_grow(1 << 21, 1 << 22, || search.visit_body(body));
    search.exceeded
}

/// How deep in replacement fields of one f-string.
#[derive(Default)]
struct Fields {
    depth: usize,
    exceeded: bool,
}

impl<'a> Visitor<'a> for Fields {
    fn visit_f_string(&mut self, string: &'a FString) {
        let outside = std::mem::take(&mut self.depth);
        walk_f_string(self, string);
        self.depth = outside;
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        self.depth += 1;
        self.exceeded |= element.is_interpolation() && self.depth > 3;
        walk_interpolated_string_element(self, element);
        self.depth -= 1;
    }
}

struct Search {
    left: usize,
    exceeded: bool,
}

impl Search {
    fn deeper(&mut self, walk: impl FnOnce(&mut Self)) {
        if self.exceeded {
            return;
        }
        if self.left == 0 {
            self.exceeded = true;
            return;
        }
        self.left -= 1;
        walk(self);
        self.left += 1;
    }
}

impl<'a> Visitor<'a> for Search {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.deeper(|search| walk_stmt(search, stmt));
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        self.deeper(|search| walk_expr(search, expr));
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        self.deeper(|search| walk_pattern(search, pattern));
    }
}
