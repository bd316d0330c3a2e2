//! A client of few words: HTTP/1.1 over one connection that stays open.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Once;
use std::time::Duration;

use codedetect_localcloud::{CloudOptions, LocalCloud, MotoVenv};
use serde_json::Value;

/// Where the tests' environment is built, unless `CODEDETECT_MOTO_VENV` names another.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// An empty cloud of its own.
pub fn cloud() -> LocalCloud {
    static PROVISIONED: Once = Once::new();
    PROVISIONED.call_once(|| {
        MotoVenv::provision(&folder(), |_| {}).unwrap();
    });
    LocalCloud::start_in_process(&CloudOptions::below(folder())).unwrap()
}

pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The text of the first element of that name.
    pub fn element(&self, name: &str) -> String {
        let text = self.text();
        let found = text
            .split(&format!("<{name}>"))
            .nth(1)
            .and_then(|rest| rest.split(&format!("</{name}>")).next());
        found
            .unwrap_or_else(|| panic!("no <{name}> in {text}"))
            .to_owned()
    }

    /// Asserts success, and gives itself back.
    pub fn ok(self) -> Reply {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text()
        );
        self
    }

    /// Asserts an error with that code, in whatever shape.
    pub fn refused(self, code: &str) -> Reply {
        assert!(self.status >= 400, "{} {}", self.status, self.text());
        let told = self
            .headers
            .get("x-amzn-errortype")
            .cloned()
            .unwrap_or_default()
            + &self.text();
        assert!(told.contains(code), "{} {told}", self.status);
        self
    }
}

pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    pub fn to(endpoint: &str) -> Client {
        let stream = TcpStream::connect(endpoint.trim_start_matches("http://")).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        Client {
            stream: BufReader::new(stream),
        }
    }

    pub fn timeout(&mut self, limit: Duration) {
        self.stream.get_ref().set_read_timeout(Some(limit)).unwrap();
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    pub fn head(method: &str, target: &str, headers: &[(&str, &str)], length: usize) -> String {
        let mut head = format!(
            "{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n"
        );
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        self.try_send(method, target, headers, body).unwrap()
    }

    /// Fails where the connection is closed, or no answer comes in time.
    pub fn try_send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Reply> {
        let mut request = Self::head(method, target, headers, body.len()).into_bytes();
        request.extend_from_slice(body);
        self.stream.get_mut().write_all(&request)?;
        self.read(method)
    }

    pub fn read(&mut self, method: &str) -> std::io::Result<Reply> {
        let line = self.line()?;
        let status: u16 = line
            .split(' ')
            .nth(1)
            .and_then(|s| s.parse().ok())
            .ok_or_else(|| std::io::Error::other(line.clone()))?;
        let mut headers = HashMap::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers
            .get("content-length")
            .and_then(|l| l.parse().ok())
            .unwrap_or(0);
        let bodiless = method == "HEAD" || status < 200 || status == 204 || status == 304;
        let mut body = vec![0; if bodiless { 0 } else { length }];
        self.stream.read_exact(&mut body)?;
        Ok(Reply {
            status,
            headers,
            body,
        })
    }

    fn line(&mut self) -> std::io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }

    /// A call of a Query service: `query("ec2", "2016-11-15", "CreateVpc", "CidrBlock=10.0.0.0/16")`.
    pub fn query(&mut self, service: &str, version: &str, action: &str, parameters: &str) -> Reply {
        self.try_query(service, version, action, parameters)
            .unwrap()
    }

    pub fn try_query(
        &mut self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &str,
    ) -> std::io::Result<Reply> {
        let signature = signature(service);
        let headers = [
            ("Authorization", signature.as_str()),
            (
                "Content-Type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
        ];
        let body = format!("Action={action}&Version={version}&{parameters}");
        self.try_send("POST", "/", &headers, body.as_bytes())
    }

    pub fn ec2(&mut self, action: &str, parameters: &str) -> Reply {
        self.query("ec2", "2016-11-15", action, parameters)
    }

    pub fn elb(&mut self, action: &str, parameters: &str) -> Reply {
        self.query("elasticloadbalancing", "2015-12-01", action, parameters)
    }

    pub fn iam(&mut self, action: &str, parameters: &str) -> Reply {
        self.query("iam", "2010-05-08", action, parameters)
    }

    /// A call of a JSON service.
    pub fn target(&mut self, service: &str, target: &str, body: &Value) -> Reply {
        let signature = signature(service);
        let headers = [
            ("Authorization", signature.as_str()),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Target", target),
        ];
        self.send("POST", "/", &headers, body.to_string().as_bytes())
    }

    /// A call of a REST service.
    pub fn rest(&mut self, service: &str, method: &str, target: &str, body: &str) -> Reply {
        let signature = signature(service);
        self.send(
            method,
            target,
            &[("Authorization", signature.as_str())],
            body.as_bytes(),
        )
    }

    /// A call of CloudWatch as the SDK makes it.
    pub fn cbor(&mut self, action: &str, body: &[u8]) -> Reply {
        let signature = signature("monitoring");
        let headers = [
            ("Authorization", signature.as_str()),
            ("Content-Type", "application/cbor"),
            ("Accept", "application/cbor"),
            ("Smithy-Protocol", "rpc-v2-cbor"),
            ("X-Amzn-Query-Mode", "true"),
        ];
        self.send(
            "POST",
            &format!("/service/GraniteServiceVersion20100801/operation/{action}"),
            &headers,
            body,
        )
    }

    /// A call of the gateway's own interface.
    pub fn control(&mut self, method: &str, what: &str, body: &str) -> Reply {
        self.send(
            method,
            &format!("/_codedetect/{what}"),
            &[],
            body.as_bytes(),
        )
    }
}

pub fn signature(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}
