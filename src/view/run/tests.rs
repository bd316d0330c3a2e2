use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::{Ended, FailedStep, Fan, Progress, Watch};
use crate::aws::{AwsError, ErrorClass};
use crate::event::{Doing, Event, Events, Recorded};
use crate::exec::NotStarted;
use crate::view::page::columns;
use crate::view::{Gate, Look};

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn started(address: &str, kind: &str, doing: Doing, usually: u64) -> Event {
    Event::StepStarted {
        address: address.into(),
        kind: kind.to_owned(),
        doing,
        usually: seconds(usually),
    }
}

fn waiting(address: &str, what: &str) -> Event {
    Event::StepWaiting {
        address: address.into(),
        what: what.to_owned(),
    }
}

fn done(address: &str, doing: Doing, took: u64) -> Event {
    Event::StepDone {
        address: address.into(),
        doing,
        took: Duration::from_millis(took),
    }
}

/// A run as it was recorded: seconds to let pass before each event, and the event.
fn recorded() -> Vec<(u64, Event)> {
    let nat = "network.nat.a";
    vec![
        (0, Event::Discovering { kinds: 31 }),
        (
            1,
            Event::Discovered {
                resources: 2,
                calls: 44,
                took: Duration::from_millis(650),
            },
        ),
        (
            0,
            Event::RunStarted {
                run: "20261121-0900-7f3a".to_owned(),
                verb: "apply".to_owned(),
                stack: "codedetect-prod".to_owned(),
                steps: 5,
            },
        ),
        (0, started("network.vpc", "ec2:vpc", Doing::Create, 2)),
        (1, done("network.vpc", Doing::Create, 1_100)),
        (0, started(nat, "ec2:nat-gateway", Doing::Create, 100)),
        (0, waiting(nat, "the NAT gateway to be available: pending")),
        (2, waiting(nat, "the NAT gateway to be available: pending")),
        (
            25,
            waiting(
                nat,
                "waiting for the NAT gateway to be available: available",
            ),
        ),
        (1, done(nat, Doing::Create, 28_000)),
        (
            0,
            started(
                "workloads.listener.http",
                "elbv2:listener",
                Doing::Update,
                1,
            ),
        ),
        (
            1,
            Event::StepFailed {
                address: "workloads.listener.http".into(),
                kind: "elbv2:listener".to_owned(),
                doing: Doing::Update,
                error: "elasticloadbalancing:ModifyListener: TargetGroupNotFound: One or more \
                        target groups not found (request 5b1f-example)"
                    .to_owned(),
                hint: Some("the target group was removed by hand; run plan again".to_owned()),
            },
        ),
        (0, Event::Stopping { running: 1 }),
        (
            0,
            Event::StepNotStarted {
                address: "domain.alias".into(),
                doing: Doing::Create,
                because: vec!["workloads.listener.http".into()],
            },
        ),
        (
            0,
            Event::Note {
                address: Some("files.shared".into()),
                text: "no longer waited for; the next apply goes on waiting".to_owned(),
            },
        ),
        (
            0,
            Event::RunFinished {
                done: 2,
                failed: 1,
                not_started: 1,
                took: seconds(31),
            },
        ),
    ]
}

async fn replay(how: Progress) -> crate::view::Captured {
    let (gate, captured) = Gate::captured(80);
    let watch = Watch::start(&gate, how);
    for (pause, event) in recorded() {
        tokio::time::sleep(seconds(pause)).await;
        watch.emit(event);
    }
    watch.finish();
    captured
}

#[tokio::test(start_paused = true)]
async fn a_run_in_plain_lines_reads_so() {
    let captured = replay(Progress::Plain).await;
    assert_eq!(captured.results(), "");
    insta::assert_snapshot!(captured.news());
}

#[tokio::test(start_paused = true)]
async fn a_run_in_json_lines_reads_so() {
    let captured = replay(Progress::Ndjson).await;
    assert_eq!(captured.news(), "");
    insta::assert_snapshot!(captured.results());
    for line in captured.results().lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["version"], 1);
        assert!(
            event["at_ms"].is_u64() && event["event"].is_string(),
            "{line}"
        );
    }
    assert_eq!(captured.results().lines().count(), recorded().len());
}

