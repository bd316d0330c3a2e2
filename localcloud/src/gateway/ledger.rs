//! What the gateway counts, and which of its faults a call meets.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::call::{Answer, Call};
use crate::fault::{Fault, FaultState, Faults, Rewrite, What, When};

/// Changing calls kept in the log; beyond them only counts go on.
const LOG_LIMIT: usize = 100_000;

/// Calls since the last reset.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// All calls.
    pub total: u64,
    /// Calls that only read.
    pub reads: u64,
    /// Calls that change something.
    pub changing: u64,
    /// Calls under way now.
    pub in_flight: u64,
    /// The most calls that were under way at once.
    pub peak: u64,
    /// Answers with a status of 400 or more, injected ones included.
    pub errors: u64,
    /// What moto itself took for all of them, in milliseconds, one call after another.
    pub moto_ms: f64,
    /// Calls by service and operation, such as `ec2:DescribeVpcs`.
    pub by: BTreeMap<String, u64>,
}

/// A changing call, in the order of arrival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Its number among the changing calls since the last reset, from 1.
    pub n: u64,
    /// Service and operation.
    pub call: String,
    /// Milliseconds since the last reset.
    pub at_ms: u64,
    /// The status of moto's answer; none where it was not passed on, or is not back yet.
    pub status: Option<u16>,
}

/// What a call meets on its way in.
#[derive(Debug, Clone)]
pub(crate) struct Met {
    pub(crate) id: u64,
    pub(crate) when: When,
    pub(crate) what: What,
    pub(crate) freeze: bool,
}

/// A rewrite with what became of it.
#[derive(Debug)]
struct Armed {
    rewrite: Rewrite,
    used: u64,
    /// When the first answer had the text.
    since: Option<Instant>,
}

impl Armed {
    fn spent(&self) -> bool {
        let often = self.rewrite.times.is_some_and(|times| self.used >= times);
        let long = self.rewrite.for_ms.zip(self.since);
        often || long.is_some_and(|(ms, since)| since.elapsed() >= Duration::from_millis(ms))
    }
}

#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) counts: Counts,
    log: Vec<Logged>,
    since: Instant,
    faults: Vec<FaultState>,
    rewrites: Vec<Armed>,
    remembered: HashMap<String, Answer>,
    last_id: u64,
    pub(crate) frozen: bool,
    /// Parked calls wait for it to change.
    pub(crate) epoch: u64,
    pub(crate) latency: Duration,
    pub(crate) last_call: Instant,
}

impl Ledger {
    pub(crate) fn new(latency: Duration) -> Ledger {
        Ledger {
            counts: Counts::default(),
            log: Vec::new(),
            since: Instant::now(),
            faults: Vec::new(),
            rewrites: Vec::new(),
            remembered: HashMap::new(),
            last_id: 0,
            frozen: false,
            epoch: 0,
            latency,
            last_call: Instant::now(),
        }
    }

    /// Counts a call that has arrived, and says which fault it meets and its place in the log.
    pub(crate) fn arrive(&mut self, call: &Call) -> (Option<Met>, Option<usize>) {
        self.last_call = Instant::now();
        self.counts.total += 1;
        self.counts.in_flight += 1;
        self.counts.peak = self.counts.peak.max(self.counts.in_flight);
        *self.counts.by.entry(call.name()).or_default() += 1;
        let mut place = None;
        if call.changing {
            self.counts.changing += 1;
            if self.log.len() < LOG_LIMIT {
                place = Some(self.log.len());
                let at_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
                self.log.push(Logged {
                    n: self.counts.changing,
                    call: call.name(),
                    at_ms,
                    status: None,
                });
            }
        } else {
            self.counts.reads += 1;
        }
        let mut met = None;
        for state in &mut self.faults {
            let fault = &state.fault;
            if !matches(
                call,
                fault.service.as_deref(),
                &fault.action,
                fault.contains.as_deref(),
            ) {
                continue;
            }
            state.matched += 1;
            let hit = state.matched >= fault.nth && state.matched - fault.nth < fault.limit();
            if hit && met.is_none() {
                met = Some(Met {
                    id: state.id,
                    when: fault.when,
                    what: fault.what.clone(),
                    freeze: fault.freeze,
                });
            }
        }
        if met.as_ref().is_some_and(|met| met.freeze) {
            self.frozen = true;
        }
        (met, place)
    }

