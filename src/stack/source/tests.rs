use std::time::{Duration, Instant};

use super::read::decode;
use super::*;
use crate::diag::{Code, Diagnostics};

fn tree(text: &str) -> Node {
    let mut found = Diagnostics::new();
    let node = parse(text, 0, &mut found).unwrap();
    assert!(found.is_empty(), "{found}");
    node
}

fn refused(text: &str) -> Code {
    let began = Instant::now();
    let mut found = Diagnostics::new();
    let code = match parse(text, 0, &mut found) {
        Err(diagnostic) => diagnostic.code,
        Ok(_) => found.iter().next().map(|item| item.code).unwrap(),
    };
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "took {:?}",
        began.elapsed()
    );
    code
}

fn shown(text: &str, span: Span) -> &str {
    &text[span.start..span.end]
}

#[test]
fn every_key_and_value_has_its_place() {
    let text = "stack: démo # é\nnetwork:\n  cidr: \"10.0.0.0/16\"\n  public: { a: x y , b: [1, two] }\nlast: |\n  block\n";
    let node = tree(text);
    for (path, key, value) in [
        ("stack", "stack", "démo"),
        ("network.cidr", "cidr", "\"10.0.0.0/16\""),
        ("network.public.a", "a", "x y"),
        ("network.public.b.1", "", "two"),
    ] {
        let (key_span, found) = node.find(&steps(&node, path)).unwrap();
        assert_eq!(
            (
                key_span.map_or("", |span| shown(text, span)),
                shown(text, found.span)
            ),
            (key, value),
            "{path}"
        );
    }
    let place = node.locate(&steps(&node, "network.public.b")).unwrap();
    assert_eq!((shown(text, place), place.line, place.column), ("b", 4, 22));
    assert_eq!(
        shown(
            text,
            node.locate(&steps(&node, "network.cidr.nothing.here"))
                .unwrap()
        ),
        "\"10.0.0.0/16\""
    );
}

#[test]
fn scalars_are_those_of_yaml_1_2() {
    let node = tree(
        "[no, yes, on, 1, -1, +1, 0o17, 0x1F, 1.5, 1e3, .inf, 1_000, 'true', true, ~, null, 1.2.3, 0123, 1e999, !!str 5, .]",
    );
    let shown: Vec<String> = node
        .to_value()
        .as_array()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        shown.join(" "),
        r#""no" "yes" "on" 1 -1 1 15 31 1.5 1000 ".inf" "1_000" "true" true null null "1.2.3" 123 "1e999" "5" ".""#
    );
}

#[test]
fn line_ends_and_byte_order_marks() {
    let node = tree("stack: a\r\nnetwork:\r\n  cidr: b\r\n");
    assert_eq!(
        node.to_value(),
        serde_json::json!({ "stack": "a", "network": { "cidr": "b" } })
    );
    let source = decode("x".to_owned(), b"\xef\xbb\xbfstack: a".to_vec()).unwrap();
    assert_eq!(source.text, "stack: a");
}

#[test]
fn what_is_not_utf8_is_shown_where() {
    let error = decode("x.yaml".to_owned(), b"stack: a\nregion: \xe4\n".to_vec()).unwrap_err();
    assert_eq!(
        error.message,
        "x.yaml is not UTF-8: byte 17, on line 2, is 0xe4"
    );
    let error = decode("x.yaml".to_owned(), b"\xff\xfes\0".to_vec()).unwrap_err();
    assert!(error.help.unwrap().contains("UTF-16"));
}

#[test]
fn malformed_input_has_its_own_code() {
    for (text, code) in [
        ("", Code::EmptyFile),
        ("# nothing but a comment\n", Code::EmptyFile),
        ("a: [1, 2", Code::Syntax),
        ("a: \"x\nb: 1", Code::Syntax),
        ("a: 1\nb:\n\tc: 1\n", Code::TabIndent),
        ("a:\tb\n", Code::TabIndent),
        ("é:\n  ü:\tb\n", Code::TabIndent),
        ("a: 1\na: 2\n", Code::DuplicateKey),
        ("a: 1\n---\nb: 2\n", Code::SeveralDocuments),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", Code::MergeKey),
        ("a: !Ref b", Code::Tag),
        ("? [a, b]\n: 1", Code::KeyNotText),
        ("{ : 1 }", Code::KeyNotText),
        ("~: 1", Code::KeyNotText),
        ("a: *nowhere", Code::Syntax),
        ("a: &x [*x]", Code::AliasExpansion),
    ] {
        assert_eq!(refused(text), code, "{text:?}");
    }
}

