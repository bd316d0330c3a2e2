//! B106: a password as an argument.

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::super::call::Call;
use super::super::issue::{Outcome, Raised};
use super::super::registry::{Check, Run};
use super::passwords::{is_candidate, issue};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B106",
    name: "hardcoded_password_funcarg",
    docs: "A password, token or secret stands in the source, given to a keyword argument whose \
           name says so, for all to read who can read the code or its history, and cannot be \
           changed without a release. Keep it outside: in the environment, or in a store of \
           secrets.",
    severities: &[Rank::Low],
    confidences: &[Rank::Medium],
    cwe: 259,
    fires: &["login(user, password=\"blerg\")\n"],
    silent: &[
        "login(user, password=read())\n",
        "login(user, key=\"blerg\")\n",
        "login(user, \"password\")\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    for keyword in call.keywords() {
        let Expr::StringLiteral(string) = &keyword.value else {
            continue;
        };
        // To search the name of `**"…"` raises.
        let name = keyword.arg.as_ref().ok_or(Raised)?;
        if is_candidate(name) {
            let line = call.source.line(keyword.value.start());
            return Ok(Some(issue(string.value.to_str()).at(Some(line))));
        }
    }
    Ok(None)
}
