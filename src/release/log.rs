//! The log of a workload's instances, as CloudWatch Logs has it: one stream an instance.

use std::collections::BTreeMap;

use super::sight::Sight;
use crate::aws::{AwsError, Cloud, During};
use crate::model::workloads::Colour;

/// The most streams that a search can name ("FilterLogEvents", API reference).
const MOST_STREAMS: usize = 100;
/// How long an event may come after a later one, in milliseconds: the log driver sends what it has every five seconds.
const LATE: i64 = 30_000;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// The instance that wrote it.
    pub instance: String,
    /// Its colour, where it still is one of the workload's.
    pub colour: Option<Colour>,
    /// What it wrote.
    pub text: String,
}

/// What is searched for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The log group.
    pub group: String,
    /// From when on, in milliseconds since 1970.
    pub since_ms: i64,
    /// CloudWatch's filter pattern.
    pub pattern: Option<String>,
    /// Only these instances.
    pub instances: Option<Vec<String>>,
}

/// A search that goes on: what it has given is not given again.
#[derive(Debug)]
pub struct Tail {
    search: Search,
    given: BTreeMap<String, i64>,
    latest: i64,
}

impl Tail {
    /// A search that begins.
    pub fn new(search: Search) -> Self {
        Self {
            latest: search.since_ms,
            search,
            given: BTreeMap::new(),
        }
    }

    /// What has come since the last time, oldest first.
    ///
    /// # Errors
    /// AWS's.
    pub async fn next(
        &mut self,
        cloud: &Cloud,
        colours: &BTreeMap<String, Colour>,
    ) -> Result<Vec<LogLine>, AwsError> {
        if self.search.instances.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Vec::new());
        }
        let from = self.search.since_ms.max(self.latest - LATE);
        let mut lines = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let answer = cloud
                .logs()
                .filter_log_events()
                .log_group_name(&self.search.group)
                .set_log_stream_names(self.streams())
                .start_time(from)
                .set_filter_pattern(self.search.pattern.clone())
                .set_next_token(page)
                .send()
                .await
                .during("logs:FilterLogEvents")?;
            for event in answer.events() {
                let at_ms = event.timestamp().unwrap_or_default();
                let id = event.event_id().unwrap_or_default().to_owned();
                if self.given.insert(id, at_ms).is_some() {
                    continue;
                }
                self.latest = self.latest.max(at_ms);
                let instance = event.log_stream_name().unwrap_or_default();
                lines.push(LogLine {
                    at_ms,
                    instance: instance.to_owned(),
                    colour: colours.get(instance).copied(),
                    text: event.message().unwrap_or_default().trim_end().to_owned(),
                });
            }
            page = answer.next_token().map(str::to_owned);
            if page.is_none() {
                break;
            }
        }
        // What is older than this is not asked for again.
        let kept = self.latest - LATE;
        self.given.retain(|_, at| *at >= kept);
        lines.sort_by_key(|line| line.at_ms);
        Ok(lines)
    }

    /// These instances are searched as well.
    pub fn also_of(&mut self, instances: impl Iterator<Item = String>) {
        let searched = self.search.instances.get_or_insert_default();
        for instance in instances {
            if !searched.contains(&instance) {
                searched.push(instance);
            }
        }
    }

    /// The latest where there are more than can be named.
    fn streams(&self) -> Option<Vec<String>> {
        let all = self.search.instances.as_ref()?;
        Some(all.iter().rev().take(MOST_STREAMS).cloned().collect())
    }
}

/// The colour of each instance that a workload has.
pub fn colours(sight: &Sight) -> BTreeMap<String, Colour> {
    sight
        .colours
        .iter()
        .flat_map(|(colour, one)| one.instances.keys().map(|id| (id.clone(), *colour)))
        .collect()
}
