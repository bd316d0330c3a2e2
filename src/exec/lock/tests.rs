mod memory;

use std::sync::Mutex;

use self::memory::{Fault, Memory};
use super::*;
use crate::exec::folder::Folder;

/// The time of day goes as tokio's paused time does.
struct Paused(Instant);

impl Clock for Paused {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_767_225_600).unwrap() + self.0.elapsed()
    }
}

/// Another clock that shows an earlier time.
struct Behind(Arc<dyn Clock>, Duration);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        self.0.now() - self.1
    }
}

fn terms() -> Terms {
    Terms {
        clock: Arc::new(Paused(Instant::now())),
        ..Terms::default()
    }
}

fn holder(run: &str) -> Holder {
    Holder {
        owner: format!("{run}@example"),
        run: run.to_owned(),
        verb: "apply".to_owned(),
    }
}

async fn take(
    store: &Arc<Memory>,
    terms: &Terms,
    run: &str,
    wait: u64,
    stop: &CancellationToken,
) -> Result<Lock, LockError> {
    let wait = Duration::from_secs(wait);
    let store: Arc<dyn Store> = Arc::clone(store) as _;
    Lock::acquire_on(terms.clone(), store, holder(run), wait, stop, |_| {}).await
}

/// A lock as a process on another machine left it, last heard of so many seconds ago.
async fn left_by_another(store: &Memory, terms: &Terms, silent: u64, process: Option<Process>) {
    let heartbeat = terms.clock.now() - Duration::from_secs(silent);
    let record = Record {
        owner: "ops@elsewhere".to_owned(),
        run: "old".to_owned(),
        verb: "destroy".to_owned(),
        since: heartbeat,
        heartbeat,
        beat: 3,
        lease_seconds: terms.lease.as_secs(),
        fence: 41,
        nonce: "other".to_owned(),
        process,
    };
    store.put_if_absent(LOCK, &json(&record)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_live_lock_is_refused_by_name_and_can_be_taken_after_release() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    let first = take(&store, &terms, "first", 0, &stop).await.unwrap();
    tokio::time::sleep(Duration::from_secs(241)).await;
    let error = take(&store, &terms, "second", 0, &stop).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the lock memory:lock.json is held by first@example: apply since 2026-01-01T00:00:00Z \
         (4 min), last heard of 1 s ago, run first; wait for it with --lock-wait 5m, or take it \
         away with `unlock` if that run is gone for good"
    );
    assert_eq!(first.fence(), 1);
    first.release().await.unwrap();
    assert_eq!(store.list("").await.unwrap(), [FENCE]);
    let second = take(&store, &terms, "second", 0, &stop).await.unwrap();
    assert_eq!(second.fence(), 2);
    second.release().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_live_lock_is_waited_for_and_told_of_once() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let first = take(&store, &terms, "first", 0, &stop).await.unwrap();
    let begun = Instant::now();
    let release = async {
        tokio::time::sleep(Duration::from_secs(100)).await;
        first.release().await.unwrap();
    };
    let told = Mutex::new(Vec::new());
    let waiting = Lock::acquire_on(
        terms.clone(),
        Arc::clone(&store) as _,
        holder("second"),
        Duration::from_secs(300),
        &stop,
        |held| told.lock().unwrap().push(held.to_string()),
    );
    let (second, ()) = tokio::join!(waiting, release);
    assert!(second.unwrap().lost().is_none());
    assert!(begun.elapsed() < Duration::from_secs(103));
    assert_eq!(told.lock().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_live_lock_ends_and_can_be_interrupted() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    let _first = take(&store, &terms, "first", 0, &stop).await.unwrap();
    let refused = take(&store, &terms, "second", 90, &stop).await;
    assert!(matches!(refused, Err(LockError::Held(_))), "{refused:?}");
    let asked = CancellationToken::new();
    let third = take(&store, &terms, "third", 300, &asked);
    let interrupt = async {
        tokio::time::sleep(Duration::from_secs(5)).await;
        asked.cancel();
    };
    let (third, ()) = tokio::join!(third, interrupt);
    assert!(matches!(third, Err(LockError::Interrupted(_))), "{third:?}");
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_stays_unchanged_for_its_lease_is_taken_over_with_a_higher_fence() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    left_by_another(&store, &terms, 0, None).await;
    let begun = Instant::now();
    let lock = take(&store, &terms, "next", 60, &stop).await.unwrap();
    assert!(begun.elapsed() >= terms.lease);
    assert!(begun.elapsed() < terms.lease + Duration::from_secs(3));
    assert_eq!(lock.fence(), 42);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_misses_a_heartbeat_is_watched_even_without_a_wait() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    left_by_another(&store, &terms, 25, None).await;
    let lock = take(&store, &terms, "next", 0, &stop).await.unwrap();
    assert_eq!(lock.fence(), 42);
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_long_overdue_is_taken_over_at_once() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    left_by_another(&store, &terms, 31 * 60, None).await;
    let begun = Instant::now();
    let lock = take(&store, &terms, "next", 0, &stop).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    assert_eq!(lock.fence(), 42);
}

#[tokio::test(start_paused = true)]
async fn a_run_whose_clock_is_half_an_hour_behind_keeps_its_lock() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let behind = Terms {
        clock: Arc::new(Behind(Arc::clone(&terms.clock), Duration::from_secs(1800))),
        ..terms.clone()
    };
    let first = take(&store, &behind, "first", 0, &stop).await.unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    let other = CancellationToken::new();
    let error = take(&store, &terms, "second", 0, &other).await.unwrap_err();
    let error = error.to_string();
    assert!(error.contains("is held by first@example"), "{error}");
    assert!(first.lost().is_none());
    first.release().await.unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test(start_paused = true)]
