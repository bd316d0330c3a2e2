//! B501: TLS without verification of the certificate.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::http::Client;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B501",
    name: "request_with_no_cert_validation",
    docs: "A request by `requests` or `httpx` has `verify=False`: whoever stands between can read \
           and change it. Leave verification on; give the path of a certificate authority of your \
           own in `verify` where there is one.",
    severities: &[Rank::High],
    confidences: &[Rank::High],
    cwe: 295,
    fires: &[
        "requests.get(\"https://example.com\", verify=False)\n",
        "import httpx\nhttpx.Client(verify=False)\n",
    ],
    silent: &[
        "requests.get(\"https://example.com\", verify=\"ca.pem\")\n",
        "session.get(\"https://example.com\", verify=False)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let Some(client) = Client::of(call) else {
        return Ok(None);
    };
    if !call.keyword_is("verify", "False")? {
        return Ok(None);
    }
    let text = format!(
        "Call to {} with verify=False disabling SSL certificate checks, security issue.",
        client.name()
    );
    Ok(Some(
        Issue::new(Rank::High, Rank::High, text).at(call.keyword_line("verify")),
    ))
}
