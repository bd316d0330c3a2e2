//! The network: VPC, subnets, the ways in and out, and the ACLs before them.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, Place};
use super::names::{LONG, called};
use crate::diag::Code;
use crate::kinds::ec2::elastic_ip::{self, ElasticIp};
use crate::kinds::ec2::internet_gateway::{self, InternetGateway};
use crate::kinds::ec2::nat_gateway::{self, NatGateway};
use crate::kinds::ec2::network_acl::{self, Entry, NetworkAcl, Verdict};
use crate::kinds::ec2::protocol::Protocol;
use crate::kinds::ec2::range::Range;
use crate::kinds::ec2::route_table::{self, RouteTable, Target};
use crate::kinds::ec2::subnet::{self, Subnet};
use crate::kinds::ec2::vpc::{self, Vpc};
use crate::kinds::ec2::vpc_endpoint::{self, VpcEndpoint};
use crate::reference::{Address, Link};
use crate::resource::Handle;
use crate::stack::document::{Acls, Network, Tier};
use crate::units::{Cidr, Port, ZoneLetter};

/// The ports from which clients ask and to which answers come. Linux takes 32768 and up, load balancers and NAT gateways 1024 and
/// up ("Ephemeral ports", VPC user guide).
const EPHEMERAL: (u16, u16) = (1024, 65535);
/// "Fragmentation needed", without which large packets are lost on their way and nobody is told (RFC 1191).
const FRAGMENTATION_NEEDED: (i32, i32) = (3, 4);

/// The address of the VPC.
pub(crate) const VPC: &str = "network.vpc";

/// What other sections need of the network.
pub(crate) struct Made {
    /// The VPC.
    pub(crate) vpc: Handle<Vpc>,
    /// Its range, which is part of what a name must tell apart.
    pub(crate) cidr: Cidr,
    subnets: BTreeMap<(Tier, ZoneLetter), Handle<Subnet>>,
    /// The tier of the data.
    pub(crate) data_tier: Tier,
    /// The tier of the instances.
    pub(crate) instances_in: Tier,
    /// What must stand before anything in the network reaches the internet, and AWS with it.
    pub(crate) ways_out: Vec<Address>,
}

impl Made {
    /// The subnets of a tier, by zone.
    pub(crate) fn of(&self, tier: Tier) -> impl Iterator<Item = (ZoneLetter, &Handle<Subnet>)> {
        self.subnets
            .iter()
            .filter(move |((of, _), _)| *of == tier)
            .map(|((_, zone), subnet)| (*zone, subnet))
    }

    /// The ids of the subnets of a tier.
    pub(crate) fn ids(&self, tier: Tier) -> BTreeSet<Link<Subnet>> {
        self.of(tier).map(|(_, subnet)| subnet.link()).collect()
    }
}

/// Everything of the network but its flow log.
pub(crate) fn build(draft: &mut Draft<'_>) -> Option<Made> {
    let network = draft.document.network.as_ref()?;
    let name = draft.scope.prefix();
    let spec = vpc::Spec {
        cidr: network.cidr,
        dns_support: true,
        dns_hostnames: true,
    };
    let vpc = draft.add::<Vpc>(Place::new(VPC, "network", &name), &spec);
    let spec = internet_gateway::Spec { vpc: vpc.link() };
    let place = Place::new("network.internet-gateway", "network", name);
    let gateway = draft.add::<InternetGateway>(place, &spec);
    let mut made = Made {
        subnets: subnets(draft, network, &vpc),
        vpc,
        cidr: network.cidr,
        data_tier: network.data_tier(),
        instances_in: network.instances_in,
        ways_out: Vec::new(),
    };
    let tables = routes(draft, network, &mut made, &gateway);
    acls(draft, network, &made);
    if network.s3_endpoint {
        endpoint(draft, &made, &tables);
    }
    Some(made)
}

