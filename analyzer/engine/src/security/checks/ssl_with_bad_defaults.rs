//! B503: a broken version of TLS as a default.

use ruff_python_ast::{Expr, StmtFunctionDef};

use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::tls::is_bad_version;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B503",
    name: "ssl_with_bad_defaults",
    docs: "The default of a parameter is SSL 2, SSL 3, TLS 1.0 or TLS 1.1, all of which have \
           known breaks. Let the default be `ssl.PROTOCOL_TLS_CLIENT` or a context from \
           `ssl.create_default_context`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 327,
    fires: &["def connect(version=ssl.PROTOCOL_SSLv3): pass\n"],
    silent: &[
        "def connect(version=ssl.PROTOCOL_TLS_CLIENT): pass\n",
        "def connect(version=PROTOCOL_SSLv3): pass\n",
    ],
    run: Run::Function(run),
};

fn run(function: &StmtFunctionDef) -> Outcome {
    let parameters = function
        .parameters
        .posonlyargs
        .iter()
        .chain(&function.parameters.args);
    let mut defaults = parameters.filter_map(|parameter| parameter.default.as_deref());
    let has_bad = defaults.any(
        |default| matches!(default, Expr::Attribute(attribute) if is_bad_version(&attribute.attr)),
    );
    Ok(has_bad.then(|| {
        let text = "Function definition identified with insecure SSL/TLS protocol version by \
                    default, possible security issue.";
        Issue::new(Rank::Medium, Rank::Medium, text)
    }))
}
