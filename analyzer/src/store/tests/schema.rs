//! Releases of several schemas on one database.

use std::path::Path;

use super::{file, instance, on_each, report};
use crate::config::DatabaseAddress;
use crate::store::database::Database;
use crate::store::database::migrations::{MIGRATIONS, Migration, Phase, SCHEMA, Schema};
use crate::store::list::ListQuery;
use crate::store::{Store, StoreError};

/// What the next release adds: a column that this one does not know.
const EXPAND: Migration = Migration {
    phase: Phase::Expand,
    statements: &["ALTER TABLE scans ADD COLUMN note TEXT"],
};

/// What the release after that removes: a column that only this one uses.
const CONTRACT: Migration = Migration {
    phase: Phase::Contract {
        since: SCHEMA.version + 1,
    },
    statements: &["ALTER TABLE bug_reports DROP COLUMN contact"],
};

/// A release of the future, as far as its schema goes.
async fn later(database: &DatabaseAddress, more: &[Migration]) -> Result<Database, StoreError> {
    let history = [MIGRATIONS, more].concat();
    Database::open_with(database, history.leak()).await
}

async fn upload(store: &Store, name: &str) {
    let files = [file(name, "assert x\n")];
    let since = store.pardons();
    let put = store.put(&files).await.unwrap();
    let scan = Store::scan_of(name, put, report(&files)).unwrap();
    store.record(&scan, since).await.unwrap();
}

async fn names(database: &Database) -> Vec<String> {
    let page = database.list(&ListQuery::default()).await.unwrap();
    page.scans.into_iter().map(|scan| scan.name).collect()
}

#[tokio::test]
async fn this_release_works_on_beside_the_next_one_which_has_expanded_the_schema() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let this = instance(database, folder).await;
        upload(&this, "before.py").await;
        let next = later(database, &[EXPAND]).await.unwrap();
        let expanded = Schema {
            works_from: SCHEMA.works_from,
            version: SCHEMA.version + 1,
        };
        assert_eq!(next.schema(), expanded);
        // One that runs, and one that starts now, as when Auto Scaling replaces an instance.
        upload(&this, "after.py").await;
        let started = instance(database, folder).await;
        assert_eq!(started.database().schema(), expanded);
        upload(&started, "started.py").await;
        let all = ["started.py", "after.py", "before.py"];
        assert_eq!(names(this.database()).await, all);
        assert_eq!(names(&next).await, all);
    })
    .await;
}

#[tokio::test]
async fn a_contraction_leaves_the_release_it_names_and_refuses_those_before() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        drop(instance(database, folder).await);
        let next = later(database, &[EXPAND]).await.unwrap();
        let after = later(database, &[EXPAND, CONTRACT]).await.unwrap();
        let contracted = Schema {
            works_from: SCHEMA.version + 1,
            version: SCHEMA.version + 2,
        };
        assert_eq!(after.schema(), contracted);
        // The next release runs on, and starts again.
        assert!(names(&next).await.is_empty());
        let started = later(database, &[EXPAND]).await.unwrap();
        assert_eq!(started.schema(), contracted);
        // This one does not start, and says why.
        let refused = Database::open(database).await.err();
        let Some(StoreError::Schema(error)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            (error.database, error.release),
            (contracted, SCHEMA.version)
        );
        let said = error.to_string();
        for part in ["run a later release", "restore a backup"] {
            assert!(said.contains(part), "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let this = instance(database, folder).await;
        let broken = Migration {
            phase: Phase::Expand,
            statements: &[
                "CREATE TABLE notes (id TEXT)",
                "CREATE TABLE scans (id TEXT)",
            ],
        };
        let failed = later(database, &[broken]).await.err();
        assert!(
            matches!(failed, Some(StoreError::Database(_))),
            "{failed:?}"
        );
        upload(&this, "a.py").await;
        let started = instance(database, folder).await;
        assert_eq!(started.database().schema(), SCHEMA);
        assert!(later(database, &[EXPAND]).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn many_that_start_at_once_migrate_once() {
    on_each(async |database: &DatabaseAddress, folder: &Path| {
        let starts = (0..6).map(|_| instance(database, folder));
        for store in futures::future::join_all(starts).await {
            assert_eq!(store.database().schema(), SCHEMA);
        }
    })
    .await;
}

#[test]
fn a_contraction_is_a_release_later_than_what_it_waits_for() {
    for (at, migration) in (1..).zip(MIGRATIONS) {
        if let Phase::Contract { since } = migration.phase {
            assert!(since < at, "version {at} contracts since {since}");
        }
    }
    assert_eq!(
        Schema::after(&[MIGRATIONS, &[EXPAND, CONTRACT]].concat()).works_from,
        SCHEMA.version + 1
    );
}