    /// Notes that a fault has done what it should.
    pub(crate) fn spring(&mut self, id: u64) {
        if let Some(state) = self.faults.iter_mut().find(|state| state.id == id) {
            state.sprung += 1;
        }
    }

    /// Notes moto's answer. `epoch` is the one the call arrived in: a reset in between has cleared its place.
    pub(crate) fn answered(&mut self, epoch: u64, place: Option<usize>, status: u16) {
        if epoch == self.epoch
            && let Some(logged) = place.and_then(|place| self.log.get_mut(place))
        {
            logged.status = Some(status);
        }
    }

    /// Whether answers of reads must be kept for a fault to come.
    pub(crate) fn remembers(&self) -> bool {
        self.faults
            .iter()
            .any(|state| state.fault.what == What::Stale)
    }

    pub(crate) fn remember(&mut self, call: &Call, answer: &Answer) {
        self.remembered.insert(identity(call), answer.clone());
    }

    pub(crate) fn recall(&self, call: &Call) -> Option<Answer> {
        self.remembered.get(&identity(call)).cloned()
    }

    /// Rewrites an answer as asked.
    pub(crate) fn rewrite(&mut self, call: &Call, answer: Answer) -> Answer {
        let mut answer = answer;
        for armed in &mut self.rewrites {
            let rewrite = &armed.rewrite;
            if armed.spent()
                || !matches(
                    call,
                    rewrite.service.as_deref(),
                    &rewrite.action,
                    rewrite.contains.as_deref(),
                )
            {
                continue;
            }
            let text = answer.text();
            if text.contains(&rewrite.from) {
                let rewritten = text.replace(&rewrite.from, &rewrite.to);
                answer = answer.with_body(rewritten);
                armed.used += 1;
                armed.since.get_or_insert_with(Instant::now);
            }
        }
        answer
    }

    pub(crate) fn add_fault(&mut self, fault: Fault) -> u64 {
        self.last_id += 1;
        self.faults.push(FaultState {
            id: self.last_id,
            fault,
            matched: 0,
            sprung: 0,
        });
        self.last_id
    }

    pub(crate) fn add_rewrite(&mut self, rewrite: Rewrite) {
        self.rewrites.push(Armed {
            rewrite,
            used: 0,
            since: None,
        });
    }

    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
        self.rewrites.clear();
        self.remembered.clear();
        self.frozen = false;
        self.epoch += 1;
    }

    pub(crate) fn reset(&mut self) {
        self.clear_faults();
        self.counts = Counts::default();
        self.log.clear();
        self.since = Instant::now();
    }

    pub(crate) fn faults(&self) -> Faults {
        Faults {
            frozen: self.frozen,
            faults: self.faults.clone(),
        }
    }

    pub(crate) fn rewrites(&self) -> Vec<Rewrite> {
        self.rewrites
            .iter()
            .map(|armed| armed.rewrite.clone())
            .collect()
    }

    pub(crate) fn log(&self) -> Vec<Logged> {
        self.log.clone()
    }
}

fn identity(call: &Call) -> String {
    format!(
        "{} {} {} {} {}",
        call.name(),
        call.region,
        call.method,
        call.target(),
        String::from_utf8_lossy(&call.body)
    )
}

