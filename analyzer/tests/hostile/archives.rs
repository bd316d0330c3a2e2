//! Archives, by the library alone.

use codedetect_analyzer::upload::archive::{ArchiveError, Limits, Unpacked, unpack};
use codedetect_analyzer::upload::name::{self, NameError};
use proptest::prelude::*;

use super::zip::{Entry, overlapping, zip};

const LIMITS: Limits = Limits {
    entries: 100,
    files: 10,
    file_bytes: 1 << 20,
    total_bytes: 2 << 20,
};

fn open(entries: &[Entry]) -> Result<Unpacked, ArchiveError> {
    unpack(&zip(entries), &LIMITS)
}

fn py(name: &str) -> Entry {
    Entry::new(name, b"x = 1\n")
}

#[test]
fn the_python_files_come_out_and_the_others_are_named() {
    let unpacked = open(&[
        Entry::stored("pkg/", b"").with(|it| it.mode = 0o040_755),
        Entry::new("pkg/a.py", b"x = 1\n"),
        Entry::stored("pkg/b.pyi", b"y: int\n"),
        Entry::new("README.md", b"# hello"),
        Entry::new("what is <this>?", b""),
        Entry::stored("inner.zip", &zip(&[py("c.py")])),
        Entry::new("__MACOSX/pkg/._a.py", b"\0\x05\x16\x07"),
        Entry::new("link.py", b"/etc/passwd").with(|it| it.mode = 0o120_777),
    ])
    .unwrap();
    let files: Vec<_> = unpacked
        .files
        .iter()
        .map(|(name, source)| (name.as_str(), source.as_slice()))
        .collect();
    assert_eq!(
        files,
        [
            ("pkg/a.py", b"x = 1\n".as_slice()),
            ("pkg/b.pyi", b"y: int\n")
        ]
    );
    let ignored: Vec<_> = unpacked
        .ignored
        .iter()
        .map(|it| format!("{} {}", it.name, it.reason))
        .collect();
    assert_eq!(
        ignored,
        [
            "README.md is not Python",
            "what is <this>? is not Python",
            "inner.zip is an archive in the archive",
            "__MACOSX/pkg/._a.py is what macOS adds to archives",
            "link.py is a link",
        ]
    );
    assert_eq!(unpacked.ignored_count, 5);
}

#[test]
fn many_ignored_entries_are_counted_and_some_are_named() {
    let entries: Vec<_> = (0..90)
        .map(|n| Entry::stored(format!("{n}.txt"), b""))
        .collect();
    let unpacked = open(&entries).unwrap();
    assert_eq!((unpacked.ignored.len(), unpacked.ignored_count), (20, 90));
}

