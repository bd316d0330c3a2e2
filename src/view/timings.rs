//! Where the time of a run went: by operation, and along the longest chain of steps.

mod trace;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::page::{Look, Page, cut, pad, plain, quiet, strong};
use super::words::{count, span_of};
use crate::aws::Call;
use crate::exec::StepTime;
use crate::plan::Plan;
use crate::reference::Address;

/// Version of the document.
const VERSION: u32 = 1;
/// Columns of an operation's name, so that a row fits a terminal.
const NAME: usize = 40;
/// Operations shown to a person.
const SHOWN: usize = 15;

/// What was timed in a run.
#[derive(Clone, Debug, Default)]
pub struct Timings {
    /// From start to end.
    pub wall: Duration,
    /// The calls to AWS.
    pub calls: Vec<Call>,
    /// The steps; none for a run that only reads.
    pub steps: Vec<TimedStep>,
}

/// When a step ran.
#[derive(Clone, Debug)]
pub struct TimedStep {
    /// The resource.
    pub address: Address,
    /// What it had to wait for, by index among the steps.
    pub needs: Vec<usize>,
    /// From the start of the walk.
    pub start: Duration,
    /// How long it took, waits included.
    pub took: Duration,
    /// How much of that AWS was waited for.
    pub waited: Duration,
}

/// The calls of one operation.
#[derive(Clone, Debug, PartialEq)]
struct Operation<'a> {
    name: &'a str,
    calls: usize,
    failed: usize,
    total: Duration,
    median: Duration,
    longest: Duration,
}

impl Timings {
    /// The times of a run; `plan` and `times` where it walked.
    pub fn of(wall: Duration, calls: Vec<Call>, plan: Option<&Plan>, times: &[StepTime]) -> Self {
        // Steps end in another order than they stand in the plan.
        let places: BTreeMap<usize, usize> = times
            .iter()
            .enumerate()
            .map(|(place, time)| (time.step, place))
            .collect();
        let steps = times
            .iter()
            .map(|time| TimedStep {
                address: time.address.clone(),
                needs: plan
                    .and_then(|plan| plan.steps.get(time.step))
                    .into_iter()
                    .flat_map(|step| &step.needs)
                    .filter_map(|need| places.get(need).copied())
                    .collect(),
                start: time.start,
                took: time.took,
                waited: time.waited,
            })
            .collect();
        Self { wall, calls, steps }
    }

