//! B102: `exec`.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B102",
    name: "exec_used",
    docs: "`exec` runs text as code. Whoever can influence the text can do whatever the program \
           can. Choose among functions by name from a fixed table, or parse the input as data.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 78,
    fires: &["exec(source)\n"],
    silent: &["execute(source)\n", "engine.exec(source)\n"],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    Ok((call.qualname == "exec")
        .then(|| Issue::new(Rank::Medium, Rank::High, "Use of exec detected.")))
}
