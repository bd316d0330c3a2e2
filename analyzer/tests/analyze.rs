//! `analyze`, by the built program.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const RISKY: &str = "import subprocess\nsubprocess.call(x, shell=True)\nassert x\n";

fn analyze(folder: &Path, arguments: &[&str]) -> Output {
    analyze_with(folder, arguments, "")
}

fn analyze_with(folder: &Path, arguments: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
        .arg("analyze")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(stdin.as_bytes()).unwrap();
    drop(pipe);
    child.wait_with_output().unwrap()
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn people_read_it_without_colour_in_80_columns() {
    let long = format!(
        "import subprocess\nx = {}; subprocess.call(x, shell=True)\n",
        "1 + ".repeat(60) + "1"
    );
    let folder = folder(&[
        ("b.py", RISKY),
        ("a/long.py", &long),
        ("bad.py", "def (:\n"),
    ]);
    let output = analyze(folder.path(), &["."]);
    let said = text(&output.stdout);
    assert!(!said.contains('\u{1b}'), "no colour into a pipe");
    for line in said.lines() {
        assert!(line.chars().count() <= 80, "{line:?}");
    }
    let places: Vec<_> = said.lines().filter(|line| line.starts_with("./")).collect();
    assert_eq!(
        places,
        [
            "./a/long.py:1:1  LOW  B404 blacklist",
            "./a/long.py:2:248  HIGH  B602 subprocess_popen_with_shell_equals_true",
            "./b.py:1:1  LOW  B404 blacklist",
            "./b.py:2:1  HIGH  B602 subprocess_popen_with_shell_equals_true",
            "./b.py:3:1  LOW  B101 assert_used",
            "./bad.py:1  not analysed: security, complexity, Halstead, maintainability",
            "./bad.py:1  not analysed: raw counts",
        ]
    );
    assert!(
        said.contains("    2 | subprocess.call(x, shell=True)\n      | ^^^^"),
        "{said}"
    );
    assert!(
        said.contains("findings      2 HIGH, 0 MEDIUM, 3 LOW\n"),
        "{said}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_source_cannot_write_to_the_terminal() {
    let folder = folder(&[(
        "a.py",
        "assert '\u{1b}]0;owned\u{7}', '\u{202e}'  # \u{9b}31m\n",
    )]);
    let output = analyze(folder.path(), &["a.py"]);
    let said = text(&output.stdout);
    assert!(said.contains("B101"), "{said}");
    assert!(
        !said.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
        "{said:?}"
    );
}

#[test]
fn the_json_document_is_the_engines_report() {
    let folder = folder(&[("a.py", RISKY), ("b.py", "x = 1\n")]);
    let output = analyze(folder.path(), &["--format", "json", "a.py", "b.py"]);
    let document = json(&output);
    assert_eq!(document["version"], codedetect_engine::report::VERSION);
    let expected = codedetect_engine::analyze("a.py", RISKY.as_bytes());
    assert_eq!(
        document["files"][0],
        serde_json::to_value(expected).unwrap()
    );
    assert_eq!(document["files"][1]["path"], "b.py");
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn sarif_has_columns_and_csv_has_lines() {
    let folder = folder(&[("a.py", RISKY)]);
    let sarif = json(&analyze(folder.path(), &["--format", "sarif", "a.py"]));
    let result = &sarif["runs"][0]["results"][1];
    assert_eq!(result["ruleId"], "B602");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&2.into(), &1.into())
    );
    let csv = analyze(folder.path(), &["--format", "csv", "a.py"]);
    assert_eq!(text(&csv.stdout).lines().count(), 4);
}

#[test]
fn the_exit_code_is_1_above_the_threshold() {
    let folder = folder(&[
        ("risky.py", RISKY),
        ("low.py", "assert x\n"),
        ("clean.py", "x = 1\n"),
    ]);
    for (arguments, code) in [
        (&["clean.py"][..], 0),
        (&["low.py"], 1),
        (&["low.py", "--severity", "medium"], 0),
        (&["risky.py", "--severity", "high"], 1),
        (
            &["risky.py", "--severity", "high", "--confidence", "high"],
            1,
        ),
        (&["risky.py", "--exit-zero"], 0),
        (&["clean.py", "--fail-below", "100"], 0),
        (&["clean.py", "--fail-below-quality", "10.1"], 1),
        (&["."], 1),
    ] {
        let output = analyze(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    }
}

#[test]
fn what_is_below_the_threshold_is_not_reported() {
    let folder = folder(&[("a.py", RISKY)]);
    let output = analyze(
        folder.path(),
        &["a.py", "--format", "json", "--severity", "medium"],
    );
    let findings = json(&output)["files"][0]["findings"].clone();
    assert_eq!(findings.as_array().unwrap().len(), 1);
    assert_eq!(findings[0]["test_id"], "B602");
}

#[test]
fn standard_input_is_a_file_called_minus() {
    let folder = folder(&[]);
    let output = analyze_with(folder.path(), &["-", "--format", "json"], RISKY);
    assert_eq!(json(&output)["files"][0]["path"], "<stdin>");
    assert_eq!(
        json(&output)["files"][0]["findings"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_file_that_cannot_be_read_is_reported_and_the_others_are_looked_at() {
    let folder = folder(&[("a.py", "x = 1\n")]);
    let output = analyze(folder.path(), &["none.py", "a.py", "--format", "json"]);
    let document = json(&output);
    assert_eq!(document["files"][0]["path"], "a.py");
    assert_eq!(document["files"][0]["errors"], Value::Array(Vec::new()));
    let reason = document["files"][1]["errors"][0]["reason"]
        .as_str()
        .unwrap();
    assert!(reason.contains("No such file"), "{reason}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_folder_is_walked_for_py_files_and_no_configuration_is_obeyed() {
    let skip_all = "[bandit]\nskips: B101,B404,B602\nexclude: .\n";
    let folder = folder(&[
        ("src/a.py", RISKY),
        ("src/notes.txt", RISKY),
        ("src/.bandit", skip_all),
        (".bandit", skip_all),
        (
            "setup.cfg",
            "[bandit]\nskips = B101,B404,B602\n[radon]\nexclude = *\n",
        ),
        (
            "pyproject.toml",
            "[tool.bandit]\nskips = ['B101', 'B404', 'B602']\n",
        ),
        ("tox.ini", skip_all),
        ("bandit.yaml", "skips: [B101, B404, B602]\n"),
        ("radon.cfg", "[radon]\nexclude = *\n"),
    ]);
    std::os::unix::fs::symlink(folder.path(), folder.path().join("src/loop")).unwrap();
    let document = json(&analyze(folder.path(), &[".", "--format", "json"]));
    let files = document["files"].as_array().unwrap();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0]["path"], "./src/a.py");
    assert_eq!(files[0]["findings"].as_array().unwrap().len(), 3);
}

#[test]
fn a_file_that_no_parser_survives_costs_that_file_alone() {
    let deep = "(".repeat(1_000_000);
    let chain = format!("x = {}1\n", "-".repeat(1_000_000));
    let long = format!("x = {}\n", "1 + ".repeat(300_000) + "1");
    let folder = folder(&[
        ("a.py", &deep),
        ("b.py", &chain),
        ("c.py", &long),
        ("d.py", "x = 1\n\0"),
        ("e.py", "assert x\n"),
    ]);
    let document = json(&analyze(folder.path(), &[".", "--format", "json"]));
    let files = document["files"].as_array().unwrap();
    assert_eq!(files.len(), 5);
    for file in &files[..4] {
        assert_ne!(file["errors"], Value::Array(Vec::new()), "{}", file["path"]);
    }
    assert_eq!(files[4]["findings"][0]["test_id"], "B101");
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let folder = folder(&[("a.py", &"assert x\n".repeat(20_000))]);
    let mut child = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
        .args(["analyze", "a.py"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stderr), "");
}
