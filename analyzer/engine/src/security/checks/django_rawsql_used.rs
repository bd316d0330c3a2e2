//! B611: `RawSQL` of Django.

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B611",
    name: "django_rawsql_used",
    docs: "`RawSQL` puts SQL of its own into a query. Where that is not a string as it stands, a \
           value in it can change the statement. Use other expressions, or give values as its \
           parameters.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 89,
    fires: &["from django.db.models.expressions import RawSQL\nRawSQL(query, [])\n"],
    silent: &[
        "from django.db.models.expressions import RawSQL\nRawSQL(\"a = %s\", [x])\n",
        "RawSQL(query, [])\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.name != "RawSQL" || !call.imports.has_like(Like::DjangoDbModels) {
        return Ok(None);
    }
    let sql = match call.args().first() {
        Some(sql) => sql,
        None => {
            let keywords = call.keywords().iter().rev();
            let mut named = keywords.filter(|keyword| {
                keyword
                    .arg
                    .as_ref()
                    .is_some_and(|arg| arg.as_str() == "sql")
            });
            &named.next().ok_or(Raised)?.value
        }
    };
    Ok((!sql.is_string_literal_expr()).then(|| {
        let text = "Use of RawSQL potential SQL attack vector.";
        Issue::new(Rank::Medium, Rank::Medium, text)
    }))
}
