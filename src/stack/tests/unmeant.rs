//! Input that nobody wrote on purpose: it is read or refused, soon, and never with a panic.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

/// Loads what nobody wrote on purpose. It must end, soon, and whatever is said of it must be showable.
fn survives(text: &str) {
    let source = SourceText::new("x.yaml", text);
    let began = Instant::now();
    match load(&source, &LoadOptions::default()) {
        Ok(stack) => drop(stack.warnings.render(&source, Style::default())),
        Err(found) => {
            assert!(found.has_errors());
            // What the schema lets pass, the types must take.
            assert!(
                found.iter().all(|item| item.code != Code::WrongShape),
                "{found}"
            );
            assert!(!found.render(&source, Style::default()).is_empty());
        }
    }
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "took {:?}",
        began.elapsed()
    );
}

/// Pieces that mean something to YAML or to a stack.
const PIECES: &[&str] = &[
    "",
    "\n",
    "  ",
    "\t",
    ":",
    ": ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "\"",
    "'",
    "|",
    ">",
    "&a ",
    "*a",
    "!!str ",
    "#",
    "---\n",
    "<<: ",
    "${",
    "}",
    "null",
    "~",
    "true",
    "0",
    "-1",
    "1.5",
    "1e9",
    "99999999999999999999",
    "80%",
    "30s",
    "20GB",
    "10.0.0.0/8",
    "é",
    "\u{2028}",
    "\u{0}",
    "\r",
    "workloads",
    "databases.main",
    "x",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        survives(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(pieces in prop::collection::vec(0..PIECES.len(), 0..60)) {
        survives(&pieces.into_iter().map(|piece| PIECES[piece]).collect::<String>());
    }

    #[test]
    fn any_change_to_a_stack_is_read_or_refused(changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, 0..PIECES.len()), 1..6)) {
        let mut text = CODEDETECT.to_owned();
        for (at, removed, piece) in changes {
            let start = text.floor_char_boundary(at.index(text.len() + 1));
            let end = text.ceil_char_boundary((start + removed).min(text.len()));
            text.replace_range(start..end, PIECES[piece]);
        }
        survives(&text);
    }

    #[test]
    fn any_two_lines_swapped_are_read_or_refused(one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let mut lines: Vec<&str> = CODEDETECT.lines().collect();
        let (one, other) = (one.index(lines.len()), other.index(lines.len()));
        lines.swap(one, other);
        survives(&lines.join("\n"));
    }

    #[test]
    fn any_value_replaced_is_read_or_refused(at in any::<prop::sample::Index>(), piece in 0..PIECES.len()) {
        let values: Vec<_> = CODEDETECT.match_indices(": ").map(|(at, _)| at + 2).collect();
        let start = values[at.index(values.len())];
        let end = start + CODEDETECT[start..].find(['\n', ',', '}']).unwrap_or(0);
        survives(&format!("{}{}{}", &CODEDETECT[..start], PIECES[piece], &CODEDETECT[end..]));
    }

    #[test]
    fn any_set_is_taken_or_refused(path in "[a-z.]{0,20}", value in "[a-z0-9:{}\\[\\]%. ]{0,20}") {
        let options = LoadOptions { environment: None, sets: vec![format!("{path}={value}")] };
        let _ = load(&SourceText::new("x", CODEDETECT), &options);
    }
}
