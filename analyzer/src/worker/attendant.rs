//! The service's end of one worker process.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use codedetect_engine::report::FileReport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use super::frame::{self, Header, Kind};
use super::process::Welcome;
use super::{Failure, Isolation, Limits};

/// How much of a worker's last words is read.
const LAST_WORDS: u64 = 4096;

/// One worker that is ready.
#[derive(Debug)]
pub(super) struct Attendant {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    last_words: ChildStderr,
    limits: Limits,
    /// The frame under way; kept because its memory is.
    buffer: Vec<u8>,
    /// Scans done.
    pub scans: u32,
}

/// What went wrong on the pipes: the worker is not to be used again.
#[derive(Debug)]
pub(super) enum Broken {
    /// A pipe was closed: it is dead or dying.
    Pipe(io::Error),
    /// It said what no worker says.
    Nonsense,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Pipe(error)
    }
}

impl Attendant {
    /// Waits until a new process has locked itself up.
    pub async fn welcome(mut child: Child, limits: Limits) -> io::Result<(Attendant, Isolation)> {
        let (Some(requests), Some(answers), Some(last_words)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the worker has no pipes"));
        };
        let mut attendant = Attendant {
            child,
            requests,
            answers,
            last_words,
            limits,
            buffer: Vec::new(),
            scans: 0,
        };
        match attendant.settle().await {
            Ok(isolation) => Ok((attendant, isolation)),
            Err(Broken::Nonsense) => Err(io::Error::other("what it runs is no worker")),
            Err(Broken::Pipe(error)) => {
                let words = attendant.bury().await.1;
                Err(io::Error::other(if words.is_empty() {
                    error.to_string()
                } else {
                    words
                }))
            }
        }
    }

    async fn settle(&mut self) -> Result<Isolation, Broken> {
        let welcome = serde_json::to_vec(&Welcome {
            parent: std::process::id(),
            limits: self.limits,
        })
        .map_err(io::Error::from)?;
        let welcome = frame::encode_text(&welcome).ok_or(Broken::Nonsense)?;
        self.requests.write_all(&welcome).await?;
        match self.answer().await? {
            Kind::Ready => serde_json::from_slice(&self.buffer).map_err(|_| Broken::Nonsense),
            Kind::Report | Kind::Failed => Err(Broken::Nonsense),
        }
    }

    /// Has one file analysed. `Err` means that this worker is done for.
    pub async fn analyze(
        &mut self,
        name: &str,
        source: &[u8],
    ) -> Result<Result<FileReport, Failure>, Broken> {
        frame::encode_request(&mut self.buffer, name, source).ok_or(Broken::Nonsense)?;
        self.requests.write_all(&self.buffer).await?;
        let kind = self.answer().await?;
        self.scans += 1;
        let understood = match kind {
            Kind::Report => serde_json::from_slice(&self.buffer).map(Ok),
            Kind::Failed => serde_json::from_slice(&self.buffer).map(Err),
            Kind::Ready => return Err(Broken::Nonsense),
        };
        understood.map_err(|_| Broken::Nonsense)
    }

    /// Waits for an answer's payload, which lies in the buffer then.
    async fn answer(&mut self) -> Result<Kind, Broken> {
        let mut header = [0; Header::SIZE];
        self.buffer.clear();
        while self.buffer.len() < Header::SIZE {
            self.read_more().await?;
        }
        header.copy_from_slice(&self.buffer[..Header::SIZE]);
        let header = Header::decode(header).ok_or(Broken::Nonsense)?;
        if header.len > self.limits.report {
            return Err(Broken::Nonsense);
        }
        let end = Header::SIZE + header.len as usize;
        while self.buffer.len() < end {
            self.read_more().await?;
        }
        if self.buffer.len() > end {
            return Err(Broken::Nonsense);
        }
        self.buffer.drain(..Header::SIZE);
        Ok(header.kind)
    }

    async fn read_more(&mut self) -> io::Result<()> {
        // What was said above about lengths holds: room grows with what has really come.
        if self.buffer.capacity() - self.buffer.len() < 16 << 10 {
            self.buffer.reserve(64 << 10);
        }
        match self.answers.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// Whether it has died while nobody asked anything of it.
    pub fn is_dead(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Memory that one large file made necessary is not kept for the small ones.
    pub fn tidy(&mut self) {
        self.buffer.clear();
        self.buffer.shrink_to(1 << 20);
    }

    /// Ends it, if it has not ended, and says why it was useless.
    pub async fn autopsy(mut self, broken: Broken) -> Failure {
        if matches!(broken, Broken::Nonsense) {
            self.kill().await;
            return Failure::Nonsense;
        }
        // It closed its pipe, so it has ended or is about to.
        let limits = self.limits;
        let (status, words) = self.bury().await;
        match status {
            Ok(status) => cause_of_death(status, &words, limits),
            Err(error) => Failure::Died {
                how: error.to_string(),
            },
        }
    }

    /// Makes sure that it is dead, and that no zombie is left.
    pub async fn bury(&mut self) -> (io::Result<ExitStatus>, String) {
        let mut words = Vec::new();
        let ended = tokio::time::timeout(GRACE, self.child.wait()).await;
        let status = match ended {
            Ok(status) => status,
            Err(_) => match self.child.start_kill() {
                Ok(()) => self.child.wait().await,
                Err(error) => Err(error),
            },
        };
        let _ = (&mut self.last_words)
            .take(LAST_WORDS)
            .read_to_end(&mut words)
            .await;
        (status, String::from_utf8_lossy(&words).trim().to_owned())
    }

    /// Ends it at once.
    pub async fn kill(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "a worker could not be killed");
        }
    }
}

/// Between closing its pipes and being dead, a process that is being killed needs a moment: the
/// kernel takes its memory apart.
const GRACE: std::time::Duration = std::time::Duration::from_secs(2);

fn cause_of_death(status: ExitStatus, words: &str, limits: Limits) -> Failure {
    match status.signal() {
        Some(libc::SIGXCPU) => Failure::Cpu { limit: limits.cpu },
        Some(libc::SIGSYS) => Failure::SystemCall,
        Some(libc::SIGABRT) if words.contains("memory allocation of") => Failure::Memory {
            limit: limits.memory,
        },
        Some(libc::SIGABRT) if words.contains("has overflowed its stack") => Failure::Stack,
        Some(libc::SIGKILL) => Failure::Died {
            how: "killed from outside, as the kernel does when the machine's memory is used up"
                .to_owned(),
        },
        Some(signal) => Failure::Died {
            how: format!("signal {signal}"),
        },
        None => Failure::Died {
            how: status.to_string(),
        },
    }
}
