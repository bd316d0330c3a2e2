mod said;
mod unmeant;

use std::path::{Path, PathBuf};

use super::*;
use crate::diag::{Severity, Style};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some()
}

/// Compares with a committed file, or writes it where `UPDATE_GOLDEN` is set.
fn golden(path: &Path, text: &str) {
    if updating() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(
        kept,
        text,
        "{} is not current: run the tests with UPDATE_GOLDEN=1 and review",
        path.display()
    );
}

fn file(path: &str) -> SourceText {
    let source = read(&root().join(path)).unwrap();
    SourceText::new(path, source.text)
}

/// The stacks and examples of the repository.
fn stacks() -> Vec<String> {
    let mut all = Vec::new();
    for folder in ["stacks", "examples"] {
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".yaml") {
                all.push(format!("{folder}/{name}"));
            }
        }
    }
    all.sort();
    all
}

const CODEDETECT: &str = include_str!("../../stacks/codedetect.yaml");

#[test]
fn every_stack_and_example_loads_without_a_warning() {
    let all = stacks();
    assert!(all.len() >= 5, "{all:?}");
    for path in all {
        let source = file(&path);
        let (stacks, found) = load_all(&source, &LoadOptions::default());
        assert!(
            !stacks.is_empty() && found.is_empty(),
            "{}",
            found.render(&source, Style::default())
        );
        assert!(
            source
                .text
                .starts_with("# yaml-language-server: $schema=../docs/stack.schema.json\n"),
            "{path}"
        );
    }
}

#[test]
fn every_starter_loads() {
    for template in TEMPLATES {
        assert!(
            load(
                &SourceText::new(template.name, template.text),
                &LoadOptions::default()
            )
            .is_ok(),
            "{}",
            template.name
        );
        let written = starter(template.name).unwrap();
        assert!(
            written.starts_with("# yaml-language-server: $schema=stack.schema.json\n"),
            "{written}"
        );
        assert!(
            load(
                &SourceText::new(template.name, written),
                &LoadOptions::default()
            )
            .is_ok()
        );
    }
    assert_eq!(starter("nothing"), None);
}

#[test]
fn the_committed_schema_is_current() {
    let text = serde_json::to_string_pretty(schema()).unwrap() + "\n";
    golden(&root().join("docs/stack.schema.json"), &text);
}

#[test]
fn the_committed_references_are_current() {
    let mut codes = String::from(
        "# Diagnostics\n\nWhat can be wrong with a stack file. `codedetect-infra explain E0101` prints the same.\nAn E is an error, a W a warning.\n",
    );
    for code in Code::ALL {
        codes.push_str(&format!(
            "\n## {code}: {}\n\n{}\n",
            code.title(),
            code.explanation()
        ));
    }
    golden(&root().join("docs/diagnostics.md"), &codes);
    let mut sections = format!(
        "# The stack file\n\nEvery section and key. `codedetect-infra explain SECTION` prints the same; `explain SECTION.KEY` tells more of one key.\n\n```text\n{}```\n",
        explain("").unwrap()
    );
    for name in schema()["properties"].as_object().unwrap().keys() {
        sections.push_str(&format!(
            "\n## {name}\n\n```text\n{}```\n",
            explain(name).unwrap()
        ));
    }
    golden(&root().join("docs/stack.md"), &sections);
}

/// What each code's case needs beside its file.
fn options(code: Code) -> LoadOptions {
    let environment = match code {
        Code::UnknownEnvironment => Some("stagin".to_owned()),
        Code::FixedKey => Some("staging".to_owned()),
        _ => None,
    };
    let sets = match code {
        Code::BadSet => vec![
            "workloads.analyzer.port".to_owned(),
            "workloads..port=1".to_owned(),
            "network.cidr=[".to_owned(),
        ],
        _ => Vec::new(),
    };
    LoadOptions { environment, sets }
}

/// What is said about the case of a code, and under which name.
fn case(code: Code) -> (SourceText, Diagnostics) {
    let name = format!("{code}.yaml");
    let folder = root().join("tests/cases/diag");
    let unread = |path: &Path, shown: &str| {
        let mut wrong = read(path).unwrap_err();
        wrong.message = wrong.message.replace(&path.display().to_string(), shown);
        (SourceText::new(shown, ""), Diagnostics::from(wrong))
    };
    match code {
        Code::FileMissing => unread(&folder.join("no-such-file.yaml"), &name),
        Code::FileIsFolder => unread(&folder, "stacks"),
        Code::FileUnreadable => unread(Path::new("a\0b"), &name),
        Code::FileTooLarge => {
            let path =
                std::env::temp_dir().join(format!("codedetect-case-{}.yaml", std::process::id()));
            std::fs::File::create(&path)
                .unwrap()
                .set_len(50 << 20)
                .unwrap();
            let refused = unread(&path, &name);
            std::fs::remove_file(&path).unwrap();
            refused
        }
        Code::NotUtf8 => unread(&folder.join(&name), &name),
        Code::TooDeep => {
            let text = format!("stack: {}\n", "[".repeat(10_000));
            let source = SourceText::new(name, text);
            let found = load(&source, &options(code)).unwrap_err();
            (source, found)
        }
        _ => {
            let source = SourceText::new(name.clone(), read(&folder.join(&name)).unwrap().text);
            let found = match load(&source, &options(code)) {
                Ok(stack) => stack.warnings,
                Err(found) => found,
            };
            (source, found)
        }
    }
}

