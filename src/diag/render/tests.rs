use crate::diag::Code;

use super::*;

const TEXT: &str = "stack: demo\r\nnetwork:\r\n  cidr: 10.0.0.0/16\r\n  cdir: 10.0.0.0/16\r\n";

fn sample() -> (SourceText, Diagnostics) {
    let span = Span {
        source: 0,
        start: 46,
        end: 50,
        line: 4,
        column: 3,
    };
    let network = Span {
        source: 0,
        start: 13,
        end: 20,
        line: 2,
        column: 1,
    };
    let item = Diagnostic::new(Code::UnknownKey, "unknown key `cdir`")
        .at(span)
        .label("not a key of `network`")
        .also(Some(network), "this section")
        .help("did you mean `cidr`?");
    (SourceText::new("demo.yaml", TEXT), item.into())
}

#[test]
fn as_rustc_shows_it() {
    let (file, all) = sample();
    insta::assert_snapshot!(all.render(&file, Style::default()), @r"
    error[E0101]: unknown key `cdir`
     --> demo.yaml:4:3
      |
    2 | network:
      | ------- this section
    3 |   cidr: 10.0.0.0/16
    4 |   cdir: 10.0.0.0/16
      |   ^^^^ not a key of `network`
      |
      = help: did you mean `cidr`?
    ");
}

#[test]
fn colour_on_request_only() {
    let (file, all) = sample();
    assert!(
        all.render(
            &file,
            Style {
                colour: true,
                width: 80
            }
        )
        .contains('\u{1b}')
    );
    assert!(
        !all.render(
            &file,
            Style {
                colour: false,
                width: 80
            }
        )
        .contains('\u{1b}')
    );
}

#[test]
fn a_place_in_a_set_shows_the_set() {
    let span = Span {
        source: 1,
        start: 5,
        end: 7,
        line: 1,
        column: 6,
    };
    let all = Diagnostics::from(Diagnostic::new(Code::WrongUnit, "bad").at(span))
        .with_sets(vec![SourceText::new("--set", "a.b=80")]);
    let shown = all.render(&SourceText::new("demo.yaml", TEXT), Style::default());
    assert!(
        shown.contains("--set:1:") && shown.contains("a.b=80") && !shown.contains("demo.yaml"),
        "{shown}"
    );
}

#[test]
fn places_outside_the_text_do_not_break_the_view() {
    for (start, end) in [(0, 0), (5_000, 6_000), (TEXT.len(), TEXT.len()), (7, 3)] {
        let span = Span {
            source: 0,
            start,
            end,
            line: 1,
            column: 1,
        };
        let all = Diagnostics::from(Diagnostic::new(Code::Syntax, "bad").at(span));
        assert!(
            all.render(&SourceText::new("x", TEXT), Style::default())
                .contains("bad")
        );
    }
}

#[test]
fn a_secret_is_not_shown() {
    let span = Span {
        source: 0,
        start: 7,
        end: 11,
        line: 1,
        column: 8,
    };
    let item = Diagnostic::new(Code::LiteralVariable, "bad")
        .at(span.first(1))
        .hiding(Some(span));
    let shown = Diagnostics::from(item).render(&SourceText::new("x", TEXT), Style::default());
    assert!(
        shown.contains("stack: ****") && !shown.contains("demo"),
        "{shown}"
    );
}

#[test]
fn a_secret_is_not_shown_beside_another_mistake_either() {
    let span = |start, end, line, column| Span {
        source: 0,
        start,
        end,
        line,
        column,
    };
    let text = "a: { b: 1, key: hunter2,\n  more: tü,\n  last: |\n    sec\n    ret }\n";
    let at = |part: &str| text.find(part).unwrap();
    let mut all = Diagnostics::from(
        Diagnostic::new(Code::LiteralVariable, "a secret")
            .at(span(at("key"), at("key") + 3, 1, 12))
            .hiding(Some(span(at("hunter2"), at("hunter2") + 7, 1, 17))),
    );
    all.push(
        Diagnostic::new(Code::LiteralVariable, "a secret of two lines")
            .at(span(at("last"), at("last") + 4, 3, 3))
            .hiding(Some(span(at("sec\n"), at(" }"), 4, 5))),
    );
    all.push(
        Diagnostic::new(Code::UnknownKey, "unknown")
            .at(span(at("b"), at("b") + 1, 1, 6))
            .also(Some(span(at("ret }"), at("ret }") + 3, 5, 5)), "here"),
    );
    let shown = all.render(&SourceText::new("x", text), Style::default());
    assert!(shown.contains("{ b: 1, key: *******,"), "{shown}");
    for secret in ["hunter2", "sec\n", "ret }"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn json_has_the_place() {
    let (file, all) = sample();
    let json = all.json(&file);
    assert_eq!(json[0]["code"], "E0101");
    assert_eq!(json[0]["place"]["source"], "demo.yaml");
    assert_eq!(
        (
            json[0]["place"]["line"].as_u64(),
            json[0]["place"]["column"].as_u64()
        ),
        (Some(4), Some(3))
    );
    assert_eq!(json[0]["also"][0]["text"], "this section");
}
