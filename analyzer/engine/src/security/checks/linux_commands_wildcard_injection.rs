//! B609: a wildcard in a command.

use super::super::call::Call;
use super::super::issue::{Issue, Outcome};
use super::super::python::{Value, repr};
use super::super::registry::{Check, Run};
use super::processes::Starts;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B609",
    name: "linux_commands_wildcard_injection",
    docs: "A shell is given `chown`, `chmod`, `tar` or `rsync` with a `*`. A file whose name \
           begins with a dash, which anyone may have put there, is then an option of the command. \
           List the files, and put `--` or `./` before them.",
    severities: &[Rank::High],
    confidences: &[Rank::Medium],
    cwe: 155,
    fires: &[
        "import os\nos.system(\"tar xvzf *\")\n",
        "import subprocess\nsubprocess.Popen([\"chown\", \"*\"], shell=True)\n",
    ],
    silent: &[
        "import os\nos.system(\"tar xvzf a.tar\")\n",
        "import subprocess\nsubprocess.Popen(\"chown *\")\n",
    ],
    run: Run::Call(run),
};

const VULNERABLE: [&str; 4] = ["chown", "chmod", "tar", "rsync"];

fn run(call: &Call<'_, '_>) -> Outcome {
    let has_shell = match Starts::of(call) {
        Some(Starts::Shell) => true,
        Some(Starts::Either) => call.keyword_is("shell", "True")?,
        _ => false,
    };
    if !has_shell {
        return Ok(None);
    }
    let command = match call.positional(0)? {
        Value::Str(command) => command.to_owned(),
        Value::List(elements) => {
            let mut command = String::new();
            for element in elements {
                command.push(' ');
                command.push_str(&repr::str_of(Value::of_literal(element))?);
            }
            command
        }
        _ => return Ok(None),
    };
    let is_vulnerable = VULNERABLE.iter().any(|name| command.contains(name));
    if !is_vulnerable || !command.contains('*') {
        return Ok(None);
    }
    let text = format!("Possible wildcard injection in call: {}", call.qualname);
    Ok(Some(
        Issue::new(Rank::High, Rank::Medium, text).at(call.keyword_line("shell")),
    ))
}
