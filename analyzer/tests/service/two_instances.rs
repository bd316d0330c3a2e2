//! Two instances on one database, and one of them killed now and then: nobody hears of a lock,
//! and nothing acknowledged is lost. `SOAK` says for how many seconds; the further command
//! `analyzer/checks/postgres` runs a minute of it, on PostgreSQL as well (`SOAK_DATABASE`).

use std::collections::HashSet;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::StatusCode;
use tokio::sync::RwLock;

use crate::site::{Site, Start};

/// What the clients saw.
#[derive(Default)]
struct Seen {
    acknowledged: Mutex<HashSet<String>>,
    broken: Mutex<usize>,
}

fn start(folder: &Path, database: &str) -> Site {
    Start::in_folder(folder)
        .with("UPLOADS", "objects")
        .with("DATABASE_URL", database)
        .start()
}

async fn client(number: u64, sites: &[RwLock<Site>; 2], seen: &Seen, until: Instant) {
    let mut chance = StdRng::seed_from_u64(number);
    let mut count = 0;
    while Instant::now() < until {
        let site = sites[chance.random_range(0..2)].read().await;
        let reads = chance.random_bool(0.4);
        let answer = if reads {
            site.try_get("/api/scans?sort=name").await
        } else {
            count += 1;
            let name = format!("n{number}_{count}.py");
            site.upload(&name, &format!("assert {number} == {count}\n"))
                .await
        };
        match answer {
            Ok(answer) => {
                let good = if reads {
                    StatusCode::OK
                } else {
                    StatusCode::CREATED
                };
                assert_eq!(answer.status, good, "{}", answer.text());
                if !reads {
                    let id = answer.json()["id"].as_str().unwrap().to_owned();
                    seen.acknowledged.lock().unwrap().insert(id);
                }
            }
            // Its instance was killed meanwhile.
            Err(_) => *seen.broken.lock().unwrap() += 1,
        }
    }
}

async fn killer(sites: &[RwLock<Site>; 2], folder: &Path, database: &str, until: Instant) {
    let mut chance = StdRng::seed_from_u64(7);
    while Instant::now() < until {
        let wait = chance.random_range(300..1_500);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let victim = &sites[chance.random_range(0..2)];
        let pid = victim.read().await.process_id();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        let mut site = victim.write().await;
        site.kill();
        *site = start(folder, database);
    }
}

async fn soak(database: &str, length: Duration) {
    let folder = tempfile::tempdir().unwrap();
    let sites = [
        RwLock::new(start(folder.path(), database)),
        RwLock::new(start(folder.path(), database)),
    ];
    let seen = Seen::default();
    let until = Instant::now() + length;
    let clients = (0..8).map(|number| client(number, &sites, &seen, until));
    futures::future::join(
        futures::future::join_all(clients),
        killer(&sites, folder.path(), database, until),
    )
    .await;

    let acknowledged = seen.acknowledged.into_inner().unwrap();
    assert!(
        acknowledged.len() > 10,
        "{} uploads came through",
        acknowledged.len()
    );
    let [first, second] = sites.map(RwLock::into_inner);
    // What either acknowledged, the other has.
    let kept = all_ids(&first).await;
    assert_eq!(kept, all_ids(&second).await);
    let lost: Vec<&String> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    for id in acknowledged.iter().take(50) {
        let source = first.get(&format!("/api/scans/{id}/source")).await;
        assert_eq!(source.status, StatusCode::OK);
    }
    drop((first, second));
    if let Some(path) = database.strip_prefix("sqlite://") {
        whole(&folder.path().join(path)).await;
    }
    eprintln!(
        "{} acknowledged, {} broken off, none lost",
        acknowledged.len(),
        seen.broken.into_inner().unwrap()
    );
}

async fn all_ids(site: &Site) -> HashSet<String> {
    let mut ids = HashSet::new();
    let mut address = "/api/scans?limit=100".to_owned();
    loop {
        let page = site.get(&address).await.json();
        for scan in page["scans"].as_array().unwrap() {
            ids.insert(scan["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => address = format!("/api/scans?limit=100&cursor={next}"),
            None => return ids,
        }
    }
}

/// SQLite's own word on its file.
async fn whole(path: &Path) {
    use sqlx::{Connection as _, Row as _};
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", path.display());
    let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
    let row = sqlx::query("PRAGMA integrity_check")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(row.get::<String, _>(0), "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_instances_share_a_database_and_survive_each_others_deaths() {
    let seconds = std::env::var("SOAK").map_or(4, |seconds| seconds.parse().unwrap());
    let database =
        std::env::var("SOAK_DATABASE").unwrap_or_else(|_| "sqlite://codedetect.db".to_owned());
    soak(&database, Duration::from_secs(seconds)).await;
}
