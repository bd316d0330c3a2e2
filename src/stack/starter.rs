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

/// All of them, the simplest first.
pub const TEMPLATES: &[Template] = &[
    Template {
        name: "network",
        about: "a network alone",
        text: include_str!("../../examples/network.yaml"),
    },
    Template {
        name: "http-workload",
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
        text: include_str!("../../stacks/codedetect.yaml"),
    },
];

/// The file of a template by its name.
pub fn starter(name: &str) -> Option<&'static str> {
    TEMPLATES
        .iter()
        .find(|template| template.name == name)
        .map(|template| template.text)
}