fn matches(call: &Call, service: Option<&str>, action: &str, contains: Option<&str>) -> bool {
    let right_action = match action {
        "*" => true,
        "changing" => call.changing,
        exact => call.action == exact,
    };
    let has = |text: &str| {
        call.target().contains(text) || String::from_utf8_lossy(&call.body).contains(text)
    };
    service.is_none_or(|service| call.service == service)
        && right_action
        && contains.is_none_or(has)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::tests::call;
    use hyper::StatusCode;

    fn ec2(action: &str) -> Call {
        call(
            "POST",
            "/",
            "ec2",
            &[("content-type", "application/x-www-form-urlencoded")],
            &format!("Action={action}"),
        )
    }

    fn ledger(fault: Fault) -> Ledger {
        let mut ledger = Ledger::new(Duration::ZERO);
        ledger.add_fault(fault);
        ledger
    }

    #[test]
    fn the_nth_matching_call_is_hit_and_no_other() {
        let mut ledger = ledger(Fault::on_changing().nth(2).hang());
        let mut hits = Vec::new();
        for action in ["CreateVpc", "DescribeVpcs", "CreateSubnet", "CreateTags"] {
            if ledger.arrive(&ec2(action)).0.is_some() {
                hits.push(action);
            }
        }
        assert_eq!(hits, ["CreateSubnet"]);
        assert_eq!(ledger.faults().faults[0].matched, 3);
    }

    #[test]
    fn times_counts_from_the_nth() {
        let mut ledger = ledger(Fault::on("ec2", "DescribeVpcs").nth(2).times(2).throttle());
        let hits: Vec<bool> = (0..5)
            .map(|_| ledger.arrive(&ec2("DescribeVpcs")).0.is_some())
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
    }

    #[test]
    fn service_and_text_narrow_a_fault() {
        let mut ledger = ledger(Fault::on("ec2", "*").contains("sg-7").throttle());
        let sns = call(
            "POST",
            "/",
            "sns",
            &[("content-type", "application/x-www-form-urlencoded")],
            "Action=X&Id=sg-7",
        );
        assert!(ledger.arrive(&sns).0.is_none());
        assert!(ledger.arrive(&ec2("DescribeVpcs")).0.is_none());
        assert!(
            ledger
                .arrive(&ec2("DescribeVpcs&GroupId.1=sg-7"))
                .0
                .is_some()
        );
    }

    #[test]
    fn counts_tell_reads_from_changes_and_the_log_keeps_the_order() {
        let mut ledger = Ledger::new(Duration::ZERO);
        for action in ["CreateVpc", "DescribeVpcs", "CreateTags"] {
            ledger.arrive(&ec2(action));
        }
        ledger.answered(0, Some(1), 200);
        assert_eq!(
            (
                ledger.counts.total,
                ledger.counts.reads,
                ledger.counts.changing,
                ledger.counts.peak
            ),
            (3, 1, 2, 3)
        );
        let log: Vec<_> = ledger
            .log()
            .into_iter()
            .map(|l| (l.n, l.call, l.status))
            .collect();
        assert_eq!(
            log,
            [
                (1, "ec2:CreateVpc".to_owned(), None),
                (2, "ec2:CreateTags".to_owned(), Some(200))
            ]
        );
        ledger.reset();
        assert_eq!(ledger.counts, Counts::default());
        ledger.answered(0, Some(0), 200);
        assert!(ledger.log().is_empty());
    }

    #[test]
    fn a_rewrite_counts_only_answers_that_have_the_text() {
        let mut ledger = Ledger::new(Duration::ZERO);
        ledger.add_rewrite(Rewrite::of(
            "ec2",
            "DescribeVpcs",
            "available",
            "pending",
            1,
        ));
        let mut answer = |text: &'static str| {
            ledger
                .rewrite(
                    &ec2("DescribeVpcs"),
                    Answer::new(StatusCode::OK, "text/xml", text),
                )
                .body
        };
        assert_eq!(answer("<none/>"), "<none/>");
        assert_eq!(answer("<s>available</s>"), "<s>pending</s>");
        assert_eq!(answer("<s>available</s>"), "<s>available</s>");
    }

    #[test]
    fn a_rewrite_may_last_for_a_time_from_its_first_answer() {
        let mut ledger = Ledger::new(Duration::ZERO);
        ledger.add_rewrite(Rewrite {
            times: None,
            for_ms: Some(60_000),
            ..Rewrite::of("ec2", "DescribeVpcs", "available", "pending", 0)
        });
        let said = |ledger: &mut Ledger| {
            let answer = Answer::new(StatusCode::OK, "text/xml", "<s>available</s>");
            ledger.rewrite(&ec2("DescribeVpcs"), answer).body
        };
        assert_eq!(said(&mut ledger), "<s>pending</s>");
        assert_eq!(said(&mut ledger), "<s>pending</s>");
        ledger.rewrites[0].since = Instant::now().checked_sub(Duration::from_secs(61));
        assert_eq!(said(&mut ledger), "<s>available</s>");
    }

    #[test]
    fn a_frozen_gateway_thaws_on_reset() {
        let mut ledger = ledger(Fault::on("ec2", "CreateVpc").hang().freeze());
        assert!(!ledger.frozen);
        ledger.arrive(&ec2("CreateVpc"));
        assert!(ledger.frozen);
        ledger.reset();
        assert!(!ledger.frozen && ledger.faults().faults.is_empty());
    }
}
