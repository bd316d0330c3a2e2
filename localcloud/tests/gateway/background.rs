//! A local cloud in the background.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use codedetect_localcloud::{
    Down, MotoVenv, Running, Status, UpOptions, VENV_VARIABLE, down, serve, status, up,
};

use crate::client::{Client, folder};

const SERVE: &str = "CODEDETECT_TEST_SERVE";
const LIMIT: Duration = Duration::from_secs(20);

/// What the background process of these tests runs: this test binary, with this test alone.
#[test]
fn background_process() {
    if let Some(dir) = std::env::var_os(SERVE) {
        serve(Path::new(&dir), None).unwrap();
    }
}

fn options(dir: &Path, variables: &[&str]) -> UpOptions {
    let venv = MotoVenv::provision(&folder(), |_| {}).unwrap();
    let mut command: Vec<OsString> =
        vec!["env".into(), format!("{SERVE}={}", dir.display()).into()];
    command.push(format!("{VENV_VARIABLE}={}", venv.path().display()).into());
    command.extend(variables.iter().map(OsString::from));
    command.push(std::env::current_exe().unwrap().into());
    command.extend(["background::background_process", "--exact"].map(OsString::from));
    // `up` looks for a finished environment below the folder.
    let link = dir.join("moto-venv");
    if std::env::var_os(VENV_VARIABLE).is_none() && !link.exists() {
        std::os::unix::fs::symlink(venv.path(), link).unwrap();
    }
    UpOptions {
        dir: dir.to_owned(),
        serve_command: command,
    }
}

fn is_alive(pid: u32) -> bool {
    // A process that has ended and is not yet waited for is a zombie.
    std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z"))
}

fn wait_for(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !condition() {
        assert!(Instant::now() < deadline, "{what} within {LIMIT:?}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn ended(running: &Running) -> bool {
    !is_alive(running.pid) && !is_alive(running.moto_pid)
}

#[test]
fn up_gives_the_living_cloud_and_down_ends_it_with_its_moto() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(status(dir.path()).unwrap(), Status::Stopped);
    assert_eq!(down(dir.path()).unwrap(), Down::WasNotRunning);
    let options = options(dir.path(), &[]);
    let first = up(&options, |_| {}).unwrap();
    Client::to(&first.endpoint)
        .ec2("CreateVpc", "CidrBlock=10.0.0.0/16")
        .ok();
    assert_eq!(up(&options, |_| {}).unwrap(), first);
    assert_eq!(status(dir.path()).unwrap(), Status::Running(first.clone()));
    assert_eq!(first.moto_version, "5.2.5");
    let done = down(dir.path()).unwrap();
    assert!(done.to_string().contains("its one changing call"), "{done}");
    wait_for("both processes end", || ended(&first));
    assert_eq!(status(dir.path()).unwrap(), Status::Stopped);
}

#[test]
fn two_that_ask_at_once_get_one_cloud_and_two_folders_two() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (same, apart) = (options(dir.path(), &[]), options(other.path(), &[]));
    let (one, two, three) = std::thread::scope(|scope| {
        let asked =
            [&same, &same, &apart].map(|options| scope.spawn(move || up(options, |_| {}).unwrap()));
        asked.map(|thread| thread.join().unwrap()).into()
    });
    assert_eq!(one, two);
    assert!(one.endpoint != three.endpoint && one.pid != three.pid);
    down(dir.path()).unwrap();
    assert_eq!(status(other.path()).unwrap(), Status::Running(three));
    down(other.path()).unwrap();
}

#[test]
fn a_killed_gateway_takes_moto_with_it_and_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let options = options(dir.path(), &[]);
    let first = up(&options, |_| {}).unwrap();
    Command::new("kill")
        .args(["-KILL", &first.pid.to_string()])
        .status()
        .unwrap();
    wait_for("both processes end", || ended(&first));
    assert_eq!(status(dir.path()).unwrap(), Status::Ended(first.clone()));
    let second = up(&options, |_| {}).unwrap();
    assert_ne!(second.token, first.token);
    assert_eq!(status(dir.path()).unwrap(), Status::Running(second));
    down(dir.path()).unwrap();
}

#[test]
fn a_number_that_has_gone_to_another_process_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let mut bystander = Command::new("sleep").arg("60").spawn().unwrap();
    let stale = Running {
        endpoint: "http://127.0.0.1:9".to_owned(),
        pid: bystander.id(),
        moto_pid: bystander.id(),
        started: 0,
        version: String::new(),
        moto_version: String::new(),
        token: "gone".to_owned(),
    };
    std::fs::write(
        dir.path().join("local.json"),
        serde_json::to_string(&stale).unwrap(),
    )
    .unwrap();
    assert_eq!(status(dir.path()).unwrap(), Status::Ended(stale));
    assert_eq!(down(dir.path()).unwrap(), Down::WasNotRunning);
    assert!(is_alive(bystander.id()));
    assert_eq!(status(dir.path()).unwrap(), Status::Stopped);
    bystander.kill().unwrap();
    bystander.wait().unwrap();
}

#[test]
fn a_terminated_gateway_ends_moto_and_takes_its_file_away() {
    let dir = tempfile::tempdir().unwrap();
    let running = up(&options(dir.path(), &[]), |_| {}).unwrap();
    Command::new("kill")
        .args(["-TERM", &running.pid.to_string()])
        .status()
        .unwrap();
    wait_for("both processes end", || ended(&running));
    assert_eq!(status(dir.path()).unwrap(), Status::Stopped);
}

#[test]
fn a_cloud_that_nobody_wants_ends_by_itself() {
    let (removed, idle) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = up(&options(removed.path(), &[]), |_| {}).unwrap();
    let second = up(
        &options(idle.path(), &["CODEDETECT_LOCAL_IDLE_EXIT=1"]),
        |_| {},
    )
    .unwrap();
    drop(removed);
    wait_for("the one whose folder has gone ends", || ended(&first));
    wait_for("the idle one ends", || ended(&second));
    assert_eq!(status(idle.path()).unwrap(), Status::Stopped);
}

#[test]
fn a_background_process_that_fails_is_told_with_its_last_words() {
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(dir.path(), &[]);
    options.serve_command = ["sh", "-c", "echo the port is on fire >&2; exit 3"]
        .map(OsString::from)
        .into();
    let error = up(&options, |_| {}).unwrap_err().to_string();
    assert!(
        error.contains("the port is on fire") && error.contains("local.log"),
        "{error}"
    );
    assert_eq!(status(dir.path()).unwrap(), Status::Stopped);
}
