//! B103: `chmod` with a permissive mode.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::python::{Value, integer, repr};
use super::super::registry::{Check, Run};
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B103",
    name: "set_bad_file_permissions",
    docs: "A `chmod` gives the group write or execute permission, or others any of the two. Other \
           users of the machine can then change what the program reads, or run what it leaves. \
           Grant the owner alone what is needed: `0o600` for a file, `0o700` for a directory or a \
           script.",
    severities: &[Rank::Medium, Rank::High],
    confidences: &[Rank::High],
    cwe: 732,
    fires: &[
        "os.chmod(\"/etc/hosts\", 0o777)\n",
        "import os\nos.chmod(path, 0o710)\n",
        "path.lchmod(x, 2)\n",
    ],
    silent: &[
        "os.chmod(\"/etc/hosts\", 0o644)\n",
        "os.chmod(path, stat.S_IRWXU)\n",
        "path.chmod(0o777)\n",
    ],
    run: Run::Call(run),
};

/// Write for others, write for the group, execute for the group, execute for others.
const DANGEROUS: u64 = 0o002 | 0o020 | 0o010 | 0o001;
const WRITE_FOR_OTHERS: u64 = 0o002;

fn run(call: &Call<'_, '_>) -> Outcome {
    if !call.name.contains("chmod") || call.args().len() != 2 {
        return Ok(None);
    }
    let Value::Int(mode) = call.positional(1)? else {
        return Ok(None);
    };
    let bits = integer::low_bits(mode);
    if bits & DANGEROUS == 0 {
        return Ok(None);
    }
    let severity = if bits & WRITE_FOR_OTHERS == 0 {
        Rank::Medium
    } else {
        Rank::High
    };
    let file = match call.positional(0)? {
        Value::Unknown => "NOT PARSED".to_owned(),
        file => repr::str_of(file)?,
    };
    let mode = integer::octal(mode);
    let text = format!("Chmod setting a permissive mask {mode} on file ({file}).");
    Ok(Some(Issue::new(severity, Rank::High, text)))
}
