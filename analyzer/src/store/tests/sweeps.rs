//! A sweep and uploads at once: whatever is acknowledged has its objects.

use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use codedetect_engine::report::Report;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use sqlx::any::AnyConnectOptions;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

use super::{file, instance, new_database, on_each, report};
use crate::analyze::{Analyze, AnalyzeError, NamedFile};
use crate::config::DatabaseAddress;
use crate::store::database::NewRows;
use crate::store::key::OWNER;
use crate::store::list::ListQuery;
use crate::store::scan::{BugReport, Scan, ScanId};
use crate::store::{Store, StoreError};
use crate::submit::submit;

/// Every object is old enough.
const NO_GRACE: Duration = Duration::ZERO;

struct InProcess;

#[async_trait]
impl Analyze for InProcess {
    async fn analyze(&self, files: Vec<NamedFile>) -> Result<Report, AnalyzeError> {
        Ok(report(&files))
    }
}

/// Sweeps until something has been removed.
async fn sweep_one(store: &Store) {
    while store.sweep(NO_GRACE).await.unwrap().removed == 0 {
        tokio::task::yield_now().await;
    }
}

async fn assert_has_its_objects(store: &Store, scan: &Scan) {
    for file in &scan.files {
        let source = store.source(&file.summary).await;
        assert!(source.is_ok(), "{}: {source:?}", file.summary.object_key);
    }
}

#[tokio::test]
async fn a_row_is_refused_when_its_object_was_swept_away_since_it_was_put() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let store = instance(database, folder).await;
        let files = [file("a.py", "x = 1\n")];
        let since = store.pardons();
        let put = store.put(&files).await.unwrap();
        sweep_one(&store).await;
        let scan = Store::scan_of("a.py", put, report(&files)).unwrap();
        let refused = store.record(&scan, since).await;
        assert!(matches!(refused, Err(StoreError::Condemned)), "{refused:?}");
        let since = store.put_again(&files).await.unwrap();
        store.record(&scan, since).await.unwrap();
        assert_eq!(store.sweep(NO_GRACE).await.unwrap().removed, 0);
        assert_has_its_objects(&store, &scan).await;
    })
    .await;
}

/// An analysis during which another instance sweeps the upload's object away.
struct SweptMeanwhile(Store);

#[async_trait]
impl Analyze for SweptMeanwhile {
    async fn analyze(&self, files: Vec<NamedFile>) -> Result<Report, AnalyzeError> {
        sweep_one(&self.0).await;
        Ok(report(&files))
    }
}

#[tokio::test]
async fn an_upload_whose_object_another_instance_swept_away_is_acknowledged_with_it() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let (store, other) = (
            instance(database, folder).await,
            instance(database, folder).await,
        );
        let files = vec![file("a.py", "x = 1\n"), file("b.py", "y = 2\n")];
        let scan = submit(&store, &SweptMeanwhile(other), "ab", files)
            .await
            .unwrap();
        assert_has_its_objects(&store, &scan).await;
    })
    .await;
}

#[tokio::test]
async fn a_condemned_object_is_waited_for_until_it_is_pardoned() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let store = instance(database, folder).await;
        let files = [file("a.py", "x = 1\n")];
        let since = store.pardons();
        let put = store.put(&files).await.unwrap();
        let scan = Store::scan_of("a.py", put, report(&files)).unwrap();
        let keys = vec![scan.files[0].summary.object_key.clone()];
        let condemn = NewRows::Condemn(keys.clone());
        store.database().write(condemn).await.unwrap();
        let refused = store.record(&scan, since).await;
        assert!(matches!(refused, Err(StoreError::Condemned)), "{refused:?}");
        let again = store.put_again(&files);
        let pardon = async {
            // It waits: the other future is asked first, and cannot end before this one has.
            tokio::task::yield_now().await;
            store.database().write(NewRows::Pardon(keys)).await.unwrap();
        };
        let (since, ()) = tokio::join!(again, pardon);
        store.record(&scan, since.unwrap()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_instance_sweeps_at_a_time() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let (one, other) = (
            instance(database, folder).await,
            instance(database, folder).await,
        );
        one.put(&[file("a.py", "x = 1\n")]).await.unwrap();
        let condemned = vec!["uploads/0_b.py".to_owned()];
        let condemn = NewRows::Condemn(condemned.clone());
        one.database().write(condemn).await.unwrap();
        let swept = loop {
            match other.sweep(NO_GRACE).await {
                // The object is not older than this very millisecond.
                Ok(_) => tokio::task::yield_now().await,
                Err(error) => break error,
            }
        };
        assert!(matches!(swept, StoreError::Swept), "{swept}");
        one.database()
            .write(NewRows::Pardon(condemned))
            .await
            .unwrap();
        assert_eq!(other.sweep(NO_GRACE).await.unwrap().removed, 1);
    })
    .await;
}

