//! Where workers are born: one thread that lives as long as the pool.
//!
//! A worker is killed by the kernel when the *thread* that started it ends. A thread of the
//! async runtime may end at any time; this one does not.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// What is run as a worker.
#[derive(Clone, Debug)]
pub struct Program {
    /// The executable.
    pub path: PathBuf,
    /// How it is told to be a worker.
    pub arguments: Vec<OsString>,
}

impl Program {
    /// This same program, by its hidden verb. It is found even when its file has been replaced
    /// by another version since.
    pub fn this() -> Program {
        Program {
            path: "/proc/self/exe".into(),
            arguments: vec!["worker".into()],
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(&self.arguments)
            // No secret of the service reaches a worker.
            .env_clear()
            // One heap: the C library would otherwise reserve address space for each thread,
            // which counts against the memory limit.
            .env("MALLOC_ARENA_MAX", "1")
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // What a terminal sends to the service's group is not for its workers.
            .process_group(0)
            .kill_on_drop(true);
        command
    }
}

/// The thread, by its door.
#[derive(Debug)]
pub(super) struct Nursery {
    orders: mpsc::Sender<Order>,
}

type Order = oneshot::Sender<io::Result<Child>>;

impl Nursery {
    /// Opens it; it closes when the last one who knows it has gone.
    pub fn open(program: Program, runtime: Handle) -> io::Result<Nursery> {
        let (orders, taken) = mpsc::channel::<Order>();
        std::thread::Builder::new()
            .name("worker nursery".to_owned())
            .spawn(move || {
                let _runtime = runtime.enter();
                for order in taken {
                    // Nobody waits any more: the child is dropped, and so killed.
                    let _ = order.send(program.command().spawn());
                }
            })?;
        Ok(Nursery { orders })
    }

    /// A new process of the program.
    pub async fn spawn(&self) -> io::Result<Child> {
        let (order, child) = oneshot::channel();
        let closed = || io::Error::other("the thread that starts workers has ended");
        self.orders.send(order).map_err(|_| closed())?;
        child.await.map_err(|_| closed())?
    }
}
