//! B614: `torch.load`.

use super::super::call::Call;
use super::super::imports::Exact;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B614",
    name: "pytorch_load",
    docs: "`torch.load` unpickles, and a pickle can run any code. Give `weights_only=True`, or \
           use the format of `safetensors`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 502,
    fires: &["import torch\ntorch.load(\"model.pt\")\n"],
    silent: &[
        "import torch\ntorch.load(\"model.pt\", weights_only=True)\n",
        "from torch import load\nload(\"model.pt\")\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.imports.has_exactly(Exact::Torch)
        || !matches!(call.qualname, "torch.load" | "torch.serialization.load")
        || call.keyword_is("weights_only", "True")?
    {
        return Ok(None);
    }
    let issue = Issue::new(Rank::Medium, Rank::High, "Use of unsafe PyTorch load");
    Ok(Some(issue.at(call.keyword_line("load"))))
}
