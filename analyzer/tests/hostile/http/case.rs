//! A hostile request, and what must come of it.

use super::client::{Answer, Manner};

pub struct Case {
    pub name: String,
    pub request: Vec<u8>,
    pub manner: Manner,
    pub expected: Expected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A 4xx that says why.
    Refused,
    /// This status.
    Is(u16),
    /// A scan in which a file could not be parsed, or a 4xx that says why.
    Unparsed,
    /// A scan or a 4xx: strange, but no harm.
    Harmless,
    /// A 4xx, or a closed door for who speaks no HTTP.
    ShutOut,
}

impl Case {
    pub fn new(name: impl Into<String>, request: Vec<u8>, expected: Expected) -> Case {
        Case {
            name: name.into(),
            request,
            manner: Manner::Whole,
            expected,
        }
    }

    pub fn manner(self, manner: Manner) -> Case {
        Case { manner, ..self }
    }
}

impl Expected {
    pub fn check(self, answer: &Answer) -> Result<(), String> {
        let (status, body) = match (answer, self) {
            (Answer::Closed, Expected::ShutOut) => return Ok(()),
            (Answer::Status(status, body), _) => (*status, body.as_str()),
            (other, _) => return Err(format!("{other:?}")),
        };
        let refused = (400..500).contains(&status);
        let says_why = body.contains("\"detail\":\"") || status == 404 || status == 405;
        let fits = match self {
            Expected::Refused => refused && says_why,
            Expected::Is(wanted) => status == wanted,
            Expected::Unparsed => {
                refused && says_why || status == 201 && !body.contains("\"failed_files\":0")
            }
            Expected::Harmless => refused || status == 201 || status == 200,
            Expected::ShutOut => refused || status == 501 || status == 505,
        };
        if fits {
            Ok(())
        } else {
            let body: String = body.chars().take(300).collect();
            Err(format!("expected {self:?}, but {status}: {body}"))
        }
    }
}

/// A request with a head that fits its body.
pub fn post(path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// A form of the given parts: each is its headers and its content.
pub fn form(parts: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (headers, content) in parts {
        body.extend(b"--limit\r\n");
        body.extend(headers);
        body.extend(b"\r\n\r\n");
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--limit--\r\n");
    body
}

pub fn post_form(body: &[u8]) -> Vec<u8> {
    post("/api/scans", "multipart/form-data; boundary=limit", body)
}

/// A form with one file.
pub fn file(name: &[u8], content: &[u8]) -> Vec<u8> {
    post_form(&form(&[(disposition(name), content.to_vec())]))
}

pub fn disposition(name: &[u8]) -> Vec<u8> {
    [
        b"Content-Disposition: form-data; name=\"file\"; filename=\"".as_slice(),
        name,
        b"\"",
    ]
    .concat()
}
