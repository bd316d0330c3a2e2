use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Detail, PlanView};
use crate::plan::{Plan, Replacement};
use crate::view::fixture::{self, cost, plan, rich};
use crate::view::page::columns;
use crate::view::{Look, Redactions};

fn view(plan: &Plan) -> PlanView<'_> {
    PlanView {
        plan,
        cost: None,
        sections: &[],
        detail: Detail::Terse,
    }
}

fn widest(text: &str) -> usize {
    text.lines().map(columns).max().unwrap_or(0)
}

#[test]
fn nothing_to_do_is_one_line() {
    let plan = plan(Vec::new());
    let look = Look::plain(80);
    assert_eq!(
        view(&plan).human(&look),
        "No changes. AWS is as the file says.\n"
    );
}

#[test]
fn a_plan_reads_so() {
    let plan = rich();
    let cost = cost();
    let shown = PlanView {
        cost: Some(&cost),
        ..view(&plan)
    };
    let text = shown.human(&Look::plain(80));
    insta::assert_snapshot!(text);
    assert!(widest(&text) <= 80, "{} columns", widest(&text));
}

#[test]
fn a_plan_in_full_reads_so() {
    let mut plan = rich();
    let policy =
        json!({"Effect": "Allow", "Resource": fixture::arn_later(), "Action": ["s3:GetObject"]});
    plan.steps.push(fixture::create(
        "buckets.uploads",
        &fixture::BUCKET,
        json!({"name": "codedetect-prod-uploads", "policy": {"Statement": [policy]}, "rules": []}),
    ));
    let shown = PlanView {
        detail: Detail::Full,
        ..view(&plan)
    };
    let text = shown.human(&Look::plain(80));
    insta::assert_snapshot!(text);
    assert!(widest(&text) <= 80, "{} columns", widest(&text));
}

#[test]
fn colour_changes_no_character() {
    let plan = rich();
    let coloured = Look {
        colour: true,
        ..Look::plain(80)
    };
    let text = view(&plan).human(&coloured);
    assert!(text.contains('\u{1b}'));
    assert_eq!(
        anstream::adapter::strip_str(&text).to_string(),
        view(&plan).human(&Look::plain(80))
    );
}

#[test]
fn the_document_has_every_change_once_and_a_stable_order() {
    let plan = rich();
    let cost = cost();
    let shown = PlanView {
        cost: Some(&cost),
        ..view(&plan)
    };
    insta::assert_json_snapshot!(shown.json());
}

#[test]
fn sections_stand_in_the_order_of_the_file() {
    let plan = rich();
    let order = ["alarms", "buckets", "network"].map(str::to_owned);
    let shown = PlanView {
        sections: &order,
        ..view(&plan)
    };
    let text = shown.human(&Look::plain(80));
    let places: Vec<_> = ["\nalarms\n", "\nbuckets\n", "\nnetwork\n", "\nworkloads\n"]
        .iter()
        .map(|name| text.find(name).unwrap())
        .collect();
    assert!(places.is_sorted(), "{text}");
}

#[test]
fn the_comment_reads_so() {
    let plan = rich();
    let cost = cost();
    let shown = PlanView {
        cost: Some(&cost),
        ..view(&plan)
    };
    let text = shown.markdown(&Redactions::default());
    insta::assert_snapshot!(text);
}

#[test]
fn a_long_comment_folds_and_stays_below_the_limit() {
    let spec = |n: usize| json!({"name": format!("group-{n}"), "x": "y".repeat(90)});
    let of = |n: usize| {
        plan(
            (0..n)
                .map(|n| {
                    let section = ["network", "workloads", "alarms"][n % 3];
                    fixture::create(&format!("{section}.group-{n}"), &fixture::GROUP, spec(n))
                })
                .collect(),
        )
    };
    let comment = |plan: &Plan| view(plan).markdown(&Redactions::default());
    assert!(!comment(&of(9)).contains("<details>"));
    let folded = comment(&of(90));
    assert_eq!(folded.matches("<details>").count(), 3);
    assert_eq!(folded.matches("</details>").count(), 3);
    let full = comment(&of(4_000));
    assert!(full.len() < 65_536, "{}", full.len());
    assert!(full.contains("more lines"));
    assert!(full.contains("**This comment is full:**"));
    assert_eq!(
        full.matches("<details>").count(),
        full.matches("</details>").count()
    );
    assert_eq!(full.matches("```").count() % 2, 0);
}

#[test]
fn nothing_in_a_value_ends_the_fence_or_mentions_a_person() {
    let mut plan = plan(vec![fixture::update(
        "network.vpc",
        &fixture::VPC,
        "vpc-1",
        vec![fixture::change(
            "/name",
            json!("a"),
            json!("````\n</details>@octocat"),
        )],
    )]);
    plan.steps[0].danger.interrupts = vec!["<img> @octocat".to_owned()];
    let comment = view(&plan).markdown(&Redactions::default());
    assert!(comment.contains("`````diff\n"), "{comment}");
    let outside: String = comment.split("`````").step_by(2).collect();
    assert!(!outside.contains("@octocat"), "{outside}");
    assert!(!outside.contains("<img>"), "{outside}");
}

