use serde_json::{Value, json};

use super::*;
use crate::export::sample;

fn document(report: &Report, source: Option<&'static [u8]>) -> Value {
    let text = sarif(report, |path| source.filter(|_| path == "src/app.py")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn sample() -> Value {
    document(&sample::report(), Some(sample::SOURCE.as_bytes()))
}

#[test]
fn the_document_keeps_what_the_standard_demands() {
    let schema: Value = serde_json::from_str(include_str!("essential.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let empty = Report {
        files: Vec::new(),
        ..sample::report()
    };
    for document in [
        sample(),
        document(&sample::report(), None),
        document(&empty, None),
    ] {
        let errors: Vec<_> = schema
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new());
    }
}

#[test]
fn the_schema_refuses_what_the_standard_forbids() {
    let schema: Value = serde_json::from_str(include_str!("essential.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (pointer, bad) in [
        ("/version", json!("2.0.0")),
        ("/runs/0/results/0/level", json!("HIGH")),
        ("/runs/0/results/0/message", json!({})),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startLine",
            json!(0),
        ),
        (
            "/runs/0/results/0/locations/0/physicalLocation/region/startColumn",
            json!(0),
        ),
        ("/runs/0/results/0/partialFingerprints", json!({ "a": 1 })),
        ("/runs/0/columnKind", json!("bytes")),
        ("/runs/0/invocations/0", json!({})),
        ("/runs/0/tool/driver/rules/0", json!({ "name": "x" })),
    ] {
        let mut document = sample();
        *document.pointer_mut(pointer).unwrap() = bad;
        assert!(!schema.is_valid(&document), "{pointer}");
    }
}

#[test]
fn every_result_names_its_rule_by_id_and_index() {
    let document = sample();
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = rules
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["B101", "B602"]);
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert_eq!(
        rules[1]["properties"]["tags"],
        json!(["security", "external/cwe/cwe-078"])
    );
}

#[test]
fn a_rule_says_what_its_check_says() {
    let document = sample();
    let rule = &document["runs"][0]["tool"]["driver"]["rules"][0];
    let check = checks().iter().find(|check| check.id == "B101").unwrap();
    assert_eq!(rule["shortDescription"]["text"], check.summary());
    assert_eq!(
        rule["fullDescription"],
        json!({ "text": rule["help"]["text"] })
    );
    let markdown = rule["help"]["markdown"].as_str().unwrap();
    assert!(markdown.starts_with(check.docs), "{markdown}");
    assert!(markdown.contains("Found:\n\n```python\n"), "{markdown}");
}

#[test]
fn a_check_that_is_no_more_is_still_a_rule_by_its_name() {
    let mut report = sample::report();
    report.files[0].findings[0].test_id = "B999".to_owned();
    report.files[0].findings[0].test_name = "once_there".to_owned();
    let document = document(&report, None);
    let rules = document["runs"][0]["tool"]["driver"]["rules"].as_array();
    let rule = rules.unwrap().iter().find(|rule| rule["id"] == "B999");
    assert_eq!(rule.unwrap()["fullDescription"]["text"], "once there");
}

#[test]
fn columns_count_utf16_units_from_one() {
    // `é` has two bytes and one unit, so byte 5 is column 5.
    let mut report = sample::report();
    report.files[0].findings[0].col = 5;
    report.files[0].findings[0].end_col = 21;
    let document = document(&report, Some(sample::SOURCE.as_bytes()));
    let result = &document["runs"][0]["results"][0];
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"],
        json!({ "startLine": 2, "startColumn": 5, "endLine": 2, "endColumn": 21 })
    );
    // Outside the basic plane, four bytes are two units.
    let lines = Lines::of("x = '𝒳' + y".as_bytes()).unwrap();
    assert_eq!(lines.column(1, 4), Some(5));
    assert_eq!(lines.column(1, 10), Some(9));
    assert_eq!(lines.column(1, 7), None, "inside a character");
    let lines = Lines::of("é = 1\nü = é + ñ\n".as_bytes()).unwrap();
    assert_eq!(lines.line(2), Some("ü = é + ñ"));
    assert_eq!(lines.column(2, 0), Some(1));
    assert_eq!(lines.column(2, 10), Some(9));
    assert_eq!(lines.column(2, 12), Some(10), "the end of the line");
    assert_eq!(lines.column(2, 13), None);
}

