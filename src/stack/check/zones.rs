use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::Tier;
use crate::stack::reference::nearest;

pub(super) const CHECK: Check = Check {
    topic: "zones",
    codes: &[Code::UnknownRegion, Code::UnknownZone, Code::UnusedOverlay],
    run,
};

/// The regions and the letters of their availability zones. Source: "AWS Regions" and "Availability Zones" of the AWS global
/// infrastructure guide, November 2025. Which of them an account has is AWS's to say: `plan` asks.
const REGIONS: &[(&str, &str)] = &[
    ("af-south-1", "abc"),
    ("ap-east-1", "abc"),
    ("ap-east-2", "abc"),
    ("ap-northeast-1", "abcd"),
    ("ap-northeast-2", "abcd"),
    ("ap-northeast-3", "abc"),
    ("ap-south-1", "abc"),
    ("ap-south-2", "abc"),
    ("ap-southeast-1", "abc"),
    ("ap-southeast-2", "abc"),
    ("ap-southeast-3", "abc"),
    ("ap-southeast-4", "abc"),
    ("ap-southeast-5", "abc"),
    ("ap-southeast-6", "abc"),
    ("ap-southeast-7", "abc"),
    ("ca-central-1", "abd"),
    ("ca-west-1", "abc"),
    ("cn-north-1", "abd"),
    ("cn-northwest-1", "abc"),
    ("eu-central-1", "abc"),
    ("eu-central-2", "abc"),
    ("eu-north-1", "abc"),
    ("eu-south-1", "abc"),
    ("eu-south-2", "abc"),
    ("eu-west-1", "abc"),
    ("eu-west-2", "abc"),
    ("eu-west-3", "abc"),
    ("il-central-1", "abc"),
    ("me-central-1", "abc"),
    ("me-south-1", "abc"),
    ("mx-central-1", "abc"),
    ("sa-east-1", "abc"),
    ("us-east-1", "abcdef"),
    ("us-east-2", "abc"),
    ("us-gov-east-1", "abc"),
    ("us-gov-west-1", "abc"),
    ("us-west-1", "abc"),
    ("us-west-2", "abcd"),
];

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let document = context.document;
    let region = document.region.as_str();
    match REGIONS.iter().find(|(name, _)| *name == region) {
        None => {
            let diagnostic =
                Diagnostic::new(Code::UnknownRegion, format!("AWS has no region `{region}`"))
                    .at_option(context.at(&["region"]));
            found.push(
                match nearest(region, REGIONS.iter().map(|(name, _)| *name)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                },
            );
        }
        Some((_, letters)) => {
            for tier in Tier::ALL {
                let zones = document
                    .network
                    .iter()
                    .flat_map(|network| network.subnets(tier).keys());
                for zone in zones.filter(|zone| !letters.contains(zone.letter())) {
                    let all: Vec<_> = letters.chars().map(String::from).collect();
                    let letter = zone.to_string();
                    found.push(
                        Diagnostic::new(
                            Code::UnknownZone,
                            format!("{region} has no zone {letter}"),
                        )
                        .at_option(context.key(&["network", tier.as_str(), &letter]))
                        .help(format!("it has {}", all.join(", "))),
                    );
                }
            }
        }
    }
    // With an overlay taken, the tree says the overlay's environment.
    if context.overlay.is_none()
        && document
            .environments
            .contains_key(document.environment.as_str())
    {
        let name = document.environment.as_str();
        found.push(
            Diagnostic::new(
                Code::UnusedOverlay,
                format!("the overlay `{name}` is not taken without `--env {name}`"),
            )
            .at_option(context.key(&["environments", name]))
            .help("move what it says into the file itself"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Region;

    #[test]
    fn the_table_is_sorted_and_well_formed() {
        assert!(REGIONS.is_sorted_by(|one, other| one.0 < other.0));
        for (region, letters) in REGIONS {
            assert!(
                region.parse::<Region>().is_ok() && letters.len() >= 2,
                "{region}"
            );
        }
    }
}
