//! What must hold of workers, one function each.

use std::collections::BTreeSet;
use std::future::Future;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::time::{Duration, Instant};

use futures::StreamExt as _;

use codedetect_analyzer::worker::{Failure, Limits, Pool, Program};

type Case = fn() -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// Every case by its name.
        pub const ALL: &[(&str, Case)] = &[$((stringify!($name), || Box::pin($name()))),*];
    };
}

cases![
    an_order_is_answered,
    many_files_come_back_in_their_order,
    a_scan_that_spins_is_stopped_by_the_clock,
    a_scan_that_computes_too_long_is_stopped_by_the_kernel,
    the_cpu_limit_is_each_scans_own,
    a_scan_that_grows_is_stopped_and_the_limit_is_named,
    a_scan_that_recurses_for_ever_is_told_so,
    a_crash_costs_one_scan,
    a_panic_costs_no_worker,
    a_report_that_is_too_long_is_refused_and_the_worker_goes_on,
    a_source_that_is_too_long_is_refused_before_it_is_sent,
    a_worker_that_lies_about_lengths_is_replaced,
    every_forbidden_system_call_ends_the_worker,
    landlock_alone_forbids_files_and_ports,
    no_variable_of_the_service_reaches_a_worker,
    others_go_on_while_one_hangs,
    a_scan_that_nobody_waits_for_is_ended,
    a_worker_is_replaced_after_its_number_of_scans,
    workers_that_come_to_their_number_together_leave_no_scan_waiting,
    a_worker_that_was_killed_while_idle_is_replaced_unnoticed,
    workers_end_with_the_pool,
    a_program_that_is_no_worker_is_refused,
];

/// Runs a case where the pool lives in the service: a runtime of many threads.
pub fn in_runtime(case: Case) {
    tokio::runtime::Runtime::new().unwrap().block_on(case());
}

const QUICK: Limits = Limits {
    wall: Duration::from_secs(60),
    cpu: Duration::from_secs(60),
    memory: 256 << 20,
    source: 1 << 20,
    report: 1 << 20,
    scans: 1000,
};

async fn pool(size: usize, limits: Limits) -> Pool {
    let program = Program {
        path: std::env::current_exe().unwrap(),
        arguments: vec!["worker".into()],
    };
    Pool::start(program, NonZeroUsize::new(size).unwrap(), limits)
        .await
        .unwrap()
}

/// What the saboteur says after it obeyed.
async fn order(pool: &Pool, order: &str) -> Result<String, Failure> {
    let report = pool.analyze("a.py", order.as_bytes()).await?;
    Ok(report.errors[0].reason.clone())
}

async fn works(pool: &Pool) {
    assert_eq!(order(pool, "say well").await.unwrap(), "well");
}

async fn an_order_is_answered() {
    let pool = pool(1, QUICK).await;
    let report = pool.analyze("sub/ü.py", b"say hello").await.unwrap();
    assert_eq!(report.path, "sub/ü.py");
    assert_eq!(report.errors[0].reason, "hello");
    assert!(pool.isolation().seccomp.is_on(), "{:?}", pool.isolation());
}

async fn many_files_come_back_in_their_order() {
    let pool = pool(3, QUICK).await;
    let files: Vec<_> = (0..100)
        .map(|n| (format!("{n}.py"), if n == 50 { "abort" } else { "say x" }))
        .collect();
    let answers: Vec<_> = pool.analyze_each(&files).collect().await;
    assert_eq!(answers.len(), 100);
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(report) => assert_eq!(report.path, format!("{n}.py")),
            Err(failure) => assert_eq!((n, failure.label()), (50, "died")),
        }
    }
}

async fn a_scan_that_spins_is_stopped_by_the_clock() {
    let wall = Duration::from_millis(300);
    let pool = pool(1, Limits { wall, ..QUICK }).await;
    let begin = Instant::now();
    let failure = order(&pool, "hang").await.unwrap_err();
    assert_eq!(failure, Failure::Wall { limit: wall });
    assert!(failure.to_string().contains("0.3 s (the time limit)"));
    assert!(begin.elapsed() >= wall);
    works(&pool).await;
}

async fn a_scan_that_computes_too_long_is_stopped_by_the_kernel() {
    let cpu = Duration::from_secs(1);
    let pool = pool(1, Limits { cpu, ..QUICK }).await;
    let failure = order(&pool, "hang").await.unwrap_err();
    assert_eq!(failure, Failure::Cpu { limit: cpu });
    works(&pool).await;
}

async fn the_cpu_limit_is_each_scans_own() {
    let cpu = Duration::from_secs(1);
    let pool = pool(1, Limits { cpu, ..QUICK }).await;
    for _ in 0..4 {
        order(&pool, "wait 600").await.unwrap();
    }
    assert_eq!(pool.counts().started, 1);
}

