//! Uploads of every form, good and bad.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::site::{Answer, Site, Start};

const BOUNDARY: &str = "multipart/form-data; boundary=line";

fn part(disposition: &str, content: &str) -> String {
    format!("--line\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{content}\r\n")
}

fn file(name: &str, content: &str) -> String {
    part(&format!("name=\"files\"; filename=\"{name}\""), content)
}

async fn form(site: &Site, parts: &[String]) -> Answer {
    let body = parts.concat() + "--line--\r\n";
    site.post("/api/scans", BOUNDARY, body).await
}

#[tokio::test]
async fn several_files_are_one_scan_in_their_order() {
    let site = Site::new();
    let answer = form(
        &site,
        &[
            file("shop/b.py", "x = 1\n"),
            file("shop/a.py", "assert x\n"),
        ],
    )
    .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let scan = answer.json();
    assert_eq!(scan["name"], "shop");
    assert_eq!(scan["file_count"], 2);
    let paths: Vec<&Value> = scan["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| &file["path"])
        .collect();
    assert_eq!(paths, ["shop/b.py", "shop/a.py"]);
    let second = site
        .get(&format!(
            "/api/scans/{}/source?file=1",
            scan["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(second.text(), "assert x\n");
}

#[tokio::test]
async fn a_form_may_name_the_scan() {
    let site = Site::new();
    let parts = [part("name=\"name\"", "My project"), file("a.py", "x = 1\n")];
    assert_eq!(form(&site, &parts).await.json()["name"], "My project");
}

#[tokio::test]
async fn what_cannot_be_taken_is_refused_with_a_reason_and_the_service_goes_on() {
    let site = Site::new();
    let large = "x".repeat((1 << 20) + 1);
    let many: Vec<String> = (0..501).map(|n| file(&format!("f{n}.py"), "")).collect();
    for (what, answer, status) in [
        ("no file", form(&site, &[]).await, 422),
        (
            "only a field",
            form(&site, &[part("name=\"x\"", "y")]).await,
            422,
        ),
        ("no Python", form(&site, &[file("a.exe", "MZ")]).await, 422),
        (
            "a null byte",
            form(&site, &[file("a.py", "x\0")]).await,
            422,
        ),
        (
            "a large file",
            form(&site, &[file("a.py", &large)]).await,
            413,
        ),
        ("many files", form(&site, &many).await, 413),
        (
            "no boundary",
            site.post("/api/scans", "multipart/form-data", "x").await,
            400,
        ),
        (
            "a broken form",
            site.post("/api/scans", BOUNDARY, "nonsense").await,
            400,
        ),
        (
            "an image",
            site.post("/api/scans", "image/png", "x").await,
            415,
        ),
        (
            "JSON",
            site.post("/api/scans", "application/json", "{}").await,
            415,
        ),
        (
            "no archive",
            site.post("/api/scans", "application/zip", "PK").await,
            422,
        ),
    ] {
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{what}"
        );
        assert!(
            !answer.json()["detail"].as_str().unwrap().is_empty(),
            "{what}"
        );
    }
    assert_eq!(
        site.get("/api/scans").await.json()["scans"],
        serde_json::json!([])
    );
    let good = site.upload("a.py", "x = 1\n").await.unwrap();
    assert_eq!(good.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_page_of_another_site_may_not_upload() {
    let site = Site::new();
    let headers = [
        ("sec-fetch-site", "cross-site"),
        ("content-type", "text/plain"),
    ];
    let answer = site
        .send(Method::POST, "/api/scans", &headers, b"x = 1\n".to_vec())
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_client_that_sends_too_much_is_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("RATE_LIMIT", "1")
        .start();
    let mut refused = None;
    for _ in 0..30 {
        let answer = site.upload("a.py", "x = 1\n").await.unwrap();
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
        }
    }
    let refused = refused.expect("30 uploads within a burst of 5 and a second each");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(site.get("/api/scans").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_upload_with_more_findings_than_anybody_reads_keeps_those_of_its_first_files() {
    let site = Site::new();
    let source = "assert 1\n".repeat(30_000);
    let files: Vec<String> = ["a.py", "b.py", "c.py", "d.py"]
        .iter()
        .map(|name| file(name, &source))
        .collect();
    let answer = form(&site, &files).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let scan = answer.json();
    assert_eq!(scan["failed_files"], 1);
    let last = site
        .get(&format!("/api/scans/{}", scan["id"].as_str().unwrap()))
        .await
        .text();
    assert!(last.contains("more than 100000 findings"), "{}", last.len());
}
