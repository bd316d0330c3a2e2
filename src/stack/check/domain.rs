use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};

pub(super) const CHECK: Check = Check {
    topic: "domain",
    codes: &[Code::OutsideZone, Code::DomainTooLong],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    let Some(domain) = &context.document.domain else {
        return;
    };
    let zone = domain.zone.name();
    let zone_place = if domain.zone.is_own() {
        context.at(&["domain", "zone", "create"])
    } else {
        context.at(&["domain", "zone"])
    };
    for (index, name) in domain.names().enumerate() {
        if !name.is_within(zone) {
            let place = match index.checked_sub(1) {
                None => context.at(&["domain", "name"]),
                Some(index) => context.item(&["domain", "aliases"], index),
            };
            found.push(
                Diagnostic::new(
                    Code::OutsideZone,
                    format!("`{name}` is not a name in the zone `{zone}`"),
                )
                .at_option(place)
                .also(zone_place, "the zone")
                .help(format!(
                    "write a name that ends in `.{zone}`, or name its zone"
                )),
            );
        }
    }
    if domain.name.as_str().len() > 64 {
        found.push(
            Diagnostic::new(
                Code::DomainTooLong,
                format!(
                    "the name has {} characters, and a certificate takes 64",
                    domain.name.as_str().len()
                ),
            )
            .at_option(context.at(&["domain", "name"]))
            .help("make a shorter name the main one; `aliases` may be longer"),
        );
    }
}
