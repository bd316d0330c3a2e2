//! What a worker process gives up before it reads the first byte of anybody's file.
//!
//! In this order: descriptors it inherited, a life longer than its parent's, resources, new
//! privileges, files and network (Landlock), and last every system call that a parser does not
//! need (seccomp). Each layer holds without the others; where the kernel has not got one, the
//! worker says so and the rest stands.

mod landlock;
mod resources;
mod seccomp;

use std::io;

use rustix::process::{DumpableBehavior, Signal, getppid};
use serde::{Deserialize, Serialize};

pub use landlock::restrict as forbid_files_and_network;
pub use seccomp::ALLOWED;

/// How far the kernel let a worker be locked up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    /// Files and network.
    pub landlock: Layer,
    /// System calls.
    pub seccomp: Layer,
}

/// One of the layers that depend on the kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// In force; of what version, where there are versions.
    On(String),
    /// Not in force, and why.
    Off(String),
}

impl Layer {
    /// Whether it is in force.
    pub fn is_on(&self) -> bool {
        matches!(self, Layer::On(_))
    }
}

impl Isolation {
    /// What is missing, in a sentence for the log; `None` when nothing is.
    pub fn missing(&self) -> Option<String> {
        let missing: Vec<_> = [("landlock", &self.landlock), ("seccomp", &self.seccomp)]
            .into_iter()
            .filter_map(|(name, layer)| match layer {
                Layer::On(_) => None,
                Layer::Off(why) => Some(format!("{name} ({why})")),
            })
            .collect();
        (!missing.is_empty()).then(|| missing.join(", "))
    }
}

/// Everything but the filter of system calls, for this process and every thread it starts.
/// `memory` is what it may take beyond what it has now.
pub fn enter(parent: u32, memory: u64) -> io::Result<Isolation> {
    close_inherited();
    let mapped = resources::mapped_now();
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs()) != Some(parent) {
        return Err(io::Error::other("the service that started it is gone"));
    }
    leave_signals_to_the_parent();
    rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    rustix::thread::set_no_new_privs(true)?;
    let landlock = landlock::restrict();
    resources::limit(mapped.saturating_add(memory))?;
    Ok(Isolation {
        landlock,
        seccomp: Layer::Off("not tried yet".to_owned()),
    })
}

/// The last layer, for all threads of the process: after it nothing can be set up any more.
pub fn forbid_system_calls(so_far: Isolation) -> Isolation {
    Isolation {
        seccomp: seccomp::restrict(),
        ..so_far
    }
}

/// Closes whatever else the parent had open: a library may have opened it without close-on-exec.
fn close_inherited() {
    // SAFETY: the process has just begun, so nothing in it owns a descriptor above 2.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3_u32, u32::MAX, 0_u32);
    }
}

/// A service that is told to end lets running scans finish; what tells its whole group or
/// container must not take the workers away under them. They end when their pipe does.
fn leave_signals_to_the_parent() {
    for signal in [libc::SIGINT, libc::SIGTERM, libc::SIGHUP] {
        // SAFETY: ignoring a signal installs no handler.
        unsafe {
            libc::signal(signal, libc::SIG_IGN);
        }
    }
}
