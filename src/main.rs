//! The program `codedetect-infra`.

fn main() -> std::process::ExitCode {
    codedetect_infra::cli::main()
}
