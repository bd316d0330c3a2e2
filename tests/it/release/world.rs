//! A workload in two colours on the local cloud, and the program that releases it.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use codedetect_localcloud::MotoVenv;
use serde_json::Value;

use super::traffic::{Traffic, ask};
use crate::program::Ended;

const STACK: &str = "\
stack: shop
environment: test
region: eu-west-1
network:
  cidr: 10.0.0.0/16
  public: { a: 10.0.1.0/24, b: 10.0.2.0/24 }
workloads:
  web:
    image: ghcr.io/example/codedetect:1.0.0
    port: 5000
    health: { path: /api/health, every: 5s, timeout: 2s, unhealthy: 2, grace: 20s }
    blue_green: { instance: t3.micro, min: 1, max: 2 }
    load_balancer: { drain: 5s }
alerts: { email: [ops@example.com] }
";

/// The same with one group of instances. A new one is given a few seconds, which is also how long it warms up.
const ROLLING: [(&str, &str); 2] = [
    (
        "blue_green: { instance: t3.micro, min: 1, max: 2 }",
        "rolling: { instance: t3.micro, min: 1, max: 2 }",
    ),
    ("grace: 20s", "grace: 8s"),
];

/// A folder with a stack and a local cloud that is brought down at the end.
pub struct World {
    folder: tempfile::TempDir,
    venv: PathBuf,
    /// Where the load balancer listens.
    pub front: String,
}

impl World {
    /// The stack is applied, and its first version answers.
    pub fn new() -> Self {
        Self::coloured(STACK)
    }

    /// The same with two instances, one in each zone.
    pub fn of_two() -> Self {
        let world = Self::coloured(&STACK.replace("min: 1, max: 2", "min: 2, max: 4"));
        world.until_healthy("blue", 2);
        world
    }

    /// The same with another tag of the first version's image.
    pub fn of_image(tag: &str) -> Self {
        Self::coloured(&STACK.replace("codedetect:1.0.0", &format!("codedetect:{tag}")))
    }

    /// The same where clients stay with their colour for an hour.
    pub fn sticky() -> Self {
        Self::coloured(&STACK.replace("drain: 5s", "drain: 5s, stickiness: 1h"))
    }

    fn coloured(stack: &str) -> Self {
        let world = Self::applied(stack);
        // A load balancer without a healthy target sends requests to all: an answer alone says little.
        world.until("nothing stands in the way of a release", |world| {
            let told = world
                .release("switch", &["--to", "green", "--dry-run"])
                .json();
            let refused = told["refused"].to_string();
            (!refused.contains("no healthy target")).then_some(())
        });
        world
    }

    /// The same with one group whose instances are replaced.
    pub fn rolling() -> Self {
        let text = ROLLING
            .iter()
            .fold(STACK.to_owned(), |text, (from, to)| text.replace(from, to));
        let world = Self::applied(&text);
        world.until("nothing stands in the way of a release", |world| {
            let told = world.release("refresh", &["--dry-run"]).json();
            let refused = told["refused"].to_string();
            (!refused.contains("no healthy target")).then_some(())
        });
        world
    }

    fn applied(stack: &str) -> Self {
        let venv = MotoVenv::provision(env!("CARGO_TARGET_TMPDIR").as_ref(), |_| {}).unwrap();
        let mut world = Self {
            folder: tempfile::tempdir().unwrap(),
            venv: venv.path().to_owned(),
            front: String::new(),
        };
        std::fs::write(world.folder.path().join("stack.yaml"), stack).unwrap();
        world.run("apply", &["--yes"]).with(0);
        world.front = world.until("the load balancer listens", |world| {
            let plane = world.plane();
            plane["listeners"][0]["address"].as_str().map(str::to_owned)
        });
        world
    }

