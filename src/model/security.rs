//! Security groups: who may speak with whom.

use std::collections::BTreeSet;

use super::draft::{Draft, Place};
use super::names::{LONG, called};
use super::network::Made;
use crate::kinds::ec2::range::Range;
use crate::kinds::ec2::security_group::{self, SecurityGroup};
use crate::kinds::ec2::security_rules::{self, Peer, Rule, SecurityRules};
use crate::resource::Handle;
use crate::units::Port;
use crate::units::name::fingerprint;

/// The groups of a workload.
pub(crate) struct Groups {
    /// The load balancer's.
    pub(crate) balancer: Handle<SecurityGroup>,
    /// The instances'.
    pub(crate) instances: Handle<SecurityGroup>,
}

/// A group without rules: they come later, because they name other groups. The name ends in a hash of what cannot be changed, so that
/// a new group can stand beside the one that it replaces.
pub(crate) fn group(
    draft: &mut Draft<'_>,
    network: &Made,
    what: &str,
    description: &str,
    (address, origin): (&str, &str),
) -> Handle<SecurityGroup> {
    let hash = fingerprint(&[description, &network.cidr.to_string()]);
    let spec = security_group::Spec {
        name: called(draft.scope, &[what, &hash], LONG),
        description: description.to_owned(),
        vpc: network.vpc.link(),
    };
    let name = called(draft.scope, &[what], LONG);
    draft.add(Place::new(address, origin, name), &spec)
}

/// The rules of a group, at the group's address with `-rules`.
pub(crate) fn rules(
    draft: &mut Draft<'_>,
    group: &Handle<SecurityGroup>,
    origin: &str,
    ingress: impl IntoIterator<Item = Rule>,
    egress: impl IntoIterator<Item = Rule>,
) -> Handle<SecurityRules> {
    let spec = security_rules::Spec {
        group: group.link(),
        ingress: ingress.into_iter().collect(),
        egress: egress.into_iter().collect(),
    };
    let address = format!("{}-rules", group.address());
    draft.add(Place::new(address, origin, ""), &spec)
}

/// The groups of load balancer and instances.
pub(crate) fn of_workload(draft: &mut Draft<'_>, network: &Made, item: &str) -> Option<Groups> {
    let workload = draft.document.workloads.get(item)?;
    let origin = format!("workloads.{item}");
    let at = |part: &str| format!("{origin}.security-group.{part}");
    let balancer = group(
        draft,
        network,
        "alb",
        "HTTP and HTTPS from the world to the load balancer",
        (&at("alb"), &origin),
    );
    let instances = group(
        draft,
        network,
        "ec2",
        "HTTP from the load balancer to the instances",
        (&at("ec2"), &origin),
    );
    let mut ports = vec![Port::HTTP];
    if draft.document.domain.is_some() {
        ports.push(Port::HTTPS);
    }
    let world = || Peer::Cidr(Range::WORLD);
    let open = ports
        .into_iter()
        .map(|port| Rule::tcp(port.number(), world(), "from everywhere"));
    let onward = Rule::tcp(
        Port::HTTP.number(),
        Peer::Group(instances.link()),
        "to the instances",
    );
    rules(draft, &balancer, &origin, open, [onward]);
    let from_balancer = Rule::tcp(
        Port::HTTP.number(),
        Peer::Group(balancer.link()),
        "from the load balancer",
    );
    let ssh: BTreeSet<_> = workload.ssh_from.iter().copied().collect();
    let ssh = ssh.into_iter().map(|range| {
        let from = Peer::Cidr(Range::from(range));
        Rule::tcp(Port::SSH.number(), from, "SSH from a named range")
    });
    // Packages, the registry of images and AWS's interfaces have no addresses that could be named.
    let out = Rule::all(world(), "to packages, registry and AWS");
    let ingress: Vec<Rule> = std::iter::once(from_balancer).chain(ssh).collect();
    rules(draft, &instances, &origin, ingress, [out]);
    Some(Groups {
        balancer,
        instances,
    })
}

/// The rules of a group for data: one port, from the instances, and nothing out. Without instances nobody gets in.
pub(crate) fn data_rules(
    draft: &mut Draft<'_>,
    group: &Handle<SecurityGroup>,
    origin: &str,
    port: Port,
    from: Option<&Groups>,
) -> Handle<SecurityRules> {
    let ingress = from.map(|groups| {
        Rule::tcp(
            port.number(),
            Peer::Group(groups.instances.link()),
            "from the instances",
        )
    });
    rules(draft, group, origin, ingress, [])
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::tests::{built, example, spec_of};

    fn ports(rules: &Value, side: &str) -> Vec<(Value, Value)> {
        let rules = rules[side].as_array().unwrap().iter();
        rules
            .map(|rule| (rule["from"].clone(), rule["peer"].clone()))
            .collect()
    }

    #[test]
    fn each_group_lets_in_what_it_must_and_no_more() {
        let mut stack = example();
        stack["databases"]["main"]["enabled"] = json!(true);
        let resources = built(stack);
        let of = |group: &str| json!({ "group": { "$text": [[group, "id"]] } });
        let world = json!({ "cidr": "0.0.0.0/0" });
        let instances = of("workloads.analyzer.security-group.ec2");
        let rules = |address: &str| spec_of(&resources, &format!("{address}-rules"));
        let alb = rules("workloads.analyzer.security-group.alb");
        assert_eq!(
            ports(&alb, "ingress"),
            [(json!(80), world.clone()), (json!(443), world.clone())]
        );
        assert_eq!(ports(&alb, "egress"), [(json!(80), instances.clone())]);
        let ec2 = rules("workloads.analyzer.security-group.ec2");
        assert_eq!(
            ports(&ec2, "ingress"),
            [
                (json!(22), json!({ "cidr": "203.0.113.0/24" })),
                (json!(80), of("workloads.analyzer.security-group.alb")),
            ]
        );
        let efs = rules("files.shared.security-group");
        assert_eq!(ports(&efs, "ingress"), [(json!(2049), instances.clone())]);
        assert!(ports(&efs, "egress").is_empty());
        let rds = rules("databases.main.security-group");
        assert_eq!(ports(&rds, "ingress"), [(json!(5432), instances)]);
        assert!(ports(&rds, "egress").is_empty());
    }

    #[test]
    fn a_name_ends_in_a_hash_of_what_cannot_be_changed() {
        let name = |cidr: &str| {
            let mut stack = example();
            stack["network"]["cidr"] = json!(cidr);
            spec_of(&built(stack), "workloads.analyzer.security-group.alb")["name"].clone()
        };
        assert_eq!(name("10.0.0.0/16"), name("10.0.0.0/16"));
        assert_ne!(name("10.0.0.0/16"), name("10.0.0.0/17"));
    }
}
