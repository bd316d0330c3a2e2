//! B604: another function with `shell=True`.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::{Starts, has_shell};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B604",
    name: "any_other_function_with_shell_equals_true",
    docs: "A function that is none of `subprocess` has `shell=True`. It may hand its command to a \
           shell, where what is put into it can be another command. Look what it does, and quote \
           or refuse what is not trusted.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Low],
    cwe: 78,
    fires: &[
        "launch(command, shell=True)\n",
        "launch(command, shell=[1])\n",
    ],
    silent: &[
        "launch(command, shell=False)\n",
        "import subprocess\nsubprocess.run(\"ls\", shell=True)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if Starts::of(call) == Some(Starts::Either) || !has_shell(call)? {
        return Ok(None);
    }
    let text = "Function call with shell=True parameter identified, possible security issue.";
    Ok(Some(
        Issue::new(Rank::Medium, Rank::Low, text).at(call.keyword_line("shell")),
    ))
}
