use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::LARGEST;
use crate::diag::{Code, Diagnostic, SourceText};

/// Reads a stack file. The only I/O of this module; at most [`LARGEST`] bytes and one more are read, whatever the path leads to.
///
/// # Errors
/// That there is no such file, that it is a folder, cannot be read, is too large, or is not UTF-8.
pub fn read(path: &Path) -> Result<SourceText, Box<Diagnostic>> {
    let name = path.display().to_string();
    let unreadable = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Diagnostic::new(Code::FileMissing, format!("there is no file {name}"))
                .help("`init` writes one to start from")
        }
        std::io::ErrorKind::IsADirectory => folder(&name),
        _ => Diagnostic::new(
            Code::FileUnreadable,
            format!("{name} cannot be read: {error}"),
        ),
    };
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let about = file.metadata().map_err(|error| unreadable(&error))?;
    if about.is_dir() {
        return Err(folder(&name).into());
    }
    if about.len() > LARGEST as u64 {
        return Err(too_large(&name).into());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(about.len()).unwrap_or(0) + 1);
    file.take(LARGEST as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if bytes.len() > LARGEST {
        return Err(too_large(&name).into());
    }
    decode(name, bytes)
}

/// The text of a file's bytes, without a byte order mark.
pub(super) fn decode(name: String, bytes: Vec<u8>) -> Result<SourceText, Box<Diagnostic>> {
    match String::from_utf8(bytes) {
        Ok(text) => match text.strip_prefix('\u{feff}') {
            Some(rest) => Ok(SourceText::new(name, rest)),
            None => Ok(SourceText::new(name, text)),
        },
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = 1 + bytes
                .iter()
                .take(good)
                .filter(|byte| **byte == b'\n')
                .count();
            let byte = bytes.get(good).copied().unwrap_or_default();
            let message =
                format!("{name} is not UTF-8: byte {good}, on line {line}, is 0x{byte:02x}");
            let help = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
                "it begins like UTF-16: save it as UTF-8"
            } else {
                "save the file as UTF-8"
            };
            Err(Diagnostic::new(Code::NotUtf8, message).help(help).into())
        }
    }
}

fn folder(name: &str) -> Diagnostic {
    Diagnostic::new(Code::FileIsFolder, format!("{name} is a folder"))
        .help("name the stack file in it")
}

fn too_large(name: &str) -> Diagnostic {
    Diagnostic::new(
        Code::FileTooLarge,
        format!("{name} has more than {LARGEST} bytes"),
    )
    .help("a stack file has a few kilobytes: is this the right file?")
}
