//! What whoever runs the service relies on: health that tells the truth, an end that loses nothing.

use std::time::{Duration, Instant};

use reqwest::StatusCode;

use crate::site::{Site, Start};

/// Asks again until the answer has a status, for at most ten seconds.
async fn until(site: &Site, path: &str, status: StatusCode) -> crate::site::Answer {
    let since = Instant::now();
    loop {
        let answer = site.get(path).await;
        if answer.status == status {
            return answer;
        }
        assert!(since.elapsed() < Duration::from_secs(10), "{answer:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn health_says_why_when_the_folder_of_uploads_is_gone_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("UPLOADS", "objects")
        .start();
    let uploads = folder.path().join("objects/uploads");
    std::fs::rename(&uploads, folder.path().join("away")).unwrap();
    let answer = until(&site, "/api/health", StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(answer.json()["status"], "unhealthy");
    let reason = answer.json()["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("uploads"), "{reason}");
    std::fs::rename(folder.path().join("away"), &uploads).unwrap();
    until(&site, "/api/health", StatusCode::OK).await;
}

#[tokio::test]
async fn health_says_why_when_the_database_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("DATABASE_URL", "sqlite://rows.db")
        .start();
    std::fs::remove_file(folder.path().join("rows.db")).unwrap();
    let answer = until(&site, "/api/health", StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(
        answer.json()["reason"]
            .as_str()
            .unwrap()
            .contains("rows.db")
    );
    until(&site, "/api/ready", StatusCode::SERVICE_UNAVAILABLE).await;
}

#[tokio::test]
async fn the_version_at_run_time_wins() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("CODEDETECT_VERSION", "4f2c9d1")
        .start();
    let health = site.get("/api/health").await.json();
    assert_eq!(health["version"], "4f2c9d1");
    assert!(health["schema"]["min"].as_i64().unwrap() <= health["schema"]["max"].as_i64().unwrap());
}

#[tokio::test]
async fn told_to_end_it_ends_what_runs_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut site = Start::in_folder(folder.path()).start();
    let statuses = {
        let site = &site;
        let uploads = (0..40).map(|index| async move {
            let source = format!("x = {index}\n");
            site.upload(&format!("f{index}.py"), &source)
                .await
                .ok()
                .map(|answer| answer.status)
        });
        let terminate = async {
            until(site, "/api/ready", StatusCode::OK).await;
            site.terminate();
        };
        futures::future::join(futures::future::join_all(uploads), terminate)
            .await
            .0
    };
    assert!(site.ended_well());
    // What was accepted was answered; a connection that came too late is no answer at all.
    let acknowledged = statuses
        .iter()
        .flatten()
        .inspect(|status| assert_eq!(**status, StatusCode::CREATED))
        .count();
    let site = Start::in_folder(folder.path()).start();
    let kept = site.get("/api/scans?limit=100").await.json();
    assert!(kept["scans"].as_array().unwrap().len() >= acknowledged);
}

#[tokio::test]
async fn what_a_scan_may_take_is_what_was_configured() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("MAX_FILE_SIZE", "8MiB")
        .with("SCAN_MEMORY", "64MiB")
        .start();
    // Two million numbers, each of them a node.
    let large = format!("x = [{}]\n", "1,".repeat(2 << 20));
    let refused = site.upload("large.py", &large).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("64 MiB (the memory limit)"), "{detail}");
    let taken = site.upload("small.py", "x = [1]\n").await.unwrap();
    assert_eq!(taken.status, StatusCode::CREATED);
}

#[test]
fn a_configuration_that_cannot_be_used_is_told_and_nothing_starts() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
        .arg("serve")
        .env_clear()
        .env("MAX_FILE_SIZE", "huge")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("MAX_FILE_SIZE is \"huge\": say"), "{error}");
}
