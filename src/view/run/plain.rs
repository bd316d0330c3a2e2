//! A run as plain lines: one an event, and a sign of life while AWS is waited for.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::board::Board;
use super::say;
use crate::event::{Event, Events};
use crate::view::Gate;
use crate::view::page::{Page, Role, Span, plain, quiet, span};
use crate::view::words::{count, span_of};

/// The longest silence. Build systems kill what says nothing, and people do too.
const SILENCE: Duration = Duration::from_secs(10);
/// How often silence is looked for; silence and this together stay within ten seconds.
const LOOK: Duration = Duration::from_millis(500);

pub(super) struct Plain {
    state: Arc<State>,
    ticking: Mutex<Option<JoinHandle<()>>>,
}

struct State {
    gate: Gate,
    now: Mutex<Now>,
}

struct Now {
    board: Board,
    /// When something was last said.
    said: Instant,
}

impl Plain {
    pub(super) fn start(gate: &Gate) -> Self {
        let now = Instant::now();
        let state = Arc::new(State {
            gate: gate.clone(),
            now: Mutex::new(Now {
                board: Board::new(now),
                said: now,
            }),
        });
        let beats = Arc::clone(&state);
        let ticking = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(LOOK);
            loop {
                ticks.tick().await;
                beats.look(Instant::now());
            }
        });
        Self {
            state,
            ticking: Mutex::new(Some(ticking)),
        }
    }

    pub(super) fn finish(&self) {
        let ticking = self
            .ticking
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(ticking) = ticking {
            ticking.abort();
        }
    }
}

impl Events for Plain {
    fn emit(&self, event: Event) {
        self.state.take(&event, Instant::now());
    }
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: &Event, at: Instant) {
        let mut now = self.now();
        if !now.board.take(event, at) {
            return;
        }
        if let Some(sentence) = say::sentence(event, &now.board) {
            self.say(sentence);
            now.said = at;
        }
        if let Event::StepFailed {
            hint: Some(hint), ..
        } = event
        {
            self.say([quiet("  hint: "), plain(crate::view::page::one_line(hint))]);
        }
    }

    /// Says that something is still going on, where nothing was said for long.
    fn look(&self, at: Instant) {
        let mut now = self.now();
        if at.saturating_duration_since(now.said) + LOOK < SILENCE || now.board.over {
            return;
        }
        let lines = heartbeat(&now.board, at);
        if !lines.is_empty() {
            now.said = at;
        }
        for line in lines {
            self.say(line);
        }
    }

    fn say(&self, spans: impl IntoIterator<Item = Span>) {
        let look = self.gate.news_look().unwrapped();
        let mut page = Page::new(&look);
        page.line(0, 0, spans);
        self.gate.news(&page.finish());
    }
}

/// A sign of life: how far the run is, and the step that has been running longest.
fn heartbeat(board: &Board, now: Instant) -> Vec<Vec<Span>> {
    let elapsed = span_of(now.saturating_duration_since(board.since));
    if let Some(kinds) = board.discovering {
        let kinds = count(kinds, "type");
        let text = format!("… {elapsed}: still asking AWS what exists ({kinds})");
        return vec![vec![quiet(text)]];
    }
    let Some(longest) = board.running.first() else {
        return Vec::new();
    };
    let head = format!(
        "… {elapsed}: {} of {} done, {} running; ",
        board.done,
        board.steps,
        board.running.len()
    );
    let mut line = vec![quiet(head)];
    line.extend(say::running(longest, now));
    let mut lines = vec![line];
    for step in board.running.iter().skip(1).filter(|step| step.slow(now)) {
        let mut line = vec![span(Role::Warning, "  ")];
        line.extend(say::running(step, now));
        lines.push(line);
    }
    lines
}
