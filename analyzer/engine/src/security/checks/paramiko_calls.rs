//! B601: a command by Paramiko.

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B601",
    name: "paramiko_calls",
    docs: "Paramiko gives a command to a shell on the other machine. What is put into it unquoted \
           can be a command too. Quote every value with `shlex.quote`, or allow only what is on a \
           list.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 78,
    fires: &["import paramiko\nclient.exec_command(\"ls \" + path)\n"],
    silent: &[
        "client.exec_command(\"ls\")\n",
        "import paramiko\nclient.connect(host)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let is_command = call.name == "exec_command" && call.imports.has_like(Like::Paramiko);
    Ok(is_command.then(|| {
        let text =
            "Possible shell injection via Paramiko call, check inputs are properly sanitized.";
        Issue::new(Rank::Medium, Rank::Medium, text)
    }))
}
