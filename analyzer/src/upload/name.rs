//! The names that clients give their files. They are shown, stored and made part of keys; they
//! are never used as paths of this machine.

use super::UploadError;

/// The longest name that is kept, in characters.
const LONGEST: usize = 255;

/// The deepest folder that is kept.
const DEEPEST: usize = 32;

/// What a name may end with.
const PYTHON: [&str; 3] = [".py", ".pyi", ".pyw"];

/// A relative path of ordinary parts: no drive, no root, no `..`, no control character, nothing
/// that changes the direction of text. Empty where nothing is left.
pub fn safe(name: &str) -> String {
    let shown = printable(name);
    let parts: Vec<&str> = shown
        .split(['/', '\\'])
        .map(str::trim)
        .filter(|part| !part.is_empty() && *part != "." && *part != "..")
        .filter(|part| !(part.len() == 2 && part.ends_with(':')))
        .collect();
    // The end of a path says more than its start.
    let parts = &parts[parts.len().saturating_sub(DEEPEST)..];
    let path = parts.join("/");
    let length = path.chars().count();
    path.chars()
        .skip(length.saturating_sub(LONGEST))
        .collect::<String>()
        .trim_start_matches('/')
        .to_owned()
}

/// A text without what a terminal, a log or a page would obey rather than show.
pub fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && !obeyed(*c))
        .collect()
}

/// Marks of direction, joiners and separators of lines, which hide what a name really is.
fn obeyed(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}'
    )
}

/// Refuses what is no Python source by its name, or no text by its content.
pub fn refuse_other_than_python(path: &str, content: &[u8]) -> Result<(), UploadError> {
    let refuse = |reason| {
        Err(UploadError::NotPython {
            path: path.to_owned(),
            reason,
        })
    };
    let lower = path.to_ascii_lowercase();
    if !PYTHON.iter().any(|ending| lower.ends_with(ending)) {
        return refuse("is not a Python file by its name: it should end with .py");
    }
    if content.contains(&0) {
        return refuse("is not Python source: it holds a null byte");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_name_is_a_relative_path_that_can_be_shown() {
        for (name, safe_name) in [
            ("code.py", "code.py"),
            ("src/app/main.py", "src/app/main.py"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/cron.d/x.py", "etc/cron.d/x.py"),
            (r"C:\Users\a\code.py", "Users/a/code.py"),
            ("a/./b//c.py", "a/b/c.py"),
            ("a\0b\n\r\u{1b}[31m.py", "ab[31m.py"),
            ("evil\u{202e}yp.exe", "evilyp.exe"),
            ("<b>x</b>.py", "<b>x</b>.py"),
            ("..", ""),
            ("", ""),
        ] {
            assert_eq!(safe(name), safe_name, "{name:?}");
        }
        assert!(safe(&"a/".repeat(5000)).split('/').count() <= DEEPEST);
        assert_eq!(
            safe(&format!("{}.py", "x".repeat(5000))).chars().count(),
            LONGEST
        );
    }

    #[test]
    fn only_python_text_is_taken() {
        for good in ["a.py", "A.PY", "stubs/a.pyi", "b.pyw"] {
            assert_eq!(refuse_other_than_python(good, b"x = 1\n"), Ok(()));
        }
        for (path, content) in [("a.exe", b"x".as_slice()), ("py", b""), ("a.py", b"x\0")] {
            assert!(refuse_other_than_python(path, content).is_err(), "{path}");
        }
    }
}
