//! How a stack stands: both colours with versions, weights and health, what ends next and the
//! command that goes back.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::history::HistoryLine;
use super::page::{Look, Page, Role, columns, pad, plain, quiet, span, strong};

/// Version of the document.
const VERSION: u32 = 1;

/// How a stack stands.
#[derive(Clone, Debug, Serialize)]
pub struct StatusReport {
    /// The stack's name.
    pub stack: String,
    /// The environment.
    pub environment: String,
    /// The region.
    pub region: String,
    /// The account.
    pub account: String,
    /// Where the workload is reached.
    pub url: Option<String>,
    /// The programs that the stack runs.
    pub workloads: Vec<WorkloadStatus>,
    /// How much of each section stands.
    pub sections: Vec<SectionStatus>,
    /// Who holds the lock, if anyone.
    pub lock: Option<LockStatus>,
    /// The latest run.
    pub last_run: Option<HistoryLine>,
}

/// How a workload stands.
#[derive(Clone, Debug, Serialize)]
pub struct WorkloadStatus {
    /// Its name.
    pub name: String,
    /// Its colours; one where it has no blue and green.
    pub colours: Vec<ColourStatus>,
    /// The command that goes back to the other colour, while that is possible.
    pub rollback: Option<String>,
    /// The release that has not ended.
    pub release: Option<ReleaseStatus>,
}

/// A release that has not ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleaseStatus {
    /// Its run.
    pub run: String,
    /// The verb.
    pub verb: String,
    /// Who began it.
    pub by: String,
    /// When, RFC 3339.
    pub started: String,
    /// The image that is to run.
    pub image: String,
    /// The step that is under way, or comes next, from 1.
    pub step: usize,
    /// Of how many.
    pub of: usize,
    /// What that step does or waits for.
    pub doing: String,
    /// Whether it has been begun.
    pub begun: bool,
}

impl ReleaseStatus {
    /// What is done now, in a sentence.
    pub(super) fn sentence(&self) -> String {
        format!("step {}/{}: {}", self.step, self.of, self.doing)
    }
}

/// How one colour of a workload stands.
#[derive(Clone, Debug, Serialize)]
pub struct ColourStatus {
    /// `blue`, `green`, or the name of the only one.
    pub colour: String,
    /// `live`, `idle`, `preview`, `leaving`.
    pub role: String,
    /// The version that it runs, where it runs one.
    pub version: Option<String>,
    /// Its share of the traffic, in per cent.
    pub weight: u32,
    /// Instances or tasks that run.
    pub instances: u32,
    /// Instances or tasks that are wanted.
    pub wanted: u32,
    /// The least number of them.
    pub least: u32,
    /// The largest number.
    pub most: u32,
    /// Health by zone.
    pub zones: Vec<ZoneHealth>,
    /// How long it has run that version, for a person: `3h`.
    pub since: Option<String>,
    /// What ends next, and when: `scales in in 59m`.
    pub next: Option<String>,
}

/// Health of one zone.
#[derive(Clone, Debug, Serialize)]
pub struct ZoneHealth {
    /// The zone.
    pub zone: String,
    /// Targets that answer.
    pub healthy: u32,
    /// Targets.
    pub total: u32,
    /// Targets by state, in the load balancer's words.
    pub states: BTreeMap<String, u32>,
}

impl ZoneHealth {
    /// `zone a: 1 healthy, 1 draining`.
    pub(super) fn words(&self) -> String {
        let states: Vec<String> = self
            .states
            .iter()
            .map(|(state, number)| format!("{number} {state}"))
            .collect();
        format!("zone {}: {}", self.zone, states.join(", "))
    }
}

/// How much of a section stands.
#[derive(Clone, Debug, Serialize)]
pub struct SectionStatus {
    /// The section.
    pub section: String,
    /// Resources that stand.
    pub standing: usize,
    /// Resources that the file wants.
    pub wanted: usize,
    /// What AWS is still at work on, with its own word for the state.
    pub working: Vec<String>,
}