/// What only the model finds, and its own tests trigger.
const OF_THE_MODEL: &str = "E10";

/// Not reached by any file: the schema has no keyword left whose error would be told in its own words.
const WITHOUT_CASE: &[Code] = &[Code::WrongShape];

#[test]
fn every_code_has_a_case_that_triggers_it() {
    for code in Code::ALL
        .iter()
        .copied()
        .filter(|code| !WITHOUT_CASE.contains(code) && !code.id().starts_with(OF_THE_MODEL))
    {
        let (source, found) = case(code);
        assert!(
            found.iter().any(|item| item.code == code),
            "{code} is not triggered:\n{}",
            found.render(&source, Style::default())
        );
        let stray = found
            .iter()
            .filter(|item| item.code != code && item.severity == Severity::Error)
            .count();
        assert_eq!(
            stray,
            0,
            "{code} comes with others:\n{}",
            found.render(&source, Style::default())
        );
        let text = found.render(
            &source,
            Style {
                colour: false,
                width: 100,
            },
        ) + "\n";
        golden(&root().join(format!("tests/cases/diag/{code}.txt")), &text);
    }
}

#[test]
fn no_case_is_left_over() {
    for entry in std::fs::read_dir(root().join("tests/cases/diag")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.split('.').next().unwrap_or_default();
        assert!(stem == "many" || Code::by_id(stem).is_some(), "{name}");
    }
}

#[test]
fn everything_is_said_in_one_run() {
    let source = SourceText::new(
        "many.yaml",
        std::fs::read_to_string(root().join("tests/cases/diag/many.yaml")).unwrap(),
    );
    let found = load(&source, &LoadOptions::default()).unwrap_err();
    let codes: std::collections::BTreeSet<_> = found.iter().map(|item| item.code.id()).collect();
    assert!(codes.len() >= 10, "{codes:?}");
    golden(
        &root().join("tests/cases/diag/many.txt"),
        &(found.render(
            &source,
            Style {
                colour: false,
                width: 100,
            },
        ) + "\n"),
    );
}

#[test]
fn places_can_be_asked_for() {
    let stack = load(
        &SourceText::new("codedetect.yaml", CODEDETECT),
        &LoadOptions::default(),
    )
    .unwrap();
    let shown = |path: &str| {
        stack
            .locate(path)
            .map(|span| &CODEDETECT[span.start..span.end])
    };
    assert_eq!(shown("workloads.analyzer.port"), Some("5000"));
    assert_eq!(shown("network"), Some("network"));
    assert_eq!(
        shown("workloads.analyzer.mounts./mnt/efs"),
        Some("files.shared")
    );
    assert_eq!(shown("alerts.billing.1"), Some("20"));
    assert_eq!(
        stack
            .document
            .workloads
            .values()
            .next()
            .unwrap()
            .health
            .timeout
            .seconds(),
        5
    );
}

#[test]
fn overlays_and_sets_change_the_document() {
    let source = file("examples/two-environments.yaml");
    let options = LoadOptions {
        environment: Some("staging".to_owned()),
        sets: vec!["workloads.web.port=9000".to_owned()],
    };
    let stack = load(&source, &options).unwrap();
    let web = stack.document.workloads.values().next().unwrap();
    assert_eq!(
        (stack.document.environment.as_str(), web.port.number()),
        ("staging", 9000)
    );
    assert_eq!(web.release().map(|release| release.bounds()), Some((1, 1)));
    assert!(stack.document.alarms.is_none());
    assert_eq!(stack.environments(), ["staging"]);
}

#[test]
fn a_wrong_set_is_shown_as_such() {
    let source = SourceText::new("codedetect.yaml", CODEDETECT);
    let options = LoadOptions {
        environment: None,
        sets: vec!["stack=demo".to_owned(), "alarms.cpu=80".to_owned()],
    };
    let found = load(&source, &options).unwrap_err();
    let shown = found.render(&source, Style::default());
    assert!(
        shown.contains("--set:1:12")
            && shown.contains("alarms.cpu=80")
            && shown.contains("did you mean `80%`?"),
        "{shown}"
    );
}

#[test]
fn a_secret_in_the_file_is_not_repeated() {
    for planted in [
        "parameters.secret-key.value=hunter2-planted",
        "parameters.secret-key=hunter2-planted",
        "workloads.analyzer.environment.API_TOKEN=hunter2-planted",
    ] {
        let (path, _) = planted.split_once('=').unwrap();
        let text = CODEDETECT
            .replace(
                "secret-key:  { generate: 48 }",
                if path.ends_with("value") {
                    "secret-key: { value: hunter2-planted }"
                } else if path.ends_with("key") {
                    "secret-key: hunter2-planted"
                } else {
                    "secret-key:  { generate: 48 }"
                },
            )
            .replace(
                "    environment:\n",
                if path.ends_with("TOKEN") {
                    "    environment:\n      API_TOKEN: hunter2-planted\n"
                } else {
                    "    environment:\n"
                },
            );
        assert_ne!(text, CODEDETECT, "{planted}");
        let source = SourceText::new("codedetect.yaml", text);
        let found = load(&source, &LoadOptions::default()).unwrap_err();
        let shown = found.render(&source, Style::default()) + &found.json(&source).to_string();
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
