use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::Tier;
use crate::units::Cidr;

pub(super) const CHECK: Check = Check {
    topic: "network",
    codes: &[Code::CidrSize, Code::SubnetOutside, Code::SubnetsOverlap],
    run,
};

/// The prefix lengths of networks and subnets. Source: "Subnet CIDR blocks" of the VPC user guide.
const PREFIXES: std::ops::RangeInclusive<u8> = 16..=28;

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let Some(network) = &context.document.network else {
        return;
    };
    sized(context, &["network", "cidr"], network.cidr, found);
    let mut known: Vec<(Cidr, [String; 3])> = Vec::new();
    for tier in Tier::ALL {
        for (zone, cidr) in network.subnets(tier) {
            let path = [
                "network".to_owned(),
                tier.as_str().to_owned(),
                zone.to_string(),
            ];
            let keys = [path[0].as_str(), path[1].as_str(), path[2].as_str()];
            sized(context, &keys, *cidr, found);
            if !network.cidr.contains(cidr) {
                found.push(
                    Diagnostic::new(
                        Code::SubnetOutside,
                        format!("{cidr} does not lie in the network {}", network.cidr),
                    )
                    .at_option(context.at(&keys))
                    .also(context.at(&["network", "cidr"]), "the network"),
                );
            }
            if let Some((other, place)) = known.iter().find(|(other, _)| other.overlaps(cidr)) {
                let place = context.at(&[&place[0], &place[1], &place[2]]);
                let diagnostic =
                    Diagnostic::new(Code::SubnetsOverlap, format!("{cidr} overlaps {other}"))
                        .at_option(context.at(&keys))
                        .also(place, "the other subnet");
                let taken: Vec<_> = Tier::ALL
                    .iter()
                    .flat_map(|tier| network.subnets(*tier).values())
                    .copied()
                    .collect();
                found.push(match free(network.cidr, cidr.prefix(), &taken) {
                    Some(free) => diagnostic.help(format!("{free} is free")),
                    None => diagnostic,
                });
            }
            known.push((*cidr, path));
        }
    }
}

fn sized(context: &Context<'_>, path: &[&str], cidr: Cidr, found: &mut Diagnostics) {
    if !PREFIXES.contains(&cidr.prefix()) {
        found.push(
            Diagnostic::new(
                Code::CidrSize,
                format!("{cidr} is a /{}, and AWS takes /16 to /28", cidr.prefix()),
            )
            .at_option(context.at(path)),
        );
    }
}

/// The first range of that size in the network that is not taken.
fn free(network: Cidr, prefix: u8, taken: &[Cidr]) -> Option<Cidr> {
    if prefix < network.prefix() {
        return None;
    }
    let size = 1_u32.checked_shl(32 - u32::from(prefix))?;
    let first = u32::from(network.network());
    let blocks = 1_u32
        .checked_shl(u32::from(prefix - network.prefix()))
        .unwrap_or(0)
        .min(4_096);
    (0..blocks)
        .filter_map(|block| {
            Cidr::around(first.checked_add(block.checked_mul(size)?)?.into(), prefix)
        })
        .find(|cidr| !taken.iter().any(|other| other.overlaps(cidr)))
}
