use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::Throughput;

pub(super) const CHECK: Check = Check {
    topic: "files",
    codes: &[Code::BurstingFiles],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let watched = context
        .document
        .alarms
        .as_ref()
        .is_some_and(|alarms| alarms.burst_credits.is_some());
    for (name, files) in &context.document.files {
        if files.throughput == Throughput::Bursting && !watched {
            found.push(
                Diagnostic::new(
                    Code::BurstingFiles,
                    format!("`files.{name}` slows down to 1 MiB/s once its credits are spent"),
                )
                .at_option(context.at(&["files", name.as_str(), "throughput"]))
                .help("take `throughput: elastic`, or watch `burst_credits` under `alarms`"),
            );
        }
    }
}