async fn a_scan_that_grows_is_stopped_and_the_limit_is_named() {
    let pool = pool(1, QUICK).await;
    let failure = order(&pool, "grow").await.unwrap_err();
    assert_eq!(failure, Failure::Memory { limit: 256 << 20 });
    assert!(failure.to_string().contains("256 MiB (the memory limit)"));
    works(&pool).await;
}

async fn a_scan_that_recurses_for_ever_is_told_so() {
    let pool = pool(1, QUICK).await;
    assert_eq!(order(&pool, "recurse").await, Err(Failure::Stack));
    works(&pool).await;
}

async fn a_crash_costs_one_scan() {
    let pool = pool(1, QUICK).await;
    for (bad, how) in [
        ("abort", "signal 6"),
        ("segfault", "signal 11"),
        ("exit", "exit status: 7"),
    ] {
        match order(&pool, bad).await {
            Err(Failure::Died { how: said }) => assert_eq!(said, how, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
        works(&pool).await;
    }
    assert_eq!(pool.counts().failed, 3);
}

async fn a_panic_costs_no_worker() {
    let pool = pool(1, QUICK).await;
    let failure = order(&pool, "panic of a check").await.unwrap_err();
    let message = "of a check".to_owned();
    assert_eq!(failure, Failure::Defect { message });
    works(&pool).await;
    assert_eq!(pool.counts().started, 1);
}

async fn a_report_that_is_too_long_is_refused_and_the_worker_goes_on() {
    let pool = pool(1, QUICK).await;
    let failure = order(&pool, "babble 2000000").await.unwrap_err();
    assert_eq!(failure, Failure::Report { limit: 1 << 20 });
    let long = order(&pool, "babble 1000000").await.unwrap();
    assert_eq!(long.len(), 1_000_000);
    assert_eq!(pool.counts().started, 1);
}

async fn a_source_that_is_too_long_is_refused_before_it_is_sent() {
    let pool = pool(1, QUICK).await;
    let source = format!("pid {}", "x".repeat(1 << 20));
    let failure = order(&pool, &source).await.unwrap_err();
    let (size, limit) = (source.len(), 1 << 20);
    assert_eq!(failure, Failure::Source { size, limit });
    // One that is just short enough crosses the pipe in many pieces.
    assert!(order(&pool, &source[..1 << 20]).await.is_ok());
}

async fn a_worker_that_lies_about_lengths_is_replaced() {
    let pool = pool(1, QUICK).await;
    for lie in [
        "\u{2}\u{7f}\u{7f}\u{7f}\u{7f}",
        "hello",
        "\u{2}\u{1}\0\0\0{}",
    ] {
        let failure = order(&pool, &format!("lie {lie}")).await.unwrap_err();
        assert_eq!(failure, Failure::Nonsense, "{lie:?}");
        works(&pool).await;
    }
}

async fn every_forbidden_system_call_ends_the_worker() {
    let pool = pool(1, QUICK).await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let folder = std::env::temp_dir().join(format!("isolation-{}", std::process::id()));
    let parent = std::process::id();
    for bad in [
        "open /etc/passwd".to_owned(),
        "open /proc/self/environ".to_owned(),
        format!("create {}", folder.display()),
        format!("connect {}", listener.local_addr().unwrap()),
        "fork".to_owned(),
        "thread".to_owned(),
        "executable".to_owned(),
        format!("signal {parent}"),
        "raise".to_owned(),
        "sleep".to_owned(),
    ] {
        assert_eq!(order(&pool, &bad).await, Err(Failure::SystemCall), "{bad}");
        works(&pool).await;
    }
    assert!(!folder.exists());
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "nobody may have connected");
}

async fn landlock_alone_forbids_files_and_ports() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let file = std::env::temp_dir().join(format!("landlock-{}", std::process::id()));
    std::fs::write(&file, "secret").unwrap();
    let said = std::process::Command::new(std::env::current_exe().unwrap())
        .arg("landlock-alone")
        .arg(&file)
        .arg(listener.local_addr().unwrap().to_string())
        .output()
        .unwrap();
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    let Some(tried) = said.strip_prefix("layer true\n") else {
        // The kernel has no Landlock: that the worker says so is all there is to test.
        assert!(!pool(1, QUICK).await.isolation().landlock.is_on());
        return;
    };
    assert_eq!(tried.lines().count(), 6, "{tried}");
    assert!(
        tried.lines().all(|line| line.ends_with(" false")),
        "{tried}"
    );
    assert_eq!(kept, "secret");
    assert!(pool(1, QUICK).await.isolation().landlock.is_on());
}