fn subnets(
    draft: &mut Draft<'_>,
    network: &Network,
    vpc: &Handle<Vpc>,
) -> BTreeMap<(Tier, ZoneLetter), Handle<Subnet>> {
    let mut made = BTreeMap::new();
    for tier in Tier::ALL {
        for (letter, cidr) in network.subnets(tier) {
            let origin = format!("network.{}.{letter}", tier.as_str());
            let zone = draft.document.region.zone(*letter);
            check_zone(draft, &origin, &zone);
            let spec = subnet::Spec {
                vpc: vpc.link(),
                cidr: *cidr,
                zone,
                map_public_ip: tier == Tier::Public,
            };
            let which = format!("{}-{letter}", tier.as_str());
            let name = called(draft.scope, &[&which], LONG);
            let place = Place::new(format!("network.subnet.{which}"), origin, name)
                .tagged(network.tier_tags(tier));
            made.insert((tier, *letter), draft.add(place, &spec));
        }
    }
    made
}

fn check_zone(draft: &mut Draft<'_>, origin: &str, zone: &str) {
    let zones = &draft.pinned.zones;
    if zones.iter().any(|known| known == zone) {
        return;
    }
    let help = format!("the account has {}", zones.join(", "));
    draft.refuse(
        Code::UnknownZone,
        origin,
        format!("the account has no availability zone `{zone}`"),
        help,
    );
}

/// One table for all public subnets. One for all private ones, or one a zone where each zone has its own NAT gateway, so that the
/// loss of a zone takes no other with it.
fn routes(
    draft: &mut Draft<'_>,
    network: &Network,
    made: &mut Made,
    gateway: &Handle<InternetGateway>,
) -> Vec<Handle<RouteTable>> {
    let out = |target| BTreeMap::from([(Range::WORLD, target)]);
    let public = table(
        draft,
        made,
        "public",
        made.ids(Tier::Public),
        out(Target::InternetGateway(gateway.link())),
    );
    made.ways_out.push(public.address().clone());
    let mut tables = vec![public];
    if network.private.is_empty() {
        return tables;
    }
    if !network.nat {
        let private = made.ids(Tier::Private);
        tables.push(table(draft, made, "private", private, BTreeMap::new()));
        return tables;
    }
    let zones: Vec<ZoneLetter> = made.of(Tier::Private).map(|(zone, _)| zone).collect();
    for zone in zones {
        let Some(nat) = nat(draft, made, zone, gateway) else {
            continue;
        };
        let subnet = made
            .of(Tier::Private)
            .filter(|(letter, _)| *letter == zone)
            .map(|(_, subnet)| subnet.link())
            .collect();
        let private = table(
            draft,
            made,
            &format!("private-{zone}"),
            subnet,
            out(Target::NatGateway(nat.link())),
        );
        if made.instances_in == Tier::Private {
            made.ways_out.push(private.address().clone());
        }
        tables.push(private);
    }
    tables
}

fn table(
    draft: &mut Draft<'_>,
    made: &Made,
    which: &str,
    subnets: BTreeSet<Link<Subnet>>,
    routes: BTreeMap<Range, Target>,
) -> Handle<RouteTable> {
    let spec = route_table::Spec {
        vpc: made.vpc.link(),
        routes,
        subnets,
    };
    let name = called(draft.scope, &[which], LONG);
    let place = Place::new(format!("network.route-table.{which}"), "network", name);
    draft.add(place, &spec)
}

/// A NAT gateway in the public subnet of the zone. It is of use only once the internet gateway is attached.
fn nat(
    draft: &mut Draft<'_>,
    made: &Made,
    zone: ZoneLetter,
    gateway: &Handle<InternetGateway>,
) -> Option<Handle<NatGateway>> {
    let subnet = made
        .of(Tier::Public)
        .find(|(letter, _)| *letter == zone)
        .map(|(_, subnet)| subnet.link());
    let Some(subnet) = subnet else {
        draft.refuse(
            Code::NatNeedsZone,
            "network.nat",
            format!("there is no public subnet in zone {zone} for the NAT gateway to stand in"),
            format!("add a public subnet `{zone}`"),
        );
        return None;
    };
    let name = called(draft.scope, &["nat", &zone.to_string()], LONG);
    let place = Place::new(format!("network.nat-address.{zone}"), "network.nat", &name);
    let address = draft.add::<ElasticIp>(place, &elastic_ip::Spec {});
    let spec = nat_gateway::Spec {
        subnet,
        address: address.link(),
    };
    let place = Place::new(format!("network.nat.{zone}"), "network.nat", name);
    let nat = draft.add::<NatGateway>(place, &spec);
    draft.after(nat.address(), [gateway.address()]);
    Some(nat)
}

