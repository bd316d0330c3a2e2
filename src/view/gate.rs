//! The one place that writes to the terminal: results to stdout, news to stderr.
//!
//! Nothing here panics. A reader that goes away (`| head`) ends the output quietly; any other
//! failure to write is kept until [`Gate::close`]. Secrets seen in this run are taken out of
//! everything that passes.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstream::{AutoStream, ColorChoice};
use indicatif::{MultiProgress, ProgressDrawTarget, TermLike};
use serde_json::Value;

use super::page::Look;
use super::redact::Redactions;

/// Columns where neither the terminal nor `COLUMNS` tells.
const USUAL_WIDTH: usize = 80;
/// Rows where the terminal does not tell.
const USUAL_HEIGHT: usize = 24;
/// Frames a second of the live view, at most.
const FRAMES: u8 = 15;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal that knows them, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Colour {
    fn choice(self, auto: impl FnOnce() -> ColorChoice) -> bool {
        match self {
            Self::Auto => auto() != ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// The way out for everything that a person or a machine reads. Clones share it.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    results: Stream,
    news: Stream,
    /// stderr as it is, for the live view's cursor movements.
    canvas: Mutex<Box<dyn Write + Send>>,
    /// Whether the live view can be drawn on stderr.
    can_draw: bool,
    /// What is being drawn now; it must step aside while a line is written.
    drawing: Mutex<Option<MultiProgress>>,
    redactions: Redactions,
    width: Option<usize>,
    reader_gone: AtomicBool,
    problem: Mutex<Option<io::Error>>,
}

struct Stream {
    to: Mutex<Box<dyn Write + Send>>,
    colour: bool,
}

impl Stream {
    fn new(to: impl Write + Send + 'static, colour: bool) -> Self {
        Self {
            to: Mutex::new(Box::new(to)),
            colour,
        }
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut to = lock(&self.to);
        to.write_all(text.as_bytes())?;
        to.flush()
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    /// The process's own stdout and stderr.
    pub fn open(colour: Colour) -> Self {
        let (out, err) = (io::stdout(), io::stderr());
        let results = colour.choice(|| AutoStream::choice(&out));
        let news = colour.choice(|| AutoStream::choice(&err));
        let stripped = |colour| match colour {
            true => ColorChoice::AlwaysAnsi,
            false => ColorChoice::Never,
        };
        let can_draw = err.is_terminal() && terminal_moves(std::env::var_os("TERM").as_deref());
        Self(Arc::new(Inner {
            results: Stream::new(AutoStream::new(out, stripped(results)), results),
            news: Stream::new(AutoStream::new(err, stripped(news)), news),
            canvas: Mutex::new(Box::new(io::stderr())),
            can_draw,
            drawing: Mutex::new(None),
            redactions: Redactions::default(),
            width: None,
            reader_gone: AtomicBool::new(false),
            problem: Mutex::new(None),
        }))
    }

    /// A gate that keeps what is written, without colour, so many columns wide.
    pub fn captured(width: usize) -> (Self, Captured) {
        let captured = Captured::default();
        let gate = Self(Arc::new(Inner {
            results: Stream::new(captured.results.clone(), false),
            news: Stream::new(captured.news.clone(), false),
            canvas: Mutex::new(Box::new(captured.news.clone())),
            can_draw: false,
            drawing: Mutex::new(None),
            redactions: Redactions::default(),
            width: Some(width),
            reader_gone: AtomicBool::new(false),
            problem: Mutex::new(None),
        }));
        (gate, captured)
    }

    /// Writes a result to stdout and ends its last line.
    pub fn result(&self, text: &str) {
        let ended = self.ended(text);
        self.beside_the_drawing(|inner| inner.write_result(&ended));
    }

    /// Writes news to stderr and ends its last line.
    pub fn news(&self, text: &str) {
        let ended = self.ended(text);
        // Nobody can be told when stderr itself fails.
        self.beside_the_drawing(|inner| drop(inner.news.write(&ended)));
    }

    /// Writes a question to stderr; the answer is given on the same line.
    pub fn question(&self, text: &str) {
        let text = self.0.redactions.clean(text);
        self.beside_the_drawing(|inner| drop(inner.news.write(&text)));
    }

    /// Writes a JSON document to stdout, indented.
    pub fn document(&self, value: &Value) {
        self.result(&format!("{value:#}"));
    }

    /// Writes a JSON value to stdout, on one line.
    pub fn line(&self, value: &Value) {
        self.result(&value.to_string());
    }

    /// How results look: the width and colours of stdout.
    pub fn results_look(&self) -> Look {
        self.look(
            &self.0.results,
            terminal_size::terminal_size_of(io::stdout()),
        )
    }

    /// How news look: the width and colours of stderr.
    pub fn news_look(&self) -> Look {
        self.look(&self.0.news, terminal_size::terminal_size_of(io::stderr()))
    }

    /// What is taken out of everything that is written.
    pub fn redactions(&self) -> &Redactions {
        &self.0.redactions
    }

    /// Whether whoever read stdout has gone, so that nothing more need be written.
    pub fn reader_gone(&self) -> bool {
        self.0.reader_gone.load(Ordering::Relaxed)
    }

    /// Ends the output.
    ///
    /// # Errors
    /// The first failure to write a result that was not its reader going away: a full disk.
    pub fn close(&self) -> io::Result<()> {
        lock(&self.0.problem).take().map_or(Ok(()), Err)
    }

    /// Whether a live view can be drawn: stderr is a terminal that can move its cursor.
    pub(super) fn can_draw(&self) -> bool {
        self.0.can_draw
    }

    /// Whether results go to a terminal too: a person reads them where they are drawn.
    #[allow(
        clippy::unused_self,
        reason = "what the gate writes to is the gate's to say"
    )]
    pub(super) fn results_on_a_terminal(&self) -> bool {
        io::stdout().is_terminal()
    }

    /// Begins to draw; until [`Gate::stop_drawing`], lines are written above the drawing.
    pub(super) fn draw(&self) -> MultiProgress {
        let canvas = Canvas(Arc::clone(&self.0));
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(canvas), FRAMES);
        let drawing = MultiProgress::with_draw_target(target);
        *lock(&self.0.drawing) = Some(drawing.clone());
        drawing
    }

    /// Ends the drawing and leaves no trace of it.
    pub(super) fn stop_drawing(&self) {
        if let Some(drawing) = lock(&self.0.drawing).take() {
            let _ = drawing.clear();
        }
    }

    fn ended(&self, text: &str) -> String {
        let mut text = self.0.redactions.clean(text).into_owned();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text
    }

    fn beside_the_drawing(&self, write: impl FnOnce(&Inner)) {
        let drawing = lock(&self.0.drawing).clone();
        match drawing {
            Some(drawing) => drawing.suspend(|| write(&self.0)),
            None => write(&self.0),
        }
    }

    fn look(&self, stream: &Stream, size: Option<Size>) -> Look {
        Look {
            width: self.0.width.unwrap_or_else(|| width(size)),
            colour: stream.colour,
            redactions: self.0.redactions.clone(),
        }
    }
}