async fn the_lock_of_a_process_that_ended_on_this_machine_is_taken_over_at_once() {
    let mut child = std::process::Command::new("sleep")
        .arg("0")
        .spawn()
        .unwrap();
    let mut gone = serde_json::to_value(Process::this().unwrap()).unwrap();
    gone["pid"] = child.id().into();
    gone["started"] = 1.into();
    child.wait().unwrap();
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    let process = serde_json::from_value(gone).unwrap();
    left_by_another(&store, &terms, 0, Some(process)).await;
    let begun = Instant::now();
    let lock = take(&store, &terms, "next", 0, &stop).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO);
    lock.release().await.unwrap();
    left_by_another(&store, &terms, 0, Process::this()).await;
    let refused = take(&store, &terms, "next", 0, &stop).await;
    assert!(matches!(refused, Err(LockError::Held(_))), "{refused:?}");
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_keeps_the_lock_for_as_long_as_the_run_lasts() {
    let (store, terms, stop) = (Arc::default(), terms(), CancellationToken::new());
    let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(lock.lost().is_none());
    assert!(!stop.is_cancelled());
    lock.release().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lock_taken_by_another_stops_the_run_and_is_left_to_it() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
    let seen = held(store.as_ref()).await.unwrap().unwrap();
    assert!(break_it(store.as_ref(), &seen).await.unwrap());
    let other = CancellationToken::new();
    let thief = take(&store, &terms, "thief", 0, &other).await.unwrap();
    assert_eq!(thief.fence(), 2);
    stop.cancelled().await;
    assert!(lock.lost().unwrap().contains("thief@example"));
    let error = lock.release().await.unwrap_err().to_string();
    assert!(error.contains("thief@example"), "{error}");
    assert!(!other.is_cancelled());
    thief.release().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_less_than_the_lease_loses_nothing() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
    store.down(true);
    tokio::time::sleep(Duration::from_secs(25)).await;
    store.down(false);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(lock.lost().is_none());
    lock.release().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_for_a_lease_stops_the_run_before_others_may_take_over() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let begun = Instant::now();
    let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
    store.down(true);
    stop.cancelled().await;
    assert!(begun.elapsed() <= terms.lease);
    let why = lock.lost().unwrap();
    assert!(why.ends_with("connection reset"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_settled_by_reading() {
    for fault in [Fault::AnswerLost, Fault::SentTwice] {
        let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
        // While it is taken: the write finds its own first copy.
        store.fault("put_if_absent", fault);
        let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
        // While it is renewed.
        store.fault("put_if_match", fault);
        tokio::time::sleep(Duration::from_secs(120)).await;
        assert!(lock.lost().is_none());
        // While it is released: it is gone, and that is what was wanted.
        store.fault("delete_if_match", fault);
        lock.release().await.unwrap();
        assert_eq!(store.list("").await.unwrap(), [FENCE]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_heartbeat_that_is_never_answered_costs_no_run_its_lock() {
    for fault in [Fault::Swallowed, Fault::Unanswered] {
        let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
        let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
        store.fault("put_if_match", fault);
        tokio::time::sleep(Duration::from_secs(120)).await;
        assert_eq!(lock.lost(), None);
        assert!(!stop.is_cancelled());
        let other = CancellationToken::new();
        let refused = take(&store, &terms, "second", 0, &other).await;
        assert!(matches!(refused, Err(LockError::Held(_))), "{refused:?}");
        lock.release().await.unwrap();
        assert_eq!(store.list("").await.unwrap(), [FENCE]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_number_given_out_meanwhile_is_passed_over() {
    let (store, terms) = (Arc::<Memory>::default(), terms());
    let taking = Taking {
        nonce: "mine".to_owned(),
        terms: terms.clone(),
        store: Arc::clone(&store) as _,
        holder: holder("first"),
    };
    let stale = taking.last_fence().await.unwrap();
    let other = json(&Fence {
        last: 7,
        nonce: "other".to_owned(),
    });
    store.put_if_absent(FENCE, &other).await.unwrap();
    let stop = CancellationToken::new();
    let lock = taking.write(None, stale, &stop).await.unwrap().unwrap();
    assert_eq!(lock.fence(), 8);
    let written = held(store.as_ref()).await.unwrap().unwrap();
    assert_eq!(written.fence(), 8);
    lock.release().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn unlock_leaves_a_lock_that_changed_since_it_was_shown() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    let lock = take(&store, &terms, "first", 0, &stop).await.unwrap();
    let shown = held(store.as_ref()).await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(!break_it(store.as_ref(), &shown).await.unwrap());
    lock.release().await.unwrap();
    assert!(held(store.as_ref()).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_no_lock_is_not_taken_for_an_abandoned_one() {
    let (store, terms, stop) = (Arc::<Memory>::default(), terms(), CancellationToken::new());
    store.put_if_absent(LOCK, b"{}").await.unwrap();
    let error = take(&store, &terms, "first", 0, &stop).await.unwrap_err();
    assert!(error.to_string().contains("another version"), "{error}");
}

const RACE: &str = "CODEDETECT_TEST_LOCK_RACE";
const ROUNDS: usize = 5;

/// Run by the test below in processes of their own; by itself it has nothing to do.
#[tokio::test]
async fn one_racer() {
    let Ok(folder) = std::env::var(RACE) else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let store: Arc<dyn Store> = Arc::new(Folder::new(folder.join("state")));
    let terms = Terms {
        poll: Duration::from_millis(5),
        ..Terms::default()
    };
    let stop = CancellationToken::new();
    for _ in 0..ROUNDS {
        let lock = Lock::acquire_on(
            terms.clone(),
            Arc::clone(&store),
            holder("racer"),
            Duration::from_secs(60),
            &stop,
            |_| {},
        )
        .await
        .unwrap();
        // Two at once would find each other's mark.
        let mark = folder.join("inside");
        fs_err::File::create_new(&mark).unwrap();
        fs_err::File::create_new(folder.join(format!("fence-{}", lock.fence()))).unwrap();
        tokio::task::yield_now().await;
        fs_err::remove_file(&mark).unwrap();
        lock.release().await.unwrap();
    }
}

#[test]
fn of_several_processes_one_at_a_time_holds_the_lock_and_no_number_is_given_twice() {
    const RACERS: usize = 4;
    let folder = tempfile::tempdir().unwrap();
    let racers: Vec<_> = (0..RACERS)
        .map(|_| {
            std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "exec::lock::tests::one_racer"])
                .env(RACE, folder.path())
                .stdout(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for racer in racers {
        let output = racer.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{text}");
        assert!(text.contains("1 passed"), "{text}");
    }
    let numbers = fs_err::read_dir(folder.path())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().starts_with("fence-")
        })
        .count();
    assert_eq!(numbers, RACERS * ROUNDS);
}
