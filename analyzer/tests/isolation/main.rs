//! Provokes every limit in real worker processes.

mod cases;
mod layers;
mod saboteur;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("worker") => codedetect_analyzer::worker::process::run(saboteur::obey),
        Some("landlock-alone") => layers::try_with_landlock_alone(arguments),
        _ => {
            let trials = cases::ALL
                .iter()
                .map(|&(name, case)| {
                    Trial::test(name, move || {
                        cases::in_runtime(case);
                        Ok(())
                    })
                })
                .collect();
            libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
        }
    }
}
