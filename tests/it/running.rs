//! A call of the program that is under way: what it has said so far, and what it is told.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};

use crate::program::Ended;

/// A call under way. It is killed where a test fails in the middle of it.
pub struct Running {
    child: Child,
    news: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    /// Starts a call.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let news = BufReader::new(child.stderr.take().unwrap());
        Self {
            child,
            news,
            said: String::new(),
        }
    }

    /// Reads on until it has said this.
    pub fn says(&mut self, text: &str) {
        while !self.said.contains(text) {
            let read = self.news.read_line(&mut self.said).unwrap();
            assert!(read > 0, "{text} was not said:\n{}", self.said);
        }
    }

    /// Ctrl-C.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ends.
    pub fn end(mut self) -> Ended {
        self.news.read_to_string(&mut self.said).unwrap();
        let mut out = String::new();
        let mut results = self.child.stdout.take().unwrap();
        results.read_to_string(&mut out).unwrap();
        Ended {
            code: self.child.wait().unwrap().code().unwrap_or(-1),
            out,
            err: std::mem::take(&mut self.said),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