async fn no_variable_of_the_service_reaches_a_worker() {
    assert!(std::env::var_os("PATH").is_some());
    let pool = pool(1, QUICK).await;
    let names = order(&pool, "environment").await.unwrap();
    assert_eq!(names, "MALLOC_ARENA_MAX\n");
}

async fn others_go_on_while_one_hangs() {
    let wall = Duration::from_secs(2);
    let pool = pool(2, Limits { wall, ..QUICK }).await;
    let hanging = tokio::spawn({
        let pool = pool.clone();
        async move { order(&pool, "hang").await }
    });
    let mut done = 0;
    while !hanging.is_finished() {
        works(&pool).await;
        done += 1;
    }
    assert!(done > 10, "{done}");
    assert_eq!(hanging.await.unwrap(), Err(Failure::Wall { limit: wall }));
}

async fn a_scan_that_nobody_waits_for_is_ended() {
    let pool = pool(1, QUICK).await;
    let abandoned = tokio::time::timeout(Duration::from_millis(100), order(&pool, "hang")).await;
    assert!(abandoned.is_err());
    // The one slot is free again long before the hanging scan's own limit.
    works(&pool).await;
    assert_eq!(pool.counts().started, 2);
}

async fn a_worker_is_replaced_after_its_number_of_scans() {
    let pool = pool(1, Limits { scans: 10, ..QUICK }).await;
    for _ in 0..3 {
        let worn = order(&pool, "pid").await.unwrap();
        for _ in 1..10 {
            assert_eq!(order(&pool, "pid").await.unwrap(), worn);
        }
        // It works on until the next stands ready.
        while order(&pool, "pid").await.unwrap() == worn {}
        until(|| !is_alive(&worn)).await;
    }
    assert_eq!(pool.counts().started, 4);
    assert_eq!(pool.counts().failed, 0);
}

async fn workers_that_come_to_their_number_together_leave_no_scan_waiting() {
    const WORKERS: usize = 4;
    let pool = pool(WORKERS, Limits { scans: 25, ..QUICK }).await;
    let mut seen = BTreeSet::new();
    // A worker stays until another one is born for it, which takes a while on a busy machine.
    for round in 0..5_000 {
        if round >= 50 && seen.len() > WORKERS {
            break;
        }
        let scans = (0..WORKERS).map(|_| order(&pool, "pid"));
        let pids = futures::future::join_all(scans).await;
        seen.extend(pids.into_iter().map(Result::unwrap));
        assert_eq!(pool.counts().idle, WORKERS, "a scan would wait for one");
    }
    assert!(seen.len() > WORKERS, "none was replaced");
    assert_eq!(pool.counts().failed, 0);
}

async fn a_worker_that_was_killed_while_idle_is_replaced_unnoticed() {
    let pool = pool(1, QUICK).await;
    let pid = order(&pool, "pid").await.unwrap();
    let worker = rustix::process::Pid::from_raw(pid.parse().unwrap()).unwrap();
    rustix::process::kill_process(worker, rustix::process::Signal::KILL).unwrap();
    until(|| !is_alive(&pid)).await;
    works(&pool).await;
    assert_ne!(order(&pool, "pid").await.unwrap(), pid);
    assert_eq!(pool.counts().failed, 0);
}

async fn workers_end_with_the_pool() {
    let pool = pool(1, QUICK).await;
    let pid = order(&pool, "pid").await.unwrap();
    assert!(is_alive(&pid));
    drop(pool);
    until(|| !is_alive(&pid)).await;
}

/// Neither gone nor dead and waiting to be asked how it died, which it is once the last of its
/// threads has ended: its first is dead before.
fn is_alive(pid: &str) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
    threads.into_iter().flatten().flatten().any(|thread| {
        std::fs::read_to_string(thread.path().join("stat")).is_ok_and(|stat| !stat.contains(") Z "))
    })
}

async fn until(mut holds: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "it never came true"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn a_program_that_is_no_worker_is_refused() {
    for (path, complaints) in [
        ("/bin/cat", &["what it runs is no worker"][..]),
        // Whether it ends before it is greeted or after is its own affair.
        ("/bin/true", &["pipe", "end of file"]),
        ("/nowhere/at/all", &["no such file"]),
    ] {
        let program = Program {
            path: path.into(),
            arguments: Vec::new(),
        };
        let error = Pool::start(program, NonZeroUsize::MIN, QUICK)
            .await
            .unwrap_err();
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(error.to_string().contains(path), "{error}");
        assert!(
            complaints
                .iter()
                .any(|complaint| source.to_lowercase().contains(complaint)),
            "{path}: {source}"
        );
    }
}
