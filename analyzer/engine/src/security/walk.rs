//! The walk over a tree in Bandit's order: what it has seen, and what it asks of the checks.

use std::cell::OnceCell;

use ruff_python_ast::{Expr, Stmt};

use super::call::Call;
use super::checks::django_mark_safe::Scopes;
use super::checks::sql::Chain;
use super::findings::Findings;
use super::frames;
use super::imports::Imports;
use super::issue::Raised;
use super::registry::{Runs, runs};
use super::{RED_ZONE, STACK};
use crate::source::Source;
use crate::syntax::Node;

/// A node and what stands above it.
pub(crate) struct Parent<'a, 'p> {
    pub(crate) node: &'p Node<'a>,
    pub(crate) up: Option<&'p Parent<'a, 'p>>,
    /// The topmost operation of the chain of operations that ends here, if it is above.
    top: Option<&'p Parent<'a, 'p>>,
    lines: OnceCell<(u32, u32)>,
    chain: OnceCell<Chain<'a>>,
    depth: usize,
}

impl<'a, 'p> Parent<'a, 'p> {
    fn new(node: &'p Node<'a>, up: Option<&'p Parent<'a, 'p>>, depth: usize) -> Self {
        let top = match (node, up) {
            (Node::Expr(Expr::BinOp(_)), Some(up)) => match up.node {
                Node::Expr(Expr::BinOp(_)) => Some(up.top.unwrap_or(up)),
                _ => None,
            },
            _ => None,
        };
        Self {
            node,
            up,
            top,
            lines: OnceCell::new(),
            chain: OnceCell::new(),
            depth,
        }
    }

    /// The expression that this is.
    pub(crate) fn expr(&self) -> Option<&'a Expr> {
        match self.node {
            Node::Expr(expr) => Some(expr),
            _ => None,
        }
    }

    /// The topmost of the operations, one in another, of which this is the innermost.
    pub(crate) fn top_operation(&'p self) -> &'p Parent<'a, 'p> {
        self.top.unwrap_or(self)
    }

    /// The strings of the operations, of which this is the topmost.
    pub(crate) fn chain(&self) -> Option<&Chain<'a>> {
        let Some(Expr::BinOp(operation)) = self.expr() else {
            return None;
        };
        Some(self.chain.get_or_init(|| Chain::of(operation)))
    }

    /// How deep below the module.
    pub(crate) fn depth(&self) -> usize {
        self.depth
    }

    fn lines(&self, source: &Source<'_>) -> (u32, u32) {
        *self.lines.get_or_init(|| self.node.lines(source))
    }
}

/// A string constant.
pub(crate) struct Text<'a, 'c> {
    pub(crate) node: &'c Node<'a>,
    pub(crate) value: &'c str,
    pub(crate) parent: &'c Parent<'a, 'c>,
}

/// The walk.
pub(super) struct Walk<'a, 's> {
    source: &'s Source<'s>,
    module: &'a [Stmt],
    imports: Imports<'a>,
    scopes: Scopes<'a>,
    runs: &'static Runs,
    pub(super) findings: Findings<'s>,
    pub(super) too_deep: bool,
}

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(source: &'s Source<'s>, module: &'a [Stmt], findings: Findings<'s>) -> Self {
        Self {
            source,
            module,
            imports: Imports::default(),
            scopes: Scopes::default(),
            runs: runs(),
            findings,
            too_deep: false,
        }
    }

    pub(super) fn run(&mut self) {
        let module = Node::Module;
        let parent = Parent::new(&module, None, 0);
        for stmt in self.module {
            self.visit(&Node::Stmt(stmt), &parent);
        }
    }

    fn visit(&mut self, node: &Node<'a>, up: &Parent<'a, '_>) {
        let depth = up.depth + 1;
        self.too_deep |= !frames::suffice(node, up.node, depth);
        if self.too_deep {
            return;
        }
        if self.check(node, up) == Err(Raised) {
            self.too_deep |= !frames::suffice_to_log(depth);
        }
        let parent = Parent::new(node, Some(up), depth);
        if depth.is_multiple_of(64) {
            stacker::maybe_grow(RED_ZONE, STACK, || self.children(&parent));
        } else {
            self.children(&parent);
        }
    }

    fn children(&mut self, parent: &Parent<'a, '_>) {
        parent
            .node
            .for_each_child(&mut |child| self.visit(&child, parent));
    }

    /// Runs the checks of a node, and says whether one of them raised.
    fn check(&mut self, node: &Node<'a>, up: &Parent<'a, '_>) -> Result<(), Raised> {
        let mut result = Ok(());
        match node {
            Node::Expr(Expr::Call(call)) => {
                let qualname = self.imports.qualified(&call.func);
                let call = Call::new(
                    call,
                    up,
                    self.module,
                    self.source,
                    &self.imports,
                    &self.scopes,
                    &qualname,
                );
                for (check, run) in &self.runs.calls {
                    match run(&call) {
                        Ok(Some(issue)) => self.findings.add(check, issue, node),
                        Ok(None) => {}
                        Err(raised) => result = Err(raised),
                    }
                }
                match self.runs.blacklisted.call(&call) {
                    Ok(Some((check, issue))) => self.findings.add(check, issue, node),
                    Ok(None) => {}
                    Err(raised) => result = Err(raised),
                }
            }
            Node::Expr(Expr::StringLiteral(string)) => {
                result = self.text(node, string.value.to_str(), up);
            }
            Node::Text(pieces, index) => {
                if let Some((value, _)) = pieces.text(*index) {
                    result = self.text(node, value, up);
                }
            }
            Node::Stmt(stmt) => self.stmt(node, stmt),
            Node::ExceptHandler(handler) => {
                for (check, run) in &self.runs.handlers {
                    if let Some(issue) = run(handler) {
                        self.findings.add(check, issue, node);
                    }
                }
            }
            _ => {}
        }
        result
    }

    fn stmt(&mut self, node: &Node<'a>, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(function) if !function.is_async => {
                for (check, run) in &self.runs.functions {
                    if let Ok(Some(issue)) = run(function) {
                        self.findings.add(check, issue, node);
                    }
                }
            }
            Stmt::Assert(_) => {
                for (check, run) in &self.runs.asserts {
                    self.findings.add(check, run(), node);
                }
            }
            Stmt::Import(import) => {
                self.imports.add_import(import);
                if let Some((check, issue)) = self.runs.blacklisted.import(None, &import.names) {
                    self.findings.add(check, issue, node);
                }
            }
            Stmt::ImportFrom(import) => {
                self.imports.add_import_from(import);
                let module = import.module.as_ref().map(|module| module.as_str());
                if let Some((check, issue)) = self.runs.blacklisted.import(module, &import.names) {
                    self.findings.add(check, issue, node);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, node: &Node<'a>, value: &str, up: &Parent<'a, '_>) -> Result<(), Raised> {
        // A string that is a statement is a docstring or no code.
        if matches!(up.node, Node::Stmt(Stmt::Expr(_))) {
            return Ok(());
        }
        let mut result = Ok(());
        let text = Text {
            node,
            value,
            parent: up,
        };
        for (check, run) in &self.runs.strings {
            match run(&text) {
                Ok(Some(issue)) => {
                    self.findings
                        .add_within(check, issue, node, || up.lines(self.source));
                }
                Ok(None) => {}
                Err(raised) => result = Err(raised),
            }
        }
        result
    }
}