#[test]
fn a_file_of_one_line_with_a_finding_a_word_takes_no_longer_than_one_of_many_lines() {
    let source: &'static str = "é = f(1); ".repeat(50_000).leak();
    let mut report = sample::report();
    let finding = report.files[0].findings[1].clone();
    let findings = (0..50_000).map(|n| Finding {
        line: 1,
        end_line: 1,
        col: n * 11,
        end_col: n * 11 + 9,
        ..finding.clone()
    });
    report.files[0].findings = findings.collect();
    let document = document(&report, Some(source.as_bytes()));
    let last = &document["runs"][0]["results"][49_999];
    let region = &last["locations"][0]["physicalLocation"]["region"];
    // Quadratic work would take minutes here; what comes out is right, too.
    assert_eq!(region["startColumn"], 49_999 * 10 + 1);
}

#[test]
fn without_the_source_there_are_lines_and_no_columns() {
    let document = document(&sample::report(), None);
    for result in document["runs"][0]["results"].as_array().unwrap() {
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert!(region["startLine"].is_u64());
        assert!(region.get("startColumn").is_none() && region.get("endColumn").is_none());
    }
}

#[test]
fn a_place_that_the_source_has_not_got_is_given_as_far_as_it_goes() {
    for (line, end_line, col, end_col) in [
        (2, 2, -1, -1),
        (2, 2, 9, 3),
        (2, 1, 0, 5),
        (0, 0, 0, 0),
        (99, 100, 4, 8),
        (2, 3, 0, 10_000),
        (u32::MAX, u32::MAX, i32::MAX, i32::MAX),
    ] {
        let mut report = sample::report();
        let finding = &mut report.files[0].findings[0];
        (finding.line, finding.end_line) = (line, end_line);
        (finding.col, finding.end_col) = (col, end_col);
        let document = document(&report, Some(sample::SOURCE.as_bytes()));
        let region =
            &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
        let number = |name: &str| region.get(name).and_then(Value::as_u64);
        assert!(number("startLine") >= Some(1), "{region}");
        assert!(number("endLine") >= number("startLine"), "{region}");
        if let (Some(start), Some(end)) = (number("startColumn"), number("endColumn")) {
            let one_line = number("startLine") == number("endLine");
            assert!(
                start >= 1 && end >= 1 && (!one_line || start < end),
                "{region}"
            );
        }
    }
}

#[test]
fn a_fingerprint_outlives_lines_that_are_added_above() {
    let prints = |document: &Value| -> Vec<String> {
        let results = document["runs"][0]["results"].as_array().unwrap();
        let print =
            |result: &Value| result["partialFingerprints"]["codedetectFinding/v1"].to_string();
        results.iter().map(print).collect()
    };
    let before = prints(&sample());
    let mut report = sample::report();
    for finding in &mut report.files[0].findings {
        finding.line += 2;
        finding.end_line += 2;
    }
    let moved: &'static str =
        "# one\n# two\nimport os\né = call(shell=True)\nassert True\nassert True\n";
    assert_eq!(prints(&document(&report, Some(moved.as_bytes()))), before);
    let mut unique = before.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), before.len(), "two alike are told apart");
}

#[test]
fn a_file_that_does_not_parse_is_a_notification_and_the_run_no_success() {
    let document = sample();
    let invocation = &document["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notification = &invocation["toolExecutionNotifications"][0];
    assert_eq!(notification["message"]["text"], "bad.py: invalid syntax");
    let place = &notification["locations"][0]["physicalLocation"];
    assert_eq!(place["region"], json!({ "startLine": 3 }));
    let mut good = sample::report();
    good.files.truncate(1);
    let document = self::document(&good, None);
    assert_eq!(
        document["runs"][0]["invocations"][0]["executionSuccessful"],
        true
    );
}

#[test]
fn a_path_becomes_a_uri() {
    for (path, uri) in [
        ("src/app.py", "src/app.py"),
        ("a b/ü#?.py", "a%20b/%C3%BC%23%3F.py"),
        ("/srv/a.py", "file:///srv/a.py"),
        ("c:evil.py", "c%3Aevil.py"),
    ] {
        assert_eq!(artifact(path).uri, uri);
    }
}
