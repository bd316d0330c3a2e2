//! A killed process loses nothing that it acknowledged, and leaves nothing half-visible.

use std::time::Duration;

use reqwest::StatusCode;
use tokio::sync::watch;

use crate::site::{Site, Start};

/// Uploads one after the other until the service does not answer; the ids it acknowledged. Each
/// is counted.
async fn upload_until_it_dies(
    site: &Site,
    client: usize,
    count: &watch::Sender<usize>,
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    loop {
        let source = format!("assert {client} + {}\n", acknowledged.len());
        let name = format!("c{client}_{}.py", acknowledged.len());
        match site.upload(&name, &source).await {
            Ok(answer) if answer.status == StatusCode::CREATED => {
                acknowledged.push(answer.json()["id"].as_str().unwrap().to_owned());
                count.send_modify(|count| *count += 1);
            }
            Ok(answer) => panic!("{answer:?}"),
            Err(_) => return acknowledged,
        }
    }
}

#[tokio::test]
async fn killed_under_load_it_has_all_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    // At the start, while others of a group are on their way, later.
    for acknowledged_before in [0, 1, 60, 200] {
        let mut site = Start::in_folder(folder.path()).start();
        let acknowledged = {
            let shared = &site;
            let (count, mut counted) = watch::channel(0);
            let clients = (0..8).map(|client| upload_until_it_dies(shared, client, &count));
            let uploads = futures::future::join_all(clients);
            let pid = shared.process_id();
            let killer = async {
                let enough = counted.wait_for(|count| *count >= acknowledged_before);
                drop(enough.await.unwrap());
                rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
            };
            futures::future::join(uploads, killer).await.0.concat()
        };
        site.kill();
        let site = Start::in_folder(folder.path()).start();
        for id in acknowledged {
            let scan = site.get(&format!("/api/scans/{id}")).await;
            assert_eq!(scan.status, StatusCode::OK, "{id} is lost");
            let source = site.get(&format!("/api/scans/{id}/source")).await;
            assert!(
                source.text().starts_with("assert "),
                "{id} has lost its object"
            );
        }
    }
}

#[tokio::test]
async fn an_object_without_a_row_is_swept_away_and_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let start = || {
        Start::in_folder(folder.path())
            .with("UPLOADS", "objects")
            .with("SWEEP_GRACE", "0s")
            .with("SWEEP_EVERY", "1s")
    };
    let site = start().start();
    let scan = site.upload("kept.py", "x = 1\n").await.unwrap().json();
    let orphan = folder.path().join("objects/uploads/0123_orphan.py");
    std::fs::write(&orphan, "y = 2\n").unwrap();
    let since = std::time::Instant::now();
    while orphan.exists() {
        assert!(
            since.elapsed() < Duration::from_secs(20),
            "the orphan is still there"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let id = scan["id"].as_str().unwrap();
    let source = site.get(&format!("/api/scans/{id}/source")).await;
    assert_eq!(source.text(), "x = 1\n");
}