#[test]
fn a_secret_is_hidden_even_where_a_line_would_break_within_it() {
    let secret = "correct horse battery staple and a long tail of further words to wrap";
    let mut look = Look::plain(40);
    look.redactions = Redactions::default();
    look.redactions.hide(secret);
    let plan = plan(vec![fixture::update(
        "network.vpc",
        &fixture::VPC,
        "vpc-1",
        vec![fixture::change("/name", json!("a"), json!(secret))],
    )]);
    let text = view(&plan).human(&look);
    assert!(text.contains("(secret)"), "{text}");
    assert!(!text.contains("battery"), "{text}");
    let comment = view(&plan).markdown(&look.redactions);
    assert!(!comment.contains("battery"), "{comment}");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9 ./:-]{0,40}",
        any::<String>(),
        Just("{\"a\":[1,{\"b\":null}]}".to_owned()),
        Just("a\nb\n".to_owned()),
        Just("x".repeat(300)),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
        Just(fixture::later("network.vpc", "id")),
        Just(fixture::arn_later()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_text(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let address = prop_oneof![
        "(network|workloads|odd)\\.[a-z]{1,12}(\\.[a-z]{1,80})?",
        any_text()
    ];
    let step = (
        address,
        0..7_usize,
        any_text(),
        any_value(),
        any_value(),
        any_text(),
    );
    prop::collection::vec(step, 0..8).prop_map(|steps| {
        let mut found = Vec::new();
        for (address, what, path, before, after, tag) in steps {
            let kind = &fixture::GROUP;
            let change = || {
                vec![fixture::change(
                    &format!("/{path}"),
                    before.clone(),
                    after.clone(),
                )]
            };
            match what {
                0 => found.push(fixture::create(&address, kind, after)),
                1 => {
                    let mut step = fixture::update(&address, kind, &tag, change());
                    step.tags.set.insert(path.clone(), tag.clone());
                    step.tags.remove.push(tag);
                    step.danger.interrupts.push(path);
                    found.push(step);
                }
                2 => found.push(fixture::delete(&address, kind, &tag)),
                3 => found.push(fixture::wait(&address, kind, &tag)),
                4 => found.extend(fixture::replace(
                    &address,
                    kind,
                    &tag,
                    Replacement::CreateFirst,
                    vec![fixture::forcing(&path, before, after, "it must")],
                )),
                half => {
                    let order = Replacement::DeleteFirst;
                    let both = fixture::replace(&address, kind, &tag, order, change());
                    found.extend(both.into_iter().nth(half - 5));
                }
            }
        }
        let mut plan = plan(found);
        if let Some(step) = plan.steps.first() {
            plan.left_alone.push(crate::plan::LeftAlone {
                address: step.address.clone(),
                path: step.reason.clone(),
                file: step.wanted.clone().unwrap_or_default(),
                live: Value::Null,
                owner: crate::kinds::Owner::Deploy,
            });
        }
        plan
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_plan_can_be_shown_and_every_resource_is_named(plan in any_plan(), width in 0..200_usize) {
        for detail in [Detail::Terse, Detail::Full] {
            let shown = PlanView { detail, ..view(&plan) };
            let text = shown.human(&Look::plain(width));
            prop_assert!(widest(&text) <= width.max(20) + 1);
            let comment = shown.markdown(&Redactions::default());
            prop_assert!(comment.len() < 65_536);
            let document = shown.json();
            let named: std::collections::BTreeSet<_> = document["changes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|change| change["address"].as_str())
                .collect();
            for step in &plan.steps {
                prop_assert!(named.contains(step.address.as_str()));
            }
        }
    }
}

#[test]
fn the_sample_of_every_kind_is_shown_in_words_and_within_the_screen() {
    let scope = fixture::scope();
    let steps = crate::kinds::ALL.iter().map(|kind| {
        let sample = kind.samples(&scope).unwrap().sample;
        let address = crate::kinds::sample_address(kind.type_name());
        let named = fixture::create(address.as_str(), &fixture::VPC, sample);
        crate::plan::Step {
            kind: *kind,
            ..named
        }
    });
    let plan = plan(steps.collect());
    for detail in [Detail::Terse, Detail::Full] {
        let shown = PlanView {
            detail,
            ..view(&plan)
        };
        let text = shown.human(&Look::plain(80));
        assert!(widest(&text) <= 80, "{text}");
    }
    let bare = ["acl", "dns", "ip", "nat", "oidc", "vpc"];
    for kind in crate::kinds::ALL {
        let words = crate::view::words::kind(kind.type_name());
        let known = !words.is_empty() && !words.split(' ').any(|word| bare.contains(&word));
        assert!(known, "{words}");
    }
}
