//! What a stack costs a month, what a plan changes in that, and what more would add.
//!
//! Sums are of millionths of a dollar, never of floating-point numbers. What the price table
//! does not know is listed as not priced, and what depends on use is listed with the use that
//! was assumed: a total is only as good as both lists.

use std::collections::{BTreeMap, BTreeSet};

use super::prices::{Allowance, HOURS_A_MONTH, Item, Prices, Quantity};
use super::{Action, Plan};
use crate::kinds::Charge;
use crate::reference::Address;
use crate::resource::Resources;
use crate::units::Usd;

/// What one resource is charged for.
#[derive(Clone, Debug, PartialEq)]
pub struct Charged {
    /// The resource.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// Its charges a month.
    pub charges: Vec<Charge>,
}

/// One charge with its price.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The resource.
    pub address: Address,
    /// Its kind's type name.
    pub kind: String,
    /// Key in the price table.
    pub item: String,
    /// What is charged for, for a person.
    pub what: String,
    /// Units a month.
    pub quantity: Quantity,
    /// What one unit is.
    pub unit: String,
    /// What one unit costs.
    pub price: Usd,
    /// What they all cost.
    pub amount: Usd,
    /// Whether the number of units is only assumed, because it depends on use.
    pub assumed: bool,
}

/// A charge without a price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotPriced {
    /// The resource.
    pub address: Address,
    /// Key that the price table does not have.
    pub item: String,
    /// Why there is no price.
    pub why: String,
}

/// What an allowance takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deduction {
    /// The allowance.
    pub what: String,
    /// What it takes off.
    pub amount: Usd,
}

/// The price of a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The day that the prices are of.
    pub as_of: String,
    /// The region whose prices they are.
    pub region: String,
    /// Every charge with a price, in the order of addresses.
    pub lines: Vec<Line>,
    /// Every charge without one.
    pub not_priced: Vec<NotPriced>,
    /// What AWS never charges for.
    pub always_free: Vec<Deduction>,
    /// What it does not charge for in the free tier.
    pub first_year: Vec<Deduction>,
}

/// What a plan changes in the price.
#[derive(Clone, Debug, PartialEq)]
pub struct Delta {
    /// The price before.
    pub before: Estimate,
    /// The price afterwards.
    pub after: Estimate,
    /// What each resource adds or takes away, at list price; those that change nothing are
    /// left out.
    pub by_address: BTreeMap<Address, Usd>,
}

/// A step that is not planned, and what it would cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhatIf {
    /// The step: `a second t3.small instance in workloads.analyzer.blue`.
    pub what: String,
    /// What it adds.
    pub adds: Usd,
    /// To what.
    pub per: Per,
}

/// What an amount is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// For every month that it lasts.
    Month,
    /// For every hour that it lasts.
    Hour,
}

/// The price of a month of these resources.
pub fn estimate(prices: &Prices, region: &str, charged: &[Charged]) -> Estimate {
    let mut lines = Vec::new();
    let mut not_priced = Vec::new();
    for one in charged {
        for charge in &one.charges {
            match price(prices, region, one, charge) {
                Ok(line) => lines.push(line),
                Err(missing) => not_priced.push(missing),
            }
        }
    }
    lines.sort_by(|a, b| (&a.address, &a.item).cmp(&(&b.address, &b.item)));
    not_priced.sort_by(|a, b| (&a.address, &a.item).cmp(&(&b.address, &b.item)));
    // The free tier's allowances come after those that everybody has, on what these leave.
    let mut left: Vec<Quantity> = lines.iter().map(|line| line.quantity).collect();
    let always_free = deduct(&prices.always_free, &lines, &mut left);
    let first_year = deduct(&prices.first_year, &lines, &mut left);
    Estimate {
        as_of: prices.as_of.clone(),
        region: region.to_owned(),
        lines,
        not_priced,
        always_free,
        first_year,
    }
}

