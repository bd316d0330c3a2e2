//! The inside of a worker process: locked up, it answers one request after another.

use std::io::{self, BufReader, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Duration;

use codedetect_engine::report::FileReport;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use super::frame::{self, Header, Kind, Request};
use super::sandbox::{self, Isolation};
use super::{Failure, Limits};

/// What the service says first.
#[derive(Serialize, Deserialize)]
pub(super) struct Welcome {
    /// The process that asks; a worker does not outlive it.
    pub parent: u32,
    /// What a scan may take.
    pub limits: Limits,
}

/// The stack on which sources are analysed. Only what is touched of it becomes memory.
const STACK: usize = 256 << 20;

/// Answers requests with `analyze` until there are no more, or the worker is broken.
pub fn run(analyze: fn(&str, &[u8]) -> FileReport) -> ExitCode {
    match start(analyze) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(analyze: fn(&str, &[u8]) -> FileReport) -> io::Result<()> {
    let mut stdin = BufReader::with_capacity(64 << 10, Stdin);
    let welcome: Welcome = serde_json::from_slice(&frame::read_text(&mut stdin)?)?;
    // Reading a clock for the first time looks up how; locked up, it could not.
    allow_cpu(welcome.limits.cpu)?;
    let isolation = sandbox::enter(welcome.parent, welcome.limits.memory + STACK as u64)?;
    std::panic::set_hook(Box::new(|_| {}));
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || {
                let isolation = sandbox::forbid_system_calls(isolation);
                answer(stdin, isolation, welcome.limits, analyze)
            })?
            .join()
            .map_err(|_| io::Error::other("the worker's thread panicked"))?
    })
}

fn answer(
    mut stdin: impl Read,
    isolation: Isolation,
    limits: Limits,
    analyze: fn(&str, &[u8]) -> FileReport,
) -> io::Result<()> {
    let mut out = Answer::new(limits.report);
    out.send(Kind::Ready, &isolation)?;
    let mut request = Request::default();
    while request.read(&mut stdin)? {
        allow_cpu(limits.cpu)?;
        let analysed = catch_unwind(AssertUnwindSafe(|| analyze(&request.name, &request.source)));
        match analysed {
            Ok(report) => out.send_report(&report)?,
            Err(panic) => out.send(
                Kind::Failed,
                &Failure::Defect {
                    message: message_of(panic.as_ref()).to_owned(),
                },
            )?,
        }
    }
    Ok(())
}

/// Gives the process so much CPU time from now on; SIGXCPU ends it after.
fn allow_cpu(limit: Duration) -> io::Result<()> {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    let used = Duration::new(used.tv_sec.unsigned_abs(), used.tv_nsec as u32);
    let end = used + limit;
    let seconds = end.as_secs() + u64::from(end.subsec_nanos() > 0);
    let Rlimit { maximum, .. } = getrlimit(Resource::Cpu);
    setrlimit(
        Resource::Cpu,
        Rlimit {
            current: Some(seconds),
            maximum,
        },
    )?;
    Ok(())
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it panicked")
}

/// An answer under way: its header's place, then its payload, written in one piece.
struct Answer {
    bytes: Vec<u8>,
    limit: u32,
}

impl Answer {
    fn new(limit: u32) -> Answer {
        Answer {
            bytes: Vec::with_capacity(64 << 10),
            limit,
        }
    }

    fn send(&mut self, kind: Kind, payload: &impl Serialize) -> io::Result<()> {
        self.fill(payload)?;
        self.write(kind)
    }

    fn send_report(&mut self, report: &FileReport) -> io::Result<()> {
        match self.fill(report) {
            Ok(()) => self.write(Kind::Report),
            Err(_) => {
                let limit = self.limit;
                self.send(Kind::Failed, &Failure::Report { limit })
            }
        }
    }

    /// Fails when the payload is longer than the limit.
    fn fill(&mut self, payload: &impl Serialize) -> io::Result<()> {
        self.bytes.clear();
        self.bytes.extend([0; Header::SIZE]);
        let end = Header::SIZE + self.limit as usize;
        serde_json::to_writer(Bounded(&mut self.bytes, end), payload)?;
        Ok(())
    }

    fn write(&mut self, kind: Kind) -> io::Result<()> {
        let len = u32::try_from(self.bytes.len() - Header::SIZE).map_err(io::Error::other)?;
        self.bytes[..Header::SIZE].copy_from_slice(&Header { kind, len }.encode());
        let mut rest = self.bytes.as_slice();
        while !rest.is_empty() {
            match rustix::io::write(rustix::stdio::stdout(), rest) {
                Ok(n) => rest = &rest[n..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

struct Bounded<'a>(&'a mut Vec<u8>, usize);

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > self.1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0.extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The pipe from the service, without the standard library's lock and small buffer.
struct Stdin;

impl Read for Stdin {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(rustix::stdio::stdin(), into)?)
    }
}
