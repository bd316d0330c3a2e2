use super::*;
use crate::plan::prices::CURRENT;

fn one(address: &str, kind: &str, charges: &[(&str, f64)]) -> Charged {
    Charged {
        address: Address::new(address),
        kind: kind.to_owned(),
        charges: charges
            .iter()
            .map(|(item, quantity)| Charge {
                item: (*item).to_owned(),
                quantity: *quantity,
            })
            .collect(),
    }
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

const HOURS: f64 = HOURS_A_MONTH as f64;

/// The shape of the blue/green stack: one t3.small behind a load balancer in two zones.
fn stack() -> Vec<Charged> {
    vec![
        one(
            "workloads.analyzer.blue",
            "autoscaling:group",
            &[
                ("ec2.t3.small", HOURS),
                ("ebs.gp3.gb", 20.0),
                ("ec2.public_ipv4", HOURS),
            ],
        ),
        one("workloads.analyzer.green", "autoscaling:group", &[]),
        one(
            "web.lb",
            "elb:load-balancer",
            &[
                ("elb.alb.hour", HOURS),
                ("elb.alb.lcu", 73.0),
                ("ec2.public_ipv4", 2.0 * HOURS),
            ],
        ),
        one("domain.zone", "route53:zone", &[("route53.zone", 1.0)]),
        one(
            "files.shared",
            "efs:file-system",
            &[("efs.standard.gb", 1.0)],
        ),
        one(
            "dashboards.a",
            "cloudwatch:dashboard",
            &[("cloudwatch.dashboard", 1.0)],
        ),
    ]
}

#[test]
fn the_total_is_exact_to_the_cent() {
    let month = estimate(&CURRENT, "eu-west-1", &stack());
    assert_eq!(month.not_priced, []);
    // 16.644 + 1.76 + 3.65 | 18.396 + 0.584 + 7.30 | 0.50 | 0.33 | 3.00
    assert_eq!(month.list_price(), usd("52.164"));
    assert_eq!(
        month.of(&Address::new("workloads.analyzer.blue")),
        usd("22.054")
    );
    // The first three dashboards are free for everybody.
    assert_eq!(month.month(), usd("49.164"));
    // In the free tier the load balancer, its units, the volume, the files and 750 of
    // 2,190 address hours go as well.
    assert_eq!(
        month.month_in_free_tier(),
        usd("16.644") + usd("0.5") + usd("7.2")
    );
}

#[test]
fn what_has_no_price_is_said_and_does_not_count() {
    let charged = [one(
        "a.b",
        "x:y",
        &[
            ("quantum.hour", 1.0),
            ("route53.zone", 1.0),
            ("efs.ia.gb", 1.0),
            ("s3.standard.gb", f64::NAN),
        ],
    )];
    let month = estimate(&CURRENT, "eu-central-1", &charged);
    assert_eq!(month.month(), usd("0.5"));
    let said: Vec<_> = month
        .not_priced
        .iter()
        .map(|one| (one.item.as_str(), one.why.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            ("efs.ia.gb", "the price table has no price for eu-central-1"),
            ("quantum.hour", "the price table does not have it"),
            ("s3.standard.gb", "its quantity is no number"),
        ]
    );
}

#[test]
fn a_region_that_the_table_does_not_know_has_only_the_prices_that_hold_everywhere() {
    let month = estimate(&CURRENT, "sa-east-1", &stack());
    assert_eq!(month.of(&Address::new("domain.zone")), usd("0.5"));
    assert!(
        month
            .not_priced
            .iter()
            .any(|one| one.item == "ec2.t3.small")
    );
}

#[test]
fn use_is_listed_with_the_quantity_that_was_assumed() {
    let month = estimate(&CURRENT, "eu-west-1", &stack());
    let assumed: Vec<_> = month
        .assumptions()
        .map(|line| {
            (
                line.item.as_str(),
                line.quantity.as_f64(),
                line.unit.as_str(),
            )
        })
        .collect();
    assert_eq!(
        assumed,
        [
            ("efs.standard.gb", 1.0, "GB-month"),
            ("elb.alb.lcu", 73.0, "LCU-hour")
        ]
    );
}

#[test]
fn an_allowance_is_shared_and_given_out_once() {
    let alarms: Vec<_> = (0..12)
        .map(|n| {
            one(
                &format!("alarms.{n}"),
                "cloudwatch:alarm",
                &[("cloudwatch.alarm", 1.0)],
            )
        })
        .collect();
    let month = estimate(&CURRENT, "eu-west-1", &alarms);
    assert_eq!(month.list_price(), usd("1.2"));
    assert_eq!(month.month(), usd("0.2"));
    assert_eq!(
        month.always_free,
        [Deduction {
            what: "the first 10 alarms".to_owned(),
            amount: usd("1")
        }]
    );
}

#[test]
fn a_plan_is_priced_by_what_each_resource_adds() {
    let before = estimate(&CURRENT, "eu-west-1", &stack());
    let mut bigger = stack();
    bigger[0].charges[0].item = "ec2.t3.medium".to_owned();
    bigger.remove(3);
    let after = estimate(&CURRENT, "eu-west-1", &bigger);
    let delta = delta(before, after);
    assert_eq!(
        delta.by_address,
        BTreeMap::from([
            (Address::new("workloads.analyzer.blue"), usd("16.644")),
            (Address::new("domain.zone"), -usd("0.5")),
        ])
    );
    assert_eq!(delta.month(), usd("16.144"));
}

#[test]
fn one_more_instance_brings_its_volume_and_address() {
    let mut two = stack();
    for charge in &mut two[0].charges {
        charge.quantity *= 2.0;
    }
    for charged in [stack(), two] {
        let month = estimate(&CURRENT, "eu-west-1", &charged);
        let more = &what_if(&CURRENT, &month)[0];
        assert_eq!(
            more.what,
            "one more t3.small instance in workloads.analyzer.blue"
        );
        assert_eq!((more.adds, more.per), (usd("22.054"), Per::Month));
    }
}

#[test]
fn both_colours_at_once_cost_the_running_one_again_by_the_hour() {
    let month = estimate(&CURRENT, "eu-west-1", &stack());
    let overlap: Vec<_> = what_if(&CURRENT, &month)
        .into_iter()
        .filter(|one| one.per == Per::Hour)
        .collect();
    assert_eq!(overlap.len(), 1);
    assert_eq!(overlap[0].adds, usd("0.030211"));
}

#[test]
fn a_second_zone_doubles_the_database_and_its_storage() {
    let database = one(
        "databases.main",
        "rds:instance",
        &[
            ("rds.postgres.db.t3.micro.single", HOURS),
            ("rds.storage.gp2.gb", 20.0),
        ],
    );
    let month = estimate(&CURRENT, "eu-west-1", &[database]);
    // 14.60 + 2.54
    assert_eq!(month.month(), usd("17.14"));
    assert_eq!(
        what_if(&CURRENT, &month),
        [WhatIf {
            what: "a second zone for databases.main".to_owned(),
            adds: usd("17.14"),
            per: Per::Month
        }]
    );
}

#[test]
fn the_stack_of_the_design_costs_what_it_is_said_to_cost() {
    let resources = crate::model::tests::built(crate::model::tests::example());
    let month = estimate(&CURRENT, "eu-west-1", &charged(&resources));
    assert_eq!(month.not_priced, []);
    // About 20 USD in the free tier and 57 after it.
    let (full, free) = (month.month(), month.month_in_free_tier());
    assert!(full > usd("45") && full < usd("60"), "{full}");
    assert!(free > usd("18") && free < usd("27"), "{free}");
    let what_if = what_if(&CURRENT, &month);
    let pers: Vec<Per> = what_if.iter().map(|one| one.per).collect();
    assert_eq!(pers, [Per::Month, Per::Hour], "{what_if:?}");
    assert!(what_if[0].what.starts_with("one more t3.small instance"));
}
