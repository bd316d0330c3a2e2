//! Python sources out of a `.zip`, which may be built to do harm.
//!
//! Nothing is written anywhere: entries are read into memory one after another, each and all of
//! them within a limit that is kept while they are inflated, whatever the archive says of their
//! sizes. An archive that plays a trick is refused as a whole; what is merely no Python is left
//! out and named. (The reader is `rawzip` because it shows entries as they lie there: one that
//! keeps a map by name cannot tell that a name comes twice.)

use std::collections::HashSet;
use std::io::Read;

use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};
use serde::Serialize;

use super::name::{self, NameError};

/// What an archive may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Entries of any kind.
    pub entries: usize,
    /// Python sources.
    pub files: usize,
    /// Bytes of one source.
    pub file_bytes: usize,
    /// Bytes of all sources together.
    pub total_bytes: usize,
}

/// How much smaller an entry may be made by packing it, once it is longer than [`SMALL`]. Source
/// is packed to a fifth, a table of zeros to a hundredth.
const RATIO: usize = 200;

/// An entry of so many bytes may be packed as it likes.
const SMALL: usize = 256 << 10;

/// How many ignored entries are named; the others are counted.
const NAMED: usize = 20;

/// What was in an archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    /// The sources by their names, in the archive's order.
    pub files: Vec<(String, Vec<u8>)>,
    /// The first entries that were left out.
    pub ignored: Vec<Ignored>,
    /// How many were left out.
    pub ignored_count: usize,
}

/// An entry that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// Its name, fit to be shown.
    pub name: String,
    /// Why.
    pub reason: &'static str,
}

/// Why an archive is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// It is no zip, or a part of one is missing or damaged.
    #[error("it is no zip, or it is damaged ({0})")]
    Broken(String),
    /// It has too many entries.
    #[error("it has more than {0} entries")]
    Entries(usize),
    /// It has too many sources.
    #[error("it has more than {0} Python files")]
    Files(usize),
    /// A source is too long.
    #[error("{name} is longer than {limit} bytes")]
    FileBytes {
        /// Which.
        name: String,
        /// The limit.
        limit: usize,
    },
    /// The sources are too long together.
    #[error("its Python files are longer than {0} bytes together")]
    TotalBytes(usize),
    /// It is packed as only a bomb is.
    #[error("{0} is packed to less than a {RATIO}th of its size, as only a bomb is")]
    Bomb(String),
    /// A name is a trick.
    #[error("{name} {error}")]
    Name {
        /// The name, fit to be shown.
        name: String,
        /// What is wrong with it.
        error: NameError,
    },
    /// A name comes twice.
    #[error("{0} is in it twice")]
    Twice(String),
    /// An entry has two names.
    #[error("{0} has another name in its own header")]
    TwoNames(String),
    /// Two entries share their bytes.
    #[error("{0} shares its bytes with another entry")]
    Overlap(String),
    /// An entry cannot be read without a password.
    #[error("{0} is encrypted")]
    Encrypted(String),
    /// An entry is packed by a method that few tools know.
    #[error("{0} is packed by a method other than deflate")]
    Method(String),
}

impl ArchiveError {
    /// Whether it is refused for being too much.
    pub fn is_of_size(&self) -> bool {
        matches!(
            self,
            ArchiveError::Entries(_)
                | ArchiveError::Files(_)
                | ArchiveError::FileBytes { .. }
                | ArchiveError::TotalBytes(_)
                | ArchiveError::Bomb(_)
        )
    }
}

/// The Python sources of an archive.
pub fn unpack(content: &[u8], limits: &Limits) -> Result<Unpacked, ArchiveError> {
    let archive = ZipArchive::from_slice(content).map_err(broken)?;
    let mut unpacked = Unpacked::default();
    let mut names = HashSet::new();
    let mut ranges = Vec::new();
    let mut total = 0;
    for (index, entry) in archive.entries().enumerate() {
        if index >= limits.entries {
            return Err(ArchiveError::Entries(limits.entries));
        }
        let entry = entry.map_err(broken)?;
        let Some(name) = source_name(&entry, &mut unpacked)? else {
            continue;
        };
        if !names.insert(name.clone()) {
            return Err(ArchiveError::Twice(name));
        }
        if unpacked.files.len() >= limits.files {
            return Err(ArchiveError::Files(limits.files));
        }
        let packed = Packed::find(&archive, &entry, &name)?;
        ranges.push((packed.range, unpacked.files.len()));
        let source = packed.inflate(&name, limits, limits.total_bytes - total)?;
        total += source.len();
        unpacked.files.push((name, source));
    }
    match overlapping(ranges) {
        Some(index) => Err(ArchiveError::Overlap(unpacked.files[index].0.clone())),
        None => Ok(unpacked),
    }
}

