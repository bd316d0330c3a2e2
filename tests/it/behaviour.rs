//! What `docs/aws-behaviour.md` says of the handling of AWS's behaviour names files and tests that exist.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The page's rows: where a behaviour is handled, and the tests of it.
fn rows(page: &str) -> Vec<(String, Vec<String>)> {
    let quoted = |cell: &str| -> Vec<String> {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    page.lines()
        .filter(|line| {
            line.starts_with("| ") && !line.starts_with("| AWS |") && !line.starts_with("| --")
        })
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
            assert_eq!(cells.len(), 4, "{line}");
            let place = quoted(cells[2]);
            assert_eq!(place.len(), 1, "{line}");
            (place[0].clone(), quoted(cells[3]))
        })
        .collect()
}

/// The names of all functions below a folder.
fn functions(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.extend(
                text.lines()
                    .filter(|line| line.contains("fn "))
                    .flat_map(|line| [line, "\n"]),
            );
        }
    }
}

#[test]
fn each_behaviour_of_aws_is_handled_in_a_file_and_held_by_tests_that_exist() {
    let page = std::fs::read_to_string(root().join("docs/aws-behaviour.md")).unwrap();
    let mut written = String::new();
    for folder in [
        "src",
        "tests",
        "localcloud/src",
        "localcloud/tests",
        "analyzer/src",
        "analyzer/tests",
    ] {
        functions(&root().join(folder), &mut written);
    }
    let rows = rows(&page);
    assert!(rows.len() > 35, "{}", rows.len());
    for (place, tests) in rows {
        assert!(root().join(&place).is_file(), "{place}");
        assert!(!tests.is_empty(), "{place}");
        for test in tests {
            assert!(
                written.contains(&format!("fn {test}(")),
                "there is no test {test}"
            );
        }
    }
}
