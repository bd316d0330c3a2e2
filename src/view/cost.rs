//! What a stack costs a month, resource by resource.

use serde_json::{Value, json};

use super::page::{Look, Page, pad, plain, quiet, strong};
use super::plan::{what_if_json, what_if_sentence};
use super::words;
use crate::plan::cost::{Deduction, Estimate, Line, WhatIf};
use crate::units::Usd;

/// Version of the document.
const VERSION: u32 = 1;
/// Columns of an amount.
const AMOUNT: usize = 10;

/// The price of a stack.
#[derive(Clone, Debug)]
pub struct CostReport {
    /// `<stack>-<environment>`.
    pub stack: String,
    /// The price of a month.
    pub estimate: Estimate,
    /// What further steps would add.
    pub what_if: Vec<WhatIf>,
}

impl CostReport {
    /// The price for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        let estimate = &self.estimate;
        page.line(
            0,
            2,
            [
                strong(&*self.stack),
                plain(format!(
                    " in {}, USD a month, prices of {}",
                    estimate.region, estimate.as_of
                )),
            ],
        );
        let mut section = "";
        for (address, amount) in estimate.by_address() {
            if address.section() != section {
                page.gap();
            }
            let lines = estimate.lines.iter().filter(|line| line.address == address);
            for (index, line) in lines.enumerate() {
                if index == 0 {
                    section = line.address.section();
                    page.line(
                        0,
                        AMOUNT + 4,
                        [
                            strong(right(amount)),
                            plain(format!("  {}  ", line.address)),
                            quiet(words::kind(&line.kind)),
                        ],
                    );
                }
                page.line(AMOUNT + 4, AMOUNT + 6, [quiet(reckoned(line))]);
            }
        }
        page.gap();
        for one in &estimate.always_free {
            page.line(0, AMOUNT + 2, deduction(one));
        }
        page.line(
            0,
            AMOUNT + 2,
            [strong(right(estimate.month())), strong("  a month")],
        );
        if !estimate.first_year.is_empty() {
            for one in &estimate.first_year {
                page.line(0, AMOUNT + 2, deduction(one));
            }
            page.line(
                0,
                AMOUNT + 2,
                [
                    strong(right(estimate.month_in_free_tier())),
                    strong("  a month in the free tier"),
                ],
            );
        }
        self.rest(&mut page);
        page.finish()
    }

    fn rest(&self, page: &mut Page<'_>) {
        if !self.what_if.is_empty() {
            page.gap();
        }
        for one in &self.what_if {
            page.line(0, 2, [plain(what_if_sentence(one))]);
        }
        if self.estimate.assumptions().next().is_some() {
            page.gap();
            page.line(0, 2, [quiet("~ depends on use: so much of it is assumed")]);
        }
        if !self.estimate.not_priced.is_empty() {
            page.gap();
            page.line(0, 0, [strong("not priced")]);
        }
        for one in &self.estimate.not_priced {
            page.line(
                2,
                4,
                [plain(format!("{}: {}: {}", one.address, one.item, one.why))],
            );
        }
    }

    /// The price as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let estimate = &self.estimate;
        let lines: Vec<_> = estimate
            .lines
            .iter()
            .map(|line| {
                json!({
                    "address": line.address,
                    "kind": line.kind,
                    "item": line.item,
                    "what": line.what,
                    "quantity": line.quantity.as_f64(),
                    "unit": line.unit,
                    "price_usd": line.price.as_f64(),
                    "monthly_usd": line.amount.as_f64(),
                    "assumed": line.assumed,
                })
            })
            .collect();
        let not_priced: Vec<_> = estimate
            .not_priced
            .iter()
            .map(|one| json!({"address": one.address, "item": one.item, "why": one.why}))
            .collect();
        let deductions = |of: &[Deduction]| -> Value {
            of.iter()
                .map(|one| json!({"what": one.what, "monthly_usd": one.amount.as_f64()}))
                .collect()
        };
        json!({
            "version": VERSION,
            "document": "cost",
            "stack": self.stack,
            "region": estimate.region,
            "prices_of": estimate.as_of,
            "monthly_usd": estimate.month().as_f64(),
            "free_tier_monthly_usd": estimate.month_in_free_tier().as_f64(),
            "list_price_monthly_usd": estimate.list_price().as_f64(),
            "lines": lines,
            "always_free": deductions(&estimate.always_free),
            "first_year_free": deductions(&estimate.first_year),
            "what_if": self.what_if.iter().map(what_if_json).collect::<Vec<_>>(),
            "not_priced": not_priced,
        })
    }
}

fn right(amount: Usd) -> String {
    let dollars = amount.as_f64();
    format!("{dollars:>AMOUNT$.2}")
}

fn deduction(one: &Deduction) -> [super::page::Span; 2] {
    [plain(right(-one.amount)), plain(format!("  {}", one.what))]
}

/// `~ 730 hour × 0.0228: t3.small instance`.
fn reckoned(line: &Line) -> String {
    let mark = if line.assumed { "~" } else { "" };
    let quantity = line.quantity.as_f64();
    format!(
        "{}{quantity} {} × {}: {}",
        pad(mark, 2),
        line.unit,
        exact(line.price),
        line.what
    )
}

/// An amount with all its decimals: prices of an hour have four and more.
fn exact(price: Usd) -> String {
    let text = format!("{:.6}", price.as_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::cost::{NotPriced, Per};
    use crate::plan::prices::Quantity;
    use crate::view::page::columns;

    fn line(address: &str, item: &str, quantity: f64, price: i64, assumed: bool) -> Line {
        let price = Usd::from_micros(price);
        let quantity = Quantity::from_f64(quantity).unwrap();
        Line {
            address: address.into(),
            kind: "ec2:nat-gateway".to_owned(),
            item: item.to_owned(),
            what: "a NAT gateway".to_owned(),
            quantity,
            unit: "hour".to_owned(),
            price,
            amount: quantity.at(price),
            assumed,
        }
    }

    fn report() -> CostReport {
        CostReport {
            stack: "codedetect-prod".to_owned(),
            estimate: Estimate {
                as_of: "2026-10-01".to_owned(),
                region: "eu-west-1".to_owned(),
                lines: vec![
                    line("network.nat.a", "nat.gb", 10.0, 48_000, true),
                    line("network.nat.a", "nat.hour", 730.0, 48_000, false),
                    line(
                        "workloads.analyzer.blue",
                        "ec2.t3.small",
                        730.0,
                        22_800,
                        false,
                    ),
                ],
                not_priced: vec![NotPriced {
                    address: "audit.trail".into(),
                    item: "cloudtrail.events".to_owned(),
                    why: "the price table does not have it".to_owned(),
                }],
                always_free: vec![Deduction {
                    what: "10 alarms".to_owned(),
                    amount: Usd::from_dollars(1),
                }],
                first_year: vec![Deduction {
                    what: "750 hours of a t3.micro".to_owned(),
                    amount: Usd::from_micros(8_320_000),
                }],
            },
            what_if: vec![WhatIf {
                what: "one more t3.small in workloads.analyzer.blue".to_owned(),
                adds: Usd::from_micros(16_640_000),
                per: Per::Month,
            }],
        }
    }

    #[test]
    fn a_price_reads_so() {
        let text = report().human(&Look::plain(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_price_as_a_document() {
        insta::assert_json_snapshot!(report().json());
    }
}
