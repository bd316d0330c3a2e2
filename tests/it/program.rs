//! The built program on a cloud of its own: command line in, exit code and text out.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use codedetect_localcloud::{CloudOptions, LocalCloud};
use serde_json::Value;

/// The stack that the project is made for.
pub const STACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/stacks/codedetect.yaml");

/// A cloud, a working folder and the program.
pub struct Program {
    pub cloud: LocalCloud,
    pub folder: tempfile::TempDir,
}

/// How a call of the program ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The same, after the exit code was compared.
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// The JSON document on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", self.out, self.err))
    }
}

impl Program {
    /// The program on an empty cloud.
    pub fn new() -> Self {
        let options = CloudOptions::below(env!("CARGO_TARGET_TMPDIR"));
        Self {
            cloud: LocalCloud::start_in_process(&options).unwrap_or_else(|e| panic!("{e}")),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A stack file in the folder, made from the project's own by replacing text.
    pub fn stack(&self, name: &str, changes: &[(&str, &str)]) -> PathBuf {
        let mut text = std::fs::read_to_string(STACK).unwrap();
        for (from, to) in changes {
            assert!(text.contains(from), "{from}");
            text = text.replace(from, to);
        }
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// One of the examples, copied to the folder.
    pub fn example(&self, name: &str) -> PathBuf {
        let from = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/");
        let path = self.folder.path().join(name);
        std::fs::copy(format!("{from}{name}"), &path).unwrap();
        path
    }

    /// A stack file in the folder: as little as a stack can be, and topics of these names.
    pub fn shop(&self, name: &str, topics: &[&str]) -> PathBuf {
        let mut text = "stack: shop\nenvironment: prod\nregion: eu-west-1\n".to_owned();
        if !topics.is_empty() {
            let topic = |name: &&str| {
                let fields = format!("{{ name: shop-prod-{name}, region: eu-west-1 }}");
                format!("{name}: {{ kind: sns.topic, fields: {fields} }}")
            };
            let topics: Vec<_> = topics.iter().map(topic).collect();
            text.push_str(&format!("resources: {{ {} }}\n", topics.join(", ")));
        }
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A call, ready to run: `verb` on `file`, on this cloud where the verb asks one, with its state in a folder.
    pub fn command(&self, verb: &str, file: &std::path::Path, arguments: &[&str]) -> Command {
        let mut command = self.command_on_aws(verb, file, arguments);
        if verb != "validate" {
            command
                .arg("--state-dir")
                .arg(self.folder.path().join("state"));
        }
        command
    }

    /// The same with its state where it lies on AWS: in the stack's own bucket.
    pub fn command_on_aws(
        &self,
        verb: &str,
        file: &std::path::Path,
        arguments: &[&str],
    ) -> Command {
        let mut command = self.bare();
        command.arg(verb).arg(file).args(arguments);
        if verb != "validate" {
            command.args(["--endpoint-url", self.cloud.endpoint()]);
        }
        command
    }

    /// The program in the working folder, with an environment of its own and nothing on standard input.
    pub fn bare(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codedetect-infra"));
        command
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_COLOR", "1")
            // Nobody answers there: a test that asks DNS says whom.
            .env("CODEDETECT_RESOLVER", "127.0.0.1:9")
            .stdin(Stdio::null());
        command
    }

    /// Runs a call to its end.
    pub fn run(&self, verb: &str, file: &std::path::Path, arguments: &[&str]) -> Ended {
        Ended::of(&self.command(verb, file, arguments).output().unwrap())
    }

    /// Runs a call to its end, its state in the stack's own bucket.
    pub fn run_on_aws(&self, verb: &str, file: &std::path::Path, arguments: &[&str]) -> Ended {
        let mut command = self.command_on_aws(verb, file, arguments);
        Ended::of(&command.output().unwrap())
    }

    /// Starts a call.
    pub fn start(&self, verb: &str, file: &std::path::Path, arguments: &[&str]) -> Child {
        self.command(verb, file, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What `plan` would do: (address, action) in order of address.
    pub fn planned(&self, file: &std::path::Path, arguments: &[&str]) -> Vec<(String, String)> {
        let arguments = [arguments, &["--format", "json"]].concat();
        let plan = self.run("plan", file, &arguments).with(0).json();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut steps: Vec<_> = plan["changes"]
            .as_array()
            .unwrap_or_else(|| panic!("{plan:#}"))
            .iter()
            .map(|step| (text(&step["address"]), text(&step["action"])))
            .collect();
        steps.sort();
        steps
    }

    /// Runs Python with boto3 against the cloud; `script` finds a function `client(name)`.
    pub fn python(&self, script: &str) -> String {
        let prelude = format!(
            "import boto3, json\n\
             def client(name, region='eu-west-1'):\n\
             \x20   return boto3.client(name, region_name=region, endpoint_url='{}',\n\
             \x20       aws_access_key_id='test', aws_secret_access_key='test')\n",
            self.cloud.endpoint()
        );
        let output = Command::new(self.cloud.python())
            .args(["-c", &format!("{prelude}{script}")])
            .output()
            .unwrap();
        let ended = Ended::of(&output).with(0);
        ended.out
    }
}
