//! Who refers to whom in AWS today.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::kinds::AnyFound;
use crate::plan::{Observed, Step};
use crate::reference::Address;

/// Who refers to whom in AWS today, from the ids, ARNs and names in observed specifications.
pub(super) struct Today {
    users: BTreeMap<String, Vec<User>>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct User {
    pub(super) address: Address,
    pub(super) id: String,
}

impl Today {
    pub(super) fn of(steps: &[Step], deleting: &[usize], live: &[(Address, AnyFound)]) -> Self {
        let mut users: BTreeMap<String, Vec<User>> = BTreeMap::new();
        let removed = deleting
            .iter()
            .filter_map(|index| Some((&steps[*index].address, steps[*index].found.as_ref()?)));
        let standing = live.iter().map(|(address, found)| (address, found));
        for (address, found) in removed.chain(standing) {
            let user = User {
                address: address.clone(),
                id: found.id().to_owned(),
            };
            mentioned(&found.spec, &mut |text| {
                users.entry(text.to_owned()).or_default().push(user.clone());
            });
        }
        Self { users }
    }

    pub(super) fn users_of(&self, step: &Step) -> BTreeSet<&User> {
        let Some(found) = &step.found else {
            return BTreeSet::new();
        };
        found
            .outputs
            .values()
            .filter(|output| !output.is_empty())
            .filter_map(|output| self.users.get(output))
            .flatten()
            .filter(|user| user.address != step.address || user.id != found.id())
            .collect()
    }
}

/// Who mentions what in all that was observed: where two have one address, the stack stands in
/// the one to which others refer.
pub(super) struct Mentions {
    /// Kind and id of those who do, by what they mention.
    by: BTreeMap<String, BTreeSet<(&'static str, String)>>,
}

impl Mentions {
    pub(super) fn of(observed: &[Observed]) -> Self {
        let mut by: BTreeMap<String, BTreeSet<_>> = BTreeMap::new();
        for one in observed {
            let user = (one.kind.type_name(), one.found.id().to_owned());
            mentioned(&one.found.spec, &mut |text| {
                by.entry(text.to_owned()).or_default().insert(user.clone());
            });
        }
        Self { by }
    }

    /// How many others refer to something.
    pub(super) fn users_of(&self, kind: &'static str, found: &AnyFound) -> usize {
        let outputs = found.outputs.values().filter(|output| !output.is_empty());
        let users: BTreeSet<_> = outputs
            .filter_map(|output| self.by.get(output))
            .flatten()
            .filter(|(of, id)| *of != kind || id != found.id())
            .collect();
        users.len()
    }
}

/// The strings of a specification that may refer to others. Its own name and its tags never
/// do, though another thing may be called the same.
fn mentioned(spec: &Value, each: &mut impl FnMut(&str)) {
    let fields = spec.as_object().into_iter().flatten();
    for (field, value) in fields {
        if field != "name" && !field.ends_with("tags") {
            strings(value, each);
        }
    }
}

fn strings(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, each)),
        Value::Object(map) => map.values().for_each(|item| strings(item, each)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_or_tag_that_another_thing_shares_is_no_reference() {
        let template = json!({
            "name": "codedetect-prod-blue",
            "instance_tags": { "Name": "codedetect-prod-blue" },
            "instance_profile": "codedetect-prod-analyzer",
            "security_groups": ["sg-1"],
        });
        let mut found = Vec::new();
        mentioned(&template, &mut |text| found.push(text.to_owned()));
        assert_eq!(found, ["codedetect-prod-analyzer", "sg-1"]);
    }
}
