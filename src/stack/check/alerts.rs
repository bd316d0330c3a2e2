use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::Throughput;

pub(super) const CHECK: Check = Check {
    topic: "alerts",
    codes: &[
        Code::BillingOrder,
        Code::AlarmsWithoutAlerts,
        Code::NothingToWatch,
    ],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let document = context.document;
    if let Some(alerts) = &document.alerts {
        for (index, pair) in alerts.billing.windows(2).enumerate() {
            if let [lower, higher] = pair
                && lower >= higher
            {
                found.push(
                    Diagnostic::new(
                        Code::BillingOrder,
                        format!("{higher} USD comes after {lower} USD"),
                    )
                    .at_option(context.item(&["alerts", "billing"], index + 1))
                    .also(context.item(&["alerts", "billing"], index), "not smaller")
                    .help("write the thresholds once each, the smallest first"),
                );
            }
        }
    }
    let Some(alarms) = &document.alarms else {
        return;
    };
    let bursting = document
        .files
        .values()
        .any(|files| files.throughput == Throughput::Bursting);
    let watched = [
        (
            "cpu",
            alarms.cpu.is_some(),
            !document.workloads.is_empty(),
            "workloads",
        ),
        (
            "memory",
            alarms.memory.is_some(),
            !document.workloads.is_empty(),
            "workloads",
        ),
        (
            "unhealthy_targets",
            alarms.unhealthy_targets.is_some(),
            !document.workloads.is_empty(),
            "workloads",
        ),
        // A database that is turned off keeps its alarm in the file for when it is turned on.
        (
            "database_storage",
            alarms.database_storage.is_some(),
            !document.databases.is_empty(),
            "databases",
        ),
        (
            "burst_credits",
            alarms.burst_credits.is_some(),
            bursting,
            "files with `throughput: bursting`",
        ),
    ];
    if context.written.entry("alerts").is_none() && watched.iter().any(|(_, set, ..)| *set) {
        found.push(
            Diagnostic::new(Code::AlarmsWithoutAlerts, "the alarms have nobody to tell")
                .at_option(context.key(&["alarms"]))
                .help("add `alerts: { email: [ ops@example.com ] }`"),
        );
    }
    for (key, set, there, what) in watched {
        if set && !there {
            found.push(
                Diagnostic::new(
                    Code::NothingToWatch,
                    format!("the alarm `{key}` watches {what}, and the stack has none"),
                )
                .at_option(context.key(&["alarms", key])),
            );
        }
    }
}
