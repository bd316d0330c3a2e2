//! A run as it is drawn on a terminal: what is done scrolls by above, what runs stands below
//! with its time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::board::Board;
use super::say;
use crate::event::{Event, Events};
use crate::view::Gate;
use crate::view::gate::height;
use crate::view::page::{Look, Page, Role, Span, columns, cut, plain, quiet, span};
use crate::view::words::{count, span_of};

/// How often what runs is drawn anew.
const BEAT: Duration = Duration::from_millis(120);
/// The sign that the process lives.
const SPINNER: [&str; 8] = ["⠋", "⠙", "⠸", "⠴", "⠦", "⠇", "⠏", "⠹"];
/// Rows of the terminal that are left to what scrolls by.
const ABOVE: usize = 4;

pub(super) struct Live {
    state: Arc<State>,
    ticking: Mutex<Option<JoinHandle<()>>>,
}

struct State {
    gate: Gate,
    drawing: MultiProgress,
    now: Mutex<Now>,
}

struct Now {
    board: Board,
    /// What is drawn; nothing while nothing runs.
    bar: Option<ProgressBar>,
    beat: usize,
    finished: bool,
}

impl Now {
    fn erase(&mut self, drawing: &MultiProgress) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
            drawing.remove(&bar);
        }
    }
}

impl Live {
    pub(super) fn start(gate: &Gate) -> Self {
        let state = Arc::new(State {
            gate: gate.clone(),
            drawing: gate.draw(),
            now: Mutex::new(Now {
                board: Board::new(Instant::now()),
                bar: None,
                beat: 0,
                finished: false,
            }),
        });
        let beats = Arc::clone(&state);
        let ticking = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(BEAT);
            loop {
                ticks.tick().await;
                beats.draw();
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
        self.state.clear();
    }
}

impl Events for Live {
    fn emit(&self, event: Event) {
        self.state.take(&event);
    }
}

impl State {
    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, event: &Event) {
        let mut now = self.now();
        let news = now.board.take(event, Instant::now());
        // What runs and what it waits for is drawn below; only what is over scrolls by.
        let drawn = matches!(
            event,
            Event::StepStarted { .. } | Event::StepWaiting { .. } | Event::Discovering { .. }
        );
        let sentence = (news && !drawn)
            .then(|| say::sentence(event, &now.board))
            .flatten();
        drop(now);
        if let Some(sentence) = sentence {
            let look = self.gate.news_look();
            let mut page = Page::new(&look);
            page.line(0, 4, sentence);
            self.gate.news(&page.finish());
        }
        self.draw();
    }

    fn draw(&self) {
        let look = self.gate.news_look();
        let mut now = self.now();
        if now.finished {
            return;
        }
        now.beat = now.beat.wrapping_add(1);
        let room = height().saturating_sub(ABOVE).max(2);
        let lines = frame(&now.board, Instant::now(), now.beat / 2, room, &look);
        if lines.is_empty() {
            now.erase(&self.drawing);
            return;
        }
        // All rows are one bar, so a frame is written at once.
        let bar = now.bar.get_or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{msg}") {
                bar.set_style(style);
            }
            self.drawing.add(bar)
        });
        bar.set_message(lines.join("\n"));
    }

    fn clear(&self) {
        let mut now = self.now();
        if std::mem::replace(&mut now.finished, true) {
            return;
        }
        now.erase(&self.drawing);
        drop(now);
        self.gate.stop_drawing();
    }
}

