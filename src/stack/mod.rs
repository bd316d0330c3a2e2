//! The stack language: a file becomes a typed [`document::Document`], or everything that is wrong with it is said at once.
//!
//! [`read`] is the only I/O. [`load`] is pure: bytes → tree with places → overlay and `--set` → shape (the schema that the types
//! derive) → typed document → checks of what it means.

use serde_json::Value;

use crate::diag::{Code, Diagnostic, Diagnostics, SourceText, Span};

mod check;
pub mod document;
mod environments;
mod fields;
pub mod interpolate;
mod overlay;
pub mod reference;
mod schema;
pub(crate) mod secret;
mod shape;
pub mod source;
mod starter;

pub use document::Document;
pub use environments::load_all;
pub use schema::{explain, explain_nearest, schema};
pub use source::read;
pub use starter::{TEMPLATES, Template as StarterTemplate, starter};

use source::Node;

/// What is asked for beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoadOptions {
    /// The environment whose overlay is taken; nothing for the file as it is.
    pub environment: Option<String>,
    /// Values set on the command line, each as `path=value`, in their order.
    pub sets: Vec<String>,
}

/// A stack in which nothing is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// The stack, typed.
    pub document: Document,
    /// The stack as it is in effect: overlay and `--set` merged, defaults not filled in.
    pub tree: Value,
    /// What is probably not meant.
    pub warnings: Diagnostics,
    /// The overlay that was taken.
    pub overlay: Option<String>,
    root: Node,
}

impl Stack {
    /// Where something stands, by its path with dots (`workloads.analyzer.port`): its value, or its key if it is a mapping or a
    /// list. What is not written leads to what is around it.
    pub fn locate(&self, path: &str) -> Option<Span> {
        self.root.locate(&source::steps(&self.root, path))
    }

    /// Where all of the value at a path with dots stands, if it is written.
    pub(crate) fn whole(&self, path: &str) -> Option<Span> {
        let (_, node) = self.root.find(&source::steps(&self.root, path))?;
        Some(node.span)
    }

    /// The environments that the file has overlays for.
    pub fn environments(&self) -> Vec<String> {
        overlay::names(&self.root)
    }
}

/// Reads a stack.
///
/// # Errors
/// Everything that is wrong with it, in the order of its places; warnings too.
pub fn load(source: &SourceText, options: &LoadOptions) -> Result<Stack, Diagnostics> {
    let sets: Vec<_> = options
        .sets
        .iter()
        .map(|text| SourceText::new("--set", text))
        .collect();
    let mut found = Diagnostics::new();
    let stack = build(source, options.environment.as_deref(), &sets, &mut found);
    found.sort();
    let found = found.with_sets(sets);
    match stack {
        Some((document, root)) if !found.has_errors() => Ok(Stack {
            document,
            tree: root.to_value(),
            warnings: found,
            overlay: options.environment.clone(),
            root,
        }),
        _ => Err(found),
    }
}

fn build(
    source: &SourceText,
    environment: Option<&str>,
    sets: &[SourceText],
    found: &mut Diagnostics,
) -> Option<(Document, Node)> {
    let mut root = match source::parse(&source.text, 0, found) {
        Ok(root) => root,
        Err(diagnostic) => {
            found.push(*diagnostic);
            return None;
        }
    };
    if root.content == source::Content::Null {
        found.push(
            Diagnostic::new(Code::EmptyFile, "the stack is empty")
                .help("`init` writes a stack to start from"),
        );
        return None;
    }
    if let Some(name) = environment {
        overlay::take(&mut root, name, found);
    }
    for (index, text) in sets.iter().enumerate() {
        let number = u16::try_from(index + 1).unwrap_or(u16::MAX);
        overlay::set(&mut root, text, number, environment, found);
    }
    let texts = shape::Texts {
        file: &source.text,
        sets,
    };
    let whole = !shape::check(&root, texts, found);
    // The checks look at what has the right shape even where something else has not, so that one run finds all there is.
    let sound = if whole {
        Some(root.clone())
    } else {
        shape::prune(&root)
    };
    let sound = sound?;
    match serde_json::from_value::<Document>(sound.to_value()) {
        Ok(document) => {
            let context = check::Context {
                document: &document,
                tree: &sound,
                written: &root,
                overlay: environment,
            };
            check::run(&context, whole && !found.has_errors(), found);
            whole.then_some((document, root))
        }
        Err(error) => {
            found.push(Diagnostic::new(
                Code::WrongShape,
                format!("the stack cannot be read: {error}"),
            ));
            None
        }
    }
}

#[cfg(test)]
mod tests;
