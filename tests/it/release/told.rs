//! What is told of releases while they go on and afterwards: status, history, the topic, the log.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::world::World;
use crate::program::Ended;

const NEW: &str = "ghcr.io/example/codedetect:2.0.0";
const OLD: &str = "1.0.0";

#[test]
fn the_status_shows_each_colour_with_its_version_weight_and_targets() {
    let world = World::new();
    let status = |world: &World| world.run("status", &["--format", "json"]).with(0).json();
    let told = status(&world);
    let web = &told["workloads"][0];
    let (blue, green) = (&web["colours"][0], &web["colours"][1]);
    assert_eq!(
        (&blue["role"], &green["role"]),
        (&"live".into(), &"idle".into())
    );
    assert_eq!(
        (&blue["weight"], &blue["version"]),
        (&100.into(), &OLD.into())
    );
    assert_eq!(
        (&blue["least"], &blue["wanted"], &blue["most"]),
        (&1.into(), &1.into(), &2.into())
    );
    assert_eq!(blue["zones"][0]["states"]["healthy"], 1, "{told:#}");
    assert_eq!(green["instances"], 0);
    assert_eq!(web["rollback"], Value::Null);

    world
        .release("deploy", &["--image", NEW, "--bake", "0s"])
        .with(0);
    let told = status(&world);
    let web = &told["workloads"][0];
    assert_eq!(web["colours"][0]["role"], "leaving");
    assert!(
        web["colours"][0]["next"]
            .as_str()
            .unwrap()
            .starts_with("ends in")
    );
    assert_eq!(web["colours"][1]["role"], "live");
    let rollback = web["rollback"].as_str().unwrap();
    assert_eq!(rollback, "codedetect-infra rollback stack.yaml --local");

    world.killed_at(3, &["--image", "ghcr.io/example/codedetect:3.0.0"]);
    let release = &status(&world)["workloads"][0]["release"];
    assert_eq!(
        (&release["verb"], &release["step"]),
        (&"deploy".into(), &3.into())
    );
    let human = world.run("status", &[]).with(0).out;
    assert!(human.contains("deploy under way"), "{human}");
    assert!(
        human.lines().all(|line| line.chars().count() <= 80),
        "{human}"
    );
}

