//! B113: an HTTP request without a time limit.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::http::Client;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B113",
    name: "request_without_timeout",
    docs: "A request by `requests` has no `timeout`, or one by `requests` or `httpx` has \
           `timeout=None`. A server that never answers then holds the program for ever. Give each \
           request a limit.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Low],
    cwe: 400,
    fires: &[
        "import requests\nrequests.get(\"https://example.com\")\n",
        "httpx.post(\"https://example.com\", timeout=None)\n",
    ],
    silent: &[
        "requests.get(\"https://example.com\", timeout=5)\n",
        "httpx.get(\"https://example.com\")\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let Some(client) = Client::of(call) else {
        return Ok(None);
    };
    let timeout = call.keyword_value("timeout")?;
    let how = if client == Client::Requests && timeout.is_unknown() {
        "without timeout"
    } else if timeout.is_str("None") {
        "with timeout set to None"
    } else {
        return Ok(None);
    };
    let text = format!("Call to {} {how}", client.name());
    Ok(Some(Issue::new(Rank::Medium, Rank::Low, text)))
}
