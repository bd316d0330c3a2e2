//! `ci github`: a workflow is written, kept up to date, and left alone where somebody has changed it.

use std::path::Path;

use crate::program::{Ended, Program};

const WORKFLOW: &str = ".github/workflows/codedetect-prod.yml";

fn ci(program: &Program, arguments: &[&str]) -> Ended {
    let mut command = program.bare();
    command
        .args(["ci", "github"])
        .args(arguments)
        .args(["--endpoint-url", program.cloud.endpoint()])
        .args(["--state-dir", "state"]);
    Ended::of(&command.output().unwrap())
}

fn workflow(program: &Program) -> String {
    std::fs::read_to_string(program.folder.path().join(WORKFLOW)).unwrap()
}

#[test]
fn a_workflow_is_written_anew_until_somebody_changes_it() {
    let program = Program::new();
    program.stack("stack.yaml", &[]);
    let printed = ci(&program, &["stack.yaml", "--print"]).with(0).out;
    assert!(!program.folder.path().join(WORKFLOW).exists());
    assert!(
        ci(&program, &["stack.yaml"])
            .with(0)
            .out
            .contains("is written")
    );
    assert_eq!(workflow(&program), printed);
    assert!(
        ci(&program, &["stack.yaml"])
            .with(0)
            .out
            .contains("up to date")
    );
    // Another image folder makes another workflow.
    ci(&program, &["stack.yaml", "--context", "analyzer"]).with(0);
    assert!(workflow(&program).contains("context: \"analyzer\""));

    let changed = workflow(&program).replace("timeout-minutes: 90", "timeout-minutes: 120");
    std::fs::write(program.folder.path().join(WORKFLOW), &changed).unwrap();
    let refused = ci(&program, &["stack.yaml"]).with(1);
    assert!(refused.err.contains("--force"), "{}", refused.err);
    assert_eq!(workflow(&program), changed);
    ci(&program, &["stack.yaml", "--force"]).with(0);
    assert_eq!(workflow(&program), printed);
}

#[test]
fn the_jobs_take_on_the_roles_that_apply_makes() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let printed = ci(&program, &["stack.yaml", "--print"]).with(0).out;
    program.run("apply", &file, &["--yes"]).with(0);
    let outputs = program.run("outputs", &file, &["--format", "json"]).with(0);
    for role in ["role", "applier", "reader"] {
        let arn = outputs.json()["outputs"][format!("deployer.{role}")].clone();
        assert!(printed.contains(&format!("role-to-assume: {arn}")), "{arn}");
    }
}

#[test]
fn without_a_deployer_there_is_no_role_and_no_workflow() {
    let program = Program::new();
    let deployer = "deployer: { github: example/codedetect, branch: main }";
    program.stack("stack.yaml", &[(deployer, "")]);
    let refused = ci(&program, &["stack.yaml"]).with(64);
    assert!(refused.err.contains("`deployer`"), "{}", refused.err);
    assert!(!Path::new(&program.folder.path().join(WORKFLOW)).exists());
}
