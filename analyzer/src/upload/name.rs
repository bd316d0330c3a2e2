//! The names that clients give their files. They are shown, stored and made part of keys; they
//! are never used as paths of this machine.
//!
//! A name that plays a trick is refused rather than mended: what it was meant for is not known.

/// The longest name, in characters.
pub const LONGEST: usize = 255;

/// The deepest folder.
pub const DEEPEST: usize = 32;

/// What a name may end with.
pub const PYTHON: [&str; 3] = [".py", ".pyi", ".pyw"];

/// What no file system of the world at large takes in a name, and what begins markup.
const RESERVED: [char; 7] = ['<', '>', ':', '"', '|', '?', '*'];

/// Why a name is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// There is none.
    #[error("has no name")]
    Empty,
    /// It is too long.
    #[error("has a name of more than {LONGEST} characters")]
    Long,
    /// It has too many parts.
    #[error("lies more than {DEEPEST} folders deep")]
    Deep,
    /// It says where it wants to be, not only what it is called.
    #[error("has an absolute path for a name: send a relative one")]
    Absolute,
    /// It leads elsewhere.
    #[error("has a name that leads out of its folder (..)")]
    Outside,
    /// It holds what is obeyed rather than shown.
    #[error("has a name with control characters")]
    Control,
    /// It holds what is not taken.
    #[error("has a name with one of < > : \" | ? *, which are not taken")]
    Reserved,
    /// It ends otherwise.
    #[error("is not a Python file by its name: it should end with .py")]
    NotPython,
}

/// The name as a relative path of ordinary parts with `/` between them.
pub fn checked(name: &str) -> Result<String, NameError> {
    if name.chars().nth(LONGEST).is_some() {
        return Err(NameError::Long);
    }
    if name.chars().any(is_obeyed) {
        return Err(NameError::Control);
    }
    if name.starts_with(['/', '\\']) || has_drive(name) {
        return Err(NameError::Absolute);
    }
    let parts: Vec<&str> = name
        .split(['/', '\\'])
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if parts.iter().any(|part| leads_outside(part)) {
        return Err(NameError::Outside);
    }
    if name.contains(RESERVED) {
        return Err(NameError::Reserved);
    }
    if parts.len() > DEEPEST {
        return Err(NameError::Deep);
    }
    match parts.join("/") {
        path if path.trim().is_empty() => Err(NameError::Empty),
        path => Ok(path),
    }
}

/// The name of a Python source, as [`checked`] has it.
pub fn python(name: &str) -> Result<String, NameError> {
    let path = checked(name)?;
    if is_python(&path) {
        Ok(path)
    } else {
        Err(NameError::NotPython)
    }
}

/// Whether it is a Python source by its ending.
pub fn is_python(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    PYTHON.iter().any(|ending| {
        path.strip_suffix(ending)
            .is_some_and(|stem| !stem.is_empty() && !stem.ends_with('/'))
    })
}

/// A text without what a terminal, a log or a page would obey rather than show.
pub fn printable(text: &str) -> String {
    text.chars().filter(|char| !is_obeyed(*char)).collect()
}

/// A name that was refused, for telling people about it.
pub fn shown(name: &str) -> String {
    let replaced = name
        .chars()
        .map(|char| if is_obeyed(char) { '\u{fffd}' } else { char });
    replaced.take(LONGEST).collect()
}

fn has_drive(name: &str) -> bool {
    matches!(name.as_bytes(), [drive, b':', ..] if drive.is_ascii_alphabetic())
}

/// `..`, and what some systems make of it: they drop dots and spaces at a name's end.
fn leads_outside(part: &str) -> bool {
    part.starts_with('.') && part.trim_end_matches(['.', ' ']).is_empty()
}

/// Control characters, and marks of direction, joiners and separators of lines, which hide what
/// a name really is.
pub(crate) fn is_obeyed(char: char) -> bool {
    char.is_control()
        || matches!(
            char,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffd}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_name_is_taken_as_a_relative_path() {
        for (name, path) in [
            ("code.py", "code.py"),
            ("src/app/main.py", "src/app/main.py"),
            (r"src\app\main.py", "src/app/main.py"),
            ("a/./b//c.py", "a/b/c.py"),
            ("./x.py", "x.py"),
            ("größe (2).py", "größe (2).py"),
            ("..a.py", "..a.py"),
            (".hidden.py", ".hidden.py"),
            ("日本.py", "日本.py"),
            ("a'b&c;d.py", "a'b&c;d.py"),
        ] {
            assert_eq!(checked(name).as_deref(), Ok(path), "{name:?}");
        }
    }

    #[test]
    fn a_name_that_plays_a_trick_is_refused_and_told_why() {
        for (name, error) in [
            ("", NameError::Empty),
            ("   ", NameError::Empty),
            ("./.", NameError::Empty),
            ("..", NameError::Outside),
            ("../x.py", NameError::Outside),
            (r"..\x.py", NameError::Outside),
            ("a/../../x.py", NameError::Outside),
            ("a/.. /x.py", NameError::Outside),
            ("a/.../x.py", NameError::Outside),
            ("/etc/x.py", NameError::Absolute),
            (r"\\server\x.py", NameError::Absolute),
            (r"C:\x.py", NameError::Absolute),
            ("c:x.py", NameError::Absolute),
            ("a\0.py", NameError::Control),
            ("a\n.py", NameError::Control),
            ("\u{1b}[31m.py", NameError::Control),
            ("a\u{202e}yp.exe", NameError::Control),
            ("a\u{9b}31m.py", NameError::Control),
            ("<b>x</b>.py", NameError::Reserved),
            ("a\"onload=x.py", NameError::Reserved),
            ("a.py:stream", NameError::Reserved),
        ] {
            assert_eq!(checked(name), Err(error), "{name:?}");
        }
        assert_eq!(checked(&"x".repeat(256)), Err(NameError::Long));
        assert_eq!(checked(&"a/".repeat(33)), Err(NameError::Deep));
    }

    #[test]
    fn a_python_file_is_known_by_its_ending() {
        for good in ["a.py", "A.PY", "stubs/a.pyi", "b.pyw"] {
            assert!(python(good).is_ok(), "{good}");
        }
        for bad in ["a.exe", "py", "a.py.txt", "a.pyc", ".py"] {
            assert_eq!(python(bad), Err(NameError::NotPython), "{bad}");
        }
    }

    #[test]
    fn what_is_shown_is_obeyed_by_no_terminal() {
        assert_eq!(printable("a\u{1b}[31m\u{202e}b"), "a[31mb");
        assert_eq!(shown("a\u{1b}[31m\u{202e}b"), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!(shown(&"x".repeat(9999)).len(), LONGEST);
    }
}
