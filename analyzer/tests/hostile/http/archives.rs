//! Archives as they come over HTTP; what each does is tested by the library's own cases.

use super::case::{Case, Expected, file, post};
use crate::zip::{Entry, overlapping, zip};

pub fn cases() -> Vec<Case> {
    let py = |name: &str| Entry::new(name, b"x = 1\n");
    let zeros = vec![b'0'; 100 << 20];
    let good = zip(&[py("a.py")]);
    let many: Vec<_> = (0..501).map(|n| py(&format!("{n}.py"))).collect();
    let entries: Vec<_> = (0..30_000)
        .map(|n| Entry::stored(format!("{n}.txt"), b""))
        .collect();
    let million = vec![b'#'; 1 << 20];
    let full: Vec<_> = (0..20)
        .map(|n| Entry::new(format!("{n}.py"), &million))
        .collect();
    let refused = [
        ("100 MB packed", zip(&[Entry::new("a.py", &zeros)])),
        (
            "a bomb that lies about its size",
            zip(&[Entry::new("a.py", &zeros).with(|it| it.size = 1)]),
        ),
        ("20 MB in 20 files", zip(&full)),
        ("501 packed files", zip(&many)),
        ("30,000 entries", zip(&entries)),
        ("a way out", zip(&[py("../a.py")])),
        (
            "a long way out",
            zip(&[py("a/b/../../../../etc/cron.d/a.py")]),
        ),
        ("a way out by backslashes", zip(&[py("..\\..\\a.py")])),
        ("an absolute path", zip(&[py("/etc/a.py")])),
        ("a drive", zip(&[py("C:/a.py")])),
        (
            "a way out that is no Python",
            zip(&[py("a.py"), py("../../b.txt")]),
        ),
        ("markup in a name", zip(&[py("<svg onload=x>.py")])),
        (
            "control characters in a name",
            zip(&[py("\u{1b}]0;x\u{7}.py")]),
        ),
        ("a null byte in a name", zip(&[py("a.py\0.py")])),
        ("a name twice", zip(&[py("a.py"), py("a.py")])),
        (
            "an encrypted entry",
            zip(&[py("a.py").with(|it| it.flags = 1)]),
        ),
        (
            "an unknown method",
            zip(&[py("a.py").with(|it| it.method = 14)]),
        ),
        ("a wrong checksum", zip(&[py("a.py").with(|it| it.crc = 1)])),
        (
            "two names for an entry",
            zip(&[py("a.py").with(|it| it.own_name = Some(b"b.py".to_vec()))]),
        ),
        (
            "entries over each other",
            overlapping(&[py("a.py"), py("b.py")]),
        ),
        (
            "only a link",
            zip(&[py("a.py").with(|it| it.mode = 0o120_777)]),
        ),
        (
            "only an archive in the archive",
            zip(&[Entry::stored("b.zip", &good)]),
        ),
        ("no Python", zip(&[Entry::new("a.txt", b"x")])),
        ("an empty archive", zip(&[])),
        ("half an archive", good[..good.len() / 2].to_vec()),
        ("no archive", b"x = 1\n".to_vec()),
        ("a gzip", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
        ("an empty file for an archive", Vec::new()),
    ];
    let mut cases: Vec<_> = refused
        .into_iter()
        .map(|(name, bytes)| {
            let request = file(b"a.zip", &bytes);
            Case::new(
                format!("an archive with {name}"),
                request,
                Expected::Refused,
            )
        })
        .collect();
    let odd = zip(&[
        py("a.py"),
        Entry::new(b"\xff\xfe.py".as_slice(), b"x = 1\n"),
        Entry::new("bad.py", b"\0\0"),
    ]);
    cases.push(Case::new(
        "an archive with a file that does not parse",
        file(b"a.zip", &odd),
        Expected::Unparsed,
    ));
    let typed = post("/api/scans", "application/zip", b"PK\x05\x06");
    cases.push(Case::new(
        "a body that is said to be an archive",
        typed,
        Expected::Refused,
    ));
    cases
}
