//! The floors of the program: a module uses its own and those below it, never one above.
//!
//! Test code is left out: it may look at a thing from above.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The floors from the ground up.
const FLOORS: &[&[&str]] = &[
    &["units", "event", "diag", "reference", "scope"],
    &["stack", "aws"],
    &["kinds"],
    &["model", "graph", "resource"],
    &["plan"],
    &["exec", "view"],
    &["release"],
    &["cli"],
];

/// Modules that make no call, read no clock and write no file.
const PURE: &[&str] = &["stack", "model", "graph", "plan"];

/// What a pure module does not name.
const IMPURE: &[&str] = &[
    "tokio",
    "std::fs",
    "fs_err",
    "std::net::Tcp",
    "std::net::Udp",
    "std::process",
    "std::env",
    "Instant",
    "SystemTime",
    "async fn",
    "async move",
];

/// The one function of the pure modules that reads a file: the stack file itself.
const READS_THE_STACK_FILE: &str = "stack/source/read.rs";

struct Source {
    /// Below `src/`.
    path: String,
    /// The first part of its module path; nothing for the roots of the crate.
    module: Option<String>,
    /// The code without comments and tests: line number and line.
    code: Vec<(usize, String)>,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    paths
        .iter()
        .filter_map(|path| {
            let below = path.strip_prefix(&root).unwrap();
            let name = below.to_str().unwrap().replace('\\', "/");
            let test = name.split('/').any(|part| {
                let stem = part.strip_suffix(".rs").unwrap_or(part);
                matches!(stem, "tests" | "fixture" | "fake") || stem.ends_with("_tests")
            });
            (!test).then(|| Source {
                module: module(&name),
                code: code(&std::fs::read_to_string(path).unwrap()),
                path: name,
            })
        })
        .collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
    paths.sort();
}

fn module(path: &str) -> Option<String> {
    let first = path.split('/').next()?;
    let stem = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(stem, "lib" | "main")).then(|| stem.to_owned())
}

/// The lines before the test module, without comments.
fn code(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let tests = (0..lines.len())
        .find(|at| {
            lines[*at].starts_with("#[cfg(")
                && lines[*at].contains("test")
                && lines
                    .get(at + 1)
                    .is_some_and(|next| next.starts_with("mod ") && next.ends_with('{'))
        })
        .unwrap_or(lines.len());
    lines[..tests]
        .iter()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, (*line).to_owned()))
        .collect()
}

/// The modules of this crate that a piece of code names: `crate::plan::…` and each of
/// `crate::{plan, kinds::Kind}`, over as many lines as that takes.
fn named(code: &[(usize, String)]) -> BTreeSet<(usize, String)> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for (line, words) in code {
        starts.push((text.len(), *line));
        text.push_str(words);
        text.push('\n');
    }
    let line_of = |at: usize| {
        let after = starts.partition_point(|(start, _)| *start <= at);
        starts[after - 1].1
    };
    let mut found = BTreeSet::new();
    for (at, path) in text.match_indices("crate::") {
        let rest = &text[at + path.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            for name in firsts(group) {
                found.insert((line_of(at), name));
            }
        } else {
            found.insert((line_of(at), word(rest)));
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The first word of each item of a group, up to its closing brace.
fn firsts(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut items = vec![String::new()];
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {}
        }
        if let Some(item) = items.last_mut()
            && c != ','
        {
            item.push(c);
        }
    }
    let words = items.iter().map(|item| word(item.trim()));
    words.filter(|word| !word.is_empty()).collect()
}

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn above_itself(path: &str, module: &str, code: &[(usize, String)]) -> Vec<String> {
    let Some(own) = floor(module) else {
        return vec![format!("src/{path}: `{module}` stands on no floor")];
    };
    named(code)
        .into_iter()
        .filter_map(|(line, used)| match floor(&used) {
            // A macro or a constant at the root of the crate.
            None => None,
            Some(other) => (other > own).then(|| {
                format!("src/{path}:{line}: `{module}` uses `{used}`, which stands above it")
            }),
        })
        .collect()
}

fn impurities(path: &str, code: &[(usize, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (line, text) in code {
        for name in IMPURE.iter().filter(|name| text.contains(**name)) {
            if path == READS_THE_STACK_FILE && *name == "std::fs" {
                continue;
            }
            found.push(format!("src/{path}:{line}: names {name}"));
        }
    }
    found
}

#[test]
fn a_module_uses_its_own_floor_and_those_below() {
    let sources = sources();
    assert!(sources.len() > 100, "{} sources were read", sources.len());
    let broken: Vec<String> = sources
        .iter()
        .filter_map(|source| {
            let module = source.module.as_ref()?;
            Some(above_itself(&source.path, module, &source.code))
        })
        .flatten()
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_pure_modules_make_no_call_and_read_no_clock() {
    let pure: Vec<Source> = sources()
        .into_iter()
        .filter(|source| {
            let module = source.module.as_deref();
            module.is_some_and(|module| PURE.contains(&module))
        })
        .collect();
    for module in ["stack", "graph", "plan"] {
        let read = |source: &&Source| source.module.as_deref() == Some(module);
        assert!(pure.iter().any(|source| read(&source)), "{module}");
    }
    let broken: Vec<String> = pure
        .iter()
        .flat_map(|source| impurities(&source.path, &source.code))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn one_file_of_the_pure_modules_opens_a_file_in_one_function() {
    let sources = sources();
    let read = sources
        .iter()
        .find(|source| source.path == READS_THE_STACK_FILE)
        .unwrap();
    let opens = |(_, line): &&(usize, String)| line.contains("File::open");
    assert_eq!(read.code.iter().filter(opens).count(), 1);
}

#[test]
fn a_use_of_a_floor_above_is_found_however_it_is_written() {
    let text = "//! crate::cli is only mentioned\n\
                use crate::{\n    diag::{Code, cli},\n    plan::Plan,\n};\n\
                fn f() { crate::exec::walk() }\n\
                #[cfg(test)]\nmod tests {\n    use crate::cli::run;\n}\n";
    let code = code(text);
    let found = above_itself("stack/x.rs", "stack", &code);
    assert_eq!(
        found,
        [
            "src/stack/x.rs:2: `stack` uses `plan`, which stands above it",
            "src/stack/x.rs:6: `stack` uses `exec`, which stands above it",
        ]
    );
    assert_eq!(above_itself("cli/x.rs", "cli", &code), [""; 0]);
    let odd = above_itself("odd.rs", "odd", &code);
    assert_eq!(odd, ["src/odd.rs: `odd` stands on no floor"]);
}

#[test]
fn an_impure_line_is_found() {
    let lines = code("use std::fs::File;\nuse std::time::{Duration, Instant};\n");
    let found = impurities("plan/x.rs", &lines);
    assert_eq!(
        found,
        [
            "src/plan/x.rs:1: names std::fs",
            "src/plan/x.rs:2: names Instant"
        ]
    );
    assert_eq!(impurities(READS_THE_STACK_FILE, &lines[..1]), [""; 0]);
}
