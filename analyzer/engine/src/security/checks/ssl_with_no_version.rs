//! B504: `ssl.wrap_socket` without a version.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B504",
    name: "ssl_with_no_version",
    docs: "`ssl.wrap_socket` without `ssl_version` takes whatever both sides have, SSL 3 \
           included. Use a context from `ssl.create_default_context` instead.",
    severities: &[Rank::Low],
    confidences: &[Rank::Medium],
    cwe: 327,
    fires: &["import ssl\nssl.wrap_socket()\n"],
    silent: &["import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLSv1_2)\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if call.qualname != "ssl.wrap_socket" || !call.keyword_value("ssl_version")?.is_unknown() {
        return Ok(None);
    }
    let text = "ssl.wrap_socket call with no SSL/TLS protocol version specified, the default SSLv23 \
                could be insecure, possible security issue.";
    Ok(Some(
        Issue::new(Rank::Low, Rank::Medium, text).at(call.keyword_line("ssl_version")),
    ))
}
