//! Any bytes as an archive, and any text as a name: what is taken is within the limits, and its
//! name leads nowhere.

#![no_main]

// The two files alone: the service around them would be minutes of compiling.
#[path = "../../src/upload/archive.rs"]
#[allow(dead_code)]
mod archive;
#[path = "../../src/upload/name.rs"]
#[allow(dead_code)]
mod name;

use archive::{Limits, unpack};
use libfuzzer_sys::fuzz_target;

const LIMITS: Limits = Limits {
    entries: 64,
    files: 8,
    file_bytes: 1 << 12,
    total_bytes: 1 << 14,
};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(unpacked) = unpack(bytes, &LIMITS) {
        assert!(unpacked.files.len() <= LIMITS.files);
        let total: usize = unpacked.files.iter().map(|(_, source)| source.len()).sum();
        assert!(total <= LIMITS.total_bytes);
        for (path, source) in &unpacked.files {
            assert!(source.len() <= LIMITS.file_bytes);
            assert_eq!(name::python(path).as_ref(), Ok(path));
        }
        for ignored in &unpacked.ignored {
            assert!(!ignored.name.contains(char::is_control));
        }
    }
    if let Ok(path) = name::checked(&String::from_utf8_lossy(bytes)) {
        assert_eq!(name::checked(&path).as_ref(), Ok(&path));
        assert!(!path.starts_with('/') && !path.contains(['\\', '<', ':', '\0']));
        assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        assert!(!name::shown(&path).contains(char::is_control));
    }
});
