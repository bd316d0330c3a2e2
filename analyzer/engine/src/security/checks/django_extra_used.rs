//! B610: `extra` of a Django query.

use ruff_python_ast::Expr;

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B610",
    name: "django_extra_used",
    docs: "`extra` puts SQL of its own into a query. Where that is not a string as it stands, a \
           value in it can change the statement. Use the other methods of a query, or give values \
           in `params`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 89,
    fires: &[
        "User.objects.extra(where=[clause])\n",
        "User.objects.extra({\"a\": x})\n",
    ],
    silent: &[
        "User.objects.extra(where=[\"a = %s\"], params=[x])\n",
        "User.objects.filter(a=x)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.name != "extra" {
        return Ok(None);
    }
    let is_insecure = argument(call, "where", 1).is_some_and(|list| !is_list_of_strings(list))
        || argument(call, "tables", 3).is_some_and(|list| !is_list_of_strings(list))
        || argument(call, "select", 0).is_some_and(|dict| !is_dictionary_of_strings(dict));
    Ok(is_insecure.then(|| {
        let text = "Use of extra potential SQL attack vector.";
        Issue::new(Rank::Medium, Rank::Medium, text)
    }))
}

/// The positional argument, or else the last keyword.
fn argument<'a>(call: &Call<'a, '_>, name: &str, position: usize) -> Option<&'a Expr> {
    let keywords = call.keywords().iter().rev();
    let mut named =
        keywords.filter(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == name));
    call.args()
        .get(position)
        .or_else(|| named.next().map(|keyword| &keyword.value))
}

fn is_list_of_strings(expr: &Expr) -> bool {
    matches!(expr, Expr::List(list) if list.elts.iter().all(Expr::is_string_literal_expr))
}

fn is_dictionary_of_strings(expr: &Expr) -> bool {
    let Expr::Dict(dict) = expr else {
        return false;
    };
    dict.items.iter().all(|item| {
        let has_string_key = item.key.as_ref().is_some_and(Expr::is_string_literal_expr);
        has_string_key && item.value.is_string_literal_expr()
    })
}
