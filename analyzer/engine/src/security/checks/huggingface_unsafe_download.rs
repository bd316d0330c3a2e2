//! B615: a download from Hugging Face without a revision.

use super::super::call::Call;
use super::super::imports::Like;
use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B615",
    name: "huggingface_unsafe_download",
    docs: "A model or a data set is downloaded from Hugging Face by a name, a branch or a tag, \
           which its owner, or a thief of the account, can give other content. Give the hash of a \
           commit as `revision`.",
    severities: &[Rank::Medium],
    confidences: &[Rank::High],
    cwe: 494,
    fires: &[
        "from transformers import AutoModel\nAutoModel.from_pretrained(\"org/model\")\n",
        "from datasets import load_dataset\nload_dataset(\"org/data\", revision=\"main\")\n",
    ],
    silent: &[
        "from transformers import AutoModel\nAutoModel.from_pretrained(\"org/model\", revision=\"5d0f2e8a7b1c9e3f4a6b8c0d2e4f6a8b0c2d4e6f\")\n",
        "from transformers import AutoModel\nAutoModel.from_pretrained(\"./model\")\n",
        "from datasets import load_dataset\nload_dataset(\"org/data\", revision=pinned)\n",
    ],
    run: Run::Call(run),
};

fn run(call: &Call<'_, '_>) -> Outcome {
    let module = match call.name {
        "from_pretrained" => "transformers",
        "load_dataset" => "datasets",
        "hf_hub_download" | "snapshot_download" | "repository_id" => "huggingface_hub",
        _ => return Ok(None),
    };
    if !call.imports.has_like(Like::HuggingFace) || !call.parts().any(|part| part == module) {
        return Ok(None);
    }
    // What is computed may be a commit.
    let is_computed = call.keywords().iter().any(|keyword| {
        let name = keyword.arg.as_ref().map(|arg| arg.as_str());
        matches!(name, Some("revision" | "commit_id")) && !keyword.value.is_literal_expr()
    });
    if is_computed {
        return Ok(None);
    }
    let (revision, commit) = (
        call.keyword_value("revision")?,
        call.keyword_value("commit_id")?,
    );
    let pinned = if revision.is_true() { revision } else { commit };
    if pinned.as_str().is_some_and(is_commit) {
        return Ok(None);
    }
    let is_local = call.positional(0)?.as_str().is_some_and(|path| {
        path.starts_with("./") || path.starts_with('/') || path.starts_with("../")
    });
    if is_local {
        return Ok(None);
    }
    let name = call.name;
    let text = format!("Unsafe Hugging Face Hub download without revision pinning in {name}()");
    Ok(Some(
        Issue::new(Rank::Medium, Rank::High, text).at(call.keyword_line(name)),
    ))
}

/// Whether a revision reads like the hash of a commit.
fn is_commit(revision: &str) -> bool {
    let revision = revision.trim_matches(['"', '\'']);
    revision.len() >= 7 && revision.bytes().all(|digit| digit.is_ascii_hexdigit())
}