#[test]
fn an_alias_repeats_a_key_too() {
    assert_eq!(
        tree("tags: { &k Name: x, Other: *k }\n").to_value(),
        serde_json::json!({ "tags": { "Name": "x", "Other": "Name" } })
    );
}

#[test]
fn a_tab_after_a_colon_is_shown_where_it_stands() {
    let text = "a: 1\né:\tdemo\n";
    let wrong = parse(text, 0, &mut Diagnostics::new()).unwrap_err();
    let place = wrong.primary.unwrap();
    assert_eq!((shown(text, place), place.line, place.column), ("\t", 2, 3));
    // Where a colon stands in a text, a tab may stand behind it.
    assert_eq!(
        tree("a: \"b:\tc\"\n").to_value(),
        serde_json::json!({ "a": "b:\tc" })
    );
}

#[test]
fn all_duplicates_are_found() {
    let mut found = Diagnostics::new();
    let node = parse("a: 1\na: 2\nb: { c: 1, c: 2 }\n", 0, &mut found).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        node.to_value(),
        serde_json::json!({ "a": 1, "b": { "c": 1 } })
    );
}

#[test]
fn ten_thousand_levels_are_refused_at_once() {
    assert_eq!(refused(&"[".repeat(10_000)), Code::TooDeep);
    assert_eq!(refused(&"{a: ".repeat(10_000)), Code::TooDeep);
    assert_eq!(refused(&"- ".repeat(10_000)), Code::TooDeep);
    let block: String = (0..10_000)
        .map(|level| format!("{}a:\n", " ".repeat(level % 2_000)))
        .collect();
    assert_ne!(refused(&block), Code::EmptyFile);
    let deep: String = (0..900)
        .map(|level| format!("{}a:\n", " ".repeat(level)))
        .collect();
    assert_eq!(refused(&deep), Code::TooDeep);
    let just = format!("{}x{}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    assert!(parse(&just, 0, &mut Diagnostics::new()).is_ok());
}

#[test]
fn alias_bombs_are_refused_at_once() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert_eq!(refused(&bomb), Code::AliasExpansion);
    let mut quadratic = format!(
        "a: &a {{ {} }}\nb:\n",
        (0..2_000)
            .map(|n| format!("k{n}: 1"))
            .collect::<Vec<_>>()
            .join(", ")
    );
    quadratic.push_str(&"  - *a\n".repeat(2_000));
    assert_eq!(refused(&quadratic), Code::AliasExpansion);
    let mut deep = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        deep.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
    }
    assert_eq!(refused(&deep), Code::TooDeep);
    assert_eq!(
        tree("a: &a { b: 1 }\nc: *a\n").to_value(),
        serde_json::json!({ "a": { "b": 1 }, "c": { "b": 1 } })
    );
}

#[test]
fn a_megabyte_of_anything_takes_bounded_time() {
    for unit in [
        "[", "{", "- ", "a: ", "? ", ": ", "&a ", "!t ", "\"", "'", "|\n", "#", "\t", "\n",
        "---\n", "*a ", "%a\n", "a\n", "a: b\n", "[a, ", "- a\n", "é: ü\n", ",", "[]", "{}",
        "a:\n ",
    ] {
        let text = unit.repeat(LARGEST / unit.len());
        let began = Instant::now();
        let parsed = parse(&text, 0, &mut Diagnostics::new());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{unit:?} took {:?}",
            began.elapsed()
        );
        drop(parsed);
    }
}

#[test]
fn files_that_are_none() {
    let folder = std::env::temp_dir();
    assert_eq!(read(&folder).unwrap_err().code, Code::FileIsFolder);
    assert_eq!(
        read(&folder.join("codedetect-no-such-file.yaml"))
            .unwrap_err()
            .code,
        Code::FileMissing
    );
    assert_eq!(
        read(std::path::Path::new("a\0b")).unwrap_err().code,
        Code::FileUnreadable
    );
    let endless = std::path::Path::new("/dev/zero");
    if endless.exists() {
        assert_eq!(read(endless).unwrap_err().code, Code::FileTooLarge);
    }
}

#[test]
fn fifty_megabytes_are_refused() {
    let path = std::env::temp_dir().join(format!("codedetect-large-{}.yaml", std::process::id()));
    std::fs::File::create(&path)
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    let refused = read(&path).unwrap_err();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(refused.code, Code::FileTooLarge);
}
