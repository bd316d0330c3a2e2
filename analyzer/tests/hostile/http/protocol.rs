//! HTTP as two readers would understand it differently, or none.

use super::case::{Case, Expected};
use super::client::Manner;

pub fn cases() -> Vec<Case> {
    let get = |head: &str| format!("GET {head}\r\n\r\n").into_bytes();
    let post = |headers: &str, body: &str| {
        let head =
            "POST /api/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        format!("{head}{headers}\r\n\r\n{body}").into_bytes()
    };
    let smuggled = "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let many = "X-A: b\r\n".repeat(2000);
    let host = "HTTP/1.1\r\nHost: localhost";
    let shut_out = [
        (
            "two lengths",
            post("Content-Length: 1\r\nContent-Length: 2", "ab"),
        ),
        (
            "a length and chunks",
            post("Content-Length: 4\r\nTransfer-Encoding: chunked", smuggled),
        ),
        (
            "chunks and a length",
            post("Transfer-Encoding: chunked\r\nContent-Length: 4", smuggled),
        ),
        (
            "an unknown encoding of transfer",
            post("Transfer-Encoding: xchunked", smuggled),
        ),
        (
            "chunks that are not last",
            post("Transfer-Encoding: chunked, identity", smuggled),
        ),
        ("a length with a sign", post("Content-Length: +5", "abcde")),
        ("a negative length", post("Content-Length: -1", "")),
        (
            "a length in hexadecimal",
            post("Content-Length: 0x5", "abcde"),
        ),
        (
            "a length beyond all numbers",
            post("Content-Length: 99999999999999999999999", ""),
        ),
        ("a list of lengths", post("Content-Length: 5, 6", "abcde")),
        (
            "a space before a colon",
            post("Content-Length : 5", "abcde"),
        ),
        (
            "a header over two lines",
            post("Content-Length:\r\n 5", "abcde"),
        ),
        ("a header without a colon", post("Content-Length", "")),
        (
            "a header with a null byte",
            post("X-A: a\0b\r\nContent-Length: 0", ""),
        ),
        (
            "a header with a bare return",
            post("X-A: a\rb\r\nContent-Length: 0", ""),
        ),
        (
            "a chunk of a negative size",
            post("Transfer-Encoding: chunked", "-1\r\na\r\n0\r\n\r\n"),
        ),
        (
            "a chunk beyond all numbers",
            post("Transfer-Encoding: chunked", "fffffffffffffffff\r\na\r\n"),
        ),
        (
            "a chunk of no number",
            post("Transfer-Encoding: chunked", "xyz\r\na\r\n0\r\n\r\n"),
        ),
        (
            "2,000 headers",
            get(&format!("/api/health HTTP/1.1\r\n{many}Host: localhost")),
        ),
        (
            "a header of 100 kB",
            get(&format!(
                "/api/health HTTP/1.1\r\nX-A: {}\r\nHost: localhost",
                "a".repeat(100_000)
            )),
        ),
        (
            "an address of 100 kB",
            get(&format!("/{} {host}", "a".repeat(100_000))),
        ),
        ("another protocol", b"SSH-2.0-OpenSSH_9.6\r\n\r\n".to_vec()),
        (
            "a TLS greeting",
            b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n".to_vec(),
        ),
        (
            "a preface of HTTP/2",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        ),
        (
            "a version of the future",
            get("/api/health HTTP/9.9\r\nHost: localhost"),
        ),
        ("no version", get("/api/health")),
        ("noise", vec![0xff; 40_000]),
    ];
    let mut cases: Vec<_> = shut_out
        .into_iter()
        .map(|(name, request)| Case::new(name, request, Expected::ShutOut))
        .collect();
    let method = |method: &str| format!("{method} /api/scans {host}\r\n\r\n").into_bytes();
    let refused = [
        ("a method nobody knows", method("FROBNICATE")),
        ("TRACE", method("TRACE")),
        ("DELETE", method("DELETE")),
        (
            "a path with a way out",
            get(&format!("/api/scans/..%2f..%2f..%2fetc%2fpasswd {host}")),
        ),
        (
            "a plain path with a way out",
            get(&format!("/api/scans/../../../etc/passwd {host}")),
        ),
        (
            "a path with a null byte",
            get(&format!("/api/scans/%00 {host}")),
        ),
        (
            "an id of markup",
            get(&format!("/api/scans/%3Cscript%3E {host}")),
        ),
        (
            "an id of SQL",
            get(&format!("/api/scans/1'%20OR%20'1'='1 {host}")),
        ),
        (
            "a page that is no number",
            get(&format!("/api/scans?limit=NaN {host}")),
        ),
        (
            "a page of millions",
            get(&format!("/api/scans?limit=99999999999999999999 {host}")),
        ),
        (
            "a source that is no number",
            get(&format!("/api/scans/x/source?file=-1 {host}")),
        ),
    ];
    cases.extend(
        refused
            .into_iter()
            .map(|(name, request)| Case::new(name, request, Expected::Refused)),
    );
    let parameters: String = (0..5000).map(|n| format!("p{n}=1&")).collect();
    let harmless = [
        (
            "thousands of parameters in an address",
            get(&format!("/api/scans?{parameters} {host}")),
        ),
        (
            "another host",
            get("/api/health HTTP/1.1\r\nHost: evil.example.com"),
        ),
        (
            "a whole address",
            get("http://evil.example.com/api/health HTTP/1.1\r\nHost: localhost"),
        ),
        (
            "lines ended by line feeds alone",
            b"GET /api/health HTTP/1.1\nHost: localhost\n\n".to_vec(),
        ),
        (
            "many leading line ends",
            [b"\r\n".repeat(20), get(&format!("/api/health {host}"))].concat(),
        ),
        (
            "the same header 60 times",
            get(&format!(
                "/api/health HTTP/1.1\r\n{}Host: localhost",
                "X-A: b\r\n".repeat(60)
            )),
        ),
        (
            "a request id of markup",
            get(&format!("/api/health {host}\r\nX-Request-Id: <script>")),
        ),
        (
            "forwarded for nobody",
            get(&format!("/api/health {host}\r\nX-Forwarded-For: ,,,';--")),
        ),
    ];
    cases.extend(
        harmless
            .into_iter()
            .map(|(name, request)| Case::new(name, request, Expected::Harmless)),
    );
    let no_utf8 = get(&format!("/api/scans/%ff%fe {host}"));
    cases.extend([
        Case::new("a path that is no UTF-8", no_utf8, Expected::Is(400)),
        Case::new(
            "a head that goes silent",
            b"GET /api/health HTTP/1.1\r\nHost: loc".to_vec(),
            Expected::ShutOut,
        )
        .manner(Manner::Silent),
        Case::new(
            "a head that breaks off",
            b"POST /api/scans HTTP/1.1\r\nHost".to_vec(),
            Expected::ShutOut,
        )
        .manner(Manner::BreakOff),
        Case::new("nothing at all", Vec::new(), Expected::ShutOut).manner(Manner::BreakOff),
    ]);
    cases
}
