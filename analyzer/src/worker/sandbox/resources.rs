//! What the kernel itself counts: memory, files, processes.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// What a process has mapped where it cannot be asked: no more than this.
const ASSUMED_SIZE: u64 = 128 << 20;

/// Limits of the whole process: so much address space, and no file that could be opened, written
/// to or left behind.
pub(super) fn limit(address_space: u64) -> io::Result<()> {
    set(Resource::As, address_space)?;
    for nothing in [
        Resource::Fsize,
        Resource::Core,
        Resource::Nofile,
        Resource::Memlock,
        Resource::Msgqueue,
    ] {
        set(nothing, 0)?;
    }
    Ok(())
}

fn set(resource: Resource, value: u64) -> io::Result<()> {
    let both = Rlimit {
        current: Some(value),
        maximum: Some(value),
    };
    Ok(setrlimit(resource, both)?)
}

/// How much address space the process has now. What it is can only be read while files can be.
pub(super) fn mapped_now() -> u64 {
    read_mapped().unwrap_or(ASSUMED_SIZE)
}

/// The first figure of `statm` is the address space in pages.
fn read_mapped() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').next()?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
