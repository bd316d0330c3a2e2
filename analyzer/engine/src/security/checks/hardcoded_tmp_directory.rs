//! B108: a path in a directory for all.

use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::super::walk::Text;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B108",
    name: "hardcoded_tmp_directory",
    docs: "A string begins with `/tmp`, `/var/tmp` or `/dev/shm`, where every user may write. \
           Another can foresee the path and put a file or a link there first. Let `tempfile` make \
           files and directories, with names that cannot be guessed.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 377,
    fires: &[
        "open(\"/tmp/abc\", \"w\")\n",
        "path = f\"/var/tmp/{name}\"\n",
    ],
    silent: &["open(\"/opt/abc\", \"w\")\n", "open(\"tmp/abc\", \"w\")\n"],
    run: Run::Text(run),
};

const DIRECTORIES: [&str; 3] = ["/tmp", "/var/tmp", "/dev/shm"];

fn run(text: &Text<'_, '_>) -> Outcome {
    let is_within = DIRECTORIES
        .iter()
        .any(|directory| text.value.starts_with(directory));
    Ok(is_within.then(|| {
        let text = "Probable insecure usage of temp file/directory.";
        Issue::new(Rank::Medium, Rank::Medium, text)
    }))
}
