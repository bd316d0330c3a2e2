//! The list of checks, and how each is run.

use std::collections::HashMap;
use std::sync::LazyLock;

use ruff_python_ast::{Alias, ExceptHandlerExceptHandler, Expr, StmtFunctionDef};

use super::call::Call;
use super::issue::{Issue, Outcome, Raised};
use super::python::Value;
use super::walk::Text;
use crate::report::Rank;

pub use super::checks::ALL;

/// How many checks there can be: what a `# nosec` names is a set of bits, and one bit more.
pub(crate) const MOST: usize = 127;

/// A check.
#[derive(Debug)]
pub struct Check {
    /// Bandit's id: `B101`.
    pub id: &'static str,
    /// The name by which a `# nosec` may call it.
    pub name: &'static str,
    /// What it finds, why that matters, and what to do.
    pub docs: &'static str,
    /// The severities that its findings can have.
    pub severities: &'static [Rank],
    /// The confidences that its findings can have.
    pub confidences: &'static [Rank],
    /// The number of the weakness in the CWE list.
    pub cwe: u32,
    /// Sources in which it finds something.
    pub fires: &'static [&'static str],
    /// Sources, alike, in which it finds nothing.
    pub silent: &'static [&'static str],
    pub(crate) run: Run,
}

impl Check {
    /// What it finds, in one sentence without markup: the first of [`Self::docs`].
    pub fn summary(&self) -> String {
        let plain = self.docs.replace('`', "");
        let end = plain.find(". ").map_or(plain.len(), |at| at + 1);
        plain.get(..end).unwrap_or_default().to_owned()
    }

    /// The name that a finding carries (Bandit's `test_name`), which is not always [`Self::name`].
    pub fn test_name(&self) -> &'static str {
        match self.run {
            Run::CallOf { .. } | Run::ImportOf { .. } => "blacklist",
            _ => match self.name {
                "hashlib_insecure_functions" => "hashlib",
                "snmp_insecure_version" => "snmp_insecure_version_check",
                "snmp_weak_cryptography" => "snmp_crypto_check",
                name => name,
            },
        }
    }
}

pub(crate) type OnCall = fn(&Call<'_, '_>) -> Outcome;
pub(crate) type OnText = fn(&Text<'_, '_>) -> Outcome;
pub(crate) type OnFunction = fn(&StmtFunctionDef) -> Outcome;
pub(crate) type OnHandler = fn(&ExceptHandlerExceptHandler) -> Option<Issue>;
pub(crate) type OnAssert = fn() -> Issue;
/// Gives the issue, its line and its column.
pub(crate) type OnFile = fn(&str) -> Option<(Issue, u32, u32)>;

/// On what a check runs.
#[derive(Debug)]
pub(crate) enum Run {
    Call(OnCall),
    Text(OnText),
    Function(OnFunction),
    Handler(OnHandler),
    Assert(OnAssert),
    File(OnFile),
    /// A call of one of these qualified names. `{name}` in the text is the name.
    CallOf {
        names: &'static [&'static str],
        text: &'static str,
    },
    /// An import of what begins by one of these, or a call of one. `{name}` likewise.
    ImportOf {
        names: &'static [&'static str],
        text: &'static str,
    },
}

/// The place of a check in [`ALL`] by its id.
pub(crate) fn position(id: &str) -> Option<usize> {
    ALL.binary_search_by_key(&id, |check| check.id).ok()
}

/// The place of a check in [`ALL`] by what a `# nosec` calls it.
pub(crate) fn named(word: &str) -> Option<usize> {
    position(word).or_else(|| ALL.iter().position(|check| check.name == word))
}

