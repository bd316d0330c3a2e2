//! The stack while it is being built: what it has so far, and what was found wrong.

use super::Pinned;
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::{Kind, Tagging};
use crate::reference::Address;
use crate::resource::{Handle, Resources};
use crate::scope::{Scope, Tags};
use crate::stack::Stack;
use crate::stack::document::{self, Document};

/// The tag that AWS's console shows as a thing's name.
const NAME_TAG: &str = "Name";

/// Resources as they are added, section by section.
pub(crate) struct Draft<'a> {
    /// What is built.
    pub(crate) document: &'a Document,
    /// Whose it is.
    pub(crate) scope: &'a Scope,
    /// What was looked up beforehand.
    pub(crate) pinned: &'a Pinned,
    stack: &'a Stack,
    /// What there is so far.
    pub(crate) resources: Resources,
    problems: Diagnostics,
}

/// Where a resource stands, who asked for it, and what it is called.
pub(crate) struct Place<'a> {
    /// Its address.
    pub(crate) address: String,
    /// The place in the file.
    pub(crate) origin: String,
    /// Its tag `Name`.
    pub(crate) name: String,
    /// Further tags.
    pub(crate) tags: Option<&'a document::Tags>,
}

impl<'a> Place<'a> {
    /// A place without tags of its own.
    pub(crate) fn new(
        address: impl Into<String>,
        origin: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            address: address.into(),
            origin: origin.into(),
            name: name.into(),
            tags: None,
        }
    }

    /// The same with tags that the section asks for.
    pub(crate) fn tagged(self, tags: &'a document::Tags) -> Self {
        Self {
            tags: Some(tags),
            ..self
        }
    }
}

impl<'a> Draft<'a> {
    /// Nothing yet.
    pub(crate) fn new(stack: &'a Stack, scope: &'a Scope, pinned: &'a Pinned) -> Self {
        Self {
            document: &stack.document,
            scope,
            pinned,
            stack,
            resources: Resources::default(),
            problems: Diagnostics::new(),
        }
    }

    /// Adds a resource with its tags: the stack's, then the section's, which win.
    pub(crate) fn add<K: Kind>(&mut self, place: Place<'_>, spec: &K::Spec) -> Handle<K> {
        let handle = self.resources.add::<K>(&place.address, &place.origin, spec);
        if K::TAGGING != Tagging::None {
            let tags = self.tags(&place.name, place.tags);
            self.resources.tag(handle.address(), &tags);
        }
        handle
    }

    /// The tags of a thing called `name`.
    pub(crate) fn tags(&self, name: &str, further: Option<&document::Tags>) -> Tags {
        let mut tags = Tags::from([(NAME_TAG.to_owned(), name.to_owned())]);
        for wanted in std::iter::once(&self.document.tags).chain(further) {
            for (key, value) in wanted {
                tags.insert(key.as_str().to_owned(), value.as_str().to_owned());
            }
        }
        tags
    }

    /// Makes one resource wait for others to which it does not refer.
    pub(crate) fn after<'b>(
        &mut self,
        address: &Address,
        before: impl IntoIterator<Item = &'b Address>,
    ) {
        for before in before {
            if before != address {
                self.resources.after(address, before);
            }
        }
    }

    /// Notes what is wrong at a place of the file.
    pub(crate) fn refuse(
        &mut self,
        code: Code,
        origin: &str,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        let problem = self.problem(code, origin, message, help);
        self.problems.push(problem);
    }

    /// Notes what is wrong at a place where a secret may stand, which is not shown.
    pub(crate) fn refuse_secret(
        &mut self,
        code: Code,
        origin: &str,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        let problem = self.problem(code, origin, message, help);
        let secret = self.stack.whole(origin);
        self.problems.push(problem.hiding(secret));
    }

    fn problem(
        &self,
        code: Code,
        origin: &str,
        message: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Diagnostic {
        Diagnostic::new(code, message)
            .at_option(self.stack.locate(origin))
            .help(help)
    }

    /// The resources, or what is wrong.
    pub(crate) fn finish(self) -> Result<Resources, Diagnostics> {
        if self.problems.has_errors() {
            Err(self.problems)
        } else {
            Ok(self.resources)
        }
    }
}
