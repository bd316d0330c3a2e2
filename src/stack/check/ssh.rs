use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const CHECK: Check = Check {
    topic: "ssh",
    codes: &[Code::SshToWorld, Code::SshAcknowledged],
    run,
};

/// A range with a prefix shorter than this holds more than an organisation's addresses: cut in two halves, the world is still the
/// world.
const SHORTEST: u8 = 8;

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, workload) in &context.document.workloads {
        for (index, cidr) in workload
            .ssh_from
            .iter()
            .enumerate()
            .filter(|(_, cidr)| cidr.prefix() < SHORTEST)
        {
            let place = context.item(&["workloads", name.as_str(), "ssh_from"], index);
            let who = if cidr.is_world() {
                "the world".to_owned()
            } else {
                format!("{} addresses", cidr.addresses())
            };
            found.push(if workload.ssh_from_world_acknowledged {
                Diagnostic::new(Code::SshAcknowledged, format!("SSH is open to {who}, as acknowledged")).at_option(place)
            } else {
                Diagnostic::new(Code::SshToWorld, format!("SSH would be open to {who}"))
                    .at_option(place)
                    .help("name the range of your network, or leave `ssh_from` out and use Session Manager")
            });
        }
    }
}
