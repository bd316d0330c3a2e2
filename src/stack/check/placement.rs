use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::{Network, Tier};

pub(super) const CHECK: Check = Check {
    topic: "placement",
    codes: &[Code::MissingSection, Code::TooFewZones, Code::NatNeedsZone],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let document = context.document;
    let databases = document
        .databases
        .iter()
        .find(|(_, database)| database.enabled)
        .map(|(name, _)| name);
    let Some(network) = &document.network else {
        if context.written.entry("network").is_some() {
            return;
        }
        let needing = [
            (
                document
                    .workloads
                    .keys()
                    .next()
                    .map(|name| vec!["workloads", name.as_str()]),
                "a workload",
            ),
            (
                document
                    .files
                    .keys()
                    .next()
                    .map(|name| vec!["files", name.as_str()]),
                "a file system",
            ),
            (
                databases.map(|name| vec!["databases", name.as_str()]),
                "a database",
            ),
            (
                document
                    .audit
                    .as_ref()
                    .filter(|audit| audit.flow_logs)
                    .map(|_| vec!["audit", "flow_logs"]),
                "a flow log",
            ),
        ];
        for (path, what) in needing {
            if let Some(path) = path {
                found.push(
                    Diagnostic::new(Code::MissingSection, format!("{what} needs a network"))
                        .at_option(context.key(&path))
                        .help("add `network:` with `cidr`, `public` and `private`"),
                );
            }
        }
        return;
    };
    let mut two_zones = |tier: Tier, what: &str| {
        if network.subnets(tier).len() < 2 {
            found.push(
                Diagnostic::new(
                    Code::TooFewZones,
                    format!("{what} needs {} subnets in two zones", tier.as_str()),
                )
                .at_option(context.key(&["network", tier.as_str()]))
                .help("add a subnet in a second zone"),
            );
        }
    };
    if !document.workloads.is_empty() {
        two_zones(Tier::Public, "a load balancer");
    }
    if databases.is_some() {
        two_zones(network.data_tier(), "a database");
    }
    way_out(context, network, found);
}

fn way_out(context: &Context<'_>, network: &Network, found: &mut Diagnostics) {
    if network.instances_in == Tier::Private && (!network.nat || network.private.is_empty()) {
        let help = if network.private.is_empty() {
            "add `private:` subnets and `nat: true`"
        } else {
            "add `nat: true`, or leave the instances in `public`"
        };
        found.push(
            Diagnostic::new(
                Code::NatNeedsZone,
                "instances in private subnets have no way out",
            )
            .at_option(context.at(&["network", "instances_in"]))
            .help(help),
        );
    }
    if network.nat {
        for zone in network
            .private
            .keys()
            .filter(|zone| !network.public.contains_key(zone))
        {
            let letter = zone.to_string();
            found.push(
                Diagnostic::new(
                    Code::NatNeedsZone,
                    format!(
                        "zone {letter} has no public subnet in which its NAT gateway could stand"
                    ),
                )
                .at_option(context.key(&["network", "private", &letter]))
                .help(format!("add `{letter}` under `public`")),
            );
        }
    }
}
