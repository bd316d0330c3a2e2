//! A running service of the built program, in a temporary folder.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// A service, killed with the test.
pub struct Site {
    pub url: String,
    process: Child,
    client: Client,
    _folder: Option<TempDir>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// How the service is started.
pub struct Start {
    pub folder: PathBuf,
    pub environment: Vec<(String, String)>,
}

impl Start {
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            environment: Vec::new(),
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn start(self) -> Site {
        let mut process = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
            .arg("serve")
            .current_dir(&self.folder)
            .env_clear()
            .env("LISTEN", "127.0.0.1:0")
            .env("RUST_LOG", "warn")
            .env("WORKERS", "1")
            .envs(self.environment)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .split_whitespace()
            .last()
            .filter(|word| word.starts_with("http://"))
            .unwrap_or_else(|| panic!("the service did not start: {line:?}"))
            .trim_end_matches('/')
            .to_owned();
        let _ = rustls::crypto::ring::default_provider().install_default();
        Site {
            url,
            process,
            client: Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(60))
                .build()
                .unwrap(),
            _folder: None,
        }
    }
}

impl Site {
    /// One with a folder of its own and nothing configured.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut site = Start::in_folder(folder.path()).start();
        site._folder = Some(folder);
        site
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.try_get(path).await.unwrap()
    }

    /// An answer, unless the service is dying.
    pub async fn try_get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        self.send(Method::GET, path, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.send(Method::POST, path, &[("content-type", kind)], body.into())
            .await
            .unwrap()
    }

    /// An upload of one file by its name.
    pub async fn upload(&self, name: &str, source: &str) -> Result<Answer, reqwest::Error> {
        self.send(
            Method::POST,
            &format!("/api/scans?name={name}"),
            &[("content-type", "text/x-python")],
            source.into(),
        )
        .await
    }

    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Result<Answer, reqwest::Error> {
        send(&self.client, method, &self.url, path, headers, body).await
    }

    /// A form, whose answer may lead elsewhere.
    pub async fn send_without_following(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        form: Vec<u8>,
    ) -> Answer {
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        send(&client, Method::POST, &self.url, path, headers, form)
            .await
            .unwrap()
    }

    /// Ends it as a power failure would.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        self.process.wait().unwrap();
    }

    pub fn process_id(&self) -> Pid {
        Pid::from_child(&self.process)
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        kill_process(self.process_id(), Signal::TERM).unwrap();
    }

    /// Whether it ended by itself and well.
    pub fn ended_well(&mut self) -> bool {
        self.process.wait().unwrap().success()
    }
}

async fn send(
    client: &Client,
    method: Method,
    url: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Answer, reqwest::Error> {
    let mut request = client.request(method, format!("{url}{path}")).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await?;
    Ok(Answer {
        status: response.status(),
        headers: response.headers().clone(),
        body: response.bytes().await?.to_vec(),
    })
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