/// The name of an entry that is a source; any other is noted as ignored.
fn source_name(
    entry: &ZipFileHeaderRecord<'_>,
    unpacked: &mut Unpacked,
) -> Result<Option<String>, ArchiveError> {
    let path = entry.file_path();
    // Names in other encodings than UTF-8 are from old tools: what cannot be read becomes `_`.
    let raw = String::from_utf8_lossy(path.as_bytes()).replace('\u{fffd}', "_");
    let refused = |error| ArchiveError::Name {
        name: name::shown(&raw),
        error,
    };
    let is_source = name::is_python(&raw) && !entry.is_dir();
    let checked = match name::checked(&raw) {
        // Leads elsewhere, whatever it is.
        Err(error @ (NameError::Outside | NameError::Absolute)) => return Err(refused(error)),
        Err(error) if is_source => return Err(refused(error)),
        Err(_) => name::shown(&raw),
        Ok(name) => name,
    };
    if entry.is_dir() {
        return Ok(None);
    }
    let reason = if entry.mode().is_symlink() {
        "is a link"
    } else if checked.starts_with("__MACOSX/") {
        "is what macOS adds to archives"
    } else if is_source {
        return Ok(Some(checked));
    } else if checked.to_ascii_lowercase().ends_with(".zip") {
        "is an archive in the archive"
    } else {
        "is not Python"
    };
    unpacked.ignored_count += 1;
    if unpacked.ignored.len() < NAMED {
        unpacked.ignored.push(Ignored {
            name: checked,
            reason,
        });
    }
    Ok(None)
}

/// An entry that was found in its place.
struct Packed<'a> {
    entry: rawzip::ZipSliceEntry<'a>,
    method: CompressionMethod,
    range: (u64, u64),
}

impl<'a> Packed<'a> {
    fn find(
        archive: &'a ZipSliceArchive<&[u8]>,
        record: &ZipFileHeaderRecord<'_>,
        name: &str,
    ) -> Result<Packed<'a>, ArchiveError> {
        if record.flags().is_encrypted() || record.flags().has_strong_encryption() {
            return Err(ArchiveError::Encrypted(name.to_owned()));
        }
        let method = record.compression_method();
        if ![CompressionMethod::STORE, CompressionMethod::DEFLATE].contains(&method) {
            return Err(ArchiveError::Method(name.to_owned()));
        }
        let entry = archive.get_entry(record.wayfinder()).map_err(broken)?;
        let own_name = entry.local_header().file_path();
        if own_name.as_bytes() != record.file_path().as_bytes() {
            return Err(ArchiveError::TwoNames(name.to_owned()));
        }
        Ok(Packed {
            range: entry.compressed_data_range(),
            entry,
            method,
        })
    }

    fn inflate(&self, name: &str, limits: &Limits, left: usize) -> Result<Vec<u8>, ArchiveError> {
        let packed = self.entry.data();
        if self.method == CompressionMethod::STORE {
            self.read(packed, name, limits, left)
        } else {
            self.read(DeflateDecoder::new(packed), name, limits, left)
        }
    }

    /// Reads one byte more than is allowed at most, whatever was announced.
    fn read(
        &self,
        bytes: impl Read,
        name: &str,
        limits: &Limits,
        left: usize,
    ) -> Result<Vec<u8>, ArchiveError> {
        let most = limits.file_bytes.min(left);
        let mut source = Vec::new();
        self.entry
            .verifying_reader(bytes)
            .take(most as u64 + 1)
            .read_to_end(&mut source)
            .map_err(|error| ArchiveError::Broken(format!("{name}: {error}")))?;
        if source.len() > limits.file_bytes {
            return Err(ArchiveError::FileBytes {
                name: name.to_owned(),
                limit: limits.file_bytes,
            });
        }
        if source.len() > left {
            return Err(ArchiveError::TotalBytes(limits.total_bytes));
        }
        let packed = self.entry.data().len().max(1);
        if source.len() > SMALL && source.len() / packed > RATIO {
            return Err(ArchiveError::Bomb(name.to_owned()));
        }
        Ok(source)
    }
}

/// The file of a range that begins before another has ended.
fn overlapping(mut ranges: Vec<((u64, u64), usize)>) -> Option<usize> {
    ranges.sort_unstable();
    ranges
        .windows(2)
        .find(|pair| pair[0].0.1 > pair[1].0.0)
        .map(|pair| pair[1].1)
}

fn broken(error: rawzip::Error) -> ArchiveError {
    ArchiveError::Broken(error.to_string())
}
