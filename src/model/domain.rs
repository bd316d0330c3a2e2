//! The name of the workload: its zone, its certificate, and the records that lead to the load balancer.

use std::collections::BTreeSet;

use super::draft::{Draft, Place};
use crate::diag::Code;
use crate::kinds::acm::certificate::{self, Certificate};
use crate::kinds::acm::issued::{self, Issued};
use crate::kinds::elbv2::load_balancer::LoadBalancer;
use crate::kinds::route53::record::{self, Record, RecordType, Target};
use crate::kinds::route53::zone::{self, Zone};
use crate::kinds::route53::{DnsName, RecordValue};
use crate::reference::Link;
use crate::resource::Handle;

/// How long resolvers may keep a validation record, in seconds. ACM asks on its own schedule; a short time helps whoever mends a
/// wrong record.
const VALIDATION_TTL: u32 = 60;

/// What the listener and the aliases need.
pub(crate) struct Named {
    zone: Link<Zone>,
    /// The certificate, once it is issued.
    pub(crate) issued: Handle<Issued>,
}

/// Zone, certificate, validation.
pub(crate) fn build(draft: &mut Draft<'_>) -> Option<Named> {
    let domain = draft.document.domain.as_ref()?;
    let zone = zone_of(draft)?;
    let name_of = |name: &crate::units::DomainName| DnsName::new(name.as_str());
    let spec = certificate::Spec {
        domain: name_of(&domain.name),
        alternative_names: domain.aliases.iter().map(name_of).collect(),
    };
    let validated = spec.validated_names();
    let place = Place::new("domain.certificate", "domain", domain.name.as_str());
    let certificate = draft.add::<Certificate>(place, &spec);
    let mut records = Vec::new();
    for (index, name) in validated.iter().enumerate() {
        let spec = record::Spec {
            zone: zone.clone(),
            name: DnsName::new(certificate.output(&format!("validation_name_{index}"))),
            kind: RecordType::Cname,
            target: Target::Values {
                ttl: VALIDATION_TTL,
                values: BTreeSet::from([RecordValue::new(
                    certificate.output(&format!("validation_value_{index}")),
                )]),
            },
        };
        let place = Place::new(format!("domain.validation.{name}"), "domain", name);
        records.push(draft.add::<Record>(place, &spec));
    }
    let place = Place::new("domain.certificate-issued", "domain", domain.name.as_str());
    let spec = issued::Spec {
        certificate: certificate.link(),
    };
    let issued = draft.add::<Issued>(place, &spec);
    draft.after(issued.address(), records.iter().map(Handle::address));
    Some(Named { zone, issued })
}

/// The zone: one of the stack's own, or the one that `plan` found.
fn zone_of(draft: &mut Draft<'_>) -> Option<Link<Zone>> {
    let domain = draft.document.domain.as_ref()?;
    if domain.zone.is_own() {
        let name = domain.zone.name().as_str();
        let spec = zone::Spec {
            name: DnsName::new(name),
            comment: format!("Made by the stack {}", draft.scope.prefix()),
        };
        let place = Place::new("domain.zone", "domain.zone", name);
        return Some(draft.add::<Zone>(place, &spec).link());
    }
    if let Some(id) = &draft.pinned.hosted_zone {
        return Some(Link::existing(id));
    }
    draft.refuse(
        Code::UnknownHostedZone,
        "domain.zone",
        format!(
            "the account has no public hosted zone `{}`",
            domain.zone.name()
        ),
        "name a zone that exists, or let the stack make one: `zone: { create: NAME }`",
    );
    None
}

/// An alias for each name. The health of targets is not evaluated: Route 53 counts the empty group of the idle colour as unwell and
/// would stop answering.
pub(crate) fn aliases(draft: &mut Draft<'_>, named: &Named, balancer: &Handle<LoadBalancer>) {
    let Some(domain) = draft.document.domain.as_ref() else {
        return;
    };
    for (index, name) in domain.names().enumerate() {
        let spec = record::Spec {
            zone: named.zone.clone(),
            name: DnsName::new(name.as_str()),
            kind: RecordType::A,
            target: Target::Alias {
                dns_name: DnsName::new(balancer.output("dns_name")),
                zone_id: balancer.output("zone_id"),
                evaluate_target_health: false,
            },
        };
        let origin = match index.checked_sub(1) {
            None => "domain.name".to_owned(),
            Some(index) => format!("domain.aliases.{index}"),
        };
        let written = name.as_str().replace('*', "wildcard");
        let place = Place::new(format!("domain.alias.{written}"), origin, name.as_str());
        draft.add::<Record>(place, &spec);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, pinned, scope, spec_of, stack};

    #[test]
    fn each_name_is_proved_once_and_leads_to_the_load_balancer() {
        let mut stack = example();
        stack["domain"]["aliases"] = json!(["www.example.com"]);
        let resources = built(stack);
        let certificate = spec_of(&resources, "domain.certificate");
        assert_eq!(certificate["alternative_names"], json!(["www.example.com"]));
        let validation = spec_of(&resources, "domain.validation.codedetect.example.com");
        assert_eq!(
            validation["name"],
            json!({ "$text": [["domain.certificate", "validation_name_0"]] })
        );
        let issued = resources.get(&"domain.certificate-issued".into()).unwrap();
        for name in ["codedetect.example.com", "www.example.com"] {
            let record = format!("domain.validation.{name}");
            assert!(issued.needs().contains(&record.as_str().into()));
            let alias = spec_of(&resources, &format!("domain.alias.{name}"));
            assert_eq!(alias["target"]["alias"]["evaluate_target_health"], false);
            assert_eq!(
                alias["target"]["alias"]["dns_name"],
                json!({ "$text": [["workloads.analyzer.load-balancer", "dns_name"]] })
            );
            assert_eq!(alias["zone"], json!({ "$text": [["domain.zone", "id"]] }));
        }
    }

    #[test]
    fn records_go_into_the_zone_that_was_found() {
        let mut sections = example();
        sections["domain"]["zone"] = json!("example.com");
        let resources = built(sections.clone());
        assert!(resources.get(&"domain.zone".into()).is_none());
        assert_eq!(
            spec_of(&resources, "domain.alias.codedetect.example.com")["zone"],
            "Z0EXAMPLE"
        );
        let mut none = pinned();
        none.hosted_zone = None;
        let problems = crate::model::build(&stack(sections), &scope(), &none).unwrap_err();
        let ids: Vec<_> = problems.iter().map(|one| one.code.id()).collect();
        assert_eq!(ids, ["E1003"]);
    }
}
