//! B608: SQL built of strings.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::super::frames;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::registry::{Check, Run};
use super::super::walk::{Parent, Text};
use super::sql::is_statement;
use crate::report::Rank;
use crate::syntax::Node;

pub(super) static CHECK: Check = Check {
    id: "B608",
    name: "hardcoded_sql_expressions",
    docs: "A string that reads like SQL is built with `+`, `%`, `format`, `replace` or as an \
           f-string. A value that is put into it can change the statement. Give values as \
           parameters: `execute(\"… WHERE id = %s\", (id,))`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Low, Rank::Medium],
    cwe: 89,
    fires: &[
        "q = \"SELECT * FROM t WHERE id = %s\" % x\n",
        "cursor.execute(f\"DELETE FROM {t} WHERE 1\")\n",
        "\"UPDATE t SET a = {} \".format(x)\n",
    ],
    silent: &[
        "cursor.execute(\"SELECT * FROM t WHERE id = %s\", (x,))\n",
        "q = \"SELECT a FROM b\"\n",
        "q = \"select %s\" % x\n",
    ],
    run: Run::Text(run),
};

fn run(text: &Text<'_, '_>) -> Outcome {
    let parent = text.parent;
    let (reads_like_sql, user, is_replaced) = match parent.node {
        Node::Expr(Expr::BinOp(around)) => {
            let top = parent.top_operation();
            let Some(chain) = top.chain() else {
                return Ok(None);
            };
            let level = parent.depth() - top.depth() + 1;
            if !frames::suffice_for_chain(parent.depth() + 1, chain.reach(around.range(), level)) {
                return Err(Raised);
            }
            (
                chain.reads_like_sql(text.value, around.range()),
                top.up,
                false,
            )
        }
        Node::Expr(Expr::Attribute(method)) if matches!(&*method.attr, "format" | "replace") => {
            let user = parent.up.and_then(|call| call.up);
            (is_statement([text.value]), user, &*method.attr == "replace")
        }
        Node::Expr(Expr::FString(_)) | Node::FormatSpec(_) => {
            let Node::Text(pieces, index) = text.node else {
                return Ok(None);
            };
            let is_first = pieces.first_text() == Some(*index);
            (is_first && is_statement(pieces.texts()), parent.up, false)
        }
        _ => return Ok(None),
    };
    if !reads_like_sql {
        return Ok(None);
    }
    let confidence = if user.is_some_and(is_execution) && !is_replaced {
        Rank::Medium
    } else {
        Rank::Low
    };
    let text = "Possible SQL injection vector through string-based query construction.";
    Ok(Some(Issue::new(Rank::Medium, confidence, text)))
}

/// Whether this is a call of `execute` or `executemany`.
fn is_execution(user: &Parent<'_, '_>) -> bool {
    let Some(Expr::Call(call)) = user.expr() else {
        return false;
    };
    let name = match &*call.func {
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        Expr::Name(name) => name.id.as_str(),
        _ => return false,
    };
    matches!(name, "execute" | "executemany")
}
