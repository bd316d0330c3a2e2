//! B606: a function that starts a program.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::processes::Starts;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B606",
    name: "start_process_with_no_shell",
    docs: "A function such as `os.execv` starts a program without a shell. That is mostly right; \
           look whether the program and its arguments can come from someone who is not trusted.",
    severities: &[Rank::Low],
    confidences: &[Rank::Medium],
    cwe: 78,
    fires: &["import os\nos.execv(path, args)\n"],
    silent: &["import os\nos.system(\"ls\")\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    Ok((Starts::of(call) == Some(Starts::Program)).then(|| {
        Issue::new(
            Rank::Low,
            Rank::Medium,
            "Starting a process without a shell.",
        )
    }))
}