    /// The program with these arguments, ready to run.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codedetect-infra"));
        let workload = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/localcloud/tests/gateway/plane/workload.py"
        );
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("NO_COLOR", "1")
            .env("CODEDETECT_MOTO_VENV", &self.venv)
            .env("CODEDETECT_WORKLOAD", format!("python3 {workload}"))
            // Should this test be killed, its cloud does not stay.
            .env("CODEDETECT_LOCAL_IDLE_EXIT", "120")
            .stdin(Stdio::null());
        command
    }

    /// A verb on the stack.
    pub fn run(&self, verb: &str, arguments: &[&str]) -> Ended {
        let arguments = [&[verb, "stack.yaml", "--local"], arguments].concat();
        Ended::of(&self.command(&arguments).output().unwrap())
    }

    /// A release verb on the stack.
    pub fn release(&self, verb: &str, arguments: &[&str]) -> Ended {
        let arguments = [arguments, &["--format", "json", "--rate", "10"]].concat();
        self.run(verb, &arguments)
    }

    /// What a deploy would do.
    pub fn dry_run(&self, arguments: &[&str]) -> Value {
        let arguments = [arguments, &["--dry-run"]].concat();
        self.release("deploy", &arguments).with(0).json()
    }

    /// Applies the stack with a part of its file written otherwise.
    pub fn apply_with(&self, from: &str, to: &str) {
        let path = self.folder.path().join("stack.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        self.run("apply", &["--yes"]).with(0);
    }

    /// What the steps of a deploy do.
    pub fn course(&self, arguments: &[&str]) -> Vec<String> {
        let told = self.dry_run(arguments);
        let steps = told["steps"].as_array().unwrap();
        steps
            .iter()
            .map(|step| step["do"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Starts a release, and kills it before or after its n-th changing call took effect. False where it ended before that.
    pub fn killed_around(&self, verb: &str, nth: usize, when: &str, arguments: &[&str]) -> bool {
        let fault = format!(r#"{{"action":"changing","nth":{nth},"when":"{when}","what":"hang"}}"#);
        self.killed_by(&fault, verb, arguments)
    }

    /// Starts a release, and kills it where it hangs by a fault. False where it ended before that.
    pub fn killed_by(&self, fault: &str, verb: &str, arguments: &[&str]) -> bool {
        self.control("POST", "faults", fault);
        let arguments = [&[verb, "stack.yaml", "--local"], arguments].concat();
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let sprung = self.until("the call hangs, or the release has ended", |world| {
            let faults = world.control("GET", "faults", "");
            if faults["faults"][0]["sprung"].as_u64() > Some(0) {
                return Some(true);
            }
            let ended = std::fs::read_to_string(format!("/proc/{}/stat", child.id()))
                .is_ok_and(|stat| stat.contains(") Z "));
            ended.then_some(false)
        });
        let _ = child.kill();
        child.wait().unwrap();
        self.control("POST", "reset", "");
        sprung
    }

    /// Asks the gateway's own interface.
    pub fn control(&self, method: &str, what: &str, body: &str) -> Value {
        let path = format!("/_codedetect/{what}");
        let (status, body) = super::traffic::send(&self.gateway(), method, &path, body).unwrap();
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    fn gateway(&self) -> String {
        let mut status = self.command(&["local", "status", "--format", "json"]);
        let status = Ended::of(&status.output().unwrap()).with(0).json();
        let endpoint = status["endpoint"].as_str().unwrap();
        endpoint.trim_start_matches("http://").to_owned()
    }

    /// Starts a deploy, and kills it as soon as it has begun a step.
    pub fn killed_at(&self, step: usize, arguments: &[&str]) {
        let arguments = [&["deploy", "stack.yaml", "--local"], arguments].concat();
        let mut child = self
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mark = format!("{step:>2}/");
        let mut said = String::new();
        let mut begun = false;
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            begun = line.starts_with(&mark);
            said += &line;
            said.push('\n');
            if begun {
                break;
            }
        }
        let _ = child.kill();
        child.wait().unwrap();
        assert!(begun, "step {step} was not begun:\n{said}");
    }

    /// A release verb, told of each step as it begins.
    pub fn meanwhile(
        &self,
        verb: &str,
        arguments: &[&str],
        mut begins: impl FnMut(usize),
    ) -> Ended {
        let whole = [
            &[verb, "stack.yaml", "--local"],
            arguments,
            &["--format", "json", "--rate", "10"],
        ]
        .concat();
        let mut child = self
            .command(&whole)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        for line in BufReader::new(child.stderr.take().unwrap()).lines() {
            let line = line.unwrap();
            let number = line
                .split_once('/')
                .and_then(|(number, _)| number.trim().parse().ok());
            if let Some(step) = number {
                begins(step);
            }
            said += &line;
            said.push('\n');
        }
        let mut output = child.wait_with_output().unwrap();
        output.stderr = said.into_bytes();
        Ended::of(&output)
    }

    /// Where the record of the release lies that has not ended.
    pub fn record(&self) -> PathBuf {
        let state = self.folder.path().join(".codedetect/state/shop-test");
        state.join("releases/web/current.json")
    }

    /// Kills one of a colour's processes; gives its instance, where there is one.
    pub fn kill(&self, colour: &str) -> Option<String> {
        self.running(colour).iter().find_map(kill)
    }

    /// Kills a process of a colour in a zone.
    pub fn kill_in(&self, colour: &str, zone: &str) -> Option<String> {
        let running = self.running(colour);
        running
            .iter()
            .filter(|one| one["zone"] == zone)
            .find_map(kill)
    }

    /// A colour's instances whose process runs.
    fn running(&self, colour: &str) -> Vec<Value> {
        let mut instances = self.plane()["instances"].as_array().unwrap().clone();
        instances
            .retain(|one| one["pid"].is_u64() && one["group"].as_str().unwrap().ends_with(colour));
        instances
    }

    /// Waits until so many of a colour's targets are healthy, and no more of its instances are there.
    pub fn until_healthy(&self, colour: &str, targets: usize) {
        self.until(
            &format!("{targets} targets of {colour} are healthy"),
            |world| {
                let running = world.running(colour);
                let healthy = |one: &&Value| one["health"] == "healthy";
                let enough =
                    running.len() == targets && running.iter().filter(healthy).count() == targets;
                enough.then_some(())
            },
        );
    }

    /// How many requests were with instances that were killed.
    pub fn lost(&self) -> u64 {
        self.lost_by().values().sum()
    }

    /// How many requests each instance was sent and did not answer.
    pub fn lost_by(&self) -> BTreeMap<String, u64> {
        let lost = self.plane()["lost"].clone();
        serde_json::from_value(lost).unwrap()
    }

    /// Sets the largest number of instances in the file.
    pub fn set(&self, max: &str) {
        let changed = STACK.replace("max: 2", max);
        assert_ne!(changed, STACK);
        std::fs::write(self.folder.path().join("stack.yaml"), changed).unwrap();
    }

    /// The version that the load balancer's next answer names.
    pub fn version(&self) -> String {
        ask(&self.front, "/api/health").unwrap()
    }

    /// Whether the load balancer's next request is answered well.
    pub fn answers(&self) -> bool {
        ask(&self.front, "/api/health").is_ok()
    }

    /// Requests that go on until they are ended.
    pub fn traffic(&self, a_second: u32) -> Traffic {
        Traffic::begin(&self.front, a_second)
    }

    /// Runs Python with boto3 against the cloud; `script` finds a function `client(name)`.
    pub fn python(&self, script: &str) -> String {
        let prelude = format!(
            "import boto3, json\n\
             def client(name):\n\
             \x20   return boto3.client(name, region_name='eu-west-1', endpoint_url='http://{}',\n\
             \x20       aws_access_key_id='test', aws_secret_access_key='test')\n",
            self.gateway()
        );
        let python = self.venv.join("bin/python");
        let mut command = Command::new(python);
        command.args(["-c", &format!("{prelude}{script}")]);
        Ended::of(&command.output().unwrap()).with(0).out
    }

    /// Has an alarm ring, whatever it watches.
    pub fn ring(&self, name: &str) {
        self.python(&format!(
            "client('cloudwatch').put_metric_alarm(AlarmName='{name}', Namespace='Shop', MetricName='Errors', Period=60,\n\
             \x20   Statistic='Sum', EvaluationPeriods=1, Threshold=1, ComparisonOperator='GreaterThanThreshold')\n\
             client('cloudwatch').set_alarm_state(AlarmName='{name}', StateValue='ALARM', StateReason='a test')\n"
        ));
    }

    /// The instances that there are, by id.
    pub fn instances(&self) -> Vec<String> {
        let plane = self.plane();
        let all = plane["instances"].as_array().unwrap().iter();
        all.map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    }

    fn plane(&self) -> Value {
        self.control("GET", "plane", "")
    }

    /// Waits until something is there.
    pub fn until<T>(&self, what: &str, look: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(Instant::now() < deadline, "waited for: {what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The instance, unless its process had ended already.
fn kill(instance: &Value) -> Option<String> {
    let pid = instance["pid"].to_string();
    let killed = Command::new("kill").args(["-KILL", &pid]).output().unwrap();
    let id = instance["id"].as_str().unwrap();
    killed.status.success().then(|| id.to_owned())
}

impl Drop for World {
    fn drop(&mut self) {
        // Nothing is asserted here: the test has said already what failed.
        let _ = self.command(&["local", "down"]).output();
    }
}
