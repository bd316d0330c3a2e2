//! The program `codedetect-analyzer`.

fn main() {}
