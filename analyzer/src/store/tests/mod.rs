//! What must hold of objects and rows, on a file and, where `TEST_POSTGRES` names a server (the
//! further command `analyzer/checks/postgres` does), on PostgreSQL as well.

mod schema;
mod sweeps;

use std::path::Path;
use std::str::FromStr as _;

use codedetect_engine::report::Report;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};

use super::{NamedFile, ScanId, Store};
use crate::config::{DatabaseAddress, Secret, UploadsAddress};

/// Runs a test on every kind of database there is, each new and empty, with a folder of its own.
async fn on_each(test: impl AsyncFn(&DatabaseAddress, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let file = DatabaseAddress::Sqlite(folder.path().join("codedetect.db"));
    test(&file, folder.path()).await;
    if let Ok(server) = std::env::var("TEST_POSTGRES") {
        let folder = tempfile::tempdir().unwrap();
        test(&new_database(&server).await, folder.path()).await;
    }
}

async fn new_database(server: &str) -> DatabaseAddress {
    sqlx::any::install_default_drivers();
    let name = format!("test_{}", ScanId::new().to_string().replace('-', "_"));
    let url = format!("{server}/postgres");
    let options = sqlx::any::AnyConnectOptions::from_str(&url).unwrap();
    let mut connection = AnyConnection::connect_with(&options).await.unwrap();
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .execute(&mut connection)
        .await
        .unwrap();
    DatabaseAddress::Postgres(Secret::new(format!("{server}/{name}")))
}

/// An instance on a database and a folder that others may be on, too.
async fn instance(database: &DatabaseAddress, folder: &Path) -> Store {
    let uploads = UploadsAddress::Folder(folder.to_owned());
    Store::open(database, &uploads).await.unwrap()
}

fn file(name: &str, content: &str) -> NamedFile {
    NamedFile {
        path: name.to_owned(),
        content: content.to_owned().into(),
    }
}

fn report(files: &[NamedFile]) -> Report {
    let analyse = |file: &NamedFile| codedetect_engine::analyze(&file.path, &file.content);
    codedetect_engine::project(files.iter().map(analyse).collect())
}
