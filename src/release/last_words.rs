//! What the instances of a new version have written last. Where one does not start, or does not last, its log says best why.

use std::time::Duration;

use super::log::{Search, Tail, colours};
use super::run::Work;
use crate::model::workloads::Colour;

/// How long it is looked for: the way back does not wait.
const WITHIN: Duration = Duration::from_secs(2);
/// How many lines are shown: the last one may be of a program that has been started again.
const LINES: usize = 3;
/// The most of a line that is shown.
const LONGEST: usize = 200;

/// A cause with the last lines of an instance of the colour, if there is one. The cause stands also where the log cannot be read.
pub(super) async fn with_last_words(
    work: &Work<'_>,
    colour: Colour,
    since: i64,
    cause: String,
) -> String {
    let words = tokio::time::timeout(WITHIN, last_words(work, colour, since)).await;
    match words.ok().flatten() {
        Some(words) => format!("{cause}; {words}"),
        None => cause,
    }
}

async fn last_words(work: &Work<'_>, colour: Colour, since: i64) -> Option<String> {
    let sight = work.hand.look().await.ok()?;
    let mut tail = Tail::new(Search {
        group: work.hand.site.log_group.clone(),
        since_ms: since.saturating_mul(1000),
        pattern: None,
        instances: Some(sight.of(colour).instances.into_keys().collect()),
    });
    let lines = tail.next(work.hand.cloud, &colours(&sight)).await.ok()?;
    let said = || lines.iter().filter(|line| !line.text.trim().is_empty());
    let instance = &said().next_back()?.instance;
    let mut last: Vec<String> = said()
        .rev()
        .filter(|line| line.instance == *instance)
        .take(LINES)
        .map(|line| line.text.trim().chars().take(LONGEST).collect())
        .collect();
    last.reverse();
    Some(format!("{instance} wrote last: {}", last.join(" / ")))
}