/// A sweep ends while an upload asks what is condemned: held up there by a lock on the table, so
/// that this is no matter of luck. On SQLite one writes at a time, and there is no such moment.
#[tokio::test]
#[ignore = "needs PostgreSQL: analyzer/checks/postgres runs it"]
async fn an_upload_that_asks_while_a_sweep_ends_does_not_miss_what_it_removed() {
    let server = std::env::var("TEST_POSTGRES").expect("TEST_POSTGRES names a server");
    let folder = tempfile::tempdir().unwrap();
    let address = new_database(&server).await;
    let store = Arc::new(instance(&address, folder.path()).await);
    let since = store.pardons();
    let files = [file("a.py", "x = 1\n")];
    let put = store.put(&files).await.unwrap();
    let scan = Store::scan_of("a.py", put, report(&files)).unwrap();
    let key = scan.files[0].summary.object_key.clone();
    store
        .database()
        .write(NewRows::Condemn(vec![key.clone()]))
        .await
        .unwrap();

    let DatabaseAddress::Postgres(url) = &address else {
        panic!("{address:?}");
    };
    let (mut sweep, mut onlooker) = (connect(url.reveal()).await, connect(url.reveal()).await);
    for statement in [
        "BEGIN".to_owned(),
        "LOCK TABLE condemned IN ACCESS EXCLUSIVE MODE".to_owned(),
        format!("DELETE FROM condemned WHERE object_key = '{key}'"),
        "UPDATE sweeps SET pardons = pardons + 1".to_owned(),
    ] {
        execute(&mut sweep, statement).await;
    }
    let upload = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.record(&scan, since).await }
    });
    while waiting(&mut onlooker).await == 0 {
        tokio::task::yield_now().await;
    }
    execute(&mut sweep, "COMMIT".to_owned()).await;
    let outcome = upload.await.unwrap();
    assert!(matches!(outcome, Err(StoreError::Condemned)), "{outcome:?}");
}

async fn connect(url: &str) -> AnyConnection {
    let options = AnyConnectOptions::from_str(url).unwrap();
    AnyConnection::connect_with(&options).await.unwrap()
}

async fn execute(connection: &mut AnyConnection, statement: String) {
    sqlx::query(AssertSqlSafe(statement))
        .execute(connection)
        .await
        .unwrap();
}

/// How many wait for a lock on the table of the condemned.
async fn waiting(connection: &mut AnyConnection) -> i64 {
    let waiting = "SELECT COUNT(*) FROM pg_locks
                   WHERE relation = 'condemned'::regclass AND NOT granted
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let row = sqlx::query(waiting).fetch_one(connection).await.unwrap();
    row.try_get(0).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn sweeps_without_grace_on_two_instances_lose_nothing_that_is_acknowledged() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let stores = [
            Arc::new(instance(database, folder).await),
            Arc::new(instance(database, folder).await),
        ];
        let sweepers = stores.clone().map(|store| {
            tokio::spawn(async move {
                loop {
                    match store.sweep(NO_GRACE).await {
                        Ok(_) | Err(StoreError::Swept) => tokio::task::yield_now().await,
                        Err(error) => panic!("{error}"),
                    }
                }
            })
        });
        let uploaders: Vec<_> = (0..4)
            .map(|number: usize| {
                let store = Arc::clone(&stores[number % 2]);
                tokio::spawn(async move {
                    let mut acknowledged = Vec::new();
                    for round in 0..10 {
                        // Some contents come from several at once.
                        let files = vec![
                            file("same.py", &format!("x = {round}\n")),
                            file("own.py", &format!("x = {number}, {round}\n")),
                        ];
                        match submit(&store, &InProcess, "both", files).await {
                            Ok(scan) => acknowledged.push(scan),
                            // Swept away again and again: a clear word, and nothing is lost.
                            Err(error) => assert!(error.to_string().contains("orphan"), "{error}"),
                        }
                    }
                    acknowledged
                })
            })
            .collect();
        let mut count = 0;
        for uploader in uploaders {
            for scan in uploader.await.unwrap() {
                assert_has_its_objects(&stores[0], &scan).await;
                count += 1;
            }
        }
        assert!(count > 0, "no upload came through");
        for sweeper in sweepers {
            sweeper.abort();
        }
    })
    .await;
}

