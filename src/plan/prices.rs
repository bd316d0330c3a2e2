//! What AWS asks for its services: a dated table that is part of the program.
//!
//! A plan must be the same with and without a network, so prices are not asked for but kept
//! here, with the day they are of and the page they come from. What the table does not know
//! is said to be unknown; it never counts as nothing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, de};

use crate::units::Usd;

const TABLE: &str = include_str!("prices/2026-10-01.json");

/// The table of this version of the program.
pub static CURRENT: LazyLock<Prices> = LazyLock::new(|| Prices::read(TABLE).unwrap_or_default());

/// Hours of a month, as AWS's own calculator counts them.
pub const HOURS_A_MONTH: u32 = 730;

/// So many units, exact to a millionth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity(i64);

impl Quantity {
    const SCALE: i64 = 1_000_000;

    /// The nearest quantity to a number; nothing where it is no number or out of range.
    pub fn from_f64(units: f64) -> Option<Self> {
        let scaled = units * Self::SCALE as f64;
        (scaled.abs() < i64::MAX as f64 / 2.0).then(|| Self(scaled.round() as i64))
    }

    /// The number of units, to print.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / Self::SCALE as f64
    }

    /// Millionths of a unit.
    pub fn millionths(self) -> i64 {
        self.0
    }

    /// A quantity of so many millionths.
    pub fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// What these units cost at that price each, to the nearest millionth of a dollar.
    pub fn at(self, price: Usd) -> Usd {
        let scale = i128::from(Self::SCALE);
        let product = i128::from(self.0) * i128::from(price.micros());
        let rounded = (product + product.signum() * scale / 2) / scale;
        Usd::from_micros(i64::try_from(rounded).unwrap_or(i64::MAX))
    }
}

/// A price table.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day that the prices are of, `YYYY-MM-DD`.
    pub as_of: String,
    /// Always `USD`.
    pub currency: String,
    /// What the prices include, for a person.
    pub basis: String,
    /// The regions it knows; elsewhere only what costs the same everywhere has a price.
    pub regions: Vec<String>,
    /// AWS's page by the name under which items cite it.
    pub sources: BTreeMap<String, String>,
    /// For whom and how long [`Prices::first_year`] holds, for a person.
    pub free_tier: String,
    /// What never costs anything, once for an account.
    pub always_free: Vec<Allowance>,
    /// What costs nothing in the free tier.
    pub first_year: Vec<Allowance>,
    items: BTreeMap<String, Item>,
}

/// So many units of some items that cost nothing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// What it is, as it reads after "free:".
    pub what: String,
    /// The items that share it.
    pub items: Vec<String>,
    /// Units a month.
    #[serde(deserialize_with = "quantity")]
    pub quantity: Quantity,
}

/// Something that AWS charges for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What it is, for a person.
    pub what: String,
    /// What one unit is: `hour`, `GB-month`.
    pub unit: String,
    /// The name of AWS's page in [`Prices::sources`].
    pub source: String,
    /// Whether the number of units depends on how much the system is used, so that it can
    /// only be assumed.
    #[serde(default)]
    pub usage: bool,
    #[serde(deserialize_with = "amounts")]
    usd: BTreeMap<String, Usd>,
}

const EVERYWHERE: &str = "*";

impl Item {
    /// The price of a unit in a region, where it is known.
    pub fn price(&self, region: &str) -> Option<Usd> {
        self.usd
            .get(region)
            .or_else(|| self.usd.get(EVERYWHERE))
            .copied()
    }
}