/// The rows that are drawn: what runs, longest first, and how far the run is. At most `room`
/// rows, none wider than the terminal.
fn frame(board: &Board, now: Instant, beat: usize, room: usize, look: &Look) -> Vec<String> {
    if board.over {
        return Vec::new();
    }
    let spinner = SPINNER[beat % SPINNER.len()];
    let row = |spans: Vec<Span>| {
        // One column less than the terminal has: some wrap at the last one.
        fitting(spans, look)
    };
    let mut rows = Vec::new();
    let shown = room.saturating_sub(2).max(1);
    for step in board.running.iter().take(shown) {
        let role = if step.slow(now) {
            Role::Warning
        } else {
            Role::Change
        };
        let mut spans = vec![span(role, format!("{spinner} "))];
        spans.extend(say::running(step, now));
        rows.push(row(spans));
    }
    if board.running.len() > shown {
        let more = board.running.len() - shown;
        rows.push(row(vec![quiet(format!("  and {more} more"))]));
    }
    let elapsed = span_of(now.saturating_duration_since(board.since));
    let mut foot = match board.discovering {
        Some(kinds) => format!(
            "{spinner} asking AWS what exists: {}  {elapsed}",
            count(kinds, "type")
        ),
        None if board.steps == 0 => return rows,
        None => format!(
            "  {}/{} done, {} running  {elapsed}",
            board.done,
            board.steps,
            board.running.len()
        ),
    };
    if board.stopping {
        foot.push_str("  stopping");
    }
    rows.push(row(vec![plain(foot)]));
    rows
}

/// The spans on one row of the terminal.
fn fitting(spans: Vec<Span>, look: &Look) -> String {
    let room = look.width.saturating_sub(1);
    let mut left = room;
    let fitted: Vec<Span> = spans
        .into_iter()
        .map(|piece| {
            let text = cut(&look.redactions.clean(piece.text()), left);
            left -= columns(&text).min(left);
            span(piece.role(), text)
        })
        .collect();
    let unwrapped = look.unwrapped();
    let mut page = Page::new(&unwrapped);
    page.line(0, 0, fitted);
    page.finish_line()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Doing;

    fn board(now: Instant, running: usize) -> Board {
        let mut board = Board::new(now);
        board.take(
            &Event::RunStarted {
                run: "r".to_owned(),
                verb: "apply".to_owned(),
                stack: "codedetect-prod".to_owned(),
                steps: 30,
            },
            now,
        );
        for n in 0..running {
            let address = format!("network.nat.{n}");
            board.take(
                &Event::StepStarted {
                    address: address.as_str().into(),
                    kind: "ec2:nat-gateway".to_owned(),
                    doing: Doing::Create,
                    usually: Duration::from_secs(100),
                },
                now,
            );
            board.take(
                &Event::StepWaiting {
                    address: address.as_str().into(),
                    what: "the NAT gateway to be available: pending".to_owned(),
                },
                now,
            );
        }
        board
    }

    #[test]
    fn what_runs_is_drawn_with_its_time_and_what_it_waits_for() {
        let now = Instant::now();
        let board = board(now, 1);
        let at = |seconds| {
            let look = Look::plain(120);
            frame(&board, now + Duration::from_secs(seconds), 0, 20, &look).join("\n")
        };
        assert_eq!(
            at(65),
            "⠋ creating network.nat.0  1m05s  usually 2m  waits for the NAT gateway to be available: pending\n  \
             0/30 done, 1 running  1m05s"
        );
        assert!(
            at(201).contains("3m21s  longer than usual (2m)"),
            "{}",
            at(201)
        );
    }

    #[test]
    fn no_row_is_wider_than_the_terminal_and_no_more_rows_than_fit() {
        let now = Instant::now();
        let board = board(now, 30);
        for (width, room) in [(1, 1), (10, 3), (40, 8), (80, 24)] {
            let look = Look::plain(width);
            let rows = frame(&board, now, 3, room, &look);
            assert!(rows.len() <= room.max(3), "{room}: {rows:?}");
            for row in rows {
                assert!(columns(&row) < width.max(2), "{width}: {row}");
            }
        }
    }

    #[test]
    fn when_the_run_is_over_nothing_is_drawn() {
        let now = Instant::now();
        let mut board = board(now, 2);
        board.take(
            &Event::RunFinished {
                done: 2,
                failed: 0,
                not_started: 0,
                took: Duration::ZERO,
            },
            now,
        );
        assert!(frame(&board, now, 0, 20, &Look::plain(80)).is_empty());
    }
}