fn endpoint(draft: &mut Draft<'_>, made: &Made, tables: &[Handle<RouteTable>]) {
    let spec = vpc_endpoint::Spec {
        vpc: made.vpc.link(),
        service: vpc_endpoint::s3(&draft.scope.region),
        route_tables: tables.iter().map(Handle::link).collect(),
        // Packages of Amazon Linux and layers of images come out of AWS's own buckets: who may read what is said by roles and by
        // the policies of buckets.
        policy: vpc_endpoint::open_policy(),
    };
    let name = called(draft.scope, &["s3"], LONG);
    let place = Place::new("network.s3-endpoint", "network.s3_endpoint", name);
    draft.add::<VpcEndpoint>(place, &spec);
}

/// One ACL a tier.
fn acls(draft: &mut Draft<'_>, network: &Network, made: &Made) {
    for tier in Tier::ALL {
        let subnets = made.ids(tier);
        if subnets.is_empty() {
            continue;
        }
        let (ingress, egress) = match (network.acls, tier) {
            (Acls::Open, _) => {
                let open = vec![Entry::allow_all(Range::WORLD)];
                (open.clone(), open)
            }
            (Acls::Standard, Tier::Public) => public_entries(network, &ssh_from(draft)),
            (Acls::Standard, Tier::Private) => private_entries(network),
        };
        let spec = network_acl::Spec {
            vpc: made.vpc.link(),
            subnets,
            ingress: numbered(ingress),
            egress: numbered(egress),
        };
        let name = called(draft.scope, &[tier.as_str()], LONG);
        let place = Place::new(
            format!("network.acl.{}", tier.as_str()),
            "network.acls",
            name,
        );
        draft.add::<NetworkAcl>(place, &spec);
    }
}

/// Who may come by SSH. An ACL must let in whom a security group lets in.
fn ssh_from(draft: &Draft<'_>) -> BTreeSet<Cidr> {
    let workloads = draft.document.workloads.values();
    workloads
        .flat_map(|workload| workload.ssh_from.iter().copied())
        .collect()
}

/// The public tier: HTTP and HTTPS from everywhere, SSH from named ranges, all of the network itself, and the answers to what its
/// instances asked. Out: HTTP and HTTPS, the network, and answers.
fn public_entries(network: &Network, ssh_from: &BTreeSet<Cidr>) -> (Vec<Entry>, Vec<Entry>) {
    let world = Range::WORLD;
    let ports = |port: Port, cidr: Range| Entry::allow_tcp(port.number(), port.number(), cidr);
    let both = [
        Entry::allow_all(Range::from(network.cidr)),
        ports(Port::HTTP, world),
        ports(Port::HTTPS, world),
        Entry::allow_tcp(EPHEMERAL.0, EPHEMERAL.1, world),
        fragmentation_needed(),
    ];
    let ssh = ssh_from
        .iter()
        .map(|cidr| ports(Port::SSH, Range::from(*cidr)));
    (both.iter().cloned().chain(ssh).collect(), both.to_vec())
}

/// The private tier: the network itself, and, where there is a NAT gateway, what is asked of the internet through it.
fn private_entries(network: &Network) -> (Vec<Entry>, Vec<Entry>) {
    let world = Range::WORLD;
    let mut ingress = vec![Entry::allow_all(Range::from(network.cidr))];
    let mut egress = ingress.clone();
    if network.nat {
        ingress.push(Entry::allow_tcp(EPHEMERAL.0, EPHEMERAL.1, world));
        for port in [Port::HTTP, Port::HTTPS] {
            egress.push(Entry::allow_tcp(port.number(), port.number(), world));
        }
        ingress.push(fragmentation_needed());
        egress.push(fragmentation_needed());
    }
    (ingress, egress)
}

fn fragmentation_needed() -> Entry {
    Entry {
        action: Verdict::Allow,
        protocol: Protocol::Icmp,
        from: Some(FRAGMENTATION_NEEDED.0),
        to: Some(FRAGMENTATION_NEEDED.1),
        cidr: Range::WORLD,
    }
}

