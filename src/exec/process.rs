//! Which process something was, and whether it is surely gone.

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

/// A process of this machine, told from every other that ever had its number.
///
/// It spares the next run the wait for a dead one's lease where both run on one machine.
/// Everywhere else nothing can be said, and the lease decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The boot of the kernel.
    boot: String,
    /// The namespace that the number belongs to: containers of one machine share its kernel.
    namespace: String,
    /// Its number.
    pid: u32,
    /// When it started, in clock ticks after the boot: numbers are used again.
    started: u64,
}

impl Process {
    /// This process, where the system tells (Linux).
    pub fn this() -> Option<Self> {
        let pid = std::process::id();
        Some(Self {
            boot: boot()?,
            namespace: namespace()?,
            pid,
            started: started(pid)?,
        })
    }

    /// Whether it surely does not run any more. False also where that cannot be known.
    pub fn is_gone(&self) -> bool {
        boot().as_ref() == Some(&self.boot)
            && namespace().as_ref() == Some(&self.namespace)
            && match seen(self.pid) {
                Seen::Running { started } => started != self.started,
                Seen::Ended => true,
                Seen::Hidden => false,
            }
    }
}

/// What can be seen of a process number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    /// A process that runs since then.
    Running {
        /// In clock ticks after the boot.
        started: u64,
    },
    /// None has that number, or one that has ended and is only not yet waited for.
    Ended,
    /// Too little to tell.
    Hidden,
}

fn boot() -> Option<String> {
    let id = fs_err::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

fn namespace() -> Option<String> {
    let link = fs_err::read_link("/proc/self/ns/pid").ok()?;
    Some(link.to_string_lossy().into_owned())
}

fn started(pid: u32) -> Option<u64> {
    match seen(pid) {
        Seen::Running { started } => Some(started),
        Seen::Ended | Seen::Hidden => None,
    }
}

fn seen(pid: u32) -> Seen {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat"));
    judged(stat.ok().as_deref(), || answer(pid))
}

/// What a process's `/proc/<pid>/stat` and its answer to a signal that does nothing tell. A
/// file that cannot be read tells nothing by itself: `hidepid` keeps those of other users away.
fn judged(stat: Option<&str>, answer: impl FnOnce() -> Option<Errno>) -> Seen {
    match stat {
        Some(stat) => parsed(stat).unwrap_or(Seen::Hidden),
        None if answer() == Some(Errno::SRCH) => Seen::Ended,
        None => Seen::Hidden,
    }
}

/// State and field 22, counted from behind the name, which may hold spaces.
fn parsed(stat: &str) -> Option<Seen> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    if matches!(fields.next()?, "Z" | "X") {
        return Some(Seen::Ended);
    }
    let started = fields.nth(18)?.parse().ok()?;
    Some(Seen::Running { started })
}

/// The error of the signal that only asks whether a process is there, if there is one.
fn answer(pid: u32) -> Option<Errno> {
    let pid = Pid::from_raw(i32::try_from(pid).ok()?)?;
    test_kill_process(pid).err()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_running_process_is_not_gone_and_one_that_ended_is() {
        let this = Process::this().unwrap();
        assert!(!this.is_gone());
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let other = Process {
            pid: child.id(),
            started: started(child.id()).unwrap(),
            ..this.clone()
        };
        assert!(!other.is_gone());
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(other.is_gone());
        let recycled = Process {
            started: this.started + 1,
            ..this
        };
        assert!(recycled.is_gone());
    }

    #[test]
    fn another_users_process_that_proc_hides_is_not_gone() {
        // EPERM: it is there, and is somebody else's. Mounted with hidepid, /proc has no file.
        assert_eq!(judged(None, || Some(Errno::PERM)), Seen::Hidden);
        assert_eq!(judged(None, || None), Seen::Hidden);
        assert_eq!(judged(None, || Some(Errno::SRCH)), Seen::Ended);
    }

    #[test]
    fn a_process_that_ended_and_is_not_waited_for_is_gone_whatever_its_name() {
        let fields = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 12345 20";
        let running = format!("7 (a) Z (b)) S {fields}");
        let started = 12345;
        assert_eq!(judged(Some(&running), || None), Seen::Running { started });
        let ended = format!("7 (a) S (b)) Z {fields}");
        assert_eq!(judged(Some(&ended), || None), Seen::Ended);
        assert_eq!(judged(Some("7 (a) S"), || None), Seen::Hidden);
    }

    #[test]
    fn of_another_machine_or_container_nothing_is_known() {
        let this = Process::this().unwrap();
        for elsewhere in [
            Process {
                boot: "another".to_owned(),
                pid: u32::MAX,
                ..this.clone()
            },
            Process {
                namespace: "pid:[1]".to_owned(),
                pid: u32::MAX,
                ..this
            },
        ] {
            assert!(!elsewhere.is_gone());
        }
    }
}
