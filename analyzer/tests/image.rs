//! The image, without a container: what the Dockerfile starts is started here, with the variables
//! that it sets, where nothing but the shared file system may be written to.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const DOCKERFILE: &str = include_str!("../Dockerfile");
const COMPOSE: &str = include_str!("../compose.yaml");

/// The mount of the shared file system in the image.
const SHARED: &str = "/mnt/efs";

/// The instructions of the last stage, one a line.
fn last_stage() -> Vec<(String, String)> {
    let joined = DOCKERFILE.replace("\\\n", " ");
    let (_, stage) = joined.rsplit_once("\nFROM ").unwrap();
    stage
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(word, rest)| (word.to_owned(), rest.trim().to_owned()))
        .collect()
}

fn instruction(word: &str) -> String {
    let mut all = last_stage().into_iter().filter(|(it, _)| it == word);
    let (_, rest) = all.next().unwrap_or_else(|| panic!("no {word}"));
    assert!(all.next().is_none(), "{word} twice");
    rest
}

/// A command in its exec form: no shell is in between, so signals reach it.
fn words(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap()
}

fn variables() -> BTreeMap<String, String> {
    instruction("ENV")
        .split_whitespace()
        .filter_map(|it| it.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn health_check() -> Vec<String> {
    let check = instruction("HEALTHCHECK");
    let (_, command) = check.split_once("CMD ").unwrap();
    words(command)
}

/// The image's command with its variables, the shared file system being `shared`.
fn command(words: &[String], shared: &Path, listen: &str) -> Command {
    assert_eq!(words[0], "codedetect-analyzer");
    let mut command = Command::new(env!("CARGO_BIN_EXE_codedetect-analyzer"));
    command.args(&words[1..]).env_clear();
    for (name, value) in variables() {
        command.env(name, value.replace(SHARED, shared.to_str().unwrap()));
    }
    command.env("LISTEN", listen);
    command
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn what_the_image_starts_serves_and_writes_to_the_shared_file_system_alone() {
    let folder = tempfile::tempdir().unwrap();
    let [shared, root] = ["efs", "root"].map(|name| folder.path().join(name));
    for made in ["efs/database", "efs/uploads", "root"] {
        std::fs::create_dir_all(folder.path().join(made)).unwrap();
    }
    let mut start = words(&instruction("ENTRYPOINT"));
    start.extend(words(&instruction("CMD")));
    let mut child = command(&start, &shared, "127.0.0.1:0")
        .current_dir(&root)
        .env("HOME", &root)
        .env("TMPDIR", &root)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let _running = Running(child);
    let address = lines
        .map(Result::unwrap)
        .find_map(|line| {
            let (_, address) = line.split_once("http://")?;
            Some(address.trim_end_matches('/').to_owned())
        })
        .unwrap();

    let checked = command(&health_check(), &shared, &address)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let written: Vec<_> = std::fs::read_dir(&root).unwrap().collect();
    assert!(written.is_empty(), "{written:?}");
    assert!(shared.join("database/codedetect.db").is_file());
}

#[test]
fn the_health_check_fails_when_it_is_not_answered() {
    let folder = tempfile::tempdir().unwrap();
    // A port that is taken by somebody who closes every door.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    std::thread::spawn(move || taken.incoming().for_each(drop));
    let checked = command(&health_check(), folder.path(), &address)
        .output()
        .unwrap();
    assert!(!checked.status.success());
    let said = String::from_utf8(checked.stderr).unwrap();
    assert!(said.contains(&address), "{said}");
}

#[test]
fn the_image_runs_as_nobody_in_particular_on_port_5000() {
    let user = instruction("USER");
    let (user, _) = user.split_once(':').unwrap();
    assert_ne!(user.parse::<u32>().unwrap(), 0);
    assert_eq!(instruction("EXPOSE"), "5000");
    assert!(variables()["LISTEN"].ends_with(":5000"));
    let known: Vec<_> = codedetect_analyzer::config::variables::ALL
        .iter()
        .map(|variable| variable.name)
        .collect();
    for name in variables().keys() {
        assert!(
            known.contains(&name.as_str()),
            "{name} is no variable of the service"
        );
    }
}

#[test]
fn compose_mounts_the_shared_file_system_and_takes_everything_else_away() {
    for line in [
        "- efs:/mnt/efs",
        "read_only: true",
        "cap_drop: [ALL]",
        "security_opt: [\"no-new-privileges:true\"]",
        "127.0.0.1:5000:5000",
        "dockerfile: analyzer/Dockerfile",
    ] {
        assert!(COMPOSE.lines().any(|it| it.contains(line)), "{line}");
    }
}
