//! B107: a password as a default.

use ruff_python_ast::{Expr, StmtFunctionDef};

use super::super::issue::Outcome;
use super::super::registry::{Check, Run};
use super::passwords::{is_candidate, issue};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B107",
    name: "hardcoded_password_default",
    docs: "A password, token or secret stands in the source, as the default of a parameter whose \
           name says so, for all to read who can read the code or its history, and cannot be \
           changed without a release. Keep it outside: in the environment, or in a store of \
           secrets.",
    severities: &[Rank::Low],
    confidences: &[Rank::Medium],
    cwe: 259,
    fires: &["def login(user, password=\"blerg\"): pass\n"],
    silent: &[
        "def login(user, password=None): pass\n",
        "def login(user, *, password=\"blerg\"): pass\n",
        "async def login(user, password=\"blerg\"): pass\n",
    ],
    run: Run::Function(run),
};

fn run(function: &StmtFunctionDef) -> Outcome {
    let parameters = &function.parameters;
    let positional_only = parameters.posonlyargs.iter();
    let defaults: Vec<&Expr> = positional_only
        .chain(&parameters.args)
        .filter_map(|parameter| parameter.default.as_deref())
        .collect();
    // Bandit pads the defaults to the parameters that are not positional only. If there are more
    // defaults than those, it pairs the first ones.
    let without = parameters.args.len().saturating_sub(defaults.len());
    for (parameter, default) in parameters.args.iter().skip(without).zip(defaults) {
        if let Expr::StringLiteral(string) = default
            && is_candidate(&parameter.parameter.name)
        {
            return Ok(Some(issue(string.value.to_str())));
        }
    }
    Ok(None)
}
