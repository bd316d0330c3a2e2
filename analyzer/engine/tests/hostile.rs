//! No bytes make the engine panic, and every file that is not analysed says why.

use codedetect_engine::{analyze, checks};

/// A generator of numbers that gives the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound.max(1)
    }
}

const PIECES: [&[u8]; 24] = [
    b"(",
    b")",
    b"{",
    b"}",
    b"f'",
    b"'",
    b"\"\"\"",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b" ",
    b"\\",
    b"#",
    b"# nosec ",
    b"# coding: cp1252\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b";",
    b":",
    b"@",
    b"**",
    b"match ",
];

#[test]
fn mutated_examples_are_analysed_or_refused() {
    let mut numbers = Numbers(2026);
    for check in checks() {
        for source in check.fires.iter().chain(check.silent) {
            for _ in 0..25 {
                let mut bytes = source.as_bytes().to_vec();
                for _ in 0..=numbers.below(4) {
                    let at = numbers.below(bytes.len() + 1);
                    if numbers.below(3) == 0 && at < bytes.len() {
                        bytes.remove(at);
                    } else {
                        let piece = PIECES[numbers.below(PIECES.len())];
                        bytes.splice(at..at, piece.iter().copied());
                    }
                }
                let report = analyze("mutant.py", &bytes);
                let errors = &report.errors;
                assert!(
                    errors.iter().all(|error| !error.reason.is_empty()),
                    "{bytes:?}"
                );
                let is_refused = errors
                    .iter()
                    .any(|error| error.analysis == codedetect_engine::report::Analysis::Security);
                assert!(!is_refused || report.findings.is_empty(), "{bytes:?}");
            }
        }
    }
}

#[test]
fn every_byte_alone_and_every_pair_of_odd_ones_is_met() {
    let odd: Vec<u8> = (0..=255)
        .filter(|byte: &u8| !byte.is_ascii_alphanumeric())
        .collect();
    for first in 0..=255 {
        analyze("byte.py", &[first]);
        for &second in &odd {
            analyze("bytes.py", &[first, second]);
        }
    }
}
