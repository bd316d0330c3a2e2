//! B602: `subprocess` with a shell.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::{Starts, has_shell, is_fixed};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B602",
    name: "subprocess_popen_with_shell_equals_true",
    docs: "A function of `subprocess` has `shell=True`: its command is read by a shell, and what \
           is put into it can be another command. Give the program and its arguments as a list, \
           without a shell.",
    severities: &[Rank::Low, Rank::High],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &[
        "import subprocess\nsubprocess.run(command, shell=True)\n",
        "from subprocess import Popen as p\np(\"ls\", shell=True)\n",
    ],
    silent: &[
        "import subprocess\nsubprocess.run([\"ls\", path])\n",
        "subprocess.run(command, shell=False)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if Starts::of(call) != Some(Starts::Either)
        || !has_shell(call)?
        || call.arg_values()?.is_empty()
    {
        return Ok(None);
    }
    let issue = if is_fixed(call) {
        Issue::new(
            Rank::Low,
            Rank::High,
            "subprocess call with shell=True seems safe, but may be changed in the future, \
             consider rewriting without shell",
        )
    } else {
        let text = "subprocess call with shell=True identified, security issue.";
        Issue::new(Rank::High, Rank::High, text)
    };
    Ok(Some(issue.at(call.keyword_line("shell"))))
}
