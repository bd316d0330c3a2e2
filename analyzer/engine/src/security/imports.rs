//! What a file has imported so far, and what its names stand for.

use std::borrow::Cow;
use std::collections::HashMap;

use ruff_python_ast::{Expr, ExprAttribute, StmtImport, StmtImportFrom};

/// Modules whose import some check asks for by a part of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    DjangoDbModels,
    DjangoSafestring,
    Flask,
    HuggingFace,
    Paramiko,
}

impl Like {
    const ALL: [(Self, &'static [&'static str]); 5] = [
        (Self::DjangoDbModels, &["django.db.models"]),
        (Self::DjangoSafestring, &["django.utils.safestring"]),
        (Self::Flask, &["flask"]),
        (
            Self::HuggingFace,
            &["transformers", "datasets", "huggingface_hub"],
        ),
        (Self::Paramiko, &["paramiko"]),
    ];
}

/// Modules whose import some check asks for by its whole name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exact {
    Tarfile,
    Torch,
    Yaml,
}

impl Exact {
    const ALL: [(Self, &'static str); 3] = [
        (Self::Tarfile, "tarfile"),
        (Self::Torch, "torch"),
        (Self::Yaml, "yaml"),
    ];
}

/// The imports above the node that is checked, in the order of the walk.
#[derive(Default)]
pub(crate) struct Imports<'a> {
    aliases: HashMap<&'a str, Cow<'a, str>>,
    like: [bool; Like::ALL.len()],
    exact: [bool; Exact::ALL.len()],
}

impl<'a> Imports<'a> {
    /// Takes an `import`.
    pub(crate) fn add_import(&mut self, stmt: &'a StmtImport) {
        self.add_names(&stmt.names);
    }

    /// Takes a `from … import`. One without a module (`from . import a`) is to Bandit an `import`.
    pub(crate) fn add_import_from(&mut self, stmt: &'a StmtImportFrom) {
        let Some(module) = &stmt.module else {
            self.add_names(&stmt.names);
            return;
        };
        for alias in &stmt.names {
            let whole = format!("{module}.{}", alias.name);
            self.note(&whole);
            let name = alias.asname.as_ref().unwrap_or(&alias.name);
            self.aliases.insert(name.as_str(), Cow::Owned(whole));
        }
    }

    fn add_names(&mut self, names: &'a [ruff_python_ast::Alias]) {
        for alias in names {
            if let Some(asname) = &alias.asname {
                self.aliases
                    .insert(asname.as_str(), Cow::Borrowed(alias.name.as_str()));
            }
            self.note(&alias.name);
        }
    }

    fn note(&mut self, import: &str) {
        for (like, parts) in Like::ALL {
            self.like[like as usize] |= parts.iter().any(|part| import.contains(part));
        }
        for (exact, name) in Exact::ALL {
            self.exact[exact as usize] |= import == name;
        }
    }

    pub(crate) fn has_like(&self, like: Like) -> bool {
        self.like[like as usize]
    }

    pub(crate) fn has_exactly(&self, exact: Exact) -> bool {
        self.exact[exact as usize]
    }

    /// What a name stands for.
    fn resolve<'n>(&'n self, name: &'n str) -> &'n str {
        self.aliases.get(name).map_or(name, |whole| whole)
    }

    /// The qualified name of what is called: empty for what has none, `.attribute` for an attribute
    /// of it. An alias is never dotted, so only the first name can be one.
    pub(crate) fn qualified<'n>(&'n self, func: &'n Expr) -> Cow<'n, str> {
        let attribute = match func {
            Expr::Name(name) => return Cow::Borrowed(self.resolve(&name.id)),
            Expr::Attribute(attribute) => attribute,
            _ => return Cow::Borrowed(""),
        };
        let mut attributes = vec![attribute.attr.as_str()];
        let mut value = &*attribute.value;
        while let Expr::Attribute(ExprAttribute {
            value: inner, attr, ..
        }) = value
        {
            attributes.push(attr);
            value = inner;
        }
        let root = match value {
            Expr::Name(name) => self.resolve(&name.id),
            _ => "",
        };
        let mut whole = String::with_capacity(
            root.len() + attributes.iter().map(|attr| attr.len() + 1).sum::<usize>(),
        );
        whole.push_str(root);
        for attr in attributes.iter().rev() {
            whole.push('.');
            whole.push_str(attr);
        }
        Cow::Owned(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_modules_stand_in_the_order_of_their_kinds() {
        for (index, (like, _)) in Like::ALL.into_iter().enumerate() {
            assert_eq!(like as usize, index);
        }
        for (index, (exact, _)) in Exact::ALL.into_iter().enumerate() {
            assert_eq!(exact as usize, index);
        }
    }
}
