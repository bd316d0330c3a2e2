//! The service under attack: the built program, in a folder of its own.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::case::post;
use super::client::{Answer, Manner, send};

pub struct Service {
    pub address: SocketAddr,
    child: Child,
    folder: tempfile::TempDir,
}

/// Workers, so that processes can be counted.
const WORKERS: usize = 2;

impl Service {
    pub fn start() -> Service {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        std::fs::create_dir(&home).unwrap();
        std::fs::write(folder.path().join("canary"), "alive").unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"))
            .arg("serve")
            .env_clear()
            .env("LISTEN", "127.0.0.1:0")
            .env("WORKERS", WORKERS.to_string())
            .env("RATE_LIMIT", "0")
            .env("RUST_LOG", "error")
            .current_dir(&home)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| {
                let (_, address) = line.split_once("http://")?;
                address.trim_end_matches('/').parse().ok()
            })
            .expect("the service says where it is");
        std::thread::spawn(move || lines.for_each(drop));
        Service {
            address,
            child,
            folder,
        }
    }

    pub fn health(&self) -> Answer {
        let request = b"GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        send(self.address, request, Manner::Whole)
    }

    pub fn scan(&self, name: &str, source: &[u8]) -> Answer {
        let path = format!("/api/scans?name={name}");
        send(
            self.address,
            &post(&path, "text/x-python", source),
            Manner::Whole,
        )
    }

    /// How many processes the service has started that live.
    pub fn processes(&self) -> usize {
        let pid = self.child.id().to_string();
        let is_child = |stat: &str| {
            let fields = stat
                .rsplit_once(") ")
                .map(|(_, fields)| fields)
                .unwrap_or("");
            let mut fields = fields.split(' ');
            fields.next() != Some("Z") && fields.next() == Some(pid.as_str())
        };
        std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| std::fs::read_to_string(entry.ok()?.path().join("stat")).ok())
            .filter(|stat| is_child(stat))
            .count()
    }

    /// As many as before: a worker that was lost is replaced, one that was replaced is gone.
    pub fn assert_processes(&self, before: usize) {
        assert_eq!(before, WORKERS);
        let begin = Instant::now();
        while self.processes() != before {
            let now = self.processes();
            assert!(begin.elapsed() < Duration::from_secs(60), "{now} processes");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// All that is new lies in the service's data folder, under names that it chose.
    pub fn assert_nothing_escaped(&self) {
        let names = |folder: &std::path::Path| -> BTreeSet<String> {
            let entries = std::fs::read_dir(folder).unwrap();
            let name = |entry: std::fs::DirEntry| entry.file_name().into_string().unwrap();
            entries.map(|entry| name(entry.unwrap())).collect()
        };
        let outside = names(self.folder.path());
        assert_eq!(outside, BTreeSet::from(["canary".into(), "home".into()]));
        let canary = std::fs::read_to_string(self.folder.path().join("canary")).unwrap();
        assert_eq!(canary, "alive");
        let home = names(&self.folder.path().join("home"));
        assert_eq!(home, BTreeSet::from(["codedetect-data".into()]));
        for entry in walkdir::WalkDir::new(self.folder.path().join("home")) {
            let entry = entry.unwrap();
            assert!(!entry.path_is_symlink(), "{entry:?}");
            let name = entry.file_name().to_str().unwrap();
            let plain = |char: char| char.is_ascii_alphanumeric() || "._-#".contains(char);
            assert!(name.chars().all(plain), "{name:?}");
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
