//! moto's environment: built once, whole or not at all.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use codedetect_localcloud::{MotoVenv, PYTHON_VARIABLE, VENV_VARIABLE};

use crate::client::{cloud, folder};

const ALONE: &str = "CODEDETECT_TEST_PROVISION";

/// What the processes below run: this test binary, with this test alone. Variables belong to a whole process, so that what
/// is tested with others needs one of its own.
#[test]
fn in_a_process_of_its_own() {
    if std::env::var_os(ALONE).is_none() {
        return;
    }
    match MotoVenv::provision(&folder(), |_| {}) {
        Ok(_) => println!("provisioned"),
        Err(error) => println!("error: {error}"),
    }
}

fn start(python: &Path, venv: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "provision::in_a_process_of_its_own",
            "--exact",
            "--nocapture",
        ])
        .env(PYTHON_VARIABLE, python)
        .env(VENV_VARIABLE, venv)
        .env(ALONE, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What the process says: `provisioned`, or an error.
fn said(child: Child) -> String {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text
        .lines()
        .find(|line| line.contains("error: ") || line.contains("provisioned"));
    line.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// A Python of version 3.12 that does this when asked for a virtual environment, whose folder is `$3`.
fn python(dir: &Path, making: &str) -> PathBuf {
    let path = dir.join("python3");
    let script =
        format!("#!/bin/sh\ncase \"$1\" in --version) echo Python 3.12.0;; *) {making};; esac\n");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Makes an environment in whose Python, and so its pip, this happens.
fn making(pip: &str) -> String {
    format!(
        "mkdir -p \"$3/bin\"; echo made >> \"$0.log\"; touch \"$3/pyvenv.cfg\"; \
         printf '#!/bin/sh\\n{pip}\\n' > \"$3/bin/python\"; chmod +x \"$3/bin/python\""
    )
}

fn is_finished(venv: &Path) -> bool {
    venv.join("codedetect-requirements.txt").exists()
}

#[test]
fn a_missing_python_is_one_sentence_with_the_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let said = said(start(
        Path::new("/nowhere/python3"),
        &dir.path().join("venv"),
    ));
    assert!(
        said.contains("needs Python 3.10 or newer and none was found (/nowhere/python3): install"),
        "{said}"
    );
}

#[test]
fn a_python_without_venv_is_told_from_one_that_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let making = "echo 'The virtual environment was not created because ensurepip is not available.'; exit 1";
    let said = said(start(&python(dir.path(), making), &dir.path().join("venv")));
    assert!(
        said.contains("cannot make a virtual environment (ensurepip is not available): install"),
        "{said}"
    );
}

#[test]
fn a_failed_pip_is_told_with_its_reason_and_tried_again_next_time() {
    let dir = tempfile::tempdir().unwrap();
    let venv = dir.path().join("venv");
    let broken = python(
        dir.path(),
        &making("echo ERROR: no route to the index >&2; exit 1"),
    );
    let first = said(start(&broken, &venv));
    assert!(
        first.contains("failed (ERROR: no route to the index): check the network"),
        "{first}"
    );
    assert!(!is_finished(&venv));
    // What the failed one left is not built upon.
    std::fs::write(venv.join("left-over"), "half").unwrap();
    let sound = python(dir.path(), &making("exit 0"));
    assert!(said(start(&sound, &venv)).contains("provisioned"));
    assert!(is_finished(&venv) && !venv.join("left-over").exists());
}

#[test]
fn of_several_that_ask_at_once_one_builds() {
    let dir = tempfile::tempdir().unwrap();
    let venv = dir.path().join("venv");
    let python = python(dir.path(), &making("exit 0"));
    let children: Vec<Child> = (0..4).map(|_| start(&python, &venv)).collect();
    for child in children {
        assert!(said(child).contains("provisioned"));
    }
    let built = std::fs::read_to_string(dir.path().join("python3.log")).unwrap();
    assert_eq!(built, "made\n");
}

#[test]
fn the_environment_can_read_back_with_another_client() {
    let cloud = cloud();
    let script = "import boto3, sys\n\
                  client = boto3.client('ec2', endpoint_url=sys.argv[1], region_name='eu-west-1',\n\
                  \x20   aws_access_key_id='a', aws_secret_access_key='b')\n\
                  vpc = client.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']\n\
                  print(client.describe_vpcs(VpcIds=[vpc])['Vpcs'][0]['CidrBlock'])";
    let output = Command::new(cloud.python())
        .args(["-c", script, cloud.endpoint()])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "10.9.0.0/16",
        "{errors}"
    );
}
