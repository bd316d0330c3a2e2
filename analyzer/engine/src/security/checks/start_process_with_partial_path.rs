//! B607: a program by a part of its path.

use ruff_python_ast::Expr;

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::Starts;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B607",
    name: "start_process_with_partial_path",
    docs: "A program is started by its name, and found through `PATH`. Who can change that, or \
           put a file into a directory on it, decides what runs. Give the whole path.",
    severities: &[Rank::Low],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &[
        "import subprocess\nsubprocess.run([\"ls\", \"-l\"])\n",
        "import os\nos.system(\"ls\")\n",
    ],
    silent: &[
        "import subprocess\nsubprocess.run([\"/bin/ls\", \"-l\"])\n",
        "import os\nos.system(\"C:/ls\")\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if Starts::of(call).is_none() {
        return Ok(None);
    }
    let command = match call.arg_values()?.first() {
        Some(Expr::List(list)) if !list.elts.is_empty() => list.elts.first(),
        command => command,
    };
    let Some(Expr::StringLiteral(path)) = command else {
        return Ok(None);
    };
    Ok((!is_whole(path.value.to_str())).then(|| {
        let text = "Starting a process with a partial executable path";
        Issue::new(Rank::Low, Rank::High, text)
    }))
}

/// Whether a path begins at a root, a drive or a dot.
fn is_whole(path: &str) -> bool {
    match path.as_bytes() {
        [b'/' | b'\\' | b'.', ..] => true,
        [drive, b':', ..] => drive.is_ascii_alphabetic(),
        _ => false,
    }
}
