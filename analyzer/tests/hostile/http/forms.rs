//! Forms that are broken, endless or lie.

use super::case::{Case, Expected, disposition, form, post, post_form};
use super::client::Manner;

const SCANS: &str = "/api/scans";

pub fn cases() -> Vec<Case> {
    let mut cases = types();
    let one = form(&[(disposition(b"a.py"), b"x = 1\n".to_vec())]);
    let broken = &one[..one.len() - 12];
    let files = |count: usize| -> Vec<_> {
        (0..count)
            .map(|n| (disposition(format!("{n}.py").as_bytes()), b"x\n".to_vec()))
            .collect()
    };
    let field = |name: &str, value: &[u8]| {
        let head = format!("Content-Disposition: form-data; name=\"{name}\"");
        (head.into_bytes(), value.to_vec())
    };
    let fields: Vec<_> = (0..5000).map(|n| field(&format!("p{n}"), b"x")).collect();
    let empty: Vec<_> = (0..20_000).map(|_| (Vec::new(), Vec::new())).collect();
    let headers = [disposition(b"a.py"), b"\r\nX-A: b".repeat(5000)].concat();
    let long = [
        disposition(b"a.py"),
        b"\r\nX-A: ".to_vec(),
        b"b".repeat(100_000),
    ]
    .concat();
    let nested = [(b"Content-Type: multipart/mixed; boundary=inner\r\nContent-Disposition: form-data; name=\"f\"".to_vec(), one.clone())];
    let line_feeds: Vec<u8> = one.iter().copied().filter(|&byte| byte != b'\r').collect();
    let refused = [
        ("a form that breaks off", post_form(broken)),
        ("a form that never ends", post_form(b"--limit\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.py\"\r\n\r\nx")),
        ("a form without a part", post_form(b"--limit--\r\n")),
        ("a form of nothing", post_form(b"")),
        ("a form of noise", post_form(&[0xff; 5000])),
        ("another boundary", post(SCANS, "multipart/form-data; boundary=other", &one)),
        ("no boundary", post(SCANS, "multipart/form-data", &one)),
        ("an empty boundary", post(SCANS, "multipart/form-data; boundary=", &one)),
        ("an endless boundary", post(SCANS, &format!("multipart/form-data; boundary={}", "b".repeat(5000)), &one)),
        ("501 files", post_form(&form(&files(501)))),
        ("thousands of parameters", post_form(&form(&fields))),
        ("20,000 empty parts", post_form(&form(&empty))),
        ("thousands of headers in a part", post_form(&form(&[(headers, b"x\n".to_vec())]))),
        ("a field of 1 MB", post_form(&form(&[field("name", &b"x".repeat(1 << 20))]))),
        ("fields without a file", post_form(&form(&[field("name", b"x")]))),
        ("lines ended by line feeds", post_form(&line_feeds)),
        ("a form in a form", post_form(&form(&nested))),
        ("17 files of 1 MB", post_form(&form(&vec![(disposition(b"a.py"), vec![b'#'; 1 << 20]); 17]))),
    ];
    cases.extend(refused.map(|(name, request)| Case::new(name, request, Expected::Refused)));
    let title = form(&[
        field("name", b"<script>alert(1)</script>"),
        (disposition(b"a.py"), b"x = 1\n".to_vec()),
    ]);
    let encoded = [
        disposition(b"a.py"),
        b"\r\nContent-Transfer-Encoding: base64".to_vec(),
    ]
    .concat();
    let twice =
        b"Content-Disposition: form-data; name=\"f\"; filename=\"a.py\"; filename=\"../b.py\""
            .to_vec();
    let starred =
        b"Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''..%2f..%2fb.py".to_vec();
    let harmless = [
        (
            "a part's header of 100 kB",
            post_form(&form(&[(long, b"x\n".to_vec())])),
        ),
        ("a title of markup", post_form(&title)),
        (
            "a part in base64",
            post_form(&form(&[(encoded, b"eCA9IDEK".to_vec())])),
        ),
        (
            "two names for a file",
            post_form(&form(&[(twice, b"x\n".to_vec())])),
        ),
        (
            "a name in the extended notation",
            post_form(&form(&[(starred, b"x\n".to_vec())])),
        ),
        (
            "a long preamble",
            post_form(&[b"x".repeat(100_000), b"\r\n".to_vec(), one.clone()].concat()),
        ),
        (
            "the same name twice",
            post_form(&form(&vec![(disposition(b"a.py"), b"x\n".to_vec()); 2])),
        ),
    ];
    cases.extend(harmless.map(|(name, request)| Case::new(name, request, Expected::Harmless)));
    let announced = |length: &str| {
        format!("POST {SCANS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=limit\r\nContent-Length: {length}\r\n\r\n--limit\r\n").into_bytes()
    };
    cases.extend([
        Case::new(
            "100 MB announced",
            announced("104857600"),
            Expected::Is(413),
        ),
        Case::new(
            "exabytes announced",
            announced("9223372036854775807"),
            Expected::Is(413),
        ),
        Case::new(
            "a body that breaks off",
            announced("5000"),
            Expected::ShutOut,
        )
        .manner(Manner::BreakOff),
        Case::new(
            "a body that goes silent",
            announced("5000"),
            Expected::Is(408),
        )
        .manner(Manner::Silent),
        Case::new("20 MB in chunks", chunks(20), Expected::ShutOut),
    ]);
    cases
}

fn types() -> Vec<Case> {
    [
        "application/json",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "image/svg+xml",
        "image/png",
        "multipart/mixed; boundary=limit",
        "multipart/form-data-not",
        "application/gzip",
        "a/b/c",
        "<script>",
        "*/*",
        ";;;;",
    ]
    .into_iter()
    .map(|kind| {
        let request = post(SCANS, kind, b"x = 1\n");
        let expected = if kind == ";;;;" {
            Expected::Harmless
        } else {
            Expected::Is(415)
        };
        Case::new(format!("a body of type {kind}"), request, expected)
    })
    .collect()
}

/// A body of so many MB that does not say how long it is.
fn chunks(count: usize) -> Vec<u8> {
    let mut request = format!("POST {SCANS}?name=a.py HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/x-python\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..count {
        request.extend(b"100000\r\n");
        request.extend(vec![b'#'; 1 << 20]);
        request.extend(b"\r\n");
    }
    request.extend(b"0\r\n\r\n");
    request
}