impl Prices {
    /// A table from its JSON.
    pub fn read(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The item of that name.
    pub fn item(&self, name: &str) -> Option<&Item> {
        self.items.get(name)
    }

    /// Every item by name.
    pub fn items(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.items.iter().map(|(name, item)| (name.as_str(), item))
    }
}

fn amounts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Usd>, D::Error> {
    BTreeMap::<String, String>::deserialize(deserializer)?
        .into_iter()
        .map(|(region, text)| Ok((region, text.parse().map_err(de::Error::custom)?)))
        .collect()
}

/// A number of units is written as an amount is, with up to six decimals.
fn quantity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Quantity, D::Error> {
    let text = String::deserialize(deserializer)?;
    let amount: Usd = text.parse().map_err(de::Error::custom)?;
    Ok(Quantity::from_millionths(amount.micros()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    use crate::kinds;
    use crate::scope::Scope;

    fn table() -> Prices {
        Prices::read(TABLE).unwrap()
    }

    fn scope() -> Scope {
        Scope {
            stack: "codedetect".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        }
    }

    #[test]
    fn the_table_is_dated_by_its_file_and_every_item_cites_a_page() {
        let table = table();
        assert!(include_str!("prices.rs").contains(&format!("prices/{}.json", table.as_of)));
        assert_eq!(table.currency, "USD");
        for (name, item) in table.items() {
            assert!(table.sources.contains_key(&item.source), "{name}");
            for region in item.usd.keys() {
                assert!(
                    region == EVERYWHERE || table.regions.contains(region),
                    "{name}: {region}"
                );
            }
        }
        for page in table.sources.values() {
            assert!(page.starts_with("https://aws.amazon.com/"), "{page}");
        }
    }

    #[test]
    fn every_item_that_a_kind_can_charge_stands_in_the_table() {
        let table = table();
        let scope = scope();
        let mut missing = BTreeSet::new();
        for kind in kinds::ALL {
            let samples = kind.samples(&scope).unwrap();
            let beside = samples.beside.iter().map(|one| (one.kind, &one.spec));
            let own = [(*kind, &samples.sample), (*kind, &samples.changed)];
            for (kind, spec) in own.into_iter().chain(beside) {
                for charge in kind.charges(spec) {
                    if table.item(&charge.item).is_none() {
                        missing.insert((kind.type_name(), charge.item));
                    }
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    /// What is known not to be known. Anything else without a price is an oversight.
    const NOT_PRICED: &[&str] = &[
        "efs.ia.gb eu-central-1",
        "efs.ia.gb eu-west-1",
        "logs.ingest.delivery.gb eu-central-1",
        "logs.ingest.delivery.gb eu-west-1",
        "logs.ingest.delivery.gb us-east-1",
        "rds.postgres.db.t4g.large.multi eu-central-1",
        "rds.postgres.db.t4g.large.multi eu-west-1",
        "rds.postgres.db.t4g.large.single eu-central-1",
        "rds.postgres.db.t4g.large.single eu-west-1",
        "rds.postgres.db.t4g.medium.multi eu-central-1",
        "rds.postgres.db.t4g.medium.multi eu-west-1",
        "rds.postgres.db.t4g.medium.single eu-central-1",
        "rds.postgres.db.t4g.medium.single eu-west-1",
        "rds.postgres.db.t4g.micro.multi eu-central-1",
        "rds.postgres.db.t4g.micro.single eu-central-1",
        "rds.postgres.db.t4g.small.multi eu-central-1",
        "rds.postgres.db.t4g.small.multi eu-west-1",
        "rds.postgres.db.t4g.small.single eu-central-1",
        "rds.postgres.db.t4g.small.single eu-west-1",
    ];

    #[test]
    fn every_region_has_every_item_or_it_is_known_that_it_has_not() {
        let table = table();
        let mut unpriced: Vec<String> = table
            .items()
            .flat_map(|(name, item)| {
                table
                    .regions
                    .iter()
                    .filter(|region| item.price(region).is_none())
                    .map(move |region| format!("{name} {region}"))
            })
            .collect();
        unpriced.sort();
        assert_eq!(unpriced, NOT_PRICED);
    }

    #[test]
    fn allowances_are_of_items_that_exist_and_no_item_is_in_two_of_a_kind() {
        let table = table();
        for allowances in [&table.always_free, &table.first_year] {
            let names: Vec<_> = allowances.iter().flat_map(|one| &one.items).collect();
            for name in &names {
                assert!(table.item(name).is_some(), "{name}");
            }
            let distinct: BTreeSet<_> = names.iter().collect();
            assert_eq!(distinct.len(), names.len());
        }
    }

    #[test]
    fn a_second_zone_costs_twice_as_much() {
        let table = table();
        let mut seen = 0;
        for (name, item) in table.items() {
            let Some(class) = name.strip_suffix(".single") else {
                continue;
            };
            let multi = table.item(&format!("{class}.multi")).unwrap();
            for region in &table.regions {
                assert_eq!(
                    item.price(region).map(|price| price * 2),
                    multi.price(region),
                    "{name} {region}"
                );
                seen += 1;
            }
        }
        assert!(seen > 0);
    }

    #[test]
    fn a_product_is_exact_to_a_millionth_of_a_dollar() {
        let price: Usd = "0.0228".parse().unwrap();
        let month = Quantity::from_f64(730.0).unwrap();
        assert_eq!(month.at(price), "16.644".parse().unwrap());
        let third = Quantity::from_f64(1.0 / 3.0).unwrap();
        assert_eq!(third.at(Usd::from_dollars(3)).micros(), 999_999);
        assert_eq!(Quantity::from_f64(f64::NAN), None);
        assert_eq!(Quantity::from_f64(1e300), None);
    }
}
