//! What the checks look at: the stack as it is wanted, and as it stands.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cli::session::Session;
use crate::event::Silent;
use crate::exec::Discovery;
use crate::resource::Resource;
use crate::scope::Scope;

/// A stack before it is applied.
pub(super) struct Subject<'a> {
    /// The stack on its cloud.
    pub session: &'a Session,
    /// What stands of it; nothing where AWS did not tell all.
    pub standing: Option<Discovery>,
    /// Why that is not known.
    pub unknown: Option<String>,
}

impl<'a> Subject<'a> {
    /// Looks at what stands.
    pub async fn of(session: &'a Session) -> Self {
        match session.discover(&session.resources, &Silent).await {
            Ok(standing) => Self {
                session,
                standing: Some(standing),
                unknown: None,
            },
            Err(trouble) => Self {
                session,
                standing: None,
                unknown: Some(trouble.to_string()),
            },
        }
    }

    /// Whose resources.
    pub fn scope(&self) -> &Scope {
        &self.session.scope
    }

    /// What the stack wants of a kind.
    pub fn wanted(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        let all = self.session.resources.iter();
        all.filter(move |resource| resource.kind.type_name() == kind)
    }

    /// How many of a kind are still to be made.
    pub fn adds(&self, kind: &str) -> usize {
        let there: BTreeSet<_> = self
            .found(kind)
            .filter_map(|found| found.address.clone())
            .collect();
        self.wanted(kind)
            .filter(|resource| !there.contains(&resource.address))
            .count()
    }

    /// What stands of a kind.
    pub fn found(&self, kind: &str) -> impl Iterator<Item = &crate::kinds::Found<Value>> {
        let observed = self.standing.iter().flat_map(|standing| &standing.observed);
        observed
            .filter(move |one| one.kind.type_name() == kind)
            .map(|one| &one.found)
    }
}