    /// The operations, the one that took most time first.
    fn operations(&self) -> Vec<Operation<'_>> {
        let mut by_name: BTreeMap<&str, Vec<&Call>> = BTreeMap::new();
        for call in &self.calls {
            by_name.entry(&call.operation).or_default().push(call);
        }
        let mut operations: Vec<_> = by_name
            .into_iter()
            .map(|(name, calls)| {
                let mut took: Vec<_> = calls.iter().map(|call| call.took).collect();
                took.sort_unstable();
                Operation {
                    name,
                    calls: calls.len(),
                    failed: calls.iter().filter(|call| failed(call)).count(),
                    total: took.iter().sum(),
                    median: took.get(took.len() / 2).copied().unwrap_or_default(),
                    longest: took.last().copied().unwrap_or_default(),
                }
            })
            .collect();
        operations.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.name.cmp(b.name)));
        operations
    }

    /// The most calls that were under way at the same time.
    fn most_at_once(&self) -> usize {
        let mut edges: Vec<(Duration, i8)> = Vec::new();
        for call in &self.calls {
            edges.push((call.start, 1));
            edges.push((call.start + call.took, -1));
        }
        // An end comes before a start at the same moment.
        edges.sort_unstable();
        let (mut now, mut most) = (0_usize, 0);
        for (_, edge) in edges {
            now = now.saturating_add_signed(edge.into());
            most = most.max(now);
        }
        most
    }

    /// The time for which calls were held back by our own limits, all added up.
    fn held(&self) -> Duration {
        self.calls.iter().map(|call| call.held).sum()
    }

    /// The time in calls, all added up.
    fn in_calls(&self) -> Duration {
        self.calls.iter().map(|call| call.took).sum()
    }

    /// The chain of dependent steps that took longest: no order of work could have been
    /// faster, with each step taking as long as it did.
    pub fn longest_chain(&self) -> Vec<&TimedStep> {
        let mut best: Vec<Option<Duration>> = vec![None; self.steps.len()];
        let mut from: Vec<Option<usize>> = vec![None; self.steps.len()];
        // A need always started earlier, so this order has every need before its dependents.
        let mut order: Vec<usize> = (0..self.steps.len()).collect();
        order.sort_by_key(|index| (self.steps[*index].start, *index));
        for index in order {
            let step = &self.steps[index];
            let before = step
                .needs
                .iter()
                .filter_map(|need| Some((best.get(*need).copied()??, *need)))
                .max();
            let through = before.map_or(Duration::ZERO, |(took, _)| took);
            best[index] = Some(through + step.took);
            from[index] = before.map(|(_, need)| need);
        }
        let mut at = (0..best.len()).max_by_key(|index| (best[*index], std::cmp::Reverse(*index)));
        let mut chain = Vec::new();
        while let Some(index) = at {
            chain.push(&self.steps[index]);
            at = from[index];
        }
        chain.reverse();
        chain
    }

    /// Where the time went, for a person.
    pub fn human(&self, look: &Look) -> String {
        let mut page = Page::new(look);
        page.line(
            0,
            2,
            [
                strong(exact(self.wall)),
                plain(format!(
                    " in all; {}, {} in calls, {} at once at most, {} on average",
                    count(self.calls.len(), "call"),
                    exact(self.in_calls()),
                    self.most_at_once(),
                    average(self.in_calls(), self.wall),
                )),
            ],
        );
        let held = self.held();
        if held >= Duration::from_millis(1) {
            let text = "before them, all added up, so as not to ask a service too often";
            page.line(0, 2, [plain(format!("{} {text}", exact(held)))]);
        }
        self.operation_lines(&mut page);
        self.chain_lines(&mut page);
        page.finish()
    }

    fn operation_lines(&self, page: &mut Page<'_>) {
        let operations = self.operations();
        if operations.is_empty() {
            return;
        }
        page.gap();
        let names = operations.iter().take(SHOWN).map(|one| one.name.len());
        let names = names.max().unwrap_or(0).min(NAME);
        let row = |name: &str, numbers: [String; 5]| {
            let [calls, failed, total, median, longest] = numbers;
            format!(
                "{}  {calls:>5}  {failed:>6}  {total:>6}  {median:>6}  {longest:>6}",
                pad(&cut(name, names), names)
            )
        };
        let titles = ["calls", "failed", "total", "median", "most"].map(str::to_owned);
        page.line(0, 2, [quiet(row("operation", titles))]);
        for one in operations.iter().take(SHOWN) {
            let numbers = [
                one.calls.to_string(),
                match one.failed {
                    0 => String::new(),
                    failed => failed.to_string(),
                },
                exact(one.total),
                exact(one.median),
                exact(one.longest),
            ];
            page.line(0, 2, [plain(row(one.name, numbers))]);
        }
        let more = operations.len().saturating_sub(SHOWN);
        if more > 0 {
            let text = format!("and {}", count(more, "further operation"));
            page.line(0, 2, [quiet(text)]);
        }
    }

    fn chain_lines(&self, page: &mut Page<'_>) {
        let chain = self.longest_chain();
        if chain.is_empty() {
            return;
        }
        let took = total(&chain);
        let waited: Duration = chain.iter().map(|step| step.waited).sum();
        let walked = self.walked();
        page.gap();
        page.line(
            0,
            2,
            [
                strong("longest chain"),
                plain(format!(
                    "  {} of {} for all {}; {} of it AWS was waited for; {:.2} times the chain",
                    exact(took),
                    exact(walked),
                    count(self.steps.len(), "step"),
                    exact(waited),
                    times(walked, took),
                )),
            ],
        );
        for step in &chain {
            let mut line = vec![
                plain(format!("{:>8}  ", exact(step.took))),
                plain(step.address.as_str()),
            ];
            if step.waited > Duration::ZERO {
                line.push(quiet(format!("  {} waiting", exact(step.waited))));
            }
            page.line(0, 12, line);
        }
    }

    /// From the start of the first step to the end of the last.
    fn walked(&self) -> Duration {
        let starts = self.steps.iter().map(|step| step.start).min();
        let ends = self.steps.iter().map(|step| step.start + step.took).max();
        ends.unwrap_or_default()
            .saturating_sub(starts.unwrap_or_default())
    }

    /// Where the time went, as a document, described in `docs/output.md`.
    pub fn json(&self) -> Value {
        let chain = self.longest_chain();
        let operations: Vec<_> = self
            .operations()
            .iter()
            .map(|one| {
                json!({
                    "operation": one.name,
                    "calls": one.calls,
                    "failed": one.failed,
                    "total_ms": millis(one.total),
                    "median_ms": millis(one.median),
                    "longest_ms": millis(one.longest),
                })
            })
            .collect();
        let steps: Vec<_> = chain
            .iter()
            .map(|step| {
                json!({
                    "address": step.address,
                    "start_ms": millis(step.start),
                    "took_ms": millis(step.took),
                    "waited_ms": millis(step.waited),
                })
            })
            .collect();
        json!({
            "version": VERSION,
            "document": "timings",
            "wall_ms": millis(self.wall),
            "calls": self.calls.len(),
            "in_calls_ms": millis(self.in_calls()),
            "held_ms": millis(self.held()),
            "most_at_once": self.most_at_once(),
            "operations": operations,
            "steps": self.steps.len(),
            "walked_ms": millis(self.walked()),
            "longest_chain_ms": millis(total(&chain)),
            "longest_chain": steps,
        })
    }
}