#[tokio::test]
async fn a_new_database_on_the_uploads_of_another_removes_none_of_them() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let store = instance(database, folder).await;
        let scan = submit(&store, &InProcess, "a.py", vec![file("a.py", "x = 1\n")])
            .await
            .unwrap();
        // Neither where nobody has swept before, though the objects are old enough,
        let aged = std::time::SystemTime::now() - Duration::from_secs(7_200);
        for entry in std::fs::read_dir(folder.join("uploads")).unwrap() {
            let object = std::fs::File::open(entry.unwrap().path()).unwrap();
            object.set_modified(aged).unwrap();
        }
        let other = tempfile::tempdir().unwrap();
        let other = DatabaseAddress::Sqlite(other.path().join("other.db"));
        let other = instance(&other, folder).await;
        assert_eq!(other.sweep(NO_GRACE).await.unwrap().removed, 0);
        assert_has_its_objects(&store, &scan).await;
        // nor where the first one has said whose they are.
        std::fs::remove_file(folder.join(OWNER)).unwrap();
        store.sweep(NO_GRACE).await.unwrap();
        let later = submit(&store, &InProcess, "b.py", vec![file("b.py", "y = 1\n")])
            .await
            .unwrap();
        let refused = other.sweep(NO_GRACE).await;
        assert!(
            matches!(refused, Err(StoreError::Foreign { .. })),
            "{refused:?}"
        );
        assert_has_its_objects(&store, &later).await;
        assert_eq!(store.sweep(NO_GRACE).await.unwrap().removed, 0);
    })
    .await;
}

#[tokio::test]
async fn instances_that_probe_one_folder_at_once_are_not_in_each_others_way() {
    let folder = tempfile::tempdir().unwrap();
    let database = DatabaseAddress::Sqlite(folder.path().join("codedetect.db"));
    let (one, other) = (
        instance(&database, folder.path()).await,
        instance(&database, folder.path()).await,
    );
    for _ in 0..200 {
        let (one, other) = tokio::join!(one.probe(), other.probe());
        assert!(one.is_ok() && other.is_ok(), "{one:?}, {other:?}");
    }
}

#[tokio::test]
async fn a_database_that_stays_locked_is_waited_for_once_and_not_by_each_upload_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("codedetect.db");
    let store = instance(&DatabaseAddress::Sqlite(path.clone()), folder.path()).await;
    let mut other = connect(&format!("sqlite://{}", path.display())).await;
    execute(&mut other, "BEGIN IMMEDIATE".to_owned()).await;
    let writes = (0..4).map(|number| {
        store.keep(BugReport {
            id: ScanId::new(),
            created_at: jiff::Timestamp::now(),
            title: format!("number {number}"),
            description: "late".to_owned(),
            contact: None,
            scan: None,
        })
    });
    let mut writes = writes.collect::<FuturesUnordered<_>>();
    let first = writes.next().await.unwrap();
    assert!(matches!(first, Err(StoreError::Busy(_))), "{first:?}");
    execute(&mut other, "COMMIT".to_owned()).await;
    // Whoever waited as long has been told as well: nothing is written behind anybody's back.
    while let Some(outcome) = writes.next().await {
        assert!(matches!(outcome, Err(StoreError::Busy(_))), "{outcome:?}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL: analyzer/checks/postgres runs it"]
async fn what_postgres_refuses_is_told_at_once_and_is_no_lock() {
    let server = std::env::var("TEST_POSTGRES").expect("TEST_POSTGRES names a server");
    let folder = tempfile::tempdir().unwrap();
    let store = instance(&new_database(&server).await, folder.path()).await;
    let query = ListQuery {
        name: Some("a\0b".to_owned()),
        ..ListQuery::default()
    };
    let refused = store.database().list(&query).await;
    assert!(
        matches!(refused, Err(StoreError::Database(_))),
        "{refused:?}"
    );
}
