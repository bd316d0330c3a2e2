use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::units::Duration;

pub(super) const CHECK: Check = Check {
    topic: "retention",
    codes: &[Code::Retention],
    run,
};

/// The days for which CloudWatch Logs keeps a log. Source: `PutRetentionPolicy` of its API reference.
const LOGS: &[u32] = &[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];
/// The days after which EFS moves a file. Source: `LifecyclePolicy` of its API reference.
const FILES: &[u32] = &[1, 7, 14, 30, 60, 90, 180, 270, 365];

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let document = context.document;
    for (name, workload) in &document.workloads {
        listed(
            context,
            &["workloads", name.as_str(), "logs"],
            workload.logs,
            LOGS,
            found,
        );
    }
    if let Some(audit) = &document.audit {
        listed(
            context,
            &["audit", "retention"],
            audit.retention,
            LOGS,
            found,
        );
    }
    for (name, files) in &document.files {
        if let Some(after) = files.to_infrequent_access {
            listed(
                context,
                &["files", name.as_str(), "to_infrequent_access"],
                after,
                FILES,
                found,
            );
        }
    }
    for (name, database) in &document.databases {
        if database.backups.whole_days().is_none_or(|days| days > 35) {
            let message = format!(
                "RDS keeps backups for 0d to 35d in whole days, not {}",
                database.backups
            );
            let place = context.at(&["databases", name.as_str(), "backups"]);
            found.push(Diagnostic::new(Code::Retention, message).at_option(place));
        }
    }
    for (name, bucket) in &document.buckets {
        let spans = [
            (
                "abort_incomplete_uploads",
                Some(bucket.abort_incomplete_uploads),
            ),
            ("expire", bucket.expire),
            ("expire_old_versions", bucket.expire_old_versions),
            ("to_infrequent_access", bucket.to_infrequent_access),
        ];
        for (key, span) in spans {
            days(context, &["buckets", name.as_str(), key], span, found);
        }
    }
    days(
        context,
        &["state", "expire_old_versions"],
        Some(document.state.expire_old_versions),
        found,
    );
}

fn listed(
    context: &Context<'_>,
    path: &[&str],
    span: Duration,
    offered: &[u32],
    found: &mut Diagnostics,
) {
    if span
        .whole_days()
        .is_some_and(|days| offered.contains(&days))
    {
        return;
    }
    let all: Vec<_> = offered.iter().map(|days| format!("{days}d")).collect();
    let near = offered.iter().copied().min_by_key(|days| {
        Duration::from_days(*days)
            .seconds()
            .abs_diff(span.seconds())
    });
    let diagnostic = Diagnostic::new(
        Code::Retention,
        format!("AWS offers {}, not {span}", all.join(", ")),
    )
    .at_option(context.at(path));
    found.push(match near {
        Some(near) => diagnostic.help(format!("the nearest is `{near}d`")),
        None => diagnostic,
    });
}

fn days(context: &Context<'_>, path: &[&str], span: Option<Duration>, found: &mut Diagnostics) {
    let Some(span) = span else {
        return;
    };
    if span.whole_days().is_none_or(|days| days == 0) {
        let message = format!("S3 counts in whole days, at least one: not {span}");
        found.push(Diagnostic::new(Code::Retention, message).at_option(context.at(path)));
    }
}
