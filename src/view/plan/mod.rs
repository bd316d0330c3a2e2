//! A plan, for a person, a machine and a pull request.

mod entries;
mod human;
mod json;
mod markdown;
mod values;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::plan::Plan;
use crate::plan::cost::{Delta, WhatIf};
use crate::reference::Address;
use crate::units::Usd;

pub(super) use human::{field_lines, left_alone_lines, tag_lines, what_if_sentence};
pub(super) use json::{field_json, left_alone_json, tags_json, what_if_json};

/// How much of each change is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Detail {
    /// Of what is made, the few fields that tell it apart.
    #[default]
    Terse,
    /// Every field of what is made, its tags and where it stands in the file.
    Full,
}

/// A plan with what is needed to show it.
#[derive(Clone, Copy, Debug)]
pub struct PlanView<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its price, where it was reckoned.
    pub cost: Option<&'a CostLines>,
    /// The stack's sections in the order of its file; the usual order where this is empty.
    pub sections: &'a [String],
    /// How much of each change is shown.
    pub detail: Detail,
}

/// What a plan changes in the monthly price.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CostLines {
    /// What each changed resource adds to the price of a month, or takes from it.
    pub steps: BTreeMap<Address, Usd>,
    /// The price of a month before.
    pub before: Usd,
    /// The price of a month afterwards.
    pub after: Usd,
    /// The price of a month afterwards for an account in the free tier, where that differs.
    pub free_tier: Option<Usd>,
    /// What further steps would add.
    pub what_if: Vec<WhatIf>,
    /// The day of the price table, such as `2026-10-01`.
    pub prices_of: String,
    /// What has no price in the table.
    pub unpriced: Vec<String>,
}

impl CostLines {
    /// What a plan changes in the price, and what further steps would add.
    pub fn of(delta: &Delta, what_if: Vec<WhatIf>) -> Self {
        let after = &delta.after;
        let free_tier = after.month_in_free_tier();
        Self {
            steps: delta.by_address.clone(),
            before: delta.before.month(),
            after: after.month(),
            free_tier: (free_tier != after.month()).then_some(free_tier),
            what_if,
            prices_of: after.as_of.clone(),
            unpriced: after
                .not_priced
                .iter()
                .map(|one| format!("{} ({})", one.address, one.item))
                .collect(),
        }
    }
}