/// Who holds the lock.
#[derive(Clone, Debug, Serialize)]
pub struct LockStatus {
    /// Who: user@host.
    pub by: String,
    /// Doing what.
    pub command: String,
    /// Since when, RFC 3339.
    pub since: String,
    /// When it may be taken over, RFC 3339.
    pub expires: String,
}

impl StatusReport {
    /// How the stack stands, for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        page.line(
            0,
            2,
            [
                strong(format!("{}-{}", self.stack, self.environment)),
                plain(format!(" in {}, account {}", self.region, self.account)),
            ],
        );
        if let Some(url) = &self.url {
            page.text(0, &**url);
        }
        for workload in &self.workloads {
            self.workload(&mut page, workload);
        }
        self.sections(&mut page);
        if let Some(lock) = &self.lock {
            page.gap();
            page.line(
                0,
                2,
                [
                    span(Role::Warning, "locked"),
                    plain(format!(
                        " by {} since {}, running {}; may be taken over after {}",
                        lock.by, lock.since, lock.command, lock.expires
                    )),
                ],
            );
        }
        if let Some(run) = &self.last_run {
            page.gap();
            page.line(
                0,
                2,
                [
                    strong("last run"),
                    plain(format!("  {} {}  {}  ", run.verb, run.run, run.started)),
                    run.verdict(),
                    quiet(format!("  {}", run.by)),
                ],
            );
        }
        page.finish()
    }

    fn workload(&self, page: &mut Page<'_>, workload: &WorkloadStatus) {
        page.gap();
        page.line(0, 0, [strong(&*workload.name)]);
        let widest = |text: fn(&ColourStatus) -> &str| {
            let widths = workload.colours.iter().map(|colour| columns(text(colour)));
            widths.max().unwrap_or(0)
        };
        let (names, roles) = (widest(|c| &c.colour), widest(|c| &c.role));
        for colour in &workload.colours {
            let role = if colour.weight > 0 {
                Role::Good
            } else {
                Role::Quiet
            };
            let mut line = vec![
                span(role, pad(&colour.colour, names + 2)),
                plain(pad(&colour.role, roles + 2)),
                plain(format!("{:>3} %  ", colour.weight)),
                plain(format!(
                    "{} of {} running ({} to {})",
                    colour.instances, colour.wanted, colour.least, colour.most
                )),
            ];
            if let Some(version) = &colour.version {
                line.push(strong(format!("  {version}")));
            }
            if let Some(since) = &colour.since {
                line.push(quiet(format!("  for {since}")));
            }
            page.line(2, 6, line);
            let health = colour.zones.iter().map(|zone| {
                let role = if zone.healthy < zone.total {
                    Role::Bad
                } else {
                    Role::Plain
                };
                span(role, format!("{}  ", zone.words()))
            });
            let mut more: Vec<_> = health.collect();
            more.extend(colour.next.iter().map(|next| plain(&**next)));
            if !more.is_empty() {
                page.line(names + 4, names + 6, more);
            }
        }
        if let Some(release) = &workload.release {
            page.line(
                2,
                6,
                [
                    span(Role::Warning, format!("{} under way", release.verb)),
                    plain(format!(
                        " of {} since {} by {}; {}",
                        release.image,
                        release.started,
                        release.by,
                        release.sentence()
                    )),
                ],
            );
        }
        if let Some(rollback) = &workload.rollback {
            page.line(2, 6, [plain("to go back: "), strong(&**rollback)]);
        }
    }

    fn sections(&self, page: &mut Page<'_>) {
        if self.sections.is_empty() {
            return;
        }
        page.gap();
        let names = self.sections.iter().map(|one| columns(&one.section)).max();
        for one in &self.sections {
            let whole = one.standing == one.wanted && one.working.is_empty();
            let (mark, role) = if whole {
                ("✓ ", Role::Good)
            } else {
                ("! ", Role::Warning)
            };
            let name = pad(&one.section, names.unwrap_or(0) + 2);
            page.line(
                0,
                4,
                [
                    span(role, mark),
                    plain(name),
                    plain(format!("{}/{}", one.standing, one.wanted)),
                ],
            );
            for working in &one.working {
                page.line(4, 6, [quiet(&**working)]);
            }
        }
    }

    /// How the stack stands, as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let mut document = json!({ "version": VERSION, "document": "status" });
        if let (Value::Object(document), Ok(Value::Object(fields))) =
            (&mut document, serde_json::to_value(self))
        {
            document.extend(fields);
        }
        document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> StatusReport {
        let zone = |zone: &str, healthy: u32, total: u32| ZoneHealth {
            zone: zone.to_owned(),
            healthy,
            total,
            states: [("healthy", healthy), ("unhealthy", total - healthy)]
                .into_iter()
                .filter(|(_, number)| *number > 0)
                .map(|(state, number)| (state.to_owned(), number))
                .collect(),
        };
        let section = |name: &str, standing, wanted, working: &[&str]| SectionStatus {
            section: name.to_owned(),
            standing,
            wanted,
            working: working.iter().map(|text| (*text).to_owned()).collect(),
        };
        StatusReport {
            stack: "codedetect".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            url: Some("https://codedetect.example.com".to_owned()),
            workloads: vec![WorkloadStatus {
                name: "analyzer".to_owned(),
                colours: vec![
                    ColourStatus {
                        colour: "blue".to_owned(),
                        role: "leaving".to_owned(),
                        version: Some("1.0.0".to_owned()),
                        weight: 0,
                        instances: 1,
                        wanted: 1,
                        least: 0,
                        most: 2,
                        zones: vec![zone("a", 1, 1)],
                        since: Some("9d".to_owned()),
                        next: Some("scales in in 59m".to_owned()),
                    },
                    ColourStatus {
                        colour: "green".to_owned(),
                        role: "live".to_owned(),
                        version: Some("1.1.0".to_owned()),
                        weight: 100,
                        instances: 2,
                        wanted: 2,
                        least: 1,
                        most: 2,
                        zones: vec![zone("a", 1, 1), zone("b", 0, 1)],
                        since: Some("1m".to_owned()),
                        next: None,
                    },
                ],
                rollback: Some("codedetect-infra rollback analyzer".to_owned()),
                release: Some(ReleaseStatus {
                    run: "20261121T085900Z-7f3a".to_owned(),
                    verb: "deploy".to_owned(),
                    by: "ops@build-1".to_owned(),
                    started: "2026-11-21T08:59:00Z".to_owned(),
                    image: "ghcr.io/example/codedetect:1.1.0".to_owned(),
                    step: 7,
                    of: 12,
                    doing: "Watch green for 30 s".to_owned(),
                    begun: true,
                }),
            }],
            sections: vec![
                section("network", 24, 24, &[]),
                section("domain", 2, 3, &["domain.certificate: PENDING_VALIDATION"]),
            ],
            lock: Some(LockStatus {
                by: "ops@build-1".to_owned(),
                command: "apply".to_owned(),
                since: "2026-11-21T09:00:00Z".to_owned(),
                expires: "2026-11-21T09:01:00Z".to_owned(),
            }),
            last_run: Some(HistoryLine {
                run: "20261121-0900-7f3a".to_owned(),
                verb: "apply".to_owned(),
                by: "ops@build-1".to_owned(),
                started: "2026-11-21T09:00:00Z".to_owned(),
                ended: Some("2026-11-21T09:03:05Z".to_owned()),
                done: 90,
                failed: 0,
                unfinished: 0,
            }),
        }
    }

    #[test]
    fn the_status_reads_so() {
        let text = report().human(&Look::plain(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_status_as_a_document() {
        let document = report().json();
        assert_eq!(document["version"], 1);
        assert_eq!(document["workloads"][0]["colours"][1]["weight"], 100);
        assert_eq!(
            document["workloads"][0]["colours"][1]["zones"][1]["healthy"],
            0
        );
        assert_eq!(document["lock"]["by"], "ops@build-1");
        assert_eq!(document["sections"][1]["standing"], 2);
    }
}
