//! Every stack and example that comes with the program, in each of its environments, from nothing to nothing.

use std::path::{Path, PathBuf};

use crate::program::{Ended, Program};
use crate::stack::INVENTORY;

/// The files of the two folders.
fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<PathBuf> = ["examples", "stacks"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .collect();
    files.sort();
    files
}

/// The environments of a file: the names under which `--env` takes them.
fn environments(program: &Program, file: &Path) -> Vec<String> {
    let valid = program.run("validate", file, &["--format", "json"]);
    let valid = valid.with(0).json();
    assert_eq!(valid["diagnostics"], serde_json::json!([]), "{valid:#}");
    let stacks = valid["stacks"].as_array().unwrap();
    let name = |stack: &serde_json::Value| stack["environment"].as_str().unwrap().to_owned();
    stacks.iter().map(name).collect()
}

/// What a refused run asks to be named.
fn protected(refused: &Ended) -> Vec<String> {
    let said = format!("{}\n{}", refused.out, refused.err);
    let words: Vec<&str> = said.split_whitespace().collect();
    let mut addresses: Vec<String> = words
        .windows(2)
        .filter(|pair| pair[0] == "--delete-data")
        .map(|pair| pair[1].trim_end_matches([';', ',', '.']).to_owned())
        .collect();
    addresses.sort();
    addresses.dedup();
    addresses
}

fn from_nothing_to_nothing(program: &Program, file: &Path, environment: &str) {
    let before = program.python(INVENTORY);
    let run = |verb: &str, more: &[&str]| {
        let arguments = [&["--env", environment][..], more].concat();
        program.run(verb, file, &arguments)
    };
    run("plan", &["--detailed-exitcode"]).with(2);
    run("apply", &["--yes"]).with(0);
    assert_ne!(program.python(INVENTORY), before);
    run("plan", &["--detailed-exitcode"]).with(0);
    run("drift", &[]).with(0);

    let refused = run("destroy", &["--yes"]).with(1);
    let mut arguments = vec!["--yes"];
    let protected = protected(&refused);
    for address in &protected {
        arguments.extend(["--delete-data", address]);
    }
    run("destroy", &arguments).with(0);
    assert_eq!(program.python(INVENTORY), before, "{}", file.display());
}

#[test]
fn every_file_in_each_of_its_environments_is_applied_once_and_destroyed_whole() {
    let files = files();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        let program = Program::new();
        for environment in environments(&program, &file) {
            from_nothing_to_nothing(&program, &file, &environment);
        }
    }
}
