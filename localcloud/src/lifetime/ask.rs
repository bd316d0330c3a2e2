//! Asks a gateway's own interface, without a runtime.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// The gateway answers its own interface in microseconds; what takes longer is another program.
const LIMIT: Duration = Duration::from_secs(2);

/// One request, one JSON answer. What is not a success is an error, with its text.
pub(super) fn ask(endpoint: &str, method: &str, path: &str, body: &str) -> Result<Value, String> {
    let exchange = || -> std::io::Result<String> {
        let address: SocketAddr = endpoint
            .trim_start_matches("http://")
            .parse()
            .map_err(std::io::Error::other)?;
        let mut stream = TcpStream::connect_timeout(&address, LIMIT)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        // Bounded: at this address there may be a program that never stops talking.
        stream.take(16 << 20).read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(|error| error.to_string())?;
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return Err("it speaks no HTTP".to_owned());
    };
    if !head.starts_with("HTTP/1.1 2") {
        return Err(format!(
            "{} {body}",
            head.lines().next().unwrap_or_default()
        ));
    }
    serde_json::from_str(body).map_err(|error| error.to_string())
}
