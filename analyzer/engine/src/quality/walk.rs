//! The one walk over a syntax tree that serves both complexity and Halstead's figures. It visits
//! what Radon's visitors visit of CPython's tree.
//!
//! Expressions wait in a list rather than on the stack: neither figure depends on their order
//! within a statement.

use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::complexity::{Scope, of_match, of_try};
use super::halstead::Tally;
use crate::syntax::Node;

/// What the walk found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) tally: Tally<'a>,
}

/// Walks a file.
pub(super) fn walk<'a>(source: &'a str, body: &'a [Stmt]) -> Found<'a> {
    let mut walk = Walk {
        source,
        scope: Scope::default(),
        tally: Tally::of(source),
        waiting: Vec::new(),
        decides: true,
    };
    walk.body(body);
    Found {
        scope: walk.scope,
        tally: walk.tally,
    }
}

struct Walk<'a> {
    source: &'a str,
    scope: Scope<'a>,
    tally: Tally<'a>,
    /// Nodes of the present statement that are still to be visited.
    waiting: Vec<Node<'a>>,
    /// Whether expressions count for complexity: not in an `assert` nor in a class's bases.
    decides: bool,
}

impl<'a> Walk<'a> {
    fn body(&mut self, body: &'a [Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn decide(&mut self, count: usize) {
        if self.decides {
            self.scope.decisions += count as u64;
        }
    }

    /// Where CPython has a node begin.
    fn start(&self, node: &Node<'a>) -> Option<TextSize> {
        node.range(self.source).map(TextRange::start)
    }

    /// A node that Radon sees begins here.
    fn begins(&mut self, node: &Node<'a>) {
        if self.decides
            && let Some(start) = self.start(node)
        {
            self.scope.node(start);
        }
    }

    fn statement(&mut self, statement: &'a Stmt) {
        let node = Node::Stmt(statement);
        match statement {
            Stmt::FunctionDef(function) => return self.function(function, self.start(&node)),
            Stmt::ClassDef(class) => return self.class(class, &node),
            Stmt::Assert(_) => {
                self.decide(1);
                return self.without_deciding(&node);
            }
            Stmt::For(node) => self.decide(1 + usize::from(!node.orelse.is_empty())),
            Stmt::While(node) => self.decide(1 + usize::from(!node.orelse.is_empty())),
            Stmt::If(_) => self.decide(1),
            Stmt::Match(node) => self.scope.decisions += of_match(&node.cases),
            Stmt::Try(node) => self.scope.decisions += of_try(node),
            Stmt::AugAssign(node) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.target);
                self.tally.operand(&node.value);
            }
            Stmt::Import(node) => {
                let names = node.names.iter();
                names.for_each(|name| self.scope.node(name.start()));
            }
            Stmt::ImportFrom(node) => {
                let names = node.names.iter();
                names.for_each(|name| self.scope.node(name.start()));
            }
            _ => {}
        }
        self.begins(&node);
        self.children(&node);
    }

    /// Statements in a statement are visited in their order, and what waits before them: the scope is
    /// another within them.
    fn children(&mut self, node: &Node<'a>) {
        let mut next = Some(node.clone());
        while let Some(node) = next {
            next = None;
            node.for_each_child(&mut |child| match child {
                Node::Stmt(statement) => {
                    self.visit_waiting();
                    self.statement(statement);
                }
                // An `elif` is an `if` of its own in the one before, and the last that is in it.
                Node::Elif(..) => {
                    self.decide(1);
                    self.begins(&child);
                    next = Some(child);
                }
                Node::ExceptHandler(_) => {
                    self.begins(&child);
                    self.children(&child);
                }
                Node::MatchCase(_) => self.children(&child),
                _ => self.waiting.push(child),
            });
            self.visit_waiting();
        }
    }

    /// Visits what of a statement is no statement, which counts for Halstead's figures alone.
    fn without_deciding(&mut self, node: &Node<'a>) {
        let decides = std::mem::replace(&mut self.decides, false);
        node.for_each_child(&mut |child| {
            if !matches!(child, Node::Stmt(_)) {
                self.waiting.push(child);
            }
        });
        self.visit_waiting();
        self.decides = decides;
    }

    /// Radon sees nothing of a function but its body, and gives each statement of it a visitor of
    /// its own. It asks the last of them alone where the function ends.
    fn function(&mut self, function: &'a StmtFunctionDef, start: Option<TextSize>) {
        let around = self.tally.enter(&function.name);
        let scope = std::mem::take(&mut self.scope);
        for statement in &function.body {
            self.scope.last = None;
            self.statement(statement);
        }
        let inner = std::mem::replace(&mut self.scope, scope);
        self.tally.leave(around);
        let start = start.unwrap_or_else(|| function.start());
        let function = inner.into_function(&function.name, start);
        self.scope.functions.push(function);
    }

    /// To the complexity of a class only its body counts, to Halstead's figures all of it.
    fn class(&mut self, class: &'a StmtClassDef, node: &Node<'a>) {
        self.without_deciding(node);
        let scope = std::mem::take(&mut self.scope);
        self.body(&class.body);
        let inner = std::mem::replace(&mut self.scope, scope);
        let start = self.start(node).unwrap_or_else(|| class.start());
        let class = inner.into_class(&class.name, start);
        self.scope.classes.push(class);
    }

    fn visit_waiting(&mut self) {
        while let Some(node) = self.waiting.pop() {
            self.begins(&node);
            self.count(&node);
            node.for_each_child(&mut |child| self.waiting.push(child));
        }
    }

    fn count(&mut self, node: &Node<'a>) {
        match node {
            Node::Comprehension(node) => self.decide(1 + node.ifs.len()),
            Node::Expr(Expr::If(_)) => self.decide(1),
            Node::Expr(Expr::BoolOp(node)) => {
                self.decide(node.values.len() - 1);
                self.tally.operators(node.op, 1);
                node.values.iter().for_each(|it| self.tally.operand(it));
            }
            Node::Expr(Expr::BinOp(node)) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.left);
                self.tally.operand(&node.right);
            }
            Node::Expr(Expr::UnaryOp(node)) => {
                self.tally.operators(node.op, 1);
                self.tally.operand(&node.operand);
            }
            Node::Expr(Expr::Compare(node)) => {
                let ops = node.ops.iter();
                ops.for_each(|&op| self.tally.operators(op, 1));
                self.tally.operand(&node.left);
                let comparators = node.comparators.iter();
                comparators.for_each(|it| self.tally.operand(it));
            }
            _ => {}
        }
    }
}
