//! Archives as nobody's tool would write them: every field can lie.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An entry to be written.
#[derive(Clone)]
pub struct Entry {
    pub name: Vec<u8>,
    /// The name in the entry's own header, where it differs.
    pub own_name: Option<Vec<u8>>,
    pub packed: Vec<u8>,
    pub size: u32,
    pub crc: u32,
    pub method: u16,
    pub flags: u16,
    pub mode: u32,
}

impl Entry {
    /// An honest one, deflated.
    pub fn new(name: impl Into<Vec<u8>>, content: &[u8]) -> Entry {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::best());
        deflate.write_all(content).unwrap();
        Entry {
            packed: deflate.finish().unwrap(),
            method: 8,
            ..Entry::stored(name, content)
        }
    }

    /// An honest one, not compressed.
    pub fn stored(name: impl Into<Vec<u8>>, content: &[u8]) -> Entry {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        Entry {
            name: name.into(),
            own_name: None,
            packed: content.to_vec(),
            size: u32::try_from(content.len()).unwrap(),
            crc: crc.sum(),
            method: 0,
            flags: 0,
            mode: 0o100_644,
        }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Entry)) -> Entry {
        change(&mut self);
        self
    }

    fn local(&self, to: &mut Vec<u8>) {
        let name = self.own_name.as_ref().unwrap_or(&self.name);
        to.extend(b"PK\x03\x04");
        self.shared(to, name.len());
        to.extend(name);
        to.extend(&self.packed);
    }

    fn central(&self, to: &mut Vec<u8>, offset: u32) {
        to.extend(b"PK\x01\x02");
        to.extend([20, 3]);
        self.shared(to, self.name.len());
        to.extend([0; 6]);
        to.extend((self.mode << 16).to_le_bytes());
        to.extend(offset.to_le_bytes());
        to.extend(&self.name);
    }

    fn shared(&self, to: &mut Vec<u8>, name: usize) {
        to.extend(20_u16.to_le_bytes());
        to.extend(self.flags.to_le_bytes());
        to.extend(self.method.to_le_bytes());
        to.extend([0; 4]);
        to.extend(self.crc.to_le_bytes());
        to.extend(u32::try_from(self.packed.len()).unwrap().to_le_bytes());
        to.extend(self.size.to_le_bytes());
        to.extend(u16::try_from(name).unwrap().to_le_bytes());
        to.extend([0; 2]);
    }
}

/// An archive of these entries.
pub fn zip(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut offsets = Vec::new();
    for entry in entries {
        offsets.push(u32::try_from(bytes.len()).unwrap());
        entry.local(&mut bytes);
    }
    with_directory(bytes, entries.iter().zip(offsets))
}

/// An archive whose entries all lead to the first one's bytes.
pub fn overlapping(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    entries[0].local(&mut bytes);
    with_directory(bytes, entries.iter().map(|entry| (entry, 0)))
}

fn with_directory<'a>(
    mut bytes: Vec<u8>,
    entries: impl Iterator<Item = (&'a Entry, u32)>,
) -> Vec<u8> {
    let begin = bytes.len();
    let mut count = 0_u32;
    for (entry, offset) in entries {
        entry.central(&mut bytes, offset);
        count += 1;
    }
    let size = bytes.len() - begin;
    let count = u16::try_from(count).unwrap_or(u16::MAX - 1);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(u32::try_from(size).unwrap().to_le_bytes());
    bytes.extend(u32::try_from(begin).unwrap().to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}
