//! What a browser without JavaScript does, by HTTP.

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use codedetect_engine::report::Report;
use tower::ServiceExt as _;

use crate::alerts::Alerts;
use crate::analyze::{Analyze, AnalyzeError, NamedFile};
use crate::app::App;
use crate::config::{DatabaseAddress, UploadsAddress, from_lookup};
use crate::server::router;
use crate::store::Store;

/// The engine in this process: what these tests upload is harmless.
struct InProcess;

#[async_trait]
impl Analyze for InProcess {
    async fn analyze(&self, files: Vec<NamedFile>) -> Result<Report, AnalyzeError> {
        let files = files
            .iter()
            .map(|file| codedetect_engine::analyze(&file.path, &file.content));
        Ok(codedetect_engine::project(files.collect()))
    }
}

/// A service on a folder of its own, and a browser that keeps its cookie.
struct Browser {
    router: Router,
    cookie: Option<String>,
    _folder: tempfile::TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn assert_has(&self, part: &str) {
        assert!(
            self.body.contains(part),
            "{part:?} is not in\n{}",
            self.body
        );
    }
}

impl Browser {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseAddress::Sqlite(folder.path().join("codedetect.db"));
        let uploads = UploadsAddress::Folder(folder.path().to_owned());
        let store = Store::open(&database, &uploads).await.unwrap();
        let config = from_lookup(|_| None).unwrap();
        let app = App::new(config, store, Box::new(InProcess), Alerts::none());
        Self {
            router: router(app),
            cookie: None,
            _folder: folder,
        }
    }

    async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let headers = request.headers_mut();
        headers.insert("host", "127.0.0.1".parse().unwrap());
        headers
            .entry("accept")
            .or_insert("text/html,*/*".parse().unwrap());
        if let Some(cookie) = &self.cookie {
            headers.insert("cookie", cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(cookie) = parts.headers.get("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next();
            self.cookie = pair.map(str::to_owned);
        }
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }

    async fn get(&mut self, address: &str) -> Answer {
        self.send(Request::get(address).body(Body::empty()).unwrap())
            .await
    }

    /// The token that the form of a page carries.
    async fn token(&mut self, page: &str) -> String {
        let body = self.get(page).await.body;
        let after = body.split("name=\"csrf_token\" value=\"").nth(1).unwrap();
        after.split('"').next().unwrap().to_owned()
    }

    async fn upload(&mut self, files: &[(&str, &str)]) -> Answer {
        let token = self.token("/upload").await;
        let field = |head: &str, text: &str| {
            format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let mut body = field("name=\"csrf_token\"", &token);
        for (name, text) in files {
            body += &field(&format!("name=\"files\"; filename=\"{name}\""), text);
        }
        body += "--b--\r\n";
        let request = Request::post("/upload")
            .header("content-type", "multipart/form-data; boundary=b")
            .body(Body::from(body));
        self.send(request.unwrap()).await
    }

    async fn post_form(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let query = super::address::query("", fields);
        let request = Request::post(address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(query.trim_start_matches('?').to_owned()));
        self.send(request.unwrap()).await
    }

    /// Uploads, follows to the scan; gives its address.
    async fn scan(&mut self, files: &[(&str, &str)]) -> String {
        let answer = self.upload(files).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.header("location").to_owned()
    }
}

const ASSERTS: &str = "def f(x):\n    assert x\n    return eval(x)\n";

#[tokio::test]
async fn an_upload_leads_to_the_page_of_its_scan() {
    let mut browser = Browser::open().await;
    let first = browser.get("/").await;
    first.assert_has("No scans yet");
    let address = browser.scan(&[("code.py", ASSERTS)]).await;
    let page = browser.get(&address).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    page.assert_has("<h1><bdi>code.py</bdi></h1>");
    page.assert_has("id=\"L2\"");
    page.assert_has("href=\"/checks/B101\"");
    page.assert_has("Use of assert detected.");
    page.assert_has("<span class=\"k m\">assert</span>");
    let list = browser.get("/").await;
    list.assert_has(&format!("href=\"{address}\""));
    let scores = codedetect_engine::analyze("code.py", ASSERTS.as_bytes()).scores;
    list.assert_has(&format!(
        "<b>{}</b><span class=\"of\">/100</span>",
        scores.security
    ));
    list.assert_has(&format!(
        "<b>{:.1}</b><span class=\"of\">/10</span>",
        scores.quality
    ));
}

#[tokio::test]
async fn several_files_are_a_project_with_a_page_for_each() {
    let mut browser = Browser::open().await;
    let address = browser
        .scan(&[("a.py", ASSERTS), ("b.py", "x = 1\n")])
        .await;
    let page = browser.get(&address).await;
    page.assert_has(&format!("{address}/files/0#L2"));
    page.assert_has("a.py:2");
    let file = browser.get(&format!("{address}/files/1")).await;
    file.assert_has("<bdi>b.py</bdi>");
    file.assert_has("No check found anything.");
    assert_eq!(
        browser.get(&format!("{address}/files/2")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn hostile_names_and_sources_are_text() {
    let mut browser = Browser::open().await;
    let refused = browser.upload(&[("<img src=x>.py", "x = 1\n")]).await;
    assert!(refused.status.is_client_error());
    assert!(!refused.body.contains("<img"));
    let name = "it's &lt;img&gt; & co.py";
    let source = "password = '</code><script>alert(2)</script>'\n# \u{202e}\n";
    let address = browser.scan(&[(name, source)]).await;
    let trend = super::address::query("/trends", &[("name", name)]);
    for page in ["/", &address, "/compare", &trend, "/?name=%3Cimg+src"] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        assert!(!answer.body.contains("<img"), "{page}");
        assert!(!answer.body.contains("<script>"), "{page}");
        assert!(!answer.body.contains('\u{202e}'), "{page}");
    }
    let page = browser.get(&address).await;
    page.assert_has("&lt;/code&gt;&lt;script&gt;");
    page.assert_has("U+202E");
}

#[tokio::test]
async fn what_does_not_parse_is_shown_with_the_reason() {
    let mut browser = Browser::open().await;
    let address = browser
        .scan(&[("broken.py", "x = 1\ndef broken(:\n")])
        .await;
    let page = browser.get(&address).await;
    page.assert_has("could not be analysed");
    page.assert_has("#L2\">Line 2</a>");
    page.assert_has("<span class=\"d\">broken</span>");
    // What no check has looked at is not said to be clean.
    page.assert_has("the checks could not look at this file");
    for page in [page, browser.get("/").await] {
        page.assert_has("none found");
        assert!(!page.body.contains("✓"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_refused_upload_is_said_on_the_form() {
    let mut browser = Browser::open().await;
    let answer = browser.upload(&[("notes.txt", "no Python")]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    answer.assert_has("role=\"alert\"");
    answer.assert_has("notes.txt");
    answer.assert_has("name=\"csrf_token\"");
    browser.get("/").await.assert_has("No scans yet");
}

#[tokio::test]
async fn the_script_gets_an_address_or_a_problem() {
    let mut browser = Browser::open().await;
    let token = browser.token("/upload").await;
    let body = |token: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n{token}\r\n\
             --b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.py\"\r\n\r\n\
             x = 1\r\n--b--\r\n"
        )
    };
    for (token, status, part) in [
        (token.as_str(), StatusCode::CREATED, "{\"page\":\"/scans/"),
        ("made up", StatusCode::FORBIDDEN, "\"detail\":"),
    ] {
        let request = Request::post("/upload")
            .header("content-type", "multipart/form-data; boundary=b")
            .header("accept", "application/json")
            .body(Body::from(body(token)));
        let answer = browser.send(request.unwrap()).await;
        assert_eq!(answer.status, status);
        answer.assert_has(part);
    }
}

#[tokio::test]
async fn two_scans_are_compared_whatever_the_order_they_were_chosen_in() {
    let mut browser = Browser::open().await;
    let before = browser.scan(&[("code.py", ASSERTS)]).await;
    let after = browser
        .scan(&[("code.py", "import os\n\n\ndef f(x):\n    assert x\n")])
        .await;
    let (before, after) = (before.replace("/scans/", ""), after.replace("/scans/", ""));
    let page = browser
        .get(&format!("/compare?scan={after}&scan={before}"))
        .await;
    page.assert_has("id=\"new\">New <span class=\"n\">0</span>");
    page.assert_has("id=\"fixed\">Fixed <span class=\"n\">1</span>");
    page.assert_has("id=\"unchanged\">Unchanged <span class=\"n\">1</span>");
    page.assert_has("line 5");
    page.assert_has("before: line 2");
    let scan = browser.get(&format!("/scans/{after}")).await;
    scan.assert_has(&format!("/compare?base={before}&#38;head={after}"));
    browser
        .get(&format!("/compare?scan={after}"))
        .await
        .assert_has("Choose two scans");
}

#[tokio::test]
async fn a_bug_report_is_kept_and_a_poor_one_comes_back() {
    let mut browser = Browser::open().await;
    let token = browser.token("/report").await;
    let poor = [
        ("csrf_token", token.as_str()),
        ("title", "a \"title\""),
        ("description", " "),
    ];
    let answer = browser.post_form("/report", &poor).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    answer.assert_has("The description is empty.");
    answer.assert_has("a &#34;title&#34;");
    let good = [
        ("csrf_token", token.as_str()),
        ("title", "t"),
        ("description", "d"),
    ];
    let answer = browser.post_form("/report", &good).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let sent = answer.header("location").to_owned();
    browser.get(&sent).await.assert_has("Thank you");
    let forged = [("title", "t"), ("description", "d")];
    let answer = browser.post_form("/report", &forged).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_error_is_a_page_for_a_browser_and_a_problem_for_a_program() {
    let mut browser = Browser::open().await;
    for address in [
        "/nowhere",
        "/scans/none",
        "/checks/B000",
        "/static/page.css",
    ] {
        let page = browser.get(address).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{address}");
        page.assert_has("There is nothing here");
        let request = Request::get(address)
            .header("accept", "*/*")
            .body(Body::empty());
        let problem = browser.send(request.unwrap()).await;
        assert_eq!(problem.header("content-type"), "application/problem+json");
    }
    let request = Request::delete("/upload").body(Body::empty()).unwrap();
    let page = browser.send(request).await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    page.assert_has("That cannot be done here");
    let api = browser.get("/api/nowhere").await;
    assert_eq!(api.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn pages_are_protected_and_asked_for_again_and_assets_kept() {
    let mut browser = Browser::open().await;
    browser.get("/").await;
    let page = browser.get("/").await;
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'self'")
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    let request = Request::get("/").header("if-none-match", page.header("etag"));
    let again = browser.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (again.status, again.body.as_str()),
        (StatusCode::NOT_MODIFIED, "")
    );
    for asset in super::assets::ALL {
        let answer = browser.get(super::assets::address(asset.name)).await;
        assert_eq!(answer.header("content-type"), asset.content_type);
        assert!(answer.header("cache-control").contains("immutable"));
    }
}

#[tokio::test]
async fn every_check_has_a_page_with_an_example() {
    let mut browser = Browser::open().await;
    let list = browser.get("/checks").await;
    for check in codedetect_engine::checks() {
        list.assert_has(&format!("/checks/{}", check.id));
        let page = browser.get(&format!("/checks/{}", check.id)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", check.id);
        page.assert_has(check.name);
        page.assert_has("class=\"lines\"");
    }
}

#[tokio::test]
async fn no_word_in_an_address_breaks_a_page() {
    let mut browser = Browser::open().await;
    browser.scan(&[("code.py", ASSERTS)]).await;
    for address in [
        "/?name=%00%ff&severity=x&from=y&to=9999-99-99&least=-1&most=1e9&sort=z&place=zz",
        "/?to=9999-12-31&from=-009999-01-01",
        "/?name=a&name=b&sort=name-asc&place=7b7d",
        "/trends?name=%25_%5C&last=0",
        "/trends?last=99999999999999999999",
        "/compare?base=&head=",
        "/checks?text=%E2%80%AE",
        "/report?scan=%3Cb%3E&about=%22",
        "/report?sent=%3Cb%3E",
    ] {
        let answer = browser.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
    }
}
