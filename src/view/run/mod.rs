//! A run as it goes: one stream of events and the views that read it.

mod board;
mod live;
mod ndjson;
mod plain;
mod report;
mod say;

#[cfg(test)]
mod terminal_tests;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::event::{Event, Events, Silent};
use crate::view::Gate;

use live::Live;
use ndjson::Ndjson;
use plain::Plain;

pub use report::{Ended, FailedStep};

/// How a run is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Drawn on a terminal that can move its cursor, else plain lines.
    #[default]
    Auto,
    /// Plain lines on stderr.
    Plain,
    /// One JSON event a line on stdout.
    Ndjson,
    /// Not at all.
    Silent,
}

/// A view of a run. Takes its events; when it is finished or dropped, the terminal is as it
/// was.
pub struct Watch(View);

enum View {
    Live(Live),
    Plain(Plain),
    Ndjson(Ndjson),
    Silent,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &self.0 {
            View::Live(_) => "Watch(live)",
            View::Plain(_) => "Watch(plain)",
            View::Ndjson(_) => "Watch(ndjson)",
            View::Silent => "Watch(silent)",
        })
    }
}

impl Watch {
    /// Begins to follow a run. Called within a Tokio runtime, which keeps the clock of what is
    /// still running.
    pub fn start(gate: &Gate, how: Progress) -> Self {
        Self(match how {
            Progress::Auto if gate.can_draw() => View::Live(Live::start(gate)),
            Progress::Auto | Progress::Plain => View::Plain(Plain::start(gate)),
            Progress::Ndjson => View::Ndjson(Ndjson::start(gate)),
            Progress::Silent => View::Silent,
        })
    }

    /// Stops following, and leaves the terminal as it was. The second time does nothing.
    pub fn finish(&self) {
        match &self.0 {
            View::Live(live) => live.finish(),
            View::Plain(plain) => plain.finish(),
            View::Ndjson(_) | View::Silent => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Events for Watch {
    fn emit(&self, event: Event) {
        match &self.0 {
            View::Live(live) => live.emit(event),
            View::Plain(plain) => plain.emit(event),
            View::Ndjson(ndjson) => ndjson.emit(event),
            View::Silent => Silent.emit(event),
        }
    }
}

/// One stream into several views.
#[derive(Clone)]
pub struct Fan(pub Vec<Arc<dyn Events>>);

impl std::fmt::Debug for Fan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fan({})", self.0.len())
    }
}

impl Events for Fan {
    fn emit(&self, event: Event) {
        for view in &self.0 {
            view.emit(event.clone());
        }
    }
}
