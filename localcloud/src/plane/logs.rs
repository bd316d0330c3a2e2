//! What instances write goes to CloudWatch Logs: one stream an instance, as the log driver of a real one has it.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fs_err as fs;
use serde_json::{Value, json};

use super::picture::InstanceId;
use super::read::Eyes;

/// Lines of one instance that are kept of a second; beyond them it is said how many were left out. moto has all of it in memory.
const LINES: usize = 200;
/// The most of a file that is read at once.
const PIECE: u64 = 256 * 1024;
/// How long the file of an instance that has ended is looked at.
const LINGER: Duration = Duration::from_secs(35);

/// The logs of all instances.
#[derive(Debug, Default)]
pub(crate) struct Logs {
    streams: BTreeMap<InstanceId, Stream>,
}

#[derive(Debug)]
struct Stream {
    region: String,
    group: String,
    file: PathBuf,
    /// What has been read of the file.
    read: u64,
    made: bool,
    /// Since when the instance is gone.
    gone: Option<Instant>,
}

impl Logs {
    /// An instance writes to this file, and its launch template's script names the group.
    pub(crate) fn follow(&mut self, instance: &str, region: &str, group: &str, file: &Path) {
        self.streams
            .entry(instance.to_owned())
            .or_insert_with(|| Stream {
                region: region.to_owned(),
                group: group.to_owned(),
                file: file.to_owned(),
                read: 0,
                made: false,
                gone: None,
            });
    }

    /// An instance ends; it may still say something.
    pub(crate) fn ends(&mut self, instance: &str) {
        if let Some(stream) = self.streams.get_mut(instance) {
            stream.gone.get_or_insert_with(Instant::now);
        }
    }

    /// Sends what has been written since the last time.
    pub(crate) async fn ship(&mut self, region: &str, eyes: &Eyes<'_>) {
        for (instance, stream) in &mut self.streams {
            if stream.region != region {
                continue;
            }
            let Some((text, read)) = news(&stream.file, stream.read) else {
                continue;
            };
            if !stream.made {
                let body = json!({ "logGroupName": stream.group, "logStreamName": instance });
                // It is there already after a restart; a group that is missing shows with the next call.
                send(eyes, "CreateLogStream", &body).await;
                stream.made = true;
            }
            let body = json!({
                "logGroupName": stream.group,
                "logStreamName": instance,
                "logEvents": events(&text, now()),
            });
            send(eyes, "PutLogEvents", &body).await;
            // A group that does not exist gets nothing, later neither.
            stream.read = read;
        }
        self.streams
            .retain(|_, stream| stream.gone.is_none_or(|since| since.elapsed() < LINGER));
    }
}

/// The whole lines that a file has beyond what was read, and how far that is.
fn news(file: &Path, read: u64) -> Option<(String, u64)> {
    let mut file = fs::File::open(file).ok()?;
    file.seek(SeekFrom::Start(read)).ok()?;
    let mut bytes = Vec::new();
    file.take(PIECE).read_to_end(&mut bytes).ok()?;
    // A line that does not end within a piece is cut.
    let whole = match bytes.iter().rposition(|byte| *byte == b'\n') {
        Some(end) => end + 1,
        None if bytes.len() as u64 == PIECE => bytes.len(),
        None => return None,
    };
    let text = String::from_utf8_lossy(&bytes[..whole]).into_owned();
    Some((text, read + whole as u64))
}

fn events(text: &str, now: u64) -> Vec<Value> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let event = |line: &str| json!({ "timestamp": now, "message": line });
    let mut events: Vec<Value> = lines.iter().take(LINES).map(|line| event(line)).collect();
    if lines.len() > LINES {
        let left_out = lines.len() - LINES;
        events.push(event(&format!(
            "({left_out} more lines are in the instance's file only)"
        )));
    }
    events
}

async fn send(eyes: &Eyes<'_>, action: &str, body: &Value) {
    let target = format!("Logs_20140328.{action}");
    let call = eyes.seed.to_json_service("logs", &target, body);
    eyes.moto.send(&call).await;
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_are_sent_and_each_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("i-1.log");
        fs::write(&file, "one\ntw").unwrap();
        let (text, read) = news(&file, 0).unwrap();
        assert_eq!(text, "one\n");
        assert_eq!(news(&file, read), None);
        fs::write(&file, "one\ntwo\n").unwrap();
        assert_eq!(news(&file, read), Some(("two\n".to_owned(), 8)));
    }

    #[test]
    fn a_flood_is_cut_and_it_is_said_by_how_much() {
        let text = "x\n".repeat(LINES + 7);
        let events = events(&text, 5);
        assert_eq!(events.len(), LINES + 1);
        let last = events[LINES]["message"].as_str().unwrap();
        assert!(last.contains("7 more"), "{last}");
        assert_eq!(events[0]["timestamp"], 5);
    }
}