fn failed(call: &Call) -> bool {
    call.status.is_none_or(|status| status >= 400)
}

fn total(chain: &[&TimedStep]) -> Duration {
    chain.iter().map(|step| step.took).sum()
}

fn times(all: Duration, part: Duration) -> f64 {
    if part.is_zero() {
        return 1.0;
    }
    all.as_secs_f64() / part.as_secs_f64()
}

fn average(in_calls: Duration, wall: Duration) -> String {
    if wall.is_zero() {
        return "0".to_owned();
    }
    format!("{:.1}", in_calls.as_secs_f64() / wall.as_secs_f64())
}

/// A time where milliseconds matter.
fn exact(took: Duration) -> String {
    match took.as_millis() {
        0..=999 => format!("{}ms", took.as_millis()),
        1_000..=59_999 => format!("{:.2}s", took.as_secs_f64()),
        _ => span_of(took),
    }
}

fn millis(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::view::fixture;
    use crate::view::page::columns;

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    fn call(operation: &str, start: u64, took: u64, status: Option<u16>) -> Call {
        Call {
            operation: operation.to_owned(),
            held: Duration::ZERO,
            start: ms(start),
            took: ms(took),
            status,
        }
    }

    fn step(address: &str, needs: &[usize], start: u64, took: u64, waited: u64) -> TimedStep {
        TimedStep {
            address: address.into(),
            needs: needs.to_vec(),
            start: ms(start),
            took: ms(took),
            waited: ms(waited),
        }
    }

    pub(super) fn timings() -> Timings {
        Timings {
            wall: ms(130_500),
            calls: vec![
                call("ec2:DescribeVpcs", 0, 110, Some(200)),
                call("ec2:DescribeSubnets", 5, 90, Some(200)),
                call("ec2:DescribeVpcs", 110, 130, Some(503)),
                call(
                    "elasticloadbalancing:CreateLoadBalancer",
                    300,
                    900,
                    Some(200),
                ),
                call("s3:ListBuckets", 10, 40, None),
            ],
            steps: vec![
                step("network.vpc", &[], 0, 1_200, 200),
                step("network.subnet.a", &[0], 1_200, 300, 0),
                step("workloads.load-balancer", &[1], 1_500, 127_000, 126_000),
                step("files.shared", &[0], 1_200, 20_000, 19_000),
            ],
        }
    }

    #[test]
    fn timings_read_so() {
        let text = timings().human(&Look::plain(80));
        assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
        insta::assert_snapshot!(text);
    }

    #[test]
    fn the_longest_chain_follows_needs_and_not_the_clock() {
        let timings = timings();
        let chain: Vec<_> = timings
            .longest_chain()
            .iter()
            .map(|step| step.address.as_str())
            .collect();
        assert_eq!(
            chain,
            ["network.vpc", "network.subnet.a", "workloads.load-balancer"]
        );
        assert_eq!(timings.json()["longest_chain_ms"], 128_500);
        assert!(Timings::default().longest_chain().is_empty());
    }

    #[test]
    fn needs_are_found_although_steps_end_in_another_order() {
        let mut plan = fixture::rich();
        plan.steps[1].needs = std::collections::BTreeSet::from([0]);
        let time = |step: usize, start| StepTime {
            step,
            address: plan.steps[step].address.clone(),
            start: ms(start),
            took: ms(10),
            waited: Duration::ZERO,
        };
        let times = [time(2, 0), time(0, 1), time(1, 11)];
        let timings = Timings::of(ms(30), Vec::new(), Some(&plan), &times);
        assert_eq!(timings.steps[2].needs, [1]);
        assert_eq!(timings.longest_chain().len(), 2);
    }

    #[test]
    fn calls_under_way_at_the_same_time_are_counted() {
        assert_eq!(timings().most_at_once(), 3);
        let after_each_other = Timings {
            calls: vec![
                call("a:B", 0, 10, Some(200)),
                call("a:B", 10, 10, Some(200)),
            ],
            ..Timings::default()
        };
        assert_eq!(after_each_other.most_at_once(), 1);
    }

    #[test]
    fn a_run_without_calls_divides_by_nothing() {
        let text = Timings::default().human(&Look::plain(80));
        assert_eq!(
            text,
            "0ms in all; 0 calls, 0ms in calls, 0 at once at most, 0 on average\n"
        );
    }
}