fn price(prices: &Prices, region: &str, one: &Charged, charge: &Charge) -> Result<Line, NotPriced> {
    let missing = |why: String| NotPriced {
        address: one.address.clone(),
        item: charge.item.clone(),
        why,
    };
    let item = prices
        .item(&charge.item)
        .ok_or_else(|| missing("the price table does not have it".to_owned()))?;
    let price = item
        .price(region)
        .ok_or_else(|| missing(format!("the price table has no price for {region}")))?;
    let quantity = Quantity::from_f64(charge.quantity)
        .ok_or_else(|| missing("its quantity is no number".to_owned()))?;
    let Item {
        what, unit, usage, ..
    } = item;
    Ok(Line {
        address: one.address.clone(),
        kind: one.kind.clone(),
        item: charge.item.clone(),
        what: what.clone(),
        quantity,
        unit: unit.clone(),
        price,
        amount: quantity.at(price),
        assumed: *usage,
    })
}

/// What allowances take off, each given out in the order of addresses.
fn deduct(allowances: &[Allowance], lines: &[Line], left: &mut [Quantity]) -> Vec<Deduction> {
    let mut deductions = Vec::new();
    for allowance in allowances {
        let mut free = allowance.quantity;
        let mut amount = Usd::ZERO;
        for (line, left) in lines.iter().zip(left.iter_mut()) {
            if !allowance.items.contains(&line.item) {
                continue;
            }
            let taken = free.min(*left);
            let rest = Quantity::from_millionths(left.millionths() - taken.millionths());
            amount = amount + (left.at(line.price) - rest.at(line.price));
            *left = rest;
            free = Quantity::from_millionths(free.millionths() - taken.millionths());
        }
        if amount > Usd::ZERO {
            deductions.push(Deduction {
                what: allowance.what.clone(),
                amount,
            });
        }
    }
    deductions
}

impl Estimate {
    /// The month at list price, before any allowance.
    pub fn list_price(&self) -> Usd {
        self.lines.iter().map(|line| line.amount).sum()
    }

    /// The month as AWS bills it.
    pub fn month(&self) -> Usd {
        self.list_price() - total(&self.always_free)
    }

    /// The month as AWS bills it in the free tier.
    pub fn month_in_free_tier(&self) -> Usd {
        self.month() - total(&self.first_year)
    }

    /// What one resource costs at list price.
    pub fn of(&self, address: &Address) -> Usd {
        self.lines
            .iter()
            .filter(|line| line.address == *address)
            .map(|line| line.amount)
            .sum()
    }

    /// What each resource costs at list price.
    pub fn by_address(&self) -> BTreeMap<Address, Usd> {
        let mut sums = BTreeMap::new();
        for line in &self.lines {
            let sum = sums.entry(line.address.clone()).or_insert(Usd::ZERO);
            *sum = *sum + line.amount;
        }
        sums
    }

    /// What was assumed about use: the lines whose quantities are.
    pub fn assumptions(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|line| line.assumed)
    }
}

fn total(deductions: &[Deduction]) -> Usd {
    deductions.iter().map(|one| one.amount).sum()
}

/// The difference of two months.
pub fn delta(before: Estimate, after: Estimate) -> Delta {
    let was = before.by_address();
    let becomes = after.by_address();
    let addresses: BTreeSet<&Address> = was.keys().chain(becomes.keys()).collect();
    let of = |sums: &BTreeMap<Address, Usd>, address: &Address| {
        sums.get(address).copied().unwrap_or(Usd::ZERO)
    };
    let by_address = addresses
        .into_iter()
        .map(|address| (address.clone(), of(&becomes, address) - of(&was, address)))
        .filter(|(_, change)| *change != Usd::ZERO)
        .collect();
    Delta {
        before,
        after,
        by_address,
    }
}

impl Delta {
    /// What the month costs more than before; negative where it costs less.
    pub fn month(&self) -> Usd {
        self.after.month() - self.before.month()
    }
}

/// What the wanted resources are charged for.
pub fn charged(resources: &Resources) -> Vec<Charged> {
    resources
        .iter()
        .map(|resource| Charged {
            address: resource.address.clone(),
            kind: resource.kind.type_name().to_owned(),
            charges: resource.kind.charges(&resource.spec),
        })
        .collect()
}

