//! Python's limit on calls in calls, as Bandit's command line meets it.
//!
//! Bandit walks a tree by recursion, a call a level, and at each node makes some calls more. Where
//! they would be more than Python's limit of 1000, a `RecursionError` ends a check, or the scan.

use ruff_python_ast::{Expr, Stmt};

use crate::syntax::Node;

/// The calls that are left to Bandit below the module: 1000, less its command line's own.
const LEFT: usize = 994;

/// Above this depth no node needs more than is left.
const SURE: usize = 700;

/// What it takes to log that a check raised.
const LOG: usize = 16;

/// What it takes to read a chain of operations for a string, besides a call for each operation.
const READ_CHAIN: usize = 7;

/// Whether there are calls enough for a node at a depth below the module.
pub(super) fn suffice(node: &Node<'_>, parent: &Node<'_>, depth: usize) -> bool {
    depth < SURE || depth + needed(node, parent) <= LEFT
}

/// Whether there are calls enough to log that a check raised at a node. If not, the scan ends.
pub(super) fn suffice_to_log(depth: usize) -> bool {
    depth + LOG <= LEFT
}

/// Whether there are calls enough to read a chain of operations for a string.
pub(super) fn suffice_for_chain(depth: usize, reach: usize) -> bool {
    depth + READ_CHAIN + reach <= LEFT
}

/// How many calls are left at a depth.
pub(super) fn left(depth: usize) -> usize {
    LEFT.saturating_sub(depth)
}

/// The calls that Bandit makes at a node. A node with an operator or a context has it as a child.
fn needed(node: &Node<'_>, parent: &Node<'_>) -> usize {
    let is_statement = matches!(parent, Node::Stmt(Stmt::Expr(_)));
    match node {
        Node::Text(..) => 7,
        Node::Stmt(Stmt::ClassDef(_)) => 3,
        Node::Stmt(
            Stmt::FunctionDef(_) | Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::AugAssign(_),
        ) => 5,
        Node::Expr(expr) => match expr {
            Expr::Call(call) => {
                let keywords = call.arguments.keywords.iter();
                let nesting = keywords
                    .filter(|keyword| !keyword.value.is_attribute_expr())
                    .map(|keyword| 1 + nesting(&keyword.value));
                7 + nesting.max().unwrap_or_default()
            }
            Expr::StringLiteral(_) if !is_statement => 7,
            Expr::BytesLiteral(_) if !is_statement => 6,
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_) => 3,
            Expr::Name(_)
            | Expr::Attribute(_)
            | Expr::Subscript(_)
            | Expr::Starred(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::UnaryOp(_)
            | Expr::BinOp(_)
            | Expr::BoolOp(_)
            | Expr::Compare(_)
            | Expr::Lambda(_) => 5,
            _ => 4,
        },
        _ => 4,
    }
}

/// How deep lists, tuples and sets nest in a literal.
fn nesting(expr: &Expr) -> usize {
    let elements = match expr {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        Expr::Set(set) => &set.elts,
        _ => return 0,
    };
    elements
        .iter()
        .map(|element| 1 + nesting(element))
        .max()
        .unwrap_or_default()
}
