//! Hostile requests to a real service on 127.0.0.1: each gets a clear refusal, or a scan that
//! says what could not be parsed; nothing is written outside the service's folder; other people
//! are served meanwhile; nothing is left running.

mod archives;
mod case;
mod client;
mod contents;
mod forms;
mod names;
mod protocol;
mod service;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use case::Case;
use client::{Answer, send};
use service::Service;

use crate::zip::{Entry, zip};

fn all() -> Vec<Case> {
    [
        names::cases(),
        contents::cases(),
        forms::cases(),
        archives::cases(),
        protocol::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn every_hostile_request_is_refused_clearly_while_others_are_served() {
    let service = Service::start();
    let cases = all();
    assert!(cases.len() >= 100, "{}", cases.len());
    let before = service.processes();
    let next = Mutex::new(cases.iter());
    let wrong = Mutex::new(Vec::new());
    let over = AtomicBool::new(false);
    let served = std::thread::scope(|scope| {
        let others = scope.spawn(|| serve_others(&service, &over));
        let attackers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(case) = take(&next) {
                        let answer = send(service.address, &case.request, case.manner);
                        if let Err(why) = case.expected.check(&answer) {
                            let why = format!("{}: {why}", case.name);
                            wrong.lock().unwrap().push(why);
                        }
                    }
                })
            })
            .collect();
        for attacker in attackers {
            attacker.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        others.join().unwrap()
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(served >= 10, "others were served {served} times");
    service.assert_nothing_escaped();
    service.assert_processes(before);
    assert!(matches!(service.health(), Answer::Status(200, _)));
}

#[test]
fn uploaded_configuration_is_named_as_ignored_and_not_obeyed() {
    let service = Service::start();
    let skip = b"[bandit]\nskips = B101\nexclude = *\n[tool.bandit]\nskips = ['B101']\n";
    let archive = zip(&[
        Entry::new(".bandit", skip),
        Entry::new("setup.cfg", skip),
        Entry::new("pyproject.toml", skip),
        Entry::new("radon.cfg", b"[radon]\nexclude = *\n"),
        Entry::new("a.py", b"assert x\n"),
    ]);
    let request = case::file(b"a.zip", &archive);
    match send(service.address, &request, client::Manner::Whole) {
        Answer::Status(201, scan) => {
            assert!(scan.contains("B101"), "{scan}");
            assert!(scan.contains("\"ignored_count\":4"), "{scan}");
            assert!(scan.contains("pyproject.toml"), "{scan}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_metrics_say_how_far_workers_are_locked_up() {
    let service = Service::start();
    let request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
    match send(service.address, request, client::Manner::Whole) {
        Answer::Status(200, text) => {
            assert!(text.contains("\ncodedetect_analyzer_seccomp 1\n"), "{text}");
            assert!(text.contains("\ncodedetect_analyzer_landlock "), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_names_of_the_cases_are_their_own() {
    let mut names: Vec<_> = all().into_iter().map(|case| case.name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

fn take<'a, T>(from: &Mutex<impl Iterator<Item = &'a T>>) -> Option<&'a T> {
    from.lock().unwrap().next()
}

/// A health check and an ordinary scan, again and again.
fn serve_others(service: &Service, over: &AtomicBool) -> u32 {
    let mut served = 0;
    while !over.load(Ordering::Relaxed) {
        let begin = Instant::now();
        match service.health() {
            Answer::Status(200, _) => {}
            other => panic!("health: {other:?}"),
        }
        match service.scan("ordinary.py", b"assert x\n") {
            Answer::Status(201, body) => assert!(body.contains("B101"), "{body}"),
            other => panic!("an ordinary scan: {other:?}"),
        }
        let took = begin.elapsed();
        assert!(took < Duration::from_secs(30), "others waited {took:?}");
        served += 1;
        std::thread::yield_now();
    }
    served
}
