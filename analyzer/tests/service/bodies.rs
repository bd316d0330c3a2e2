//! Bodies that come slowly, or that nobody wants to the end.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::StatusCode;

use crate::site::{Site, Start};

/// A client that sends what it likes, when it likes.
struct Client(BufReader<TcpStream>);

impl Client {
    fn of(site: &Site) -> Self {
        let address = site.url.strip_prefix("http://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Self(BufReader::new(stream))
    }

    fn send(&mut self, bytes: &[u8]) {
        self.0.get_mut().write_all(bytes).unwrap();
    }

    /// Sends until the other side has closed.
    fn trickle(&mut self, every: Duration) {
        let mut stream = self.0.get_mut().try_clone().unwrap();
        std::thread::spawn(move || {
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(every);
            }
        });
    }

    /// The next answer: its status and body.
    fn read(&mut self) -> (u16, String) {
        let mut status = String::new();
        self.0.read_line(&mut status).unwrap();
        let code = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let code = code.unwrap_or_else(|| panic!("no answer, but {status:?}"));
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        (code, String::from_utf8(body).unwrap())
    }
}

fn head(path: &str, kind: &str, length: usize) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n\
         Content-Length: {length}\r\n\r\n"
    )
    .into_bytes()
}

/// Every address that reads a body, with a beginning of one.
const BODIES: [(&str, &str, &str); 4] = [
    ("/api/scans?name=a.py", "text/x-python", "x = 1"),
    ("/upload", "multipart/form-data; boundary=b", "--b\r\n"),
    ("/api/reports", "application/json", "{\"title\":"),
    ("/report", "application/x-www-form-urlencoded", "title="),
];

/// Runs `talk` for each body at once, and an ordinary upload meanwhile.
async fn with_each_body(site: &Site, talk: fn(&mut Client) -> (u16, String)) {
    let talks = BODIES.map(|(path, kind, beginning)| {
        let mut client = Client::of(site);
        client.send(&head(path, kind, 5_000));
        client.send(beginning.as_bytes());
        tokio::task::spawn_blocking(move || (path, talk(&mut client)))
    });
    let ordinary = site.upload("ordinary.py", "x = 1\n").await.unwrap();
    assert_eq!(ordinary.status, StatusCode::CREATED);
    for talk in talks {
        let (path, (status, body)) = talk.await.unwrap();
        assert_eq!(status, 408, "{path}: {body}");
        assert!(body.contains("did not arrive in time"), "{path}: {body}");
    }
}

#[tokio::test]
async fn a_body_that_pauses_too_long_is_told_so_while_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("UPLOAD_SILENCE", "300ms")
        .start();
    with_each_body(&site, Client::read).await;
}

#[tokio::test]
async fn a_body_that_trickles_in_is_told_so_while_others_are_served() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("UPLOAD_TIME", "900ms")
        .start();
    with_each_body(&site, |client| {
        client.trickle(Duration::from_millis(50));
        client.read()
    })
    .await;
}

/// Sends a body, all of it before it looks for an answer; then uses the connection once more.
fn refused_while_sending(site: &Site, path: &str, kind: &str, mib: usize) -> (u16, String) {
    let mut client = Client::of(site);
    client.send(&head(path, kind, mib << 20));
    for _ in 0..mib {
        client.send(&[b' '; 1 << 20]);
    }
    let answer = client.read();
    client.send(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(client.read().0, 200, "{path}");
    answer
}

#[test]
fn a_client_that_still_sends_can_read_why_it_was_refused() {
    let site = Site::new();
    let python = "text/x-python";
    for (path, kind, mib, status) in [
        ("/api/scans?name=large.py", python, 20, 413),
        ("/api/scans?name=picture.png", "image/png", 12, 415),
        ("/api/scans", "multipart/form-data", 12, 400),
        ("/api/reports", "application/json", 20, 413),
        ("/api/nowhere", python, 20, 404),
        ("/trends", python, 20, 405),
    ] {
        let (answered, body) = refused_while_sending(&site, path, kind, mib);
        assert_eq!(answered, status, "{path}: {body}");
    }
}

#[test]
fn a_client_that_sends_too_often_can_read_so() {
    let folder = tempfile::tempdir().unwrap();
    let site = Start::in_folder(folder.path())
        .with("RATE_LIMIT", "1")
        .start();
    let limited = (0..100)
        .map(|_| refused_while_sending(&site, "/api/scans?name=often.py", "text/x-python", 20))
        .find(|(status, _)| *status != 413);
    assert_eq!(limited.unwrap().0, 429);
}

#[test]
fn a_client_that_sends_chunks_without_end_reads_why_and_is_cut_off() {
    let site = Site::new();
    let mut client = Client::of(&site);
    client.send(
        b"POST /api/scans?name=endless.py HTTP/1.1\r\nHost: localhost\r\n\
          Content-Type: text/x-python\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    let chunk = [b"100000\r\n".as_slice(), &[b' '; 1 << 20], b"\r\n"].concat();
    let mut stream = client.0.get_mut().try_clone().unwrap();
    let sender = std::thread::spawn(move || {
        let mut sent = 0;
        while sent < 1 << 10 && stream.write_all(&chunk).is_ok() {
            sent += 1;
        }
        sent
    });
    let (status, body) = client.read();
    assert_eq!(status, 413, "{body}");
    let sent = sender.join().unwrap();
    assert!(sent < 1 << 10, "a gigabyte was taken");
}

#[test]
fn a_client_that_asks_first_is_refused_before_it_sends() {
    let site = Site::new();
    let mut client = Client::of(&site);
    client.send(
        b"POST /api/scans?name=large.py HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\
          Content-Type: text/x-python\r\nContent-Length: 20971520\r\n\r\n",
    );
    assert_eq!(client.read().0, 413);
    let mut rest = Vec::new();
    client.0.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"", "it was asked to go on after all");
}

/// A load balancer of AWS keeps its connections to instances for a minute.
#[tokio::test]
async fn a_connection_may_rest_longer_than_a_head_may_take() {
    let site = Site::new();
    let mut client = Client::of(&site);
    for _ in 0..2 {
        client.send(b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(client.read().0, 200);
        tokio::time::sleep(Duration::from_secs(11)).await;
    }
}
