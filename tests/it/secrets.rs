//! Secrets through the built program: into the Parameter Store, and into nothing that it writes.

use std::path::Path;
use std::process::Command;

use codedetect_localcloud::Fault;

use crate::program::{Ended, Program};

const FROM_ENVIRONMENT: &str = "planted-by-environment-5f3a9c";
const TYPED: &str = "planted-by-hand-81d7e2";
const VARIABLE: &str = "PLANTED";

/// The project's stack with a secret of each kind, and a database that takes one.
fn stack(program: &Program) -> std::path::PathBuf {
    program.stack(
        "stack.yaml",
        &[
            ("enabled: false", "enabled: true"),
            ("{ generate: 48 }", "{ from_env: PLANTED }"),
            (
                "{ generate: 32 }",
                "{ prompt: true }\n  made: { generate: 40 }",
            ),
            (
                "DB_PASSWORD: parameters.db-password",
                "DB_PASSWORD: parameters.db-password\n      MADE: parameters.made",
            ),
        ],
    )
}

/// Plays a person at a terminal: types the secret whenever it is asked for and not shown.
const PERSON: &str = r"
import os, pty, select, sys, termios
secret, command = sys.argv[1].encode(), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)
seen, typed = b'', 0
while True:
    ready, _, _ = select.select([terminal], [], [], 0.02)
    if ready:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        seen += data
    hidden = not termios.tcgetattr(terminal)[3] & termios.ECHO
    if hidden and typed < seen.count(b'Value for '):
        os.write(terminal, secret + b'\n')
        typed += 1
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
sys.exit(os.waitstatus_to_exitcode(status))
";

/// Everything that calls of the program wrote.
struct Written<'a> {
    program: &'a Program,
    file: &'a Path,
    text: String,
}

impl Written<'_> {
    fn take(&mut self, ended: &Ended) {
        self.text.push_str(&ended.out);
        self.text.push_str(&ended.err);
    }

    /// A call without a terminal.
    fn run(&mut self, verb: &str, arguments: &[&str], code: i32) {
        let mut command = self.program.command(verb, self.file, arguments);
        let ended = Ended::of(&command.env(VARIABLE, FROM_ENVIRONMENT).output().unwrap());
        self.take(&ended.with(code));
    }

    /// A call at a terminal.
    fn run_at_terminal(&mut self, verb: &str, arguments: &[&str], code: i32) {
        let inner = self.program.command(verb, self.file, arguments);
        let mut command = Command::new(self.program.cloud.python());
        command.args(["-c", PERSON, TYPED]);
        command.arg(inner.get_program()).args(inner.get_args());
        command.env_clear().envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        command.current_dir(self.program.folder.path());
        command.env(VARIABLE, FROM_ENVIRONMENT).env("TERM", "xterm");
        let ended = Ended::of(&command.output().unwrap());
        self.take(&ended.with(code));
    }

    /// Every file below the working folder: state, journal, saved plans, traces.
    fn files(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                self.files(&path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                self.text.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
    }
}

/// What anybody can read of the cloud who may not read parameters.
const READABLE: &str = r"
import base64
ec2 = client('ec2')
for template in ec2.describe_launch_templates()['LaunchTemplates']:
    versions = ec2.describe_launch_template_versions(LaunchTemplateId=template['LaunchTemplateId'], Versions=['$Latest'])
    for version in versions['LaunchTemplateVersions']:
        print(base64.b64decode(version['LaunchTemplateData'].get('UserData', '')).decode())
        print(version)
print(client('rds').describe_db_instances())
print(client('ssm').describe_parameters())
for group in client('autoscaling').describe_auto_scaling_groups()['AutoScalingGroups']:
    print(group)
iam = client('iam')
for role in iam.list_roles()['Roles']:
    for policy in iam.list_role_policies(RoleName=role['RoleName'])['PolicyNames']:
        print(iam.get_role_policy(RoleName=role['RoleName'], PolicyName=policy))
watch = client('cloudwatch')
for board in watch.list_dashboards()['DashboardEntries']:
    print(watch.get_dashboard(DashboardName=board['DashboardName'])['DashboardBody'])
s3 = client('s3')
for bucket in s3.list_buckets()['Buckets']:
    for object in s3.list_objects_v2(Bucket=bucket['Name']).get('Contents', []):
        print(s3.get_object(Bucket=bucket['Name'], Key=object['Key'])['Body'].read())
";

const PARAMETERS: &str = r"
store = client('ssm')
found = store.get_parameters_by_path(Path='/codedetect-prod/', Recursive=True, WithDecryption=True)['Parameters']
print(json.dumps({p['Name'].rsplit('/', 1)[1]: [p['Value'], p['Type']] for p in found}))
";

