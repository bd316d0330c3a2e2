//! The load balancer in front of a workload: its target groups, and the listeners that lead to them.

use std::collections::BTreeMap;

use super::colours::Colour;
use crate::kinds::elbv2::action::{Action, Forward, Redirect, Weights};
use crate::kinds::elbv2::listener::{self, Listener};
use crate::kinds::elbv2::load_balancer::{self, LoadBalancer, Scheme};
use crate::kinds::elbv2::target_group::{
    self, Algorithm, HealthCheck, Protocol, Stickiness, TargetGroup, TargetType,
};
use crate::model::domain::Named;
use crate::model::draft::{Draft, Place};
use crate::model::names::{ELB, called};
use crate::model::network::Made;
use crate::model::security::Groups;
use crate::reference::Address;
use crate::resource::Handle;
use crate::stack::document::{Tier, Workload};
use crate::units::Port;
use crate::units::name::fingerprint;

/// TLS 1.3, and 1.2 with forward secrecy only ("Security policies for your Application Load Balancer").
const TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";
/// The answer of a healthy instance.
const HEALTHY: &str = "200";
/// AWS's own lifetime of a cookie where none is asked for; it stands in the answer also while there is no stickiness ("Target group
/// attributes").
const COOKIE_SECONDS: u32 = 86_400;
/// Weights of the colours at first; `switch` moves them.
const SERVING: u32 = 100;

/// What stands in front of the instances.
pub(crate) struct Front {
    pub(crate) balancer: Handle<LoadBalancer>,
    pub(crate) targets: BTreeMap<Colour, Handle<TargetGroup>>,
    /// Listeners: until a target group is behind one it is not health-checked.
    pub(crate) listeners: Vec<Address>,
}

/// Load balancer, target groups and listeners.
pub(crate) fn build(
    draft: &mut Draft<'_>,
    item: &str,
    workload: &Workload,
    network: &Made,
    groups: &Groups,
    named: Option<&Named>,
) -> Front {
    let origin = format!("workloads.{item}");
    let name = called(draft.scope, &["alb"], ELB);
    let spec = load_balancer::Spec {
        name: name.clone(),
        scheme: Scheme::InternetFacing,
        subnets: network.ids(Tier::Public),
        security_groups: [groups.balancer.link()].into(),
        idle_timeout: workload.load_balancer.idle_timeout.seconds(),
        deletion_protection: workload.load_balancer.deletion_protection,
        drop_invalid_headers: true,
        http2: true,
        access_logs: None,
    };
    let place = Place::new(
        format!("{origin}.load-balancer"),
        format!("{origin}.load_balancer"),
        name,
    );
    let balancer = draft.add::<LoadBalancer>(place, &spec);
    // AWS refuses a load balancer with public addresses in a network without a way to the internet.
    draft.after(balancer.address(), &network.ways_out);
    let mut targets = BTreeMap::new();
    for colour in Colour::of(workload) {
        let target = target_group(draft, item, workload, network, *colour);
        targets.insert(*colour, target);
    }
    let listeners = listeners(draft, &origin, workload, &balancer, &targets, named);
    Front {
        balancer,
        targets,
        listeners,
    }
}

fn target_group(
    draft: &mut Draft<'_>,
    item: &str,
    workload: &Workload,
    network: &Made,
    colour: Colour,
) -> Handle<TargetGroup> {
    let health = &workload.health;
    let sticky = workload.load_balancer.stickiness;
    let port = Port::HTTP.number();
    let hash = fingerprint(&[
        &network.cidr.to_string(),
        "instance",
        &port.to_string(),
        "HTTP",
    ]);
    let spec = target_group::Spec {
        name: called(draft.scope, &[colour.key(), &hash], ELB),
        vpc: network.vpc.link(),
        target_type: TargetType::Instance,
        port,
        protocol: Protocol::Http,
        health_check: HealthCheck {
            path: health.path.as_str().to_owned(),
            interval: health.every.seconds(),
            timeout: health.timeout.seconds(),
            healthy: health.healthy.into(),
            unhealthy: health.unhealthy.into(),
            matcher: HEALTHY.to_owned(),
        },
        deregistration_delay: workload.load_balancer.drain.seconds(),
        // Does nothing for a group without a healthy target; releases ramp up by weights.
        slow_start: 0,
        stickiness: Stickiness {
            enabled: sticky.is_some(),
            seconds: sticky.map_or(COOKIE_SECONDS, |span| span.seconds()),
        },
        algorithm: Algorithm::RoundRobin,
    };
    let origin = format!("workloads.{item}");
    let name = called(draft.scope, &[item, colour.key()], ELB);
    let address = format!("{origin}.target-group.{}", colour.key());
    draft.add(Place::new(address, origin, name), &spec)
}

