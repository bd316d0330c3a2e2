//! Stacks to start from: the examples, as `init` writes them.

/// A stack to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// What to ask `init` for.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The stack that uses every section.
pub(super) const WHOLE: &str = include_str!("../../stacks/codedetect.yaml");

/// All of them, the simplest first.
pub const TEMPLATES: &[Template] = &[
    Template {
        name: "network",
        about: "a network alone",
        text: include_str!("../../examples/network.yaml"),
    },
    Template {
        name: "workload",
        about: "a workload without a domain, over HTTP",
        text: include_str!("../../examples/http-workload.yaml"),
    },
    Template {
        name: "two-environments",
        about: "production and staging from one file",
        text: include_str!("../../examples/two-environments.yaml"),
    },
    Template {
        name: "database",
        about: "a workload with a database",
        text: include_str!("../../examples/database.yaml"),
    },
    Template {
        name: "codedetect",
        about: "everything: blue and green, HTTPS, files, alarms, audit",
        text: WHOLE,
    },
];

/// The file of a template by its name, with a first line that fits wherever it is written.
pub fn starter(name: &str) -> Option<String> {
    let template = TEMPLATES.iter().find(|template| template.name == name)?;
    let rest = template.text.split_once('\n').map_or("", |(_, rest)| rest);
    Some(format!(
        "# yaml-language-server: $schema=stack.schema.json\n# For completion in editors: codedetect-infra schema > stack.schema.json\n{rest}"
    ))
}
