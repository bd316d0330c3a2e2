//! B605: a function that starts a shell.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::{Starts, is_fixed};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B605",
    name: "start_process_with_a_shell",
    docs: "A function such as `os.system` gives its command to a shell, and what is put into it \
           can be another command. Use `subprocess.run` with a list.",
    severities: &[Rank::Low, Rank::High],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &[
        "import os\nos.system(\"ls \" + path)\n",
        "import os\nos.popen(\"ls\")\n",
    ],
    silent: &["import os\nos.system()\n", "import os\nos.listdir(path)\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if Starts::of(call) != Some(Starts::Shell) || call.arg_values()?.is_empty() {
        return Ok(None);
    }
    Ok(Some(if is_fixed(call) {
        Issue::new(
            Rank::Low,
            Rank::High,
            "Starting a process with a shell: Seems safe, but may be changed in the future, \
             consider rewriting without shell",
        )
    } else {
        let text = "Starting a process with a shell, possible injection detected, security issue.";
        Issue::new(Rank::High, Rank::High, text)
    }))
}
