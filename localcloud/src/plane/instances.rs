//! The instances of the Auto Scaling groups, as processes: started, watched, replaced, ended once they have drained.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fs_err as fs;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::behaviour::Behaviour;
use super::board::{Answering, Board};
use super::boot::{Boot, boot};
use super::host::{Ended, Host, Machine};
use super::logs::Logs;
use super::picture::{Fleet, InstanceId, Member, Picture};
use super::read::Eyes;
use super::traffic::Traffic;

/// How long a container waits before it is started again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long a version that leaks lives.
const LEAKED: Duration = Duration::from_secs(8);

/// All instances.
pub(crate) struct Instances {
    board: Arc<Board>,
    traffic: Arc<Traffic>,
    /// Told when a process has ended, so that it is seen to at once.
    changed: Arc<Notify>,
    dir: PathBuf,
    machine: Machine,
    known: BTreeMap<InstanceId, Instance>,
    logs: Logs,
}

struct Instance {
    region: String,
    fleet: String,
    zone: String,
    since: Instant,
    /// None while it cannot boot.
    booted: Option<Boot>,
    host: Option<Host>,
    /// When its process may be started, or started again.
    next_start: Instant,
    /// Somebody killed it.
    lost: bool,
    /// Told to Auto Scaling already.
    given_up: bool,
}

impl Instances {
    pub(crate) fn new(
        board: Arc<Board>,
        traffic: Arc<Traffic>,
        changed: Arc<Notify>,
        dir: PathBuf,
        machine: Machine,
    ) -> Instances {
        Instances {
            board,
            traffic,
            changed,
            dir,
            machine,
            known: BTreeMap::new(),
            logs: Logs::default(),
        }
    }

    /// Makes the processes those of a region's picture.
    pub(crate) async fn become_as(&mut self, region: &str, picture: &Picture, eyes: &Eyes<'_>) {
        let now = Instant::now();
        self.notice();
        for fleet in &picture.fleets {
            for (id, member) in &fleet.instances {
                if !self.known.contains_key(id) {
                    self.known
                        .insert(id.clone(), Instance::new(region, fleet, member, now));
                }
                self.keep(id, fleet, member, eyes, now).await;
            }
        }
        self.end_what_has_drained(region, picture, now);
        self.logs.ship(region, eyes).await;
    }

    /// Sees which processes have ended. The load balancer has been told before.
    fn notice(&mut self) {
        for (id, instance) in &mut self.known {
            let Some(ended) = instance.host.as_ref().and_then(Host::ended) else {
                continue;
            };
            instance.host = None;
            // It may have ended before it was said where it listens.
            self.board.silent(id);
            instance.next_start = Instant::now() + AGAIN;
            instance.lost = is_lost(ended, instance.leaks());
        }
    }

    /// Keeps one instance going: boots it, starts its process, starts it again, has it replaced.
    async fn keep(
        &mut self,
        id: &str,
        fleet: &Fleet,
        member: &Member,
        eyes: &Eyes<'_>,
        now: Instant,
    ) {
        let (log, files) = (self.log(id), self.dir.join("efs"));
        let Some(instance) = self.known.get_mut(id) else {
            return;
        };
        if instance.lost {
            instance.replace(id, eyes).await;
            return;
        }
        let condemned = fleet.judged_by_balancer
            && now.saturating_duration_since(instance.since) > fleet.grace
            && self.board.unhealthy(id);
        if condemned {
            instance.replace(id, eyes).await;
            return;
        }
        if instance.leaks() && now.saturating_duration_since(instance.since) > LEAKED {
            instance.since = now;
            if let Some(host) = instance.host.take() {
                self.board.silent(id);
                drop(host);
                note(
                    &log,
                    "the workload had taken all memory, and the system has ended it",
                );
            }
        }
        if instance.host.is_some() || now < instance.next_start || instance.given_up {
            return;
        }
        if instance.booted.is_none() {
            match boot(eyes, member, &files).await {
                Ok(booted) => instance.booted = Some(booted),
                Err(reason) => {
                    note(&log, &reason);
                    instance.next_start = now + AGAIN;
                    return;
                }
            }
        }
        let Some(booted) = &instance.booted else {
            return;
        };
        if let Some(group) = &booted.log_group {
            self.logs.follow(id, &instance.region, group, &log);
        }
        if booted.behaviour == Behaviour::WrongSchema {
            note(
                &log,
                "this release works with a database schema that is not this one, and ends",
            );
            instance.next_start = now + AGAIN;
            return;
        }
        let machine = Machine {
            region: instance.region.clone(),
            ..self.machine.clone()
        };
        let gone = {
            let (board, changed) = (Arc::clone(&self.board), Arc::clone(&self.changed));
            let (id, leaks) = (id.to_owned(), instance.leaks());
            move |ended| {
                if is_lost(ended, leaks) {
                    board.stopped(&id);
                } else {
                    board.silent(&id);
                }
                changed.notify_one();
            }
        };
        match machine.start(id, booted, &log, gone) {
            Ok(host) => {
                self.board.answers(
                    id,
                    Answering {
                        address: host.address,
                        behaviour: booted.behaviour,
                    },
                );
                instance.host = Some(host);
            }
            Err(reason) => {
                note(&log, &reason);
                instance.next_start = now + AGAIN;
            }
        }
    }

