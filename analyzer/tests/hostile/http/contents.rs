//! Sources that no parser likes.

use super::case::{Case, Expected, file, post};

pub fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = unparsable()
        .into_iter()
        .map(|(name, source)| Case::new(name, file(b"a.py", &source), Expected::Unparsed))
        .collect();
    cases.extend(
        strange()
            .into_iter()
            .map(|(name, source)| Case::new(name, file(b"a.py", &source), Expected::Harmless)),
    );
    let large = vec![b'#'; (1 << 20) + 1];
    cases.push(Case::new(
        "a file over the limit",
        file(b"a.py", &large),
        Expected::Is(413),
    ));
    let body = post("/api/scans?name=a.py", "text/x-python", &large);
    cases.push(Case::new("a body over the limit", body, Expected::Is(413)));
    cases
}

fn unparsable() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("100,000 parentheses", b"(".repeat(100_000)),
        (
            "100,000 brackets in balance",
            [b"[".repeat(100_000), b"]".repeat(100_000)].concat(),
        ),
        ("a million braces", b"{".repeat(1_000_000)),
        (
            "300,000 minus signs",
            [b"x = ".to_vec(), b"-".repeat(300_000), b"1\n".to_vec()].concat(),
        ),
        (
            "150,000 nots",
            [b"x = ".to_vec(), b"not ".repeat(150_000), b"1\n".to_vec()].concat(),
        ),
        (
            "80,000 lambdas",
            [
                b"x = ".to_vec(),
                b"lambda: ".repeat(80_000),
                b"1\n".to_vec(),
            ]
            .concat(),
        ),
        ("1,000 levels of blocks", blocks(1000)),
        (
            "200 levels of f-strings",
            [b"f'{".repeat(200), b"1".to_vec(), b"}'".repeat(200)].concat(),
        ),
        ("a null byte", b"x = 1\n\0".to_vec()),
        ("null bytes only", vec![0; 1000]),
        ("no UTF-8", b"x = '\xff\xfe'\n".to_vec()),
        ("a lone surrogate", b"x = '\xed\xa0\x80'\n".to_vec()),
        ("an overlong slash", b"x = '\xc0\xaf'\n".to_vec()),
        ("UTF-16", b"\xff\xfex\0 \0=\0 \x001\0\n\0".to_vec()),
        ("an unknown encoding", b"# coding: evil\nx = 1\n".to_vec()),
        ("a string without an end", b"x = '''\n".to_vec()),
        ("markup", b"<html><script>alert(1)</script></html>".to_vec()),
        ("an executable", b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec()),
        (
            "random bytes",
            (0..60_000_u32)
                .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
                .collect(),
        ),
    ]
}

/// What may well be Python; that there is an answer is the point.
fn strange() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("an empty file", Vec::new()),
        ("a file of a million line ends", b"\n".repeat(1_000_000)),
        ("a file of carriage returns", b"\r".repeat(500_000)),
        ("a line of a million characters", b"x".repeat(1_000_000)),
        (
            "a sum of 100,000",
            [b"x = ".to_vec(), b"1 + ".repeat(100_000), b"1\n".to_vec()].concat(),
        ),
        (
            "a chain of 200,000 attributes",
            [b"x".to_vec(), b".a".repeat(200_000)].concat(),
        ),
        (
            "a chain of 100,000 calls",
            [b"x".to_vec(), b"()".repeat(100_000)].concat(),
        ),
        ("an integer of 500,000 digits", b"9".repeat(500_000)),
        ("5,000 elifs", elifs(5000)),
        ("200,000 statements on a line", b"x;".repeat(200_000)),
        ("100,000 findings on a line", b"exec(a);".repeat(100_000)),
        (
            "a string of 900,000 characters",
            [b"x = '".to_vec(), b"a".repeat(900_000), b"'\n".to_vec()].concat(),
        ),
        (
            "50,000 decorators",
            [b"@a\n".repeat(50_000), b"def f(): pass\n".to_vec()].concat(),
        ),
        (
            "10,000 parameters",
            [
                b"def f(".to_vec(),
                (0..10_000)
                    .flat_map(|n| format!("a{n},").into_bytes())
                    .collect(),
                b"): pass\n".to_vec(),
            ]
            .concat(),
        ),
        (
            "a wall of nosec",
            b"exec(a)  # nosec B102,B101 \xe2\x80\xae\n".repeat(10_000),
        ),
        ("a hundred thousand backslashes", b"\\\n".repeat(100_000)),
        ("a byte order mark and nothing", b"\xef\xbb\xbf".to_vec()),
        (
            "50,000 implicit strings",
            [b"x = (".to_vec(), b"'a' ".repeat(50_000), b")\n".to_vec()].concat(),
        ),
        (
            "a match of 5,000 cases",
            [b"match x:\n".to_vec(), b"    case 1: pass\n".repeat(5000)].concat(),
        ),
    ]
}

fn blocks(levels: usize) -> Vec<u8> {
    (0..levels)
        .flat_map(|level| [" ".repeat(level).as_bytes(), b"if x:\n"].concat())
        .collect()
}

fn elifs(count: usize) -> Vec<u8> {
    [b"if x: pass\n".to_vec(), b"elif x: pass\n".repeat(count)].concat()
}
