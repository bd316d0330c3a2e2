//! `doctor` on a cloud that grants everything but what a test takes away.

use codedetect_localcloud::Rewrite;

use crate::program::Program;

#[test]
fn an_action_that_is_not_allowed_is_named() {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let permissions = || {
        let report = program.run("doctor", &file, &["--format", "json"]);
        let code = report.code;
        let report = report.json();
        let check = report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|check| check["name"] == "permissions")
            .unwrap_or_else(|| panic!("{report:#}"))
            .clone();
        (code, check)
    };
    let (_, allowed) = permissions();
    assert_eq!(allowed["verdict"], "ok", "{allowed:#}");

    let answer = |decision: &str| {
        format!(
            "<EvalActionName>ec2:CreateVpc</EvalActionName><EvalResourceName>*</EvalResourceName>\
             <EvalDecision>{decision}</EvalDecision>"
        )
    };
    program.cloud.add_rewrite(Rewrite {
        service: Some("iam".to_owned()),
        action: "SimulatePrincipalPolicy".to_owned(),
        contains: None,
        from: answer("allowed"),
        to: answer("implicitDeny"),
        times: None,
    });
    let (code, denied) = permissions();
    assert_eq!(
        (code, &denied["verdict"]),
        (1, &"failed".into()),
        "{denied:#}"
    );
    let says = denied["says"].as_str().unwrap();
    assert!(says.ends_with("may not: ec2:CreateVpc"), "{says}");
}
