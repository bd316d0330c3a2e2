//! The API, answer by answer, and each against its description.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::site::{Answer, Site, Start};

/// Demands that an answer is what `openapi.json` says of the operation and status.
fn as_described(answer: &Answer, method: &str, path: &str) -> Value {
    let document: Value =
        serde_json::from_str(codedetect_analyzer::api::OPENAPI).expect("the description is JSON");
    let status = answer.status.as_u16().to_string();
    let operation = &document["paths"][path][method];
    let response = &operation["responses"][&status];
    assert!(
        response.is_object(),
        "{method} {path} {status} is not described: {}",
        answer.text()
    );
    let kind = answer
        .header("content-type")
        .split(';')
        .next()
        .unwrap()
        .trim();
    let schema = &response["content"][kind]["schema"];
    assert!(
        schema.is_object(),
        "{method} {path} {status} {kind} has no schema"
    );
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
        "allOf": [schema],
    });
    let body = answer.json();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| format!("{} at {}", error, error.instance_path()))
        .collect();
    assert!(
        errors.is_empty(),
        "{method} {path} {status}: {errors:#?}\n{body:#}"
    );
    body
}

#[tokio::test]
async fn an_upload_is_analysed_kept_listed_and_given_back() {
    let site = Site::new();
    let source = "import pickle\nassert pickle.loads(b'')\n";
    let created = site.upload("shop/code.py", source).await.unwrap();
    assert_eq!(created.status, StatusCode::CREATED);
    let scan = as_described(&created, "post", "/api/scans");
    let id = scan["id"].as_str().unwrap();
    assert_eq!(created.header("location"), format!("/api/scans/{id}"));
    assert_eq!(scan["name"], "shop/code.py");
    let found: Vec<&str> = scan["files"][0]["report"]["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["test_id"].as_str().unwrap())
        .collect();
    assert_eq!(found, ["B403", "B101", "B301"]);
    let key = scan["files"][0]["object_key"].as_str().unwrap();
    assert!(
        key.starts_with("uploads/") && key.ends_with("_code.py"),
        "{key}"
    );

    let shown = site.get(&format!("/api/scans/{id}")).await;
    assert_eq!(
        as_described(&shown, "get", "/api/scans/{id}")["files"],
        scan["files"]
    );
    let listed = as_described(&site.get("/api/scans").await, "get", "/api/scans");
    assert_eq!(listed["scans"][0]["id"], id);
    assert_eq!(listed["scans"][0]["counts"], scan["counts"]);

    let text = site.get(&format!("/api/scans/{id}/source")).await;
    assert_eq!(text.text(), source);
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(text.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_scan_is_exported_as_json_sarif_and_csv() {
    let site = Site::new();
    let created = site.upload("code.py", "assert True\n").await.unwrap();
    let scan = created.json();
    let id = scan["id"].as_str().unwrap();
    let report = site.get(&format!("/api/scans/{id}.json")).await;
    assert_eq!(report.json()["files"][0], scan["files"][0]["report"]);
    assert!(
        report
            .header("content-disposition")
            .starts_with("attachment")
    );
    let sarif = site.get(&format!("/api/scans/{id}.sarif")).await.json();
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "B101");
    let csv = site.get(&format!("/api/scans/{id}.csv")).await.text();
    assert!(csv.contains("B101"), "{csv}");
    let other = site.get(&format!("/api/scans/{id}.exe")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_is_read_forwards_and_backwards_filtered_and_sorted() {
    let site = Site::new();
    for index in 0..7 {
        let source = if index % 2 == 0 {
            "x = 1\n"
        } else {
            "assert x\n"
        };
        let answer = site.upload(&format!("f{index}.py"), source).await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    let names = |page: &Value| -> Vec<String> {
        page["scans"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scan| scan["name"].as_str().unwrap().to_owned())
            .collect()
    };
    for sort in ["created", "name"] {
        let address = format!("/api/scans?sort={sort}&order=asc&limit=3");
        let first = site.get(&address).await.json();
        assert_eq!(names(&first), ["f0.py", "f1.py", "f2.py"], "{sort}");
        assert_eq!(first["previous"], Value::Null);
        let next = first["next"].as_str().unwrap();
        let second = site.get(&format!("{address}&cursor={next}")).await.json();
        assert_eq!(names(&second), ["f3.py", "f4.py", "f5.py"]);
        let next = second["next"].as_str().unwrap();
        let third = site.get(&format!("{address}&cursor={next}")).await.json();
        assert_eq!(names(&third), ["f6.py"]);
        assert_eq!(third["next"], Value::Null);
        let previous = second["previous"].as_str().unwrap();
        let back = site
            .get(&format!("{address}&cursor={previous}"))
            .await
            .json();
        assert_eq!(names(&back), ["f0.py", "f1.py", "f2.py"]);
    }
    let filtered = site.get("/api/scans?severity=low&order=asc").await.json();
    assert_eq!(names(&filtered), ["f1.py", "f3.py", "f5.py"]);
    let filtered = site.get("/api/scans?q=F3").await.json();
    assert_eq!(names(&filtered), ["f3.py"]);
    assert!(names(&site.get("/api/scans?q=%25").await.json()).is_empty());
}

#[tokio::test]
async fn what_makes_no_sense_is_told_so() {
    let site = Site::new();
    for (address, part) in [
        (
            "/api/scans?sort=size",
            "say created, name, security or quality",
        ),
        ("/api/scans?limit=0", "say 1 to 100"),
        ("/api/scans?limit=101", "say 1 to 100"),
        ("/api/scans?cursor=zz", "take `next` or `previous`"),
        ("/api/scans?q=a%00b", "q has a NUL"),
        ("/api/scans?page=2", "page"),
    ] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address}");
        let problem = as_described(&answer, "get", "/api/scans");
        assert!(
            problem["detail"].as_str().unwrap().contains(part),
            "{problem}"
        );
    }
    for address in [
        "/api/scans/0198c0de-0000-7000-8000-000000000000",
        "/api/scans/nothing",
        "/api/scans/%2e%2e%2fetc",
    ] {
        let answer = site.get(address).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
        as_described(&answer, "get", "/api/scans/{id}");
    }
    assert_eq!(site.get("/api/nothing").await.status, StatusCode::NOT_FOUND);
    let answer = site
        .send(Method::DELETE, "/api/scans", &[], vec![])
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_bug_report_is_kept_and_says_that_no_topic_has_it() {
    let site = Site::new();
    let report = json!({"title": "It broke", "description": "When I clicked."});
    let answer = site
        .post("/api/reports", "application/json", report.to_string())
        .await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let accepted = as_described(&answer, "post", "/api/reports");
    assert_eq!(accepted["published"], false);
    for bad in [
        json!({"title": "", "description": "x"}),
        json!({"title": "x"}),
    ] {
        let answer = site
            .post("/api/reports", "application/json", bad.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        as_described(&answer, "post", "/api/reports");
    }
}

#[tokio::test]
async fn health_readiness_and_metrics_answer_as_described() {
    let site = Site::new();
    let health = as_described(&site.get("/api/health").await, "get", "/api/health");
    assert_eq!(health["status"], "healthy");
    // Nobody else has migrated this one.
    assert_eq!(health["database"], health["schema"]);
    as_described(&site.get("/api/ready").await, "get", "/api/ready");
    site.upload("code.py", "x = 1\n").await.unwrap();
    let metrics = site.get("/metrics").await.text();
    for line in [
        "codedetect_scans_total 1\n",
        "codedetect_database_writes_total 1\n",
        "codedetect_requests_total{method=\"POST\",route=\"/api/scans\",status=\"201\"} 1\n",
        "codedetect_analyzer_worker_deaths_total 0\n",
    ] {
        assert!(metrics.contains(line), "no {line} in\n{metrics}");
    }
}

#[tokio::test]
async fn every_method_that_is_described_is_answered_and_no_other() {
    let site = Site::new();
    let document = site.get("/api/openapi.json").await.json();
    let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    for (path, described) in document["paths"].as_object().unwrap() {
        let address = path.replace("{id}", "0198c0de-0000-7000-8000-000000000000");
        for method in methods {
            let answer = site
                .send(method.parse().unwrap(), &address, &[], vec![])
                .await
                .unwrap();
            let is_described = described.get(method.to_lowercase()).is_some();
            let is_taken = answer.status != StatusCode::METHOD_NOT_ALLOWED;
            assert_eq!(is_taken, is_described, "{method} {path}: {}", answer.status);
            let text = answer.text();
            assert!(!text.contains("no such address"), "{method} {path}: {text}");
        }
    }
}

#[tokio::test]
async fn every_answer_says_which_instance_gave_it_where_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("CODEDETECT_INSTANCE", "i-0abc123def4567890")
        .start();
    for path in ["/", "/api/health", "/api/scans", "/nowhere", "/metrics"] {
        let answer = site.get(path).await;
        assert_eq!(
            answer.header("x-codedetect-instance"),
            "i-0abc123def4567890",
            "{path}"
        );
    }
    let health = as_described(&site.get("/api/health").await, "get", "/api/health");
    assert_eq!(health["instance"], "i-0abc123def4567890");
    let nameless = Site::new();
    let answer = nameless.get("/api/health").await;
    assert_eq!(answer.header("x-codedetect-instance"), "");
    assert!(answer.json().get("instance").is_none());
}

#[tokio::test]
async fn every_answer_is_protected_and_has_an_id() {
    let site = Site::new();
    for path in ["/api/health", "/api/scans", "/nowhere", "/metrics"] {
        let answer = site.get(path).await;
        assert!(
            answer
                .header("content-security-policy")
                .starts_with("default-src 'self'"),
            "{path}"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("x-request-id").is_empty());
    }
    let headers = [("x-request-id", "mine-1")];
    let answer = site
        .send(Method::GET, "/api/health", &headers, vec![])
        .await
        .unwrap();
    assert_eq!(answer.header("x-request-id"), "mine-1");
}
