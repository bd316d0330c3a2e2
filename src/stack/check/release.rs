use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const CHECK: Check = Check {
    topic: "release",
    codes: &[
        Code::ReleaseForm,
        Code::MinAboveMax,
        Code::TwoWorkloads,
        Code::MovingTag,
    ],
    run,
};

/// Tags that are known to be moved to each new build.
const MOVING: &[&str] = &[
    "dev", "develop", "edge", "latest", "main", "master", "nightly", "stable",
];

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    // The document has them by name; the one that the file has first is the one that stays.
    let first = context
        .tree
        .entry("workloads")
        .and_then(|workloads| workloads.value.entries()?.first())
        .map(|entry| entry.key.as_str());
    for (name, workload) in &context.document.workloads {
        let path = |key| ["workloads", name.as_str(), key];
        if first.is_some_and(|first| first != name.as_str()) {
            found.push(
                Diagnostic::new(
                    Code::TwoWorkloads,
                    format!("`{name}` is a second workload for the same load balancer"),
                )
                .at_option(context.key(&["workloads", name.as_str()]))
                .help("give it a stack of its own"),
            );
        }
        match workload.release() {
            Some(release) => {
                let (min, max) = release.bounds();
                let key = if workload.blue_green.is_some() {
                    "blue_green"
                } else {
                    "rolling"
                };
                if min > max {
                    found.push(
                        Diagnostic::new(
                            Code::MinAboveMax,
                            format!(
                                "the least number of instances, {min}, is above the largest, {max}"
                            ),
                        )
                        .at_option(context.at(&["workloads", name.as_str(), key, "min"]))
                        .also(
                            context.at(&["workloads", name.as_str(), key, "max"]),
                            "the largest",
                        ),
                    );
                }
            }
            None if workload.blue_green.is_some() => found.push(
                Diagnostic::new(
                    Code::ReleaseForm,
                    format!("`{name}` is released in two ways at once"),
                )
                .at_option(context.key(&path("rolling")))
                .also(context.key(&path("blue_green")), "the other way")
                .help("keep one of `blue_green` and `rolling`"),
            ),
            None => found.push(
                Diagnostic::new(
                    Code::ReleaseForm,
                    format!("`{name}` does not say how it is released"),
                )
                .at_option(context.key(&["workloads", name.as_str()]))
                .help(
                    "add `blue_green: { instance: t3.small }` or `rolling: { instance: t3.small }`",
                ),
            ),
        }
        if workload.image.digest().is_none()
            && let Some(tag) = workload.image.tag().filter(|tag| MOVING.contains(tag))
        {
            found.push(
                Diagnostic::new(
                    Code::MovingTag,
                    format!("the tag `{tag}` means another image tomorrow"),
                )
                .at_option(context.at(&path("image")))
                .help("name a version or a digest"),
            );
        }
    }
}
