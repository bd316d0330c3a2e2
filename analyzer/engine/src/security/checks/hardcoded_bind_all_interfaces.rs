//! B104: a socket on all interfaces.

use super::super::issue::{Issue, Outcome};
use super::super::registry::{Check, Run};
use super::super::walk::Text;
use crate::report::Rank;

pub(super) static CHECK: Check = Check {
    id: "B104",
    name: "hardcoded_bind_all_interfaces",
    docs: "The string `0.0.0.0` is mostly an address to listen on: that of every network \
           interface. A service meant for one network is then reachable from all of them. Bind to \
           the one address that is meant, or to the loopback, and let a deployment choose another \
           by configuration.",
    severities: &[Rank::Medium],
    confidences: &[Rank::Medium],
    cwe: 605,
    fires: &["s.bind((\"0.0.0.0\", 80))\n"],
    silent: &["s.bind((\"127.0.0.1\", 80))\n", "\"0.0.0.0\"\n"],
    run: Run::Text(run),
};

fn run(text: &Text<'_, '_>) -> Outcome {
    Ok((text.value == "0.0.0.0").then(|| {
        Issue::new(
            Rank::Medium,
            Rank::Medium,
            "Possible binding to all interfaces.",
        )
    }))
}
