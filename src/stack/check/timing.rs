use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::units::{Duration, Size};

pub(super) const CHECK: Check = Check {
    topic: "timing",
    codes: &[Code::HealthTimeout, Code::StickyDrain, Code::OutOfRange],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, workload) in &context.document.workloads {
        let (health, balancer) = (&workload.health, &workload.load_balancer);
        // Sources: `CreateTargetGroup`, `LoadBalancerAttribute` and `TargetGroupAttribute` of the ELB API reference,
        // `HealthCheckGracePeriod` of the Auto Scaling one.
        let bounds = [
            (["health", "every"], Some(health.every), 5, 300),
            (["health", "timeout"], Some(health.timeout), 2, 120),
            (["health", "grace"], Some(health.grace), 0, 7_200),
            (
                ["load_balancer", "idle_timeout"],
                Some(balancer.idle_timeout),
                1,
                4_000,
            ),
            (["load_balancer", "drain"], Some(balancer.drain), 0, 3_600),
            (
                ["load_balancer", "stickiness"],
                balancer.stickiness,
                1,
                604_800,
            ),
        ];
        for ([group, key], span, least, most) in bounds {
            if let Some(span) = span.filter(|span| !(least..=most).contains(&span.seconds())) {
                let message = format!(
                    "AWS takes {} to {} for `{key}`, not {span}",
                    Duration::from_seconds(least),
                    Duration::from_seconds(most)
                );
                let place = context.at(&["workloads", name.as_str(), group, key]);
                found.push(Diagnostic::new(Code::OutOfRange, message).at_option(place));
            }
        }
        let disk = workload.disk;
        if !disk
            .whole_gigabytes()
            .is_some_and(|size| (8..=16_384).contains(&size))
        {
            let (least, most) = (Size::from_gigabytes(8), Size::from_gigabytes(16_384));
            let message = format!("a disk has {least} to {most} in whole gigabytes, not {disk}");
            found.push(
                Diagnostic::new(Code::OutOfRange, message).at_option(context.at(&[
                    "workloads",
                    name.as_str(),
                    "disk",
                ])),
            );
        }
        if health.timeout >= health.every {
            found.push(
                Diagnostic::new(
                    Code::HealthTimeout,
                    format!(
                        "an answer may take {}, and the next question comes after {}",
                        health.timeout, health.every
                    ),
                )
                .at_option(context.at(&["workloads", name.as_str(), "health", "timeout"]))
                .also(
                    context
                        .at(&["workloads", name.as_str(), "health", "every"])
                        .filter(|_| has(context, name.as_str(), "every")),
                    "the interval",
                )
                .help("let `timeout` be shorter than `every`"),
            );
        }
        if let Some(held) = balancer.stickiness.filter(|held| *held > balancer.drain) {
            found.push(
                Diagnostic::new(
                    Code::StickyDrain,
                    format!("clients are held for {held}, and a leaving instance has {} to finish", balancer.drain),
                )
                .at_option(context.at(&["workloads", name.as_str(), "load_balancer", "stickiness"]))
                .help("a switch keeps the old colour that long; leave `stickiness` out if the workload keeps no sessions itself"),
            );
        }
    }
}

/// Whether a key of `health` is written, so that it has a place of its own.
fn has(context: &Context<'_>, workload: &str, key: &str) -> bool {
    let path = super::steps(&["workloads", workload, "health", key]);
    context.tree.find(&path).is_some()
}
