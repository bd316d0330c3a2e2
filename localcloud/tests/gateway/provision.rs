//! moto's environment.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::client::{cloud, folder};

/// The tests' variables are the process's own, so that what is tested with others runs in a process of its own.
fn provision_elsewhere(python: &str) -> (bool, String) {
    let empty = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "provision::in_a_process_of_its_own",
            "--exact",
            "--nocapture",
        ])
        .env("CODEDETECT_PYTHON", python)
        .env("CODEDETECT_MOTO_VENV", empty.path().join("venv"))
        .env("CODEDETECT_TEST_PROVISION", "1")
        .output()
        .unwrap();
    let left = empty
        .path()
        .join("venv/codedetect-requirements.txt")
        .exists();
    assert!(!left, "a failed environment is marked as finished");
    (
        output.status.success(),
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr),
    )
}

#[test]
fn in_a_process_of_its_own() {
    if std::env::var_os("CODEDETECT_TEST_PROVISION").is_none() {
        return;
    }
    match codedetect_localcloud::MotoVenv::provision(&folder(), |_| {}) {
        Ok(_) => println!("provisioned"),
        Err(error) => println!("error: {error}"),
    }
}

fn fake_python(script: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("python3");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    dir
}

fn said_with(script: &str) -> String {
    let dir = fake_python(script);
    let (_, said) = provision_elsewhere(dir.path().join("python3").to_str().unwrap());
    said.lines()
        .find_map(|line| line.split_once("error: "))
        .unwrap_or_else(|| panic!("{said}"))
        .1
        .to_owned()
}

#[test]
fn a_missing_python_is_one_sentence_with_the_remedy() {
    let (_, said) = provision_elsewhere("/nowhere/python3");
    assert!(said.contains("error: the local cloud needs Python 3.10 or newer and none was found (/nowhere/python3): install"), "{said}");
}

#[test]
fn a_python_without_venv_is_told_from_one_that_is_missing() {
    let said = said_with(
        "case \"$1\" in --version) echo Python 3.12.0;; *) echo 'The virtual environment was not created because ensurepip is not available.'; exit 1;; esac",
    );
    assert!(said.contains("cannot make a virtual environment (ensurepip is not available): install its venv module"), "{said}");
}

#[test]
fn a_failed_pip_is_told_with_its_reason() {
    let make = "case \"$1\" in --version) echo Python 3.12.0;; *) mkdir -p \"$3/bin\"; touch \"$3/pyvenv.cfg\"; \
                printf '#!/bin/sh\\necho ERROR: no route to the index >&2; exit 1\\n' > \"$3/bin/python\"; chmod +x \"$3/bin/python\";; esac";
    let said = said_with(make);
    assert!(
        said.contains("failed (ERROR: no route to the index): check the network"),
        "{said}"
    );
}

#[test]
fn the_environment_can_read_back_with_another_client() {
    let cloud = cloud();
    let script = "import boto3, sys\n\
                  client = boto3.client('ec2', endpoint_url=sys.argv[1], region_name='eu-west-1', aws_access_key_id='a', aws_secret_access_key='b')\n\
                  vpc = client.create_vpc(CidrBlock='10.9.0.0/16')['Vpc']['VpcId']\n\
                  print(client.describe_vpcs(VpcIds=[vpc])['Vpcs'][0]['CidrBlock'])";
    let output = Command::new(cloud.python())
        .args(["-c", script, cloud.endpoint()])
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "10.9.0.0/16",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
