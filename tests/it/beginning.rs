//! What a person types first, in an empty folder.

use crate::program::{Ended, Program};

fn call(program: &Program, arguments: &[&str]) -> Ended {
    Ended::of(&program.bare().args(arguments).output().unwrap())
}

#[test]
fn the_file_that_init_writes_is_valid_and_is_not_written_over() {
    let program = Program::new();
    call(&program, &["init"]).with(0);
    let valid = call(&program, &["validate"]).with(0);
    assert!(
        valid.out.starts_with("stack.yaml is valid: "),
        "{}",
        valid.out
    );
    let again = call(&program, &["init"]).with(1);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let unknown = call(&program, &["init", "--from", "netwrk"]).with(64);
    assert!(unknown.err.contains("network"), "{}", unknown.err);
}

#[test]
fn what_is_wrong_with_one_environment_is_told_with_its_name() {
    let program = Program::new();
    let text = "stack: shop\nenvironment: prod\nregion: eu-west-1\n\
                environments: { dev: { resources: { pager: { kind: sns.topik } } } }\n";
    std::fs::write(program.folder.path().join("stack.yaml"), text).unwrap();
    let refused = call(&program, &["validate"]).with(65);
    assert!(refused.err.contains("sns.topic"), "{}", refused.err);
    assert!(refused.err.contains("environment `dev`"), "{}", refused.err);
}

const SHOP: &str = "stack: shop\nenvironment: prod\nregion: eu-west-1\n";

#[test]
fn a_variable_that_is_empty_names_no_environment() {
    let program = Program::new();
    std::fs::write(program.folder.path().join("stack.yaml"), SHOP).unwrap();
    let named = |environment: &str| {
        let mut validate = program.bare();
        validate.env("CODEDETECT_ENV", environment).arg("validate");
        Ended::of(&validate.output().unwrap())
    };
    let valid = named("").with(0);
    assert_eq!(
        valid.out.trim_end(),
        "stack.yaml is valid: shop-prod in eu-west-1."
    );
    let refused = named("stagin").with(65);
    assert!(
        refused.err.contains("no environment `stagin`"),
        "{}",
        refused.err
    );
    assert!(!refused.err.contains("so it is in"), "{}", refused.err);
    // Who types an empty name has a script that lost one.
    let refused = call(&program, &["validate", "--env", ""]).with(65);
    assert!(refused.err.contains("E0031"), "{}", refused.err);
}

#[test]
fn every_document_of_a_run_says_what_it_is() {
    let program = Program::new();
    let file = program.folder.path().join("stack.yaml");
    let pager = "resources:\n  pager: { kind: sns.topic, fields: { name: shop-prod-pager, region: eu-west-1 } }\n";
    std::fs::write(&file, format!("{SHOP}{pager}")).unwrap();
    let arguments = ["--yes", "--format", "json"];
    let applied = program.run("apply", &file, &arguments).with(0).json();
    assert_eq!(
        (&applied["document"], &applied["run"]["complete"]),
        (&"apply".into(), &true.into()),
        "{applied:#}"
    );
    assert!(applied["outputs"].is_object(), "{applied:#}");

    let with_data = [&arguments[..], &["--delete-data", "state.bucket"]].concat();
    let destroyed = program.run("destroy", &file, &with_data).with(0).json();
    assert_eq!(
        (&destroyed["document"], &destroyed["run"]["complete"]),
        (&"destroy".into(), &true.into()),
        "{destroyed:#}"
    );
    assert_eq!(destroyed["run"]["verb"], "destroy");
    let changes = destroyed["plan"]["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .any(|one| one["address"] == "resources.pager" && one["action"] == "delete"),
        "{destroyed:#}"
    );
    let nothing = program.run("destroy", &file, &arguments).with(0).json();
    assert_eq!(
        (&nothing["plan"]["empty"], &nothing["run"]),
        (&true.into(), &serde_json::Value::Null),
        "{nothing:#}"
    );
}

#[test]
fn a_local_cloud_that_does_not_run_is_told_to_a_program_too() {
    let program = Program::new();
    let told = call(&program, &["local", "status", "--format", "json"]).with(1);
    assert_eq!(
        told.json(),
        serde_json::json!({ "version": 1, "document": "local", "running": false })
    );
}
