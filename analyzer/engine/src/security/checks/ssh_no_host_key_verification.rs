//! B507: SSH without verification of the host.

use ruff_python_ast::Expr;

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B507",
    name: "ssh_no_host_key_verification",
    docs: "Paramiko is told to trust the key of a host it does not know. Whoever answers in its \
           place is believed. Load the known keys, and keep the default policy, which rejects \
           others.",
    severities: &[Rank::High],
    confidences: &[Rank::Medium],
    cwe: 295,
    fires: &[
        "import paramiko\nclient.set_missing_host_key_policy(paramiko.AutoAddPolicy())\n",
        "from paramiko import client\nc.set_missing_host_key_policy(client.WarningPolicy)\n",
    ],
    silent: &[
        "import paramiko\nclient.set_missing_host_key_policy(paramiko.RejectPolicy())\n",
        "client.set_missing_host_key_policy(AutoAddPolicy)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.imports.has_like(Like::Paramiko) || call.name != "set_missing_host_key_policy" {
        return Ok(None);
    }
    let policy = call.args().first().and_then(|policy| match policy {
        Expr::Call(call) => last_name(&call.func),
        _ => last_name(policy),
    });
    if !matches!(policy, Some("AutoAddPolicy" | "WarningPolicy")) {
        return Ok(None);
    }
    let text = "Paramiko call with policy set to automatically trust the unknown host key.";
    let line = call.keyword_line("set_missing_host_key_policy");
    Ok(Some(Issue::new(Rank::High, Rank::Medium, text).at(line)))
}

fn last_name(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Attribute(attribute) => Some(&attribute.attr),
        Expr::Name(name) => Some(&name.id),
        _ => None,
    }
}