/// The checks by what they run on, in Bandit's order: that of their names, the blacklists last.
pub(crate) struct Runs {
    pub(crate) calls: Vec<(&'static Check, OnCall)>,
    pub(crate) strings: Vec<(&'static Check, OnText)>,
    pub(crate) functions: Vec<(&'static Check, OnFunction)>,
    pub(crate) handlers: Vec<(&'static Check, OnHandler)>,
    pub(crate) asserts: Vec<(&'static Check, OnAssert)>,
    pub(crate) files: Vec<(&'static Check, OnFile)>,
    pub(crate) blacklisted: Blacklists,
}

/// The blacklists of calls and of imports.
pub(crate) struct Blacklists {
    calls: HashMap<&'static str, (&'static Check, &'static str)>,
    imports: Vec<(&'static Check, &'static [&'static str], &'static str)>,
}

pub(crate) fn runs() -> &'static Runs {
    static RUNS: LazyLock<Runs> = LazyLock::new(|| {
        let mut runs = Runs {
            calls: Vec::new(),
            strings: Vec::new(),
            functions: Vec::new(),
            handlers: Vec::new(),
            asserts: Vec::new(),
            files: Vec::new(),
            blacklisted: Blacklists {
                calls: HashMap::new(),
                imports: Vec::new(),
            },
        };
        // The blacklists run by id, which is the order of the list.
        for check in ALL {
            match check.run {
                Run::CallOf { names, text } => runs.blacklisted.add_calls(check, names, text),
                Run::ImportOf { names, text } => {
                    runs.blacklisted.add_calls(check, names, text);
                    runs.blacklisted.imports.push((check, names, text));
                }
                _ => {}
            }
        }
        let mut by_name: Vec<&'static Check> = ALL.to_vec();
        by_name.sort_by_key(|check| check.name);
        for check in by_name {
            match check.run {
                Run::Call(run) => runs.calls.push((check, run)),
                Run::Text(run) => runs.strings.push((check, run)),
                Run::Function(run) => runs.functions.push((check, run)),
                Run::Handler(run) => runs.handlers.push((check, run)),
                Run::Assert(run) => runs.asserts.push((check, run)),
                Run::File(run) => runs.files.push((check, run)),
                Run::CallOf { .. } | Run::ImportOf { .. } => {}
            }
        }
        runs
    });
    &RUNS
}

impl Blacklists {
    fn add_calls(&mut self, check: &'static Check, names: &[&'static str], text: &'static str) {
        for name in names {
            self.calls.entry(name).or_insert((check, text));
        }
    }

    /// What is blacklisted of a call.
    pub(crate) fn call(
        &self,
        call: &Call<'_, '_>,
    ) -> Result<Option<(&'static Check, Issue)>, Raised> {
        let Some(name) = called(call)? else {
            return Ok(None);
        };
        let found = self.calls.get(name);
        Ok(found.map(|&(check, text)| (check, blacklisted(check, text, name))))
    }

    /// What is blacklisted of an import: the first check that finds a name.
    pub(crate) fn import(
        &self,
        module: Option<&str>,
        aliases: &[Alias],
    ) -> Option<(&'static Check, Issue)> {
        self.imports.iter().find_map(|&(check, names, text)| {
            let alias = aliases.iter().find(|alias| {
                names
                    .iter()
                    .any(|name| begins(module, alias.name.as_str(), name))
            })?;
            Some((check, blacklisted(check, text, &alias.name)))
        })
    }
}

/// Whether `module.name`, or `name` alone, begins by a prefix.
fn begins(module: Option<&str>, name: &str, prefix: &str) -> bool {
    let Some(module) = module else {
        return name.starts_with(prefix);
    };
    match prefix.strip_prefix(module) {
        Some("") => true,
        Some(rest) => rest
            .strip_prefix('.')
            .is_some_and(|rest| name.starts_with(rest)),
        None => module.starts_with(prefix),
    }
}

/// The name by which the blacklists know a call: of an import by a function, what it imports.
fn called<'c, 'a: 'c>(call: &Call<'a, 'c>) -> Result<Option<&'c str>, Raised> {
    if matches!(&*call.node.func, Expr::Name(name) if name.id == "__import__") {
        return Ok(Some(match call.args().first() {
            Some(Expr::StringLiteral(string)) => string.value.to_str(),
            Some(_) => "UNKNOWN",
            None => "",
        }));
    }
    if !matches!(
        call.qualname,
        "importlib.import_module" | "importlib.__import__"
    ) {
        return Ok(Some(call.qualname));
    }
    match call.arg_values()?.first() {
        Some(arg) => Ok(Value::of_argument(arg).as_str()),
        None => Ok(call.keyword("name")?.ok_or(Raised)?.as_str()),
    }
}

fn blacklisted(check: &Check, text: &'static str, name: &str) -> Issue {
    let severity = check.severities.first().copied().unwrap_or(Rank::Undefined);
    if text.contains("{name}") {
        Issue::new(severity, Rank::High, text.replace("{name}", name))
    } else {
        Issue::new(severity, Rank::High, text)
    }
}

#[cfg(test)]
mod tests;
