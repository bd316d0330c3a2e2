//! `analyze`: files on the command line, for people and for CI.

mod excerpt;
mod files;
mod human;
mod threshold;

use std::collections::HashMap;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use codedetect_engine::report::{FileReport, Report};
use futures::stream::{self, StreamExt};

use crate::export;
use crate::worker::{Limits, Pool, Program, unanalysed};

use files::Input;
use threshold::Threshold;

/// Look at Python files for security and quality
///
/// Exit codes: 0 nothing reached the threshold; 1 something did; 2 a path could not be read.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders (of which every .py file is taken) or - for standard input
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// How the report is written
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Files looked at at a time; one a processor unless it is said
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    threshold: Threshold,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Human,
    /// The whole report, one versioned document
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// Findings alone, for a spreadsheet
    Csv,
}

/// A file that was looked at.
struct Looked {
    report: FileReport,
    /// Kept where the output shows it.
    source: Option<Vec<u8>>,
    /// It was named, and could not be read.
    missed: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the runtime could not be started: {error}"))
        .and_then(|runtime| runtime.block_on(analyze(arguments)));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn analyze(arguments: &Arguments) -> Result<ExitCode, String> {
    let inputs = files::find(&arguments.paths);
    let looked = look_at(inputs, arguments).await?;
    let missed = looked.iter().any(|it| it.missed);
    let mut sources = HashMap::new();
    let mut files = Vec::new();
    for it in looked {
        if let Some(source) = it.source {
            sources.insert(it.report.path.clone(), source);
        }
        files.push(it.report);
    }
    let mut report = codedetect_engine::project(files);
    let reached = arguments.threshold.apply(&mut report);
    let text = write(&report, arguments.format, |path| {
        sources.get(path).map(Vec::as_slice)
    })?;
    match anstream::stdout().lock().write_all(text.as_bytes()) {
        // Whoever read it has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
        Err(error) => return Err(format!("the report could not be written: {error}")),
        Ok(()) => {}
    }
    Ok(match (reached, missed) {
        (true, _) => ExitCode::from(1),
        (false, true) => ExitCode::from(2),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn write<'a>(
    report: &Report,
    format: Format,
    source: impl Fn(&str) -> Option<&'a [u8]>,
) -> Result<String, String> {
    let text = match format {
        Format::Human => return Ok(human::text(report, source)),
        Format::Json => export::json(report).map(|text| text + "\n"),
        Format::Sarif => export::sarif(report, source).map(|text| text + "\n"),
        Format::Csv => return export::csv(report).map_err(|error| error.to_string()),
    };
    text.map_err(|error| error.to_string())
}

/// Every file in a worker of its own, in the order of the files.
async fn look_at(inputs: Vec<Input>, arguments: &Arguments) -> Result<Vec<Looked>, String> {
    let most = arguments
        .jobs
        .or_else(|| std::thread::available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN);
    let Some(count) = NonZeroUsize::new(inputs.len()) else {
        return Ok(Vec::new());
    };
    let size = most.min(count);
    let limits = Limits::default();
    let keep = matches!(arguments.format, Format::Human | Format::Sarif);
    let pool = Pool::start(Program::this(), size, limits)
        .await
        .map_err(|error| match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        })?;
    // Reading a file and understanding a worker's answer take time too: one more task a worker.
    let looked: Vec<_> = stream::iter(inputs)
        .map(|input| {
            let pool = pool.clone();
            tokio::spawn(async move { look(&pool, input, limits, keep).await })
        })
        .buffered(size.get() * 2)
        .collect()
        .await;
    looked
        .into_iter()
        .map(|it| it.map_err(|error| error.to_string()))
        .collect()
}

async fn look(pool: &Pool, input: Input, limits: Limits, keep: bool) -> Looked {
    let without = |reason: &str, missed| Looked {
        report: unanalysed(&input.name, reason),
        source: None,
        missed,
    };
    let source = match input.read(limits.source) {
        Ok(source) => source,
        Err(reason) => return without(&reason, input.was_named),
    };
    match pool.analyze(&input.name, &source).await {
        Err(failure) => without(&failure.to_string(), false),
        Ok(report) => Looked {
            source: (keep && !report.findings.is_empty()).then_some(source),
            report,
            missed: false,
        },
    }
}
