//! Reads paths of Python files, one a line, and prints the report of each as one line of JSON:
//! the engine's side of the oracle.

use std::io::{self, BufRead, BufWriter, Write};

fn main() -> io::Result<()> {
    let mut answers = BufWriter::new(io::stdout().lock());
    for path in io::stdin().lock().lines() {
        let path = path?;
        let source = std::fs::read(&path)?;
        serde_json::to_writer(&mut answers, &codedetect_engine::analyze(&path, &source))?;
        answers.write_all(b"\n")?;
        // So that a file which ends the process is known by the answers before it.
        answers.flush()?;
    }
    Ok(())
}
