//! The live view on a real terminal: a pseudo-terminal of its own, on which this test binary
//! runs a second time.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Progress, Watch};
use crate::event::{Doing, Event, Events};
use crate::view::{Colour, Gate};

/// Runs its arguments on a terminal of 24 rows and 60 columns, and copies what they write.
const ON_A_TERMINAL: &str = r"
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 60, 0, 0))
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    sys.stdout.buffer.write(piece)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

const COLUMNS: usize = 60;
const BEGIN: &str = "(begin)";
const END: &str = "(end)";

/// What the run named `inner` writes to its terminal, between the marks.
fn on_a_terminal(inner: &str, environment: &[(&str, &str)]) -> String {
    let inner = format!("view::run::terminal_tests::{inner}");
    let output = Command::new("python3")
        .args(["-c", ON_A_TERMINAL])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &inner, "--ignored", "--nocapture"])
        .env_remove("NO_COLOR")
        .env_remove("CI")
        .env("TERM", "xterm-256color")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let all = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{all}");
    let (_, from) = all.split_once(BEGIN).unwrap();
    let (within, _) = from.split_once(END).unwrap();
    within.to_owned()
}

/// A screen after these bytes: what a person sees in the end.
fn screen(bytes: &str) -> Vec<String> {
    let mut rows: Vec<Vec<char>> = vec![Vec::new()];
    let (mut row, mut column) = (0_usize, 0_usize);
    let mut rest = bytes.chars();
    while let Some(c) = rest.next() {
        match c {
            '\r' => column = 0,
            '\n' => row += 1,
            '\u{1b}' => {
                assert_eq!(rest.next(), Some('['), "an unknown escape");
                let mut number = String::new();
                let order = loop {
                    match rest.next() {
                        Some(c) if c.is_ascii_digit() || c == ';' => number.push(c),
                        Some(c) => break c,
                        None => panic!("an escape without an end"),
                    }
                };
                let n: usize = number.parse().unwrap_or(1);
                match order {
                    'A' => row = row.saturating_sub(n),
                    'B' => row += n,
                    'C' => column += n,
                    'D' => column = column.saturating_sub(n),
                    'K' => rows[row].clear(),
                    'm' => {}
                    other => panic!("an unknown order: {other}"),
                }
            }
            c => {
                // A terminal goes to the next row only when another character comes.
                if column == COLUMNS {
                    (row, column) = (row + 1, 0);
                    rows.resize(rows.len().max(row + 1), Vec::new());
                }
                if rows[row].len() <= column {
                    rows[row].resize(column + 1, ' ');
                }
                rows[row][column] = c;
                column += 1;
            }
        }
        while rows.len() <= row {
            rows.push(Vec::new());
        }
    }
    rows.iter()
        .map(|row| row.iter().collect::<String>().trim_end().to_owned())
        .collect()
}

fn shown(bytes: &str) -> String {
    screen(bytes).join("\n").trim().to_owned()
}

fn started(address: &str) -> Event {
    Event::StepStarted {
        address: address.into(),
        kind: "ec2:nat-gateway".to_owned(),
        doing: Doing::Create,
        usually: Duration::from_secs(100),
    }
}

fn done(address: &str) -> Event {
    Event::StepDone {
        address: address.into(),
        doing: Doing::Create,
        took: Duration::from_secs(95),
    }
}

async fn follow(watch: &Watch, gate: &Gate) {
    let second = Duration::from_secs(1);
    watch.emit(Event::RunStarted {
        run: "r1".to_owned(),
        verb: "apply".to_owned(),
        stack: "codedetect-prod".to_owned(),
        steps: 40,
    });
    for n in 0..30 {
        watch.emit(started(&format!("network.nat.{n}")));
    }
    tokio::time::sleep(second).await;
    watch.emit(Event::StepWaiting {
        address: "network.nat.0".into(),
        what: "the NAT gateway to be available: pending, which is longer than a row".to_owned(),
    });
    tokio::time::sleep(second).await;
    watch.emit(done("network.nat.0"));
    gate.news("a line from elsewhere");
    tokio::time::sleep(second).await;
    watch.emit(done("network.nat.1"));
    tokio::time::sleep(second).await;
}

#[ignore = "runs on the terminal of the tests below"]
#[tokio::test(start_paused = true)]
async fn inner_whole_run() {
    let gate = Gate::open(Colour::Auto);
    gate.news(BEGIN);
    let watch = Watch::start(&gate, Progress::Auto);
    follow(&watch, &gate).await;
    watch.emit(Event::RunFinished {
        done: 2,
        failed: 0,
        not_started: 0,
        took: Duration::from_secs(96),
    });
    watch.finish();
    gate.news(END);
}

#[ignore = "runs on the terminal of the tests below"]
#[tokio::test(start_paused = true)]
async fn inner_broken_off() {
    let gate = Gate::open(Colour::Auto);
    gate.news(BEGIN);
    let watch = Watch::start(&gate, Progress::Auto);
    follow(&watch, &gate).await;
    watch.emit(Event::Stopping { running: 28 });
    drop(watch);
    gate.news(END);
}

#[test]
fn a_finished_run_leaves_only_what_was_done() {
    let bytes = on_a_terminal("inner_whole_run", &[]);
    assert!(
        bytes.contains("creating \u{1b}[1mnetwork.nat.0"),
        "{bytes:?}"
    );
    assert!(bytes.contains("and 12 more"), "{bytes:?}");
    assert!(bytes.contains("0/40 done, 30 running"), "{bytes:?}");
    assert_eq!(
        shown(&bytes),
        "apply codedetect-prod: 40 steps  run r1\n\
         ✓ created network.nat.0  1m35s  1/40\n\
         a line from elsewhere\n\
         ✓ created network.nat.1  1m35s  2/40\n\
         2 done  1m36s"
    );
}

#[test]
fn a_run_that_is_broken_off_leaves_the_terminal_as_it_was() {
    let bytes = on_a_terminal("inner_broken_off", &[]);
    assert_eq!(
        shown(&bytes),
        "apply codedetect-prod: 40 steps  run r1\n\
         ✓ created network.nat.0  1m35s  1/40\n\
         a line from elsewhere\n\
         ✓ created network.nat.1  1m35s  2/40\n\
         ! stopping: no new step begins; 28 calls are being heard out"
    );
}

#[test]
fn no_colour_still_draws_and_a_dumb_terminal_gets_plain_lines() {
    let bytes = on_a_terminal("inner_whole_run", &[("NO_COLOR", "1")]);
    assert!(!bytes.contains("\u{1b}[1m"), "{bytes:?}");
    assert!(bytes.contains("\u{1b}["), "{bytes:?}");
    let bytes = on_a_terminal("inner_whole_run", &[("TERM", "dumb")]);
    assert!(!bytes.contains('\u{1b}'), "{bytes:?}");
    assert!(bytes.contains("  creating network.nat.0  NAT gateway"));
}