#[test]
fn a_name_that_leads_elsewhere_refuses_the_archive_whatever_it_names() {
    for (name, error) in [
        ("../a.py", NameError::Outside),
        ("a/../../b.txt", NameError::Outside),
        (r"..\..\a.exe", NameError::Outside),
        ("/etc/cron.d/x", NameError::Absolute),
        (r"C:\a.py", NameError::Absolute),
        ("../", NameError::Outside),
        ("a\u{1b}[2J.py", NameError::Control),
        ("<script>.py", NameError::Reserved),
        ("a\0.py", NameError::Control),
    ] {
        match open(&[py("good.py"), py(name)]) {
            Err(ArchiveError::Name { error: said, .. }) => assert_eq!(said, error, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn a_name_that_is_no_utf8_is_mended() {
    let unpacked = open(&[Entry::new(b"gr\xf6\xdfe.py".as_slice(), b"x = 1\n")]).unwrap();
    assert_eq!(unpacked.files[0].0, "gr__e.py");
}

#[test]
fn a_bomb_is_refused_before_it_is_inflated() {
    let zeros = vec![b' '; 64 << 20];
    let limit = 1 << 20;
    let name = "bomb.py".to_owned();
    assert_eq!(
        open(&[Entry::new("bomb.py", &zeros)]),
        Err(ArchiveError::FileBytes { name, limit })
    );
    // One that says that it is small is no better off.
    let lying = Entry::new("bomb.py", &zeros).with(|it| it.size = 10);
    assert!(matches!(
        open(&[lying]),
        Err(ArchiveError::FileBytes { .. } | ArchiveError::Broken(_))
    ));
    // Short enough, but packed as nothing is.
    let tight = Entry::new("tight.py", &zeros[..1 << 20]);
    assert_eq!(open(&[tight]), Err(ArchiveError::Bomb("tight.py".into())));
    // Many that are each allowed.
    let noise: Vec<u8> = (0..900_000_u32)
        .map(|n| b'a' + (n.wrapping_mul(n) % 23) as u8)
        .collect();
    let many: Vec<_> = (0..5)
        .map(|n| Entry::stored(format!("{n}.py"), &noise))
        .collect();
    assert_eq!(open(&many), Err(ArchiveError::TotalBytes(2 << 20)));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let entries: Vec<_> = (0..5)
        .map(|n| py(&format!("{n}.py")).with(|it| it.own_name = Some(b"0.py".to_vec())))
        .collect();
    assert_eq!(
        unpack(&overlapping(&entries), &LIMITS),
        Err(ArchiveError::TwoNames("1.py".into()))
    );
    let alike: Vec<_> = ["a.py", "./a.py"].map(py).to_vec();
    assert_eq!(open(&alike), Err(ArchiveError::Twice("a.py".into())));
}

#[test]
fn lies_and_methods_that_are_not_taken_are_refused() {
    let name = || "a.py".to_owned();
    for (entry, error) in [
        (
            py("a.py").with(|it| it.flags = 1),
            ArchiveError::Encrypted(name()),
        ),
        (
            py("a.py").with(|it| it.method = 12),
            ArchiveError::Method(name()),
        ),
        (
            py("a.py").with(|it| it.method = 99),
            ArchiveError::Method(name()),
        ),
        (
            py("a.py").with(|it| it.own_name = Some(b"b.py".to_vec())),
            ArchiveError::TwoNames(name()),
        ),
    ] {
        assert_eq!(open(&[entry]), Err(error));
    }
    for entry in [
        py("a.py").with(|it| it.crc ^= 1),
        py("a.py").with(|it| it.size += 1),
        py("a.py").with(|it| it.packed.truncate(3)),
        py("a.py").with(|it| it.packed = b"no deflate".to_vec()),
    ] {
        assert!(matches!(open(&[entry]), Err(ArchiveError::Broken(_))));
    }
}

#[test]
fn too_many_entries_and_too_many_files_are_refused() {
    let files: Vec<_> = (0..11).map(|n| py(&format!("{n}.py"))).collect();
    assert_eq!(open(&files), Err(ArchiveError::Files(10)));
    let entries: Vec<_> = (0..101)
        .map(|n| Entry::stored(format!("{n}.txt"), b""))
        .collect();
    assert_eq!(open(&entries), Err(ArchiveError::Entries(100)));
}

#[test]
fn what_is_no_zip_or_breaks_off_is_refused_wherever_it_does() {
    let whole = zip(&[py("a.py"), py("b.py")]);
    for end in 0..whole.len() {
        assert!(unpack(&whole[..end], &LIMITS).is_err(), "{end}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_more_than_the_limits_or_a_name_that_leads_elsewhere(
        names in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..6),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let entries: Vec<_> = names
            .iter()
            .map(|name| Entry::new([name, b".py".as_slice()].concat(), b"x = 1\n"))
            .collect();
        let mut bytes = zip(&entries);
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        if let Ok(unpacked) = unpack(&bytes, &LIMITS) {
            prop_assert!(unpacked.files.len() <= LIMITS.files);
            for (name, source) in unpacked.files {
                prop_assert!(source.len() <= LIMITS.file_bytes);
                prop_assert_eq!(name::python(&name), Ok(name.clone()));
            }
        }
    }

    #[test]
    fn a_name_that_is_taken_is_taken_again_unchanged_and_leads_nowhere(name in ".{0,40}") {
        if let Ok(path) = name::checked(&name) {
            prop_assert_eq!(name::checked(&path), Ok(path.clone()));
            prop_assert!(!path.starts_with('/') && !path.contains(['\\', '<', '\0']));
            prop_assert!(path.split('/').all(|part| !matches!(part, "" | "." | "..")));
        }
    }
}
