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
