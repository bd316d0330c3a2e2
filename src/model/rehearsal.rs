//! Whether a stack can be built, before AWS was asked anything.

use super::{Pinned, build, needed};
use crate::diag::Diagnostics;
use crate::resource::Resources;
use crate::scope::Scope;
use crate::stack::Stack;
use crate::stack::document::Tier;

/// An account of the length that all have, since it is a part of names.
const ACCOUNT: &str = "123456789012";

/// The resources of a stack in an account that has whatever is looked up for them.
///
/// # Errors
/// What no account could change: names that collide, fields that a kind does not know, references that lead nowhere.
pub fn rehearse(stack: &Stack) -> Result<Resources, Diagnostics> {
    let document = &stack.document;
    let scope = Scope {
        stack: document.stack.to_string(),
        environment: document.environment.to_string(),
        region: document.region.to_string(),
        account: ACCOUNT.to_owned(),
        partition: "aws".to_owned(),
    };
    let wanted = needed(document);
    let subnets = document
        .network
        .iter()
        .flat_map(|network| Tier::ALL.map(|tier| network.subnets(tier)));
    let zones = subnets.flat_map(|subnets| subnets.keys());
    let mut zones: Vec<_> = zones.map(|letter| document.region.zone(*letter)).collect();
    zones.sort_unstable();
    zones.dedup();
    let images = wanted.images.into_iter();
    let pinned = Pinned {
        zones,
        images: images
            .map(|architecture| (architecture, "ami-00000000".to_owned()))
            .collect(),
        hosted_zone: wanted.hosted_zone.map(|_| "Z0000000".to_owned()),
        active: None,
    };
    build(stack, &scope, &pinned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::tests::{example, stack};

    #[test]
    fn a_rehearsal_makes_what_an_account_would_get() {
        let resources = rehearse(&stack(example())).unwrap();
        assert!(resources.iter().count() > 60);
    }

    #[test]
    fn what_no_kind_takes_needs_no_account_to_be_found() {
        let wrong = stack(json!({ "resources": { "pager": { "kind": "sns.topik" } } }));
        let wrong = rehearse(&wrong).unwrap_err();
        assert!(wrong.has_errors());
    }
}
