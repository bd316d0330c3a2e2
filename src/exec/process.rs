//! Which process something was, and whether it is surely gone.

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
            && started(self.pid) != Some(self.started)
    }
}

fn boot() -> Option<String> {
    let id = fs_err::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned())
}

fn namespace() -> Option<String> {
    let link = fs_err::read_link("/proc/self/ns/pid").ok()?;
    Some(link.to_string_lossy().into_owned())
}

/// Field 22 of `/proc/<pid>/stat`, counted from behind the name, which may hold spaces. A
/// process that has ended and is only not yet waited for counts as gone.
fn started(pid: u32) -> Option<u64> {
    let stat = fs_err::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut fields = fields.split(' ');
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
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