#[test]
fn a_secret_is_found_in_the_parameter_store_and_in_nothing_that_was_written() {
    let program = Program::new();
    let file = stack(&program);
    let mut written = Written {
        program: &program,
        file: &file,
        text: String::new(),
    };
    written.run("validate", &[], 0);
    written.run("plan", &["-o", "plan.json", "--verbose"], 0);
    written.run("plan", &["--format", "json"], 0);
    written.run("plan", &["--format", "markdown"], 0);
    // Without a terminal nobody can be asked, and all else is made.
    written.run("apply", &["--yes", "--format", "ndjson"], 1);
    // AWS refuses, and repeats what it was sent.
    for (service, action, secret) in [
        ("ssm", "PutParameter", TYPED),
        ("rds", "CreateDBInstance", TYPED),
    ] {
        let message =
            format!("1 validation error: value '{secret}' failed to satisfy a constraint");
        let fault = Fault::on(service, action).times(1);
        program
            .cloud
            .add_fault(fault.error(400, "ValidationException", &message));
    }
    written.run_at_terminal("apply", &["--yes"], 1);
    written.run_at_terminal("apply", &["--yes", "--format", "json"], 1);
    written.run("apply", &["--yes", "--timings=trace.json"], 0);
    for (verb, arguments) in [
        ("plan", &["--verbose"][..]),
        ("drift", &["--format", "json"]),
        ("status", &[]),
        ("status", &["--format", "json"]),
        ("outputs", &[]),
        ("outputs", &["--format", "json"]),
        ("history", &[]),
        ("history", &["--format", "json"]),
        ("graph", &[]),
        ("graph", &["--format", "json"]),
        ("cost", &[]),
        ("doctor", &[]),
    ] {
        written.run(verb, arguments, 0);
    }
    let folder = program.folder.path();
    written.files(folder);
    written.text.push_str(&program.python(READABLE));
    for call in program.cloud.log() {
        written.text.push_str(&format!("{call:?}\n"));
    }
    assert!(written.text.contains("plan.json"));
    assert!(written.text.contains("user_data"));

    let kept: serde_json::Value = serde_json::from_str(&program.python(PARAMETERS)).unwrap();
    assert_eq!(
        kept["secret-key"],
        serde_json::json!([FROM_ENVIRONMENT, "SecureString"])
    );
    assert_eq!(
        kept["db-password"],
        serde_json::json!([TYPED, "SecureString"])
    );
    let made = kept["made"][0].as_str().unwrap();
    assert_eq!(made.len(), 40);
    for secret in [FROM_ENVIRONMENT, TYPED, made] {
        let at = written.text.find(secret);
        let around = at.map(|at| written.text[at.saturating_sub(300)..].chars().take(400));
        assert_eq!(at, None, "{:?}", around.map(String::from_iter));
    }
}

#[test]
fn the_local_cloud_writes_no_secret_to_its_files() {
    let program = Program::new();
    let file = program.folder.path().join("stack.yaml");
    let text = "stack: kept\nenvironment: dev\nregion: eu-west-1\nparameters:\n  one: { from_env: PLANTED }\n";
    std::fs::write(&file, text).unwrap();
    let python = program.cloud.python();
    let venv = python.parent().and_then(Path::parent).unwrap();
    let call = |verb: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_codedetect-infra"))
            .args(verb)
            .current_dir(program.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", program.folder.path())
            .env("CODEDETECT_MOTO_VENV", venv)
            .env(VARIABLE, FROM_ENVIRONMENT)
            .output()
            .unwrap();
        Ended::of(&output)
    };
    let applied = call(&["apply", "stack.yaml", "--local", "--yes"]);
    let mut written = Written {
        program: &program,
        file: &file,
        text: format!("{applied:?}"),
    };
    written.files(&program.folder.path().join(".codedetect"));
    let ended = call(&["local", "down"]);
    applied.with(0);
    ended.with(0);
    assert!(
        written.text.contains("parameters.one"),
        "the journal was read"
    );
    assert!(!written.text.contains(FROM_ENVIRONMENT), "{}", written.text);
}

#[test]
fn a_secret_in_the_file_is_refused_and_not_shown() {
    let program = Program::new();
    for (from, to) in [
        ("{ generate: 48 }", "{ value: hunter2-hunter2 }"),
        ("{ generate: 48 }", "hunter2-hunter2"),
        (
            "      UPLOADS:",
            "      DB_PASSWORD: hunter2-hunter2\n      UPLOADS:",
        ),
    ] {
        let file = program.stack("literal.yaml", &[(from, to)]);
        for verb in ["validate", "plan", "apply"] {
            let mut command = Command::new(env!("CARGO_BIN_EXE_codedetect-infra"));
            let output = command.arg(verb).arg(&file).output().unwrap();
            let refused = Ended::of(&output).with(65);
            assert!(!refused.err.contains("hunter2"), "{}", refused.err);
        }
    }
}