impl Inner {
    fn write_result(&self, text: &str) {
        if self.reader_gone.load(Ordering::Relaxed) {
            return;
        }
        match self.results.write(text) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.reader_gone.store(true, Ordering::Relaxed);
            }
            Err(error) => {
                lock(&self.problem).get_or_insert(error);
            }
        }
    }
}

type Size = (terminal_size::Width, terminal_size::Height);

fn width(size: Option<Size>) -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|n| n.parse().ok());
    size.map(|(terminal_size::Width(columns), _)| usize::from(columns))
        .filter(|columns| *columns > 0)
        .or(told.filter(|columns| *columns > 0))
        .unwrap_or(USUAL_WIDTH)
}

/// Whether a terminal of this type can move its cursor.
fn terminal_moves(term: Option<&std::ffi::OsStr>) -> bool {
    term.is_some_and(|term| !term.is_empty() && term != "dumb")
}

/// stderr as the live view draws on it.
struct Canvas(Arc<Inner>);

impl std::fmt::Debug for Canvas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Canvas")
    }
}

impl Canvas {
    fn put(&self, text: &str) -> io::Result<()> {
        lock(&self.0.canvas).write_all(text.as_bytes())
    }

    fn move_by(&self, n: usize, to: char) -> io::Result<()> {
        match n {
            0 => Ok(()),
            n => self.put(&format!("\u{1b}[{n}{to}")),
        }
    }
}

