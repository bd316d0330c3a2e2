//! The program `codedetect-analyzer`.

use std::process::ExitCode;

fn main() -> ExitCode {
    codedetect_analyzer::cli::run()
}