    /// Ends the processes of instances that are no longer there, once the load balancer has let go of them.
    fn end_what_has_drained(&mut self, region: &str, picture: &Picture, now: Instant) {
        let there = picture.instances();
        let gone: BTreeSet<InstanceId> = self
            .known
            .iter()
            .filter(|(id, instance)| {
                instance.region == region && !there.contains(id) && !self.board.draining(id, now)
            })
            .map(|(id, _)| id.clone())
            .collect();
        for id in gone {
            let Some(mut instance) = self.known.remove(&id) else {
                continue;
            };
            self.board.silent(&id);
            self.logs.ends(&id);
            self.traffic.forget(&id);
            if let Some(host) = instance.host.take() {
                host.farewell();
            }
        }
    }

    /// All instances for `GET /_codedetect/plane`.
    pub(crate) fn told(&self) -> Vec<Value> {
        self.known
            .iter()
            .map(|(id, instance)| {
                json!({
                    "id": id,
                    "group": instance.fleet,
                    "zone": instance.zone,
                    "version": instance.booted.as_ref().map(|booted| &booted.version),
                    "pid": instance.host.as_ref().and_then(|host| host.pid),
                    "address": instance.host.as_ref().map(|host| host.address.to_string()),
                    "log": self.log(id),
                })
            })
            .collect()
    }

    fn log(&self, id: &str) -> PathBuf {
        self.dir.join(format!("{id}.log"))
    }
}

impl Instance {
    fn new(region: &str, fleet: &Fleet, member: &Member, now: Instant) -> Instance {
        Instance {
            region: region.to_owned(),
            fleet: fleet.name.clone(),
            zone: member.zone.clone(),
            since: now,
            booted: None,
            host: None,
            next_start: now,
            lost: false,
            given_up: false,
        }
    }

    fn leaks(&self) -> bool {
        self.booted
            .as_ref()
            .is_some_and(|booted| booted.behaviour == Behaviour::Leaks)
    }

    /// Has Auto Scaling put another instance in its place.
    async fn replace(&mut self, id: &str, eyes: &Eyes<'_>) {
        if self.given_up {
            return;
        }
        self.given_up = true;
        let parameters = [
            ("InstanceId", id),
            ("ShouldDecrementDesiredCapacity", "false"),
        ];
        eyes.ask(
            "autoscaling",
            "2011-01-01",
            "TerminateInstanceInAutoScalingGroup",
            &parameters,
        )
        .await;
    }
}

/// Whether an instance is gone with its process: somebody killed it, and it was not the system that takes back memory.
fn is_lost(ended: Ended, leaks: bool) -> bool {
    ended == Ended::Killed && !leaks
}

/// A line for whoever reads why an instance does not come up.
fn note(log: &Path, line: &str) {
    use std::io::Write;
    if let Ok(mut file) = fs::File::options().create(true).append(true).open(log) {
        // A log that cannot be written has no other place to be told.
        let _ = writeln!(file, "{line}");
    }
}