/// Numbers in steps of ten, as AWS advises, so that one may be put between by hand in an emergency.
fn numbered(entries: Vec<Entry>) -> BTreeMap<u16, Entry> {
    (100u16..).step_by(10).zip(entries).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::tests::{built, example, spec_of};

    fn network(more: Value) -> Value {
        let mut stack = json!({ "network": example()["network"].clone() });
        for (key, value) in more.as_object().unwrap() {
            stack["network"][key] = value.clone();
        }
        stack
    }

    #[test]
    fn each_tier_has_its_subnets_table_and_acl() {
        let resources = built(network(
            json!({ "tags": { "private": { "Tier": "data" } } }),
        ));
        let subnet = spec_of(&resources, "network.subnet.private-b");
        assert_eq!(subnet["cidr"], "10.0.12.0/24");
        assert_eq!(subnet["zone"], "eu-west-1b");
        assert_eq!(subnet["map_public_ip"], false);
        assert_eq!(
            spec_of(&resources, "network.subnet.public-a")["map_public_ip"],
            true
        );
        let private = resources.get(&"network.subnet.private-a".into()).unwrap();
        assert_eq!(private.tags["Tier"], "data");
        assert_eq!(private.tags["Name"], "codedetect-prod-private-a");
        assert_eq!(private.origin, "network.private.a");
        let public = spec_of(&resources, "network.route-table.public");
        assert_eq!(
            public["routes"]["0.0.0.0/0"]["internet_gateway"],
            json!({ "$text": [["network.internet-gateway", "id"]] })
        );
        assert_eq!(public["subnets"].as_array().unwrap().len(), 2);
        assert_eq!(
            spec_of(&resources, "network.route-table.private")["routes"],
            json!({})
        );
    }

    #[test]
    fn acls_let_answers_pass_and_not_everything() {
        let resources = built(example());
        let public = spec_of(&resources, "network.acl.public");
        let ports = |side: &str| -> Vec<(Value, Value, Value)> {
            let entries = public[side].as_object().unwrap().values();
            entries
                .map(|one| (one["from"].clone(), one["to"].clone(), one["cidr"].clone()))
                .collect()
        };
        assert!(ports("ingress").contains(&(json!(22), json!(22), json!("203.0.113.0/24"))));
        for side in ["ingress", "egress"] {
            assert!(ports(side).contains(&(json!(443), json!(443), json!("0.0.0.0/0"))));
            assert!(ports(side).contains(&(json!(1024), json!(65535), json!("0.0.0.0/0"))));
            let all = (Value::Null, Value::Null, json!("0.0.0.0/0"));
            assert!(!ports(side).contains(&all), "everything passes {side}");
        }
        let private = spec_of(&resources, "network.acl.private");
        assert_eq!(private["ingress"].as_object().unwrap().len(), 1);
        assert_eq!(private["ingress"]["100"]["cidr"], "10.0.0.0/16");
        let open = built(network(json!({ "acls": "open" })));
        assert_eq!(
            spec_of(&open, "network.acl.public")["ingress"]["100"]["protocol"],
            "all"
        );
    }

    #[test]
    fn each_zone_has_its_own_nat_gateway() {
        let resources = built(network(json!({ "nat": true })));
        for zone in ["a", "b"] {
            let table = spec_of(&resources, &format!("network.route-table.private-{zone}"));
            assert_eq!(
                table["routes"]["0.0.0.0/0"]["nat_gateway"],
                json!({ "$text": [[format!("network.nat.{zone}"), "id"]] })
            );
            let nat = resources
                .get(&format!("network.nat.{zone}").as_str().into())
                .unwrap();
            assert!(nat.needs().contains(&"network.internet-gateway".into()));
        }
        assert!(
            resources
                .get(&"network.route-table.private".into())
                .is_none()
        );
    }

    #[test]
    fn a_zone_that_the_account_does_not_have_is_refused() {
        let public = json!({ "a": "10.0.1.0/24", "c": "10.0.2.0/24" });
        let mut pinned = crate::model::tests::pinned();
        pinned.zones.retain(|zone| zone != "eu-west-1c");
        let stack = crate::model::tests::stack(network(json!({ "public": public })));
        let problems =
            crate::model::build(&stack, &crate::model::tests::scope(), &pinned).unwrap_err();
        assert!(problems.iter().any(|one| one.code.id() == "E0404"));
    }
}
