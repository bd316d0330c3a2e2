//! A worker that does what it is told in the source, be it bad. It is locked up by the same code
//! as the real one; only what it calls an analysis is different.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use codedetect_engine::report::{FileReport, Scores};

/// "Analyses" by obeying.
pub fn obey(path: &str, source: &[u8]) -> FileReport {
    let order = String::from_utf8_lossy(source);
    let (order, argument) = order.split_once(' ').unwrap_or((&order, ""));
    let mut said = String::new();
    match order {
        "say" => said = argument.to_owned(),
        "pid" => said = std::process::id().to_string(),
        "environment" => said = std::env::vars().map(|(name, _)| name + "\n").collect(),
        "sleep" => std::thread::sleep(Duration::from_secs(3600)),
        "wait" => spin(Duration::from_millis(argument.parse().unwrap_or(0))),
        "hang" => spin(Duration::MAX),
        "abort" => std::process::abort(),
        "segfault" => segfault(),
        "panic" => panic!("{argument}"),
        "exit" => std::process::exit(7),
        "recurse" => said = recurse(1).to_string(),
        "grow" => grow(),
        "babble" => said = "x".repeat(argument.parse().unwrap_or(0)),
        "lie" => lie(argument.as_bytes()),
        "open" => said = format!("{:?}", std::fs::read(argument).map(|it| it.len())),
        "create" => said = format!("{:?}", std::fs::write(argument, "x")),
        "connect" => said = format!("{:?}", TcpStream::connect(argument).map(|_| ())),
        "fork" => said = format!("{:?}", std::process::Command::new("true").spawn().is_ok()),
        "thread" => said = format!("{:?}", std::thread::Builder::new().spawn(|| ()).is_ok()),
        "executable" => executable(),
        "signal" => signal(argument),
        "raise" => said = raise().to_string(),
        _ => said = format!("no such order: {order}"),
    }
    FileReport {
        path: path.to_owned(),
        findings: Vec::new(),
        errors: vec![codedetect_engine::report::AnalysisError {
            analysis: codedetect_engine::report::Analysis::Raw,
            reason: said,
            line: None,
        }],
        loc: 0,
        nosec: 0,
        skipped_tests: 0,
        complexity: Vec::new(),
        maintainability: None,
        raw: None,
        halstead: None,
        scores: Scores {
            security: 100,
            quality: 10.0,
        },
    }
}

fn spin(time: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < time {
        std::hint::spin_loop();
    }
}

fn segfault() {
    // SAFETY: none; to die here is the point.
    unsafe { std::ptr::null_mut::<u8>().write_volatile(1) }
}

fn recurse(depth: u64) -> u64 {
    let here = std::hint::black_box([depth; 64]);
    if here[0] == u64::MAX {
        return 0;
    }
    recurse(depth + 1) + std::hint::black_box(here)[1]
}

fn grow() {
    let mut hoard = Vec::new();
    loop {
        hoard.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&hoard);
    }
}

fn lie(header: &[u8]) {
    let mut out = std::io::stdout();
    let _ = out.write_all(header);
    let _ = out.flush();
}

fn executable() {
    // SAFETY: it maps new memory, which nothing uses.
    unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            4096,
            libc::PROT_READ | libc::PROT_WRITE | libc::PROT_EXEC,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
            -1,
            0,
        );
    }
}

fn signal(pid: &str) {
    // SAFETY: a signal to another process; the sandbox is expected to end us first.
    unsafe {
        libc::kill(pid.parse().unwrap_or(0), libc::SIGTERM);
    }
}

fn raise() -> i32 {
    let limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: the structure lives through the call.
    unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) }
}
