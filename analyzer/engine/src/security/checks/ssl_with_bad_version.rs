//! B502: a broken version of TLS.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome, Raised};
use super::super::registry::{Check, Run};
use super::tls::is_bad_version;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B502",
    name: "ssl_with_bad_version",
    docs: "A call chooses SSL 2, SSL 3, TLS 1.0 or TLS 1.1, all of which have known breaks. Use \
           `ssl.create_default_context`, or at least TLS 1.2.",
    severities: &[Rank::Medium, Rank::High],
    confidences: &[Rank::Medium, Rank::High],
    cwe: 327,
    fires: &[
        "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_SSLv2)\n",
        "from pyOpenSSL import SSL\nSSL.Context(method=SSL.SSLv3_METHOD)\n",
        "connect(method=SSL.TLSv1_METHOD)\n",
    ],
    silent: &[
        "import ssl\nssl.wrap_socket(ssl_version=ssl.PROTOCOL_TLSv1_2)\n",
        "connect(ssl.PROTOCOL_SSLv3)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let (severity, text, line) = match call.qualname {
        "ssl.wrap_socket" if is_bad(call, "ssl_version")? => (
            Rank::High,
            "ssl.wrap_socket call with insecure SSL/TLS protocol version identified, security issue.",
            call.keyword_line("ssl_version"),
        ),
        "pyOpenSSL.SSL.Context" if is_bad(call, "method")? => (
            Rank::High,
            "SSL.Context call with insecure SSL/TLS protocol version identified, security issue.",
            call.keyword_line("method"),
        ),
        "ssl.wrap_socket" | "pyOpenSSL.SSL.Context" => return Ok(None),
        _ if is_bad(call, "method")? || is_bad(call, "ssl_version")? => (
            Rank::Medium,
            "Function call with insecure SSL/TLS protocol identified, possible security issue.",
            call.keyword_line("method")
                .or_else(|| call.keyword_line("ssl_version")),
        ),
        _ => return Ok(None),
    };
    Ok(Some(Issue::new(severity, severity, text).at(line)))
}

fn is_bad(call: &Call<'_, '_>, argument: &str) -> Result<bool, Raised> {
    Ok(call
        .keyword_value(argument)?
        .as_str()
        .is_some_and(is_bad_version))
}
