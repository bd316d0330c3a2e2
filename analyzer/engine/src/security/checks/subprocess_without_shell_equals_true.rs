//! B603: `subprocess` without a shell.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::{Starts, has_shell};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B603",
    name: "subprocess_without_shell_equals_true",
    docs: "A function of `subprocess` starts a program. Without a shell that is the right way; \
           look whether the program and its arguments can come from someone who is not trusted.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &["import subprocess\nsubprocess.run([\"ls\", path])\n"],
    silent: &[
        "import subprocess\nsubprocess.run(\"ls\", shell=True)\n",
        "run([\"ls\"])\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if Starts::of(call) != Some(Starts::Either) || has_shell(call)? {
        return Ok(None);
    }
    let text = "subprocess call - check for execution of untrusted input.";
    Ok(Some(
        Issue::new(Rank::Low, Rank::High, text).at(call.keyword_line("shell")),
    ))
}
