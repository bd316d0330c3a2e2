//! The Python interpreter that builds the environment.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use crate::LocalError;

/// The environment variable that names the interpreter.
pub const PYTHON_VARIABLE: &str = "CODEDETECT_PYTHON";

/// The oldest version that the pinned packages support.
const OLDEST: (u32, u32) = (3, 10);

/// An interpreter that is new enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Python {
    pub(crate) program: OsString,
}

impl Python {
    /// The interpreter named by `CODEDETECT_PYTHON`, or else the first of `python3` and `python` that is new enough.
    pub(crate) fn find() -> Result<Python, LocalError> {
        let candidates = match std::env::var_os(PYTHON_VARIABLE) {
            Some(named) if !named.is_empty() => vec![named],
            _ => vec!["python3".into(), "python".into()],
        };
        Python::among(&candidates)
    }

    fn among(candidates: &[OsString]) -> Result<Python, LocalError> {
        let mut too_old = None;
        for program in candidates {
            let Some(version) = version(program) else {
                continue;
            };
            if parsed(&version).is_some_and(|found| found >= OLDEST) {
                return Ok(Python {
                    program: program.clone(),
                });
            }
            let python = program.to_string_lossy().into_owned();
            too_old.get_or_insert(LocalError::PythonTooOld { python, version });
        }
        let tried = candidates
            .iter()
            .map(|c| c.to_string_lossy())
            .collect::<Vec<_>>()
            .join(", ");
        Err(too_old.unwrap_or(LocalError::PythonMissing { tried }))
    }
}

/// What the interpreter calls itself, such as `Python 3.12.1`; nothing where it cannot be run.
fn version(program: &OsString) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    // Python 2 answers on stderr.
    let text = if output.stdout.is_empty() {
        output.stderr
    } else {
        output.stdout
    };
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&text).trim().to_owned())
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.strip_prefix("Python ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_version_is_compared_by_number_and_not_by_text() {
        assert_eq!(parsed("Python 3.9.18"), Some((3, 9)));
        assert!(parsed("Python 3.9.18") < Some(OLDEST));
        assert!(parsed("Python 3.10.0") >= Some(OLDEST));
        assert_eq!(parsed("Monty 3.10"), None);
    }

    #[test]
    fn a_missing_interpreter_is_one_sentence_with_the_remedy() {
        let error = Python::among(&["/nowhere/python3".into()]).unwrap_err();
        assert!(matches!(error, LocalError::PythonMissing { .. }));
        let text = error.to_string();
        assert!(
            text.contains("/nowhere/python3") && text.contains("CODEDETECT_PYTHON"),
            "{text}"
        );
        assert!(!text.contains('\n'));
    }

    #[test]
    fn an_old_interpreter_is_named_with_its_version() {
        let dir = tempfile::tempdir().unwrap();
        let program = dir.path().join("python3");
        std::fs::write(&program, "#!/bin/sh\necho Python 3.8.1\n").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let error = Python::among(&[program.clone().into(), "/nowhere/python".into()]).unwrap_err();
        assert!(error.to_string().contains("Python 3.8.1"), "{error}");
        assert!(matches!(error, LocalError::PythonTooOld { .. }));
    }
}