/// With a domain HTTPS forwards and HTTP redirects to it; without one HTTP forwards. Both colours are behind the forwarding listener
/// from the start: a target group that no listener leads to is not health-checked.
fn listeners(
    draft: &mut Draft<'_>,
    origin: &str,
    workload: &Workload,
    balancer: &Handle<LoadBalancer>,
    targets: &BTreeMap<Colour, Handle<TargetGroup>>,
    named: Option<&Named>,
) -> Vec<Address> {
    let forward = Action::Forward(Forward {
        groups: targets
            .iter()
            .map(|(colour, target)| (colour.key().to_owned(), target.link()))
            .collect(),
        // AWS demands it of a listener with sticky targets behind it.
        stickiness: workload.load_balancer.stickiness.map(|span| span.seconds()),
    });
    let weights: Weights = targets
        .keys()
        .map(|colour| {
            (
                colour.key().to_owned(),
                if colour.starts_active() { SERVING } else { 0 },
            )
        })
        .collect();
    let plain = |action, weights| listener::Spec {
        load_balancer: balancer.link(),
        port: Port::HTTP.number(),
        protocol: Protocol::Http,
        ssl_policy: None,
        certificate: None,
        default_action: action,
        weights,
    };
    let specs = match named {
        None => vec![("http", plain(forward, weights))],
        Some(named) => {
            let secure = listener::Spec {
                load_balancer: balancer.link(),
                port: Port::HTTPS.number(),
                protocol: Protocol::Https,
                ssl_policy: Some(TLS_POLICY.to_owned()),
                certificate: Some(named.issued.link()),
                default_action: forward,
                weights,
            };
            let redirect = Action::Redirect(Redirect::to_https());
            vec![("https", secure), ("http", plain(redirect, Weights::new()))]
        }
    };
    specs
        .into_iter()
        .map(|(which, spec)| {
            let name = called(draft.scope, &[which], ELB);
            let place = Place::new(format!("{origin}.listener.{which}"), origin, name);
            draft.add::<Listener>(place, &spec).address().clone()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::model::tests::{built, example, spec_of};

    #[test]
    fn https_forwards_to_both_colours_and_http_redirects() {
        let resources = built(example());
        let https = spec_of(&resources, "workloads.analyzer.listener.https");
        assert_eq!(https["weights"], json!({ "blue": 100, "green": 0 }));
        assert_eq!(https["ssl_policy"], "ELBSecurityPolicy-TLS13-1-2-2021-06");
        assert_eq!(
            https["certificate"],
            json!({ "$text": [["domain.certificate-issued", "id"]] })
        );
        let groups = &https["default_action"]["forward"]["groups"];
        assert_eq!(groups.as_object().unwrap().len(), 2);
        assert_eq!(
            https["default_action"]["forward"]["stickiness"],
            json!(null)
        );
        let http = spec_of(&resources, "workloads.analyzer.listener.http");
        assert_eq!(http["default_action"]["redirect"]["protocol"], "HTTPS");
    }

    #[test]
    fn without_a_domain_http_forwards() {
        let mut stack = example();
        stack.as_object_mut().unwrap().remove("domain");
        let resources = built(stack);
        let http = spec_of(&resources, "workloads.analyzer.listener.http");
        assert_eq!(http["weights"], json!({ "blue": 100, "green": 0 }));
        assert!(
            resources
                .get(&"workloads.analyzer.listener.https".into())
                .is_none()
        );
    }

    #[test]
    fn stickiness_holds_a_client_to_instance_and_colour() {
        let mut stack = example();
        stack["workloads"]["analyzer"]["load_balancer"] =
            json!({ "stickiness": "20s", "drain": "30s", "idle_timeout": "120s" });
        let resources = built(stack);
        let target = spec_of(&resources, "workloads.analyzer.target-group.blue");
        assert_eq!(
            target["stickiness"],
            json!({ "enabled": true, "seconds": 20 })
        );
        assert_eq!(target["deregistration_delay"], 30);
        assert_eq!(target["health_check"]["path"], "/api/health");
        let https = spec_of(&resources, "workloads.analyzer.listener.https");
        assert_eq!(https["default_action"]["forward"]["stickiness"], 20);
        let balancer = spec_of(&resources, "workloads.analyzer.load-balancer");
        assert_eq!(balancer["idle_timeout"], 120);
    }
}