impl TermLike for Canvas {
    fn width(&self) -> u16 {
        let columns = self
            .0
            .width
            .unwrap_or_else(|| width(terminal_size::terminal_size_of(io::stderr())));
        u16::try_from(columns).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from(height()).unwrap_or(u16::MAX)
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.move_by(n, 'A')
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.move_by(n, 'B')
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.move_by(n, 'C')
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.move_by(n, 'D')
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.put(&self.0.redactions.clean(text))?;
        self.put("\n")
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.put(&self.0.redactions.clean(text))
    }

    fn clear_line(&self) -> io::Result<()> {
        self.put("\r\u{1b}[2K")
    }

    fn flush(&self) -> io::Result<()> {
        lock(&self.0.canvas).flush()
    }
}

/// Rows of the terminal that the live view is drawn on.
pub(super) fn height() -> usize {
    terminal_size::terminal_size_of(io::stderr())
        .map(|(_, terminal_size::Height(rows))| usize::from(rows))
        .filter(|rows| *rows > 0)
        .unwrap_or(USUAL_HEIGHT)
}

/// What was written to a captured gate.
#[derive(Clone, Debug, Default)]
pub struct Captured {
    results: Kept,
    news: Kept,
}

impl Captured {
    /// What went to stdout.
    pub fn results(&self) -> String {
        self.results.text()
    }

    /// What went to stderr.
    pub fn news(&self) -> String {
        self.news.text()
    }
}

#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&lock(&self.0)).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn broken(kind: io::ErrorKind) -> Gate {
        Gate(Arc::new(Inner {
            results: Stream::new(Broken(kind), false),
            news: Stream::new(Broken(kind), false),
            canvas: Mutex::new(Box::new(io::sink())),
            can_draw: false,
            drawing: Mutex::new(None),
            redactions: Redactions::default(),
            width: Some(80),
            reader_gone: AtomicBool::new(false),
            problem: Mutex::new(None),
        }))
    }

    #[test]
    fn results_and_news_go_their_own_ways_and_end_their_lines() {
        let (gate, captured) = Gate::captured(80);
        gate.result("a");
        gate.result("b\n");
        gate.question("yes? ");
        gate.news("c");
        gate.document(&serde_json::json!({"version": 1}));
        gate.line(&serde_json::json!({"version": 1}));
        assert_eq!(
            captured.results(),
            "a\nb\n{\n  \"version\": 1\n}\n{\"version\":1}\n"
        );
        assert_eq!(captured.news(), "yes? c\n");
    }

    #[test]
    fn no_secret_passes() {
        let (gate, captured) = Gate::captured(80);
        gate.redactions().hide("correct horse");
        gate.result("the password is correct horse");
        gate.news("correct horse!");
        gate.document(&serde_json::json!({"p": "correct horse"}));
        assert!(!captured.results().contains("horse"));
        assert!(!captured.news().contains("horse"));
        assert!(captured.results().contains("(secret)"));
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure() {
        let gate = broken(io::ErrorKind::BrokenPipe);
        gate.news("x");
        assert!(!gate.reader_gone());
        gate.result("x");
        gate.result("y");
        assert!(gate.reader_gone());
        assert!(gate.close().is_ok());
    }

    #[test]
    fn a_full_disk_is_a_failure() {
        let gate = broken(io::ErrorKind::StorageFull);
        gate.result("x");
        assert_eq!(gate.close().unwrap_err().kind(), io::ErrorKind::StorageFull);
    }

    #[test]
    fn a_line_written_while_drawing_stands_above_the_drawing() {
        let (gate, captured) = Gate::captured(80);
        let drawing = gate.draw();
        let bar = drawing.add(indicatif::ProgressBar::new_spinner());
        bar.tick();
        gate.news("done: a");
        gate.stop_drawing();
        gate.news("the end");
        let news = captured.news();
        assert!(news.contains("done: a\n"), "{news:?}");
        assert!(news.ends_with("the end\n"), "{news:?}");
    }

    #[test]
    fn a_dumb_terminal_is_not_drawn_on() {
        let moves = |term: &str| terminal_moves(Some(term.as_ref()));
        assert!(moves("xterm-256color"));
        assert!(!moves("dumb"));
        assert!(!moves(""));
        assert!(!terminal_moves(None));
    }
}
