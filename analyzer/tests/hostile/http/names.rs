//! Names of files that want to be somewhere else, or something else.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::case::{Case, Expected, file, post};

/// None of these is a name that a file is taken by.
const BAD: &[&[u8]] = &[
    b"../x.py",
    b"../../../../etc/cron.d/x.py",
    b"..\\x.py",
    b"a/../../x.py",
    b"a/.../x.py",
    b"a/.. /x.py",
    b"/etc/x.py",
    b"//server/x.py",
    b"C:\\x.py",
    b"c:x.py",
    b"\\\\server\\share\\x.py",
    b"<script>alert(1)</script>.py",
    b"<img src=x onerror=alert(1)>.py",
    b"a:b.py",
    b"a|b.py",
    b"a?b.py",
    b"a*b.py",
    b"a>b.py",
    b"a\x01b.py",
    b"\x1b[2J.py",
    b"a\x7fb.py",
    b"a\xc2\x9bb.py",
    b"a\xe2\x80\xaeyp.exe.py",
    b"a\xe2\x80\x8bb.py",
    b"\xef\xbb\xbfa.py",
    b"a\xe2\x80\xa8b.py",
    b"x.exe",
    b"x.pyc",
    b"x.py.html",
    b".py",
    b"..",
    b".",
    b"x",
    b"index.html",
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in BAD {
        let shown = String::from_utf8_lossy(name);
        let in_form = file(name, b"x = 1\n");
        cases.push(Case::new(
            format!("a form's file called {shown:?}"),
            in_form,
            Expected::Refused,
        ));
        let path = format!("/api/scans?name={}", percent_encode(name, NON_ALPHANUMERIC));
        let in_query = post(&path, "text/x-python", b"x = 1\n");
        cases.push(Case::new(
            format!("a body called {shown:?}"),
            in_query,
            Expected::Refused,
        ));
    }
    let long = [&[b'x'; 300][..], b".py"].concat();
    let deep = [b"a/".repeat(40).as_slice(), b"x.py"].concat();
    let null = "/api/scans?name=x.py%00.txt";
    let no_utf8 = "/api/scans?name=%ff%fe.py";
    cases.extend([
        Case::new("a long name", file(&long, b"x = 1\n"), Expected::Refused),
        Case::new("a deep name", file(&deep, b"x = 1\n"), Expected::Refused),
        Case::new(
            "a name with a null byte",
            post(null, "text/x-python", b"x\n"),
            Expected::Refused,
        ),
        Case::new(
            "a name that is no UTF-8",
            file(b"\xff\xfe.py", b"x\n"),
            Expected::Harmless,
        ),
        Case::new(
            "a query that is no UTF-8",
            post(no_utf8, "text/x-python", b"x\n"),
            Expected::Harmless,
        ),
        Case::new(
            "a name with a quote",
            file(b"a\\\"b.py", b"x\n"),
            Expected::Harmless,
        ),
        Case::new(
            "a name with a line's end",
            file(b"a\r\nX-Evil: 1\r\n.py", b"x\n"),
            Expected::Harmless,
        ),
    ]);
    cases
}
