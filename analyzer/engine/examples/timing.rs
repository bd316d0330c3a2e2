//! Reads paths of Python files, one a line, analyses each so many times in one warm thread, and
//! prints bytes, lines, the median of the thread's CPU seconds and the path: the engine's side of
//! `bench/analyze.py`. CPU time, because a machine that is not quiet takes the rest.

use std::hint::black_box;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    let part = |value: i64| u64::try_from(value).unwrap_or_default();
    Duration::from_secs(part(now.tv_sec)) + Duration::from_nanos(part(now.tv_nsec))
}

fn main() -> io::Result<()> {
    let passes: usize = std::env::args()
        .nth(1)
        .and_then(|argument| argument.parse().ok())
        .unwrap_or(1);
    let files = io::stdin()
        .lock()
        .lines()
        .map(|path| {
            let path = path?;
            Ok((std::fs::read(&path)?, path))
        })
        .collect::<io::Result<Vec<_>>>()?;
    let mut taken = vec![Vec::with_capacity(passes); files.len()];
    for _ in 0..passes {
        for ((source, path), taken) in files.iter().zip(&mut taken) {
            let start = cpu_time();
            black_box(codedetect_engine::analyze(path, black_box(source)));
            taken.push(cpu_time().saturating_sub(start));
        }
    }
    let mut out = io::stdout().lock();
    for ((source, path), mut taken) in files.iter().zip(taken) {
        taken.sort_unstable();
        let median = taken.get(passes / 2).copied().unwrap_or_default();
        let lines = source.iter().filter(|&&byte| byte == b'\n').count();
        writeln!(
            out,
            "{}\t{lines}\t{}\t{path}",
            source.len(),
            median.as_secs_f64()
        )?;
    }
    Ok(())
}