#[test]
fn a_watch_follows_a_release_to_its_end() {
    let world = World::new();
    let arguments = [
        "deploy",
        "stack.yaml",
        "--local",
        "--image",
        NEW,
        "--canary",
        "50",
        "--bake",
        "3s",
    ];
    let mut deploy = world
        .command(&arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut news = BufReader::new(deploy.stderr.take().unwrap()).lines();
    assert!(news.any(|line| line.unwrap().starts_with(" 1/")));
    let reading = std::thread::spawn(move || news.count());
    let watch = [
        "--watch",
        "--until-done",
        "--every",
        "1s",
        "--format",
        "json",
    ];
    let watched = world.run("status", &watch).with(0);
    assert!(deploy.wait().unwrap().success());
    reading.join().unwrap();

    let events: Vec<Value> = watched
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let doing = |event: &Value| {
        event["workloads"][0]["release"]["doing"]
            .as_str()
            .map(str::to_owned)
    };
    let seen: Vec<String> = events.iter().filter_map(doing).collect();
    assert!(
        seen.iter().any(|doing| doing.starts_with("Watch green")),
        "{seen:?}"
    );
    let half = |event: &&Value| event["workloads"][0]["colours"][1]["weight"] == 50;
    assert!(events.iter().any(|event| half(&event)), "{}", watched.out);
    let last = events.last().unwrap();
    assert_eq!(last["workloads"][0]["release"], Value::Null);
    assert_eq!(last["workloads"][0]["colours"][1]["version"], "2.0.0");
    let requests = |event: &Value| event["workloads"][0]["traffic"][0]["requests"].as_f64();
    assert!(
        events.iter().any(|event| requests(event) > Some(0.0)),
        "{}",
        watched.out
    );
}

/// Runs its arguments on a terminal of 24 rows and 80 columns, and copies what they write; interrupts them after PICTURES of them.
const ON_A_TERMINAL: &str = r"
import fcntl, os, pty, signal, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
    os.environ['TERM'] = sys.argv[1]
    os.execv(sys.argv[2], sys.argv[2:])
seen, asked = b'', False
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
    sys.stdout.buffer.write(piece)
    if not asked and seen.count(b'shop-test') >= int(os.environ['PICTURES']):
        asked = True
        os.kill(pid, signal.SIGINT)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

/// What a watch writes to a terminal of some type until it is interrupted after so many pictures.
fn on_a_terminal(world: &World, term: &str, pictures: &str) -> Ended {
    let watch = world.command(&[
        "status",
        "stack.yaml",
        "--local",
        "--watch",
        "--every",
        "1s",
    ]);
    let mut command = Command::new("python3");
    command
        .args(["-c", ON_A_TERMINAL, term])
        .arg(watch.get_program())
        .args(watch.get_args())
        .env_clear()
        .current_dir(watch.get_current_dir().unwrap())
        .stdin(Stdio::null());
    for (name, value) in watch.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.env("PICTURES", pictures);
    Ended::of(&command.output().unwrap())
}

#[test]
fn on_a_terminal_the_picture_is_drawn_in_place_and_stays_when_interrupted() {
    let world = World::new();
    let drawn = on_a_terminal(&world, "xterm-256color", "3").with(130);
    // In place: each picture after the first begins by moving up over the one before.
    assert!(drawn.out.contains("\u{1b}[2K"), "{:?}", drawn.out);
    assert!(
        !drawn.out.contains("\u{1b}[2J"),
        "the screen is not cleared"
    );
    let hidden = drawn.out.matches("\u{1b}[?25l").count();
    assert_eq!(hidden, drawn.out.matches("\u{1b}[?25h").count());
    let last: Vec<&str> = drawn.out.trim_end().lines().rev().take(6).collect();
    assert!(last.iter().any(|line| line.contains("blue")), "{last:?}");
    assert!(last.iter().any(|line| line.contains("req/s")), "{last:?}");

    let plain = on_a_terminal(&world, "dumb", "1").with(130);
    assert!(!plain.out.contains('\u{1b}'), "{:?}", plain.out);
    assert!(plain.out.contains("blue live 100% 1.0.0"), "{}", plain.out);
}

#[test]
fn the_history_has_each_release_with_its_evidence_and_shows_its_report_again() {
    let world = World::new();
    let deployed = world
        .release("deploy", &["--image", NEW, "--bake", "1s"])
        .with(0)
        .json();
    world.release("rollback", &[]).with(0);
    let history = world.run("history", &["--format", "json"]).with(0).json();
    let releases = history["releases"].as_array().unwrap();
    let verbs: Vec<_> = releases
        .iter()
        .map(|one| one["verb"].as_str().unwrap())
        .collect();
    assert_eq!(verbs, ["rollback", "deploy"]);
    assert_eq!(releases[1]["verdict"], "done");
    assert_eq!(releases[1]["evidence"]["failed"], 0);
    assert!(!history["runs"].as_array().unwrap().is_empty());

    let run = releases[1]["run"].as_str().unwrap();
    let show = |run: &str, arguments: &[&str]| {
        let arguments = [
            &["history", "show", run, "stack.yaml", "--local"],
            arguments,
        ]
        .concat();
        Ended::of(&world.command(&arguments).output().unwrap())
    };
    assert_eq!(show(run, &["--format", "json"]).with(0).json(), deployed);
    let human = show(run, &[]).with(0).out;
    assert!(
        human.contains("✓ done") && human.contains("0 failed"),
        "{human}"
    );
    let unknown = show("19700101", &[]).with(64);
    assert!(unknown.err.contains("no release"), "{}", unknown.err);
    let human = world.run("history", &[]).with(0).out;
    assert!(
        human.contains("rollback") && human.contains("requests, 0 failed"),
        "{human}"
    );
}

/// A queue that gets what the stack's topic is told.
const SUBSCRIBE: &str = r"
queue = client('sqs').create_queue(QueueName='told')['QueueUrl']
topic = [one['TopicArn'] for one in client('sns').list_topics()['Topics'] if one['TopicArn'].endswith('shop-test-alerts')][0]
arn = client('sqs').get_queue_attributes(QueueUrl=queue, AttributeNames=['QueueArn'])['Attributes']['QueueArn']
client('sns').subscribe(TopicArn=topic, Protocol='sqs', Endpoint=arn)
";

/// All that has come to it.
const RECEIVE: &str = r"
queue = client('sqs').get_queue_url(QueueName='told')['QueueUrl']
answer = client('sqs').receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
print(json.dumps([json.loads(one['Body']) for one in answer.get('Messages', [])]))
";

#[test]
fn the_topic_is_told_how_a_release_ended_and_a_topic_that_is_gone_fails_nothing() {
    let world = World::new();
    world.python(SUBSCRIBE);
    world
        .release("deploy", &["--image", NEW, "--bake", "0s"])
        .with(0);
    let image = "ghcr.io/example/codedetect:3.0.0-never-healthy";
    world
        .release("deploy", &["--image", image, "--bake", "0s"])
        .with(1);
    let told: Vec<Value> = serde_json::from_str(&world.python(RECEIVE)).unwrap();
    let mut subjects: Vec<_> = told
        .iter()
        .map(|one| one["Subject"].as_str().unwrap())
        .collect();
    subjects.sort_unstable();
    assert_eq!(
        subjects,
        [
            "shop-test: 2.0.0 is live",
            "shop-test: 3.0.0-never-healthy was rolled back"
        ]
    );
    let bodies: String = told
        .iter()
        .map(|one| one["Message"].as_str().unwrap())
        .collect();
    assert!(bodies.contains("green serves."), "{bodies}");
    assert!(
        bodies.contains("unhealthy") && bodies.contains("0 failed"),
        "{bodies}"
    );

    let fault = r#"{"action":"Publish","nth":1,"times":99,"when":"before","what":{"error":{"status":403,"code":"AuthorizationError","message":"not allowed"}}}"#;
    world.control("POST", "faults", fault);
    let ended = world.release("rollback", &[]).with(0);
    assert!(ended.err.contains("warning:"), "{}", ended.err);
}

#[test]
fn the_log_of_the_instances_can_be_read_searched_and_followed() {
    let world = World::new();
    let logs = |arguments: &[&str]| world.run("logs", arguments).with(0).out;
    let line = world.until("the first instance has said something", |_| {
        let text = logs(&[]);
        text.lines().next().map(str::to_owned)
    });
    assert!(line.contains(" blue i-"), "{line}");
    assert!(line.ends_with("version 1.0.0 listens"), "{line}");
    assert_eq!(logs(&["--filter", "\"nobody says this\""]), "");
    assert_eq!(logs(&["--colour", "green"]), "");
    let event: Value =
        serde_json::from_str(logs(&["--format", "ndjson"]).lines().next().unwrap()).unwrap();
    assert_eq!(
        (&event["event"], &event["colour"]),
        (&"log".into(), &"blue".into())
    );
    let instance = event["instance"].as_str().unwrap();
    assert!(logs(&["--instance", instance]).contains("listens"));

    let mut following = world
        .command(&[
            "logs",
            "stack.yaml",
            "--local",
            "--follow",
            "--filter",
            "\"2.0.0\"",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    world
        .release("deploy", &["--image", NEW, "--bake", "0s"])
        .with(0);
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(line.ends_with("version 2.0.0 listens"), "{line}");
    let asked = Command::new("kill")
        .args(["-INT", &following.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    assert_eq!(following.wait().unwrap().code(), Some(130));
}

#[test]
fn a_variable_that_was_added_to_the_file_goes_live_with_the_next_deploy() {
    let world = World::new();
    let written = |world: &World| {
        let told = world.dry_run(&["--image", NEW]);
        let steps = told["steps"].as_array().unwrap().clone();
        let write = steps.into_iter().find(|step| step["do"] == "write");
        let text = write.unwrap()["release"].as_str().unwrap().to_owned();
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let before = written(&world);
    assert_eq!(before["image"], NEW);
    assert_eq!(before["environment"]["GREETING"], Value::Null);
    world.apply_with(
        "    port: 5000\n",
        "    port: 5000\n    environment: { GREETING: hello, WHERE: '${region}' }\n",
    );
    let after = written(&world);
    assert_eq!(after["image"], NEW);
    assert_eq!(after["environment"]["GREETING"], "hello");
    assert_eq!(after["environment"]["WHERE"], "eu-west-1");
}