#[tokio::test(start_paused = true)]
async fn a_silent_run_says_nothing() {
    let captured = replay(Progress::Silent).await;
    assert_eq!(captured.news() + &captured.results(), "");
}

#[tokio::test(start_paused = true)]
async fn no_terminal_means_no_control_codes() {
    let captured = replay(Progress::Auto).await;
    assert!(captured.news().contains("creating network.vpc"));
    assert!(!captured.news().contains('\u{1b}'));
    assert!(!captured.news().contains('\r'));
}

#[tokio::test(start_paused = true)]
async fn there_is_a_sign_of_life_every_ten_seconds_and_none_after_the_end() {
    let (gate, captured) = Gate::captured(80);
    let watch = Watch::start(&gate, Progress::Plain);
    watch.emit(started(
        "network.nat.a",
        "ec2:nat-gateway",
        Doing::Create,
        10,
    ));
    let lines = || captured.news().lines().count();
    for beats in 1..=6 {
        tokio::time::sleep(seconds(10)).await;
        assert_eq!(lines(), 1 + beats, "{}", captured.news());
    }
    assert!(captured.news().contains("longer than usual (10s)"));
    watch.emit(Event::RunFinished {
        done: 0,
        failed: 0,
        not_started: 0,
        took: seconds(60),
    });
    let at_the_end = lines();
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(lines(), at_the_end);
}

#[tokio::test(start_paused = true)]
async fn what_is_finished_says_nothing_more() {
    let (gate, captured) = Gate::captured(80);
    let watch = Watch::start(&gate, Progress::Plain);
    watch.emit(started(
        "network.nat.a",
        "ec2:nat-gateway",
        Doing::Create,
        10,
    ));
    drop(watch);
    let said = captured.news();
    tokio::time::sleep(seconds(60)).await;
    assert_eq!(captured.news(), said);
}

#[tokio::test(start_paused = true)]
async fn no_event_carries_a_secret_past_the_gate() {
    let (gate, captured) = Gate::captured(80);
    gate.redactions().hide("hunter2-hunter2");
    for how in [Progress::Plain, Progress::Ndjson] {
        let watch = Watch::start(&gate, how);
        watch.emit(waiting("a", "the password hunter2-hunter2 to be taken"));
        watch.emit(Event::Note {
            address: None,
            text: "hunter2-hunter2".to_owned(),
        });
    }
    let all = captured.news() + &captured.results();
    assert!(!all.contains("hunter2"), "{all}");
    assert_eq!(all.matches("(secret)").count(), 4, "{all}");
}

#[test]
fn a_fan_gives_every_view_every_event() {
    let (a, b) = (Arc::new(Recorded::default()), Arc::new(Recorded::default()));
    let fan = Fan(vec![a.clone(), b.clone()]);
    fan.emit(Event::Discovering { kinds: 1 });
    assert_eq!(a.events(), b.events());
    assert_eq!(a.events().len(), 1);
}

fn failed_run() -> Ended {
    let because = |causes: &[&str]| causes.iter().map(|cause| (*cause).into()).collect();
    let not_started = |address: &str, causes: &[&str]| NotStarted {
        step: 0,
        address: address.into(),
        doing: Doing::Create,
        because: because(causes),
    };
    Ended {
        verb: "apply".to_owned(),
        stack: "codedetect-prod".to_owned(),
        done: 76,
        failed: vec![FailedStep {
            address: "network.nat.c".into(),
            kind: "ec2:nat-gateway".to_owned(),
            doing: Doing::Create,
            error: AwsError {
                operation: "ec2:CreateNatGateway".to_owned(),
                code: "NatGatewayLimitExceeded".to_owned(),
                message: "Performing this operation would exceed the limit of 5 NAT gateways"
                    .to_owned(),
                request_id: Some("7a62c49f-347e-4fc4-9331-6e8eexample".to_owned()),
                class: ErrorClass::Quota,
                hint: Some("ask AWS for a higher quota, or use fewer zones".to_owned()),
            },
            origin: "network.private.c".to_owned(),
        }],
        not_started: vec![
            not_started("network.route.c", &["network.nat.c"]),
            not_started("workloads.analyzer.green", &["network.nat.c"]),
            not_started("alarms.cpu", &[]),
        ],
        abandoned: vec!["files.shared".into()],
        unanswered: vec!["alerts.topic".into()],
        troubles: vec!["the lock was lost: somebody took it away".to_owned()],
        interrupted: true,
        took: seconds(185),
        next: "codedetect-infra apply stacks/codedetect.yaml".to_owned(),
    }
}