/// What was charged for before a plan: what it found and what it leaves as it is.
pub fn charged_before(plan: &Plan, wanted: &Resources) -> Vec<Charged> {
    let unchanged = plan.unchanged.iter().filter_map(|address| {
        let resource = wanted.get(address)?;
        Some(Charged {
            address: address.clone(),
            kind: resource.kind.type_name().to_owned(),
            charges: resource.kind.charges(&resource.spec),
        })
    });
    let found = plan
        .steps
        .iter()
        .filter(|step| step.action != Action::Create)
        .filter_map(|step| {
            Some(Charged {
                address: step.address.clone(),
                kind: step.kind.type_name().to_owned(),
                charges: step.kind.charges(&step.found.as_ref()?.spec),
            })
        });
    unchanged.chain(found).collect()
}

/// What a plan changes in the price.
pub fn of_plan(prices: &Prices, plan: &Plan, wanted: &Resources) -> Delta {
    let region = &plan.scope.region;
    delta(
        estimate(prices, region, &charged_before(plan, wanted)),
        estimate(prices, region, &charged(wanted)),
    )
}

/// What one more instance, a second zone for a database and both colours at once would cost,
/// as far as the estimate has instances and databases.
pub fn what_if(prices: &Prices, estimate: &Estimate) -> Vec<WhatIf> {
    let groups = groups(estimate);
    let more = groups.iter().map(|group| WhatIf {
        what: format!("one more {} in {}", group.what, group.address),
        adds: group.each,
        per: Per::Month,
    });
    let overlap = groups.iter().map(|group| WhatIf {
        what: format!("as much again as {} while both colours run", group.address),
        adds: hourly(group.all),
        per: Per::Hour,
    });
    more.chain(second_zones(prices, estimate))
        .chain(overlap)
        .collect()
}

/// Instances of one type at one address, with all that they bring with them.
struct Group<'a> {
    address: &'a Address,
    what: &'a str,
    /// What one of them costs a month.
    each: Usd,
    /// What all of them cost a month.
    all: Usd,
}

/// What is charged by the hour under `ec2.` for a whole month, a number of times: instances.
/// Their volumes and addresses are charged at the same address.
fn groups(estimate: &Estimate) -> Vec<Group<'_>> {
    let month = i64::from(HOURS_A_MONTH) * 1_000_000;
    estimate
        .lines
        .iter()
        .filter(|line| is_instance(line))
        .filter_map(|line| {
            let count = line.quantity.millionths() / month;
            let all = estimate.of(&line.address);
            (count > 0).then(|| Group {
                address: &line.address,
                what: &line.what,
                each: Usd::from_micros(divided(all.micros(), count)),
                all,
            })
        })
        .collect()
}

fn is_instance(line: &Line) -> bool {
    line.item
        .strip_prefix("ec2.")
        .is_some_and(|kind| kind.contains('.'))
        && line.unit == "hour"
}

fn second_zones<'a>(
    prices: &'a Prices,
    estimate: &'a Estimate,
) -> impl Iterator<Item = WhatIf> + 'a {
    estimate.lines.iter().filter_map(|line| {
        let class = line.item.strip_suffix(".single")?;
        let both = prices
            .item(&format!("{class}.multi"))?
            .price(&estimate.region)?;
        // A second zone keeps a second copy of the storage, at the price of the first.
        let storage: Usd = estimate
            .lines
            .iter()
            .filter(|other| other.address == line.address)
            .filter(|other| other.item.starts_with("rds.storage."))
            .map(|other| other.amount)
            .sum();
        Some(WhatIf {
            what: format!("a second zone for {}", line.address),
            adds: line.quantity.at(both) - line.amount + storage,
            per: Per::Month,
        })
    })
}

fn hourly(month: Usd) -> Usd {
    Usd::from_micros(divided(month.micros(), i64::from(HOURS_A_MONTH)))
}

/// To the nearest, halves up.
fn divided(amount: i64, by: i64) -> i64 {
    (amount + by / 2).div_euclid(by)
}

#[cfg(test)]
mod tests;
