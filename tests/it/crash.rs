//! Killed in the middle of a first apply, and run again.

use std::time::Duration;

use codedetect_localcloud::Fault;

use crate::program::Program;

/// Kinds and counts of everything that stands, and that nothing differs.
fn settled(program: &Program, file: &std::path::Path) -> String {
    assert_eq!(program.planned(file, &[]), Vec::new());
    program.python(crate::stack::INVENTORY)
}

fn killed_at(call: u64, after: bool) -> (Program, String) {
    let program = Program::new();
    let file = program.stack("stack.yaml", &[]);
    let mut fault = Fault::on_changing().nth(call).hang().freeze();
    if after {
        fault = fault.after();
    }
    let fault = program.cloud.add_fault(fault);
    let mut child = program.start("apply", &file, &["--yes"]);
    let sprung = program.cloud.wait_sprung(fault, Duration::from_secs(60));
    assert!(sprung, "call {call} never came");
    child.kill().unwrap();
    child.wait().unwrap();
    program.cloud.reset();
    let again = program.run("apply", &file, &["--yes", "--lock-wait", "60s"]);
    assert_eq!(
        again.code, 0,
        "killed at {call}, after: {after}\n{}",
        again.err
    );
    let inventory = settled(&program, &file);
    (program, inventory)
}

#[test]
fn an_apply_killed_at_every_fifth_change_is_finished_by_the_next() {
    let clean = Program::new();
    let file = clean.stack("stack.yaml", &[]);
    clean.cloud.reset();
    clean.run("apply", &file, &["--yes"]).with(0);
    let changes = u64::try_from(clean.cloud.log().len()).unwrap();
    let wanted = settled(&clean, &file);
    drop(clean);
    for call in (1..=changes).step_by(5) {
        for after in [false, true] {
            let (_, inventory) = killed_at(call, after);
            assert_eq!(
                inventory, wanted,
                "killed at change {call}, after it: {after}"
            );
        }
    }
}
