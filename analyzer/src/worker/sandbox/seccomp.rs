//! The system calls that reading a pipe, computing and writing a pipe take. Any other ends the
//! process with SIGSYS.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

use super::Layer;

/// Allowed with any argument.
pub const ALLOWED: &[libc::c_long] = &[
    // The pipes: nothing else is open, and nothing can be opened.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_writev,
    // Memory that is given back or moved; what gives new memory is below.
    libc::SYS_brk,
    libc::SYS_madvise,
    libc::SYS_mremap,
    libc::SYS_munmap,
    // Waiting for a thread, and ending.
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_restart_syscall,
    libc::SYS_sched_yield,
    // A stack overflow and an abort are told apart by their last words.
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    // The CPU limit is set anew for every scan.
    libc::SYS_clock_gettime,
    // glibc asks it when the parser asks how much of its thread's stack is left.
    libc::SYS_sched_getaffinity,
    // The seeds of hash maps.
    libc::SYS_getrandom,
    // The C library asks for it when a thread asks where its stack ends.
    libc::SYS_sched_getaffinity,
];

/// Locks all threads of the process.
pub(super) fn restrict() -> Layer {
    let applied = filter()
        .map_err(|error| error.to_string())
        .and_then(|filter| {
            seccompiler::apply_filter_all_threads(&filter).map_err(|error| error.to_string())
        });
    match applied {
        Ok(()) => Layer::On("an allow-list".to_owned()),
        Err(why) => Layer::Off(why),
    }
}

fn filter() -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> =
        ALLOWED.iter().map(|&call| (call, Vec::new())).collect();
    // Memory may be had, but never to run what is in it.
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![without_bits(2, libc::PROT_EXEC)?]);
    }
    // Signals to itself: that is how a process aborts.
    let me = u64::from(std::process::id());
    for call in [libc::SYS_tgkill, libc::SYS_kill] {
        rules.insert(call, vec![equal(&[(0, me)])?]);
    }
    // Its own CPU limit, and no other: root could raise those that `resources` set.
    let cpu = u64::from(libc::RLIMIT_CPU);
    rules.insert(libc::SYS_prlimit64, vec![equal(&[(0, 0), (1, cpu)])?]);
    SeccompFilter::new(
        rules,
        SeccompAction::KillProcess,
        SeccompAction::Allow,
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

fn equal(arguments: &[(u8, u64)]) -> Result<SeccompRule, BackendError> {
    let conditions = arguments
        .iter()
        .map(|&(index, value)| {
            SeccompCondition::new(index, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, value)
        })
        .collect::<Result<_, _>>()?;
    SeccompRule::new(conditions)
}

fn without_bits(index: u8, bits: libc::c_int) -> Result<SeccompRule, BackendError> {
    let mask = u64::from(bits.unsigned_abs());
    let none = SeccompCmpOp::MaskedEq(mask);
    SeccompRule::new(vec![SeccompCondition::new(
        index,
        SeccompCmpArgLen::Dword,
        none,
        0,
    )?])
}