fn place(origin: &str) -> Option<String> {
    (origin == "network.private.c").then(|| "stacks/codedetect.yaml:9:54".to_owned())
}

#[test]
fn only_root_causes_are_told_in_full() {
    let text = failed_run().human(&Look::plain(80), &place);
    assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_end_as_a_document() {
    insta::assert_json_snapshot!(failed_run().json(&place));
}

#[test]
fn a_run_that_did_everything_is_one_line() {
    let ended = Ended {
        failed: Vec::new(),
        not_started: Vec::new(),
        abandoned: Vec::new(),
        unanswered: Vec::new(),
        troubles: Vec::new(),
        interrupted: false,
        ..failed_run()
    };
    assert!(ended.complete());
    assert_eq!(
        ended.human(&Look::plain(80), &place),
        "✓ apply codedetect-prod: 76 done in 3m05s\n"
    );
}

#[test]
fn an_interrupted_run_says_so_and_how_to_go_on() {
    let ended = Ended {
        failed: Vec::new(),
        troubles: Vec::new(),
        ..failed_run()
    };
    let text = ended.human(&Look::plain(80), &place);
    assert!(
        text.starts_with("✗ apply codedetect-prod was interrupted: "),
        "{text}"
    );
    assert!(text.ends_with("to go on: codedetect-infra apply stacks/codedetect.yaml\n"));
}

fn any_event() -> impl Strategy<Value = Event> {
    let doing = prop_oneof![
        Just(Doing::Create),
        Just(Doing::Update),
        Just(Doing::Await),
        Just(Doing::Delete),
    ];
    let address = prop_oneof![Just("network.vpc"), Just("files.shared"), Just("a")];
    let text = prop_oneof![any::<String>(), Just("two\nlines\r\u{1b}[2J".to_owned())];
    (0..11_u8, address, doing, text, any::<u32>()).prop_map(|(which, address, doing, text, n)| {
        let address = address.into();
        let took = Duration::from_millis(n.into());
        let count = n as usize;
        match which {
            0 => Event::RunStarted {
                run: text.clone(),
                verb: text.clone(),
                stack: text,
                steps: count,
            },
            1 => Event::Discovering { kinds: count },
            2 => Event::Discovered {
                resources: count,
                calls: count,
                took,
            },
            3 => Event::StepStarted {
                address,
                kind: text,
                doing,
                usually: took,
            },
            4 => Event::StepWaiting {
                address,
                what: text,
            },
            5 => Event::StepDone {
                address,
                doing,
                took,
            },
            6 => Event::StepFailed {
                address,
                kind: text.clone(),
                doing,
                error: text,
                hint: None,
            },
            7 => Event::StepNotStarted {
                address,
                doing,
                because: Vec::new(),
            },
            8 => Event::Stopping { running: count },
            9 => Event::Note {
                address: None,
                text,
            },
            _ => Event::RunFinished {
                done: count,
                failed: count,
                not_started: count,
                took,
            },
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_event_is_at_most_one_line_in_any_order(
        events in prop::collection::vec(any_event(), 0..30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(async {
            for how in [Progress::Plain, Progress::Ndjson] {
                let (gate, captured) = Gate::captured(80);
                let watch = Watch::start(&gate, how);
                for event in events.clone() {
                    let before = captured.news().len() + captured.results().len();
                    watch.emit(event);
                    let all = captured.news() + &captured.results();
                    let said = &all[before..];
                    prop_assert!(said.matches('\n').count() <= 1, "{said:?}");
                    prop_assert!(!said.contains(['\r', '\u{1b}']), "{said:?}");
                }
            }
            Ok(())
        })?;
    }
}
