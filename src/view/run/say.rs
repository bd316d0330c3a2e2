//! An event as a sentence, the same in every human view.

use tokio::time::Instant;

use super::board::{Board, Running};
use crate::event::Event;
use crate::view::page::{Role, Span, one_line, plain, quiet, span, strong};
use crate::view::words::{about, count, kind, span_of};

/// The marks at the head of a sentence, legible without colour.
const DONE: &str = "✓ ";
const FAILED: &str = "✗ ";
const WARNING: &str = "! ";

/// What an event says. Nothing for what the end of the run reports together.
pub(super) fn sentence(event: &Event, board: &Board) -> Option<Vec<Span>> {
    Some(match event {
        Event::RunStarted {
            run,
            verb,
            stack,
            steps,
        } => vec![
            strong(format!("{verb} {stack}")),
            plain(format!(": {}", count(*steps, "step"))),
            quiet(format!("  run {run}")),
        ],
        Event::Discovering { kinds } => {
            vec![plain(format!(
                "asking AWS what exists: {}",
                count(*kinds, "type")
            ))]
        }
        Event::Discovered {
            resources,
            calls,
            took,
        } => vec![
            plain(format!("found {}", count(*resources, "resource"))),
            quiet(format!("  {}, {}", count(*calls, "call"), span_of(*took))),
        ],
        Event::StepStarted {
            address,
            kind: type_name,
            doing,
            ..
        } => vec![
            plain(format!("  {} ", doing.now())),
            strong(address.as_str()),
            quiet(format!("  {}", kind(type_name))),
        ],
        Event::StepWaiting { address, what } => {
            let what = what.strip_prefix("waiting for ").unwrap_or(what);
            vec![
                plain("  "),
                strong(address.as_str()),
                plain(format!(" waits for {}", one_line(what))),
            ]
        }
        Event::StepDone {
            address,
            doing,
            took,
        } => vec![
            span(Role::Good, DONE),
            plain(format!("{} ", doing.done())),
            strong(address.as_str()),
            quiet(format!("  {}{}", span_of(*took), counted(board))),
        ],
        Event::StepFailed {
            address,
            doing,
            error,
            ..
        } => vec![
            span(Role::Bad, FAILED),
            plain(format!("{} ", doing.now())),
            strong(address.as_str()),
            plain(format!(" failed: {}", one_line(error))),
        ],
        Event::StepNotStarted { .. } => return None,
        Event::Stopping { running } => vec![
            span(Role::Warning, WARNING),
            plain(format!(
                "stopping: no new step begins; {} being heard out",
                match running {
                    1 => "1 call is".to_owned(),
                    n => format!("{n} calls are"),
                }
            )),
        ],
        Event::Note { address, text } => {
            let mut spans = vec![span(Role::Warning, WARNING)];
            if let Some(address) = address {
                spans.push(strong(address.as_str()));
                spans.push(plain(": "));
            }
            spans.push(plain(one_line(text)));
            spans
        }
        Event::RunFinished {
            done,
            failed,
            not_started,
            took,
        } => {
            let mut text = format!("{done} done");
            if *failed > 0 {
                text.push_str(&format!(", {failed} failed"));
            }
            if *not_started > 0 {
                text.push_str(&format!(", {not_started} not started"));
            }
            vec![plain(text), quiet(format!("  {}", span_of(*took)))]
        }
    })
}

fn counted(board: &Board) -> String {
    if board.steps == 0 {
        String::new()
    } else {
        format!("  {}/{}", board.done, board.steps)
    }
}

/// What a running step is about: how long it runs, how long it usually does, what it waits
/// for.
pub(super) fn running(step: &Running, now: Instant) -> Vec<Span> {
    let mut spans = vec![
        plain(format!("{} ", step.doing.now())),
        strong(step.address.as_str()),
        plain(format!("  {}", span_of(step.elapsed(now)))),
    ];
    let usually = about(step.usually);
    if step.slow(now) {
        spans.push(span(
            Role::Warning,
            format!("  longer than usual ({usually})"),
        ));
    } else if step.usually.as_secs() >= 2 {
        spans.push(quiet(format!("  usually {usually}")));
    }
    if let Some(waiting) = &step.waiting {
        spans.push(plain(format!("  waits for {}", one_line(waiting))));
    }
    spans
}
