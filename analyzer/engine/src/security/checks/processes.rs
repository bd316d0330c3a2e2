//! Functions that start processes, and how they are called, as B602 to B607 and B609 know them.

use ruff_python_ast::Expr;

use super::super::call::Call;
use super::super::issue::Raised;
use super::super::python::value::is_true_constant;

/// Functions of `subprocess`, which start a shell if told to.
const SUBPROCESS: [&str; 5] = [
    "subprocess.Popen",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.run",
];

/// Functions that start a shell.
const SHELL: [&str; 14] = [
    "os.system",
    "os.popen",
    "os.popen2",
    "os.popen3",
    "os.popen4",
    "popen2.popen2",
    "popen2.popen3",
    "popen2.popen4",
    "popen2.Popen3",
    "popen2.Popen4",
    "commands.getoutput",
    "commands.getstatusoutput",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
];

/// Functions that start a program without one.
const NO_SHELL: [&str; 17] = [
    "os.execl",
    "os.execle",
    "os.execlp",
    "os.execlpe",
    "os.execv",
    "os.execve",
    "os.execvp",
    "os.execvpe",
    "os.spawnl",
    "os.spawnle",
    "os.spawnlp",
    "os.spawnlpe",
    "os.spawnv",
    "os.spawnve",
    "os.spawnvp",
    "os.spawnvpe",
    "os.startfile",
];

/// What a function starts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Starts {
    /// A program, or a shell if `shell` is true.
    Either,
    Shell,
    Program,
}

impl Starts {
    pub(super) fn of(call: &Call<'_, '_>) -> Option<Self> {
        let name = call.qualname;
        if SUBPROCESS.contains(&name) {
            Some(Self::Either)
        } else if SHELL.contains(&name) {
            Some(Self::Shell)
        } else if NO_SHELL.contains(&name) {
            Some(Self::Program)
        } else {
            None
        }
    }
}

/// Whether the argument `shell` may be true.
pub(super) fn has_shell(call: &Call<'_, '_>) -> Result<bool, Raised> {
    let keywords = call.keyword_values()?.iter().rev();
    let mut given = keywords.filter(|keyword| {
        keyword
            .arg
            .as_ref()
            .is_some_and(|arg| arg.as_str() == "shell")
    });
    Ok(given.next().is_some_and(|keyword| match &keyword.value {
        Expr::List(list) => !list.elts.is_empty(),
        Expr::Dict(dict) => !dict.items.is_empty(),
        value if value.is_literal_expr() => is_true_constant(value),
        _ => true,
    }))
}

/// Whether the command, which is given, is a string as it stands.
pub(super) fn is_fixed(call: &Call<'_, '_>) -> bool {
    call.args()
        .first()
        .is_some_and(Expr::is_string_literal_expr)
}
