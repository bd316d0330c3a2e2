//! B105: a password as a string.

use ruff_python_ast::{Expr, ExprCompare, ExprDict, Stmt};
use ruff_text_size::Ranged;

use super::super::issue::{Issue, Outcome};
use super::super::python::repr;
use super::super::registry::{Check, Run};
use super::super::walk::{Parent, Text};
use super::passwords::{is_candidate, issue};
use crate::report::Rank;
use crate::syntax::Node;

pub(super) static CHECK: Check = Check {
    id: "B105",
    name: "hardcoded_password_string",
    docs: "A password, token or secret stands in the source, assigned to or compared with a name \
           that says so, for all to read who can read the code or its history, and cannot be \
           changed without a release. Keep it outside: in the environment, or in a store of \
           secrets.",
    severities: &[Rank::Low],
    confidences: &[Rank::Medium],
    cwe: 259,
    fires: &[
        "password = \"blerg\"\n",
        "config = {\"secret\": \"x\"}\n",
        "config[\"db_token\"] = \"x\"\n",
        "if user.passwd == \"root\": pass\n",
    ],
    silent: &[
        "password = input()\n",
        "message = \"password\"\n",
        "config[\"timeout\"] = \"1\"\n",
        "passwords = \"a\"\n",
    ],
    run: Run::Text(run),
};

fn run(text: &Text<'_, '_>) -> Outcome {
    match text.parent.node {
        Node::Stmt(Stmt::Assign(assign)) => {
            let names_one = assign
                .targets
                .iter()
                .any(|target| name(target).is_some_and(is_candidate));
            Ok(names_one.then(|| issue(text.value)))
        }
        Node::Expr(Expr::Dict(dict)) => of_key(text, dict),
        Node::Expr(Expr::Subscript(_)) if is_candidate(text.value) => {
            Ok(text.parent.up.and_then(assigned_string).map(issue))
        }
        Node::Expr(Expr::Compare(compare)) => Ok(compared(compare)),
        _ => Ok(None),
    }
}

/// The last name of a name or an attribute.
fn name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

/// Of a key: the constant that stands at it.
fn of_key(text: &Text<'_, '_>, dict: &ExprDict) -> Outcome {
    let Node::Expr(key) = text.node else {
        return Ok(None);
    };
    if !is_candidate(text.value) {
        return Ok(None);
    }
    // Items stand in order: the key's is the first whose value comes after it.
    let at = dict
        .items
        .partition_point(|item| item.value.start() < key.start());
    match dict.items.get(at) {
        Some(item)
            if item
                .key
                .as_ref()
                .is_some_and(|other| std::ptr::eq(other, *key)) =>
        {
            Ok(repr::str_of_constant(&item.value)?.map(|value| issue(&value)))
        }
        _ => Ok(None),
    }
}

fn assigned_string<'a>(parent: &Parent<'a, '_>) -> Option<&'a str> {
    match parent.node {
        Node::Stmt(Stmt::Assign(assign)) => string(&assign.value),
        _ => None,
    }
}

fn compared(compare: &ExprCompare) -> Option<Issue> {
    if !name(&compare.left).is_some_and(is_candidate) {
        return None;
    }
    compare.comparators.first().and_then(string).map(issue)
}

fn string(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::StringLiteral(string) => Some(string.value.to_str()),
        _ => None,
    }
}
