//! What the control plane says should be there: load balancers with their listeners, target groups, Auto Scaling groups.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::condition::Condition;
use crate::xml::{self, members, text, value};

/// The ARN of a load balancer.
pub(crate) type BalancerArn = String;
/// The ARN of a target group.
pub(crate) type GroupArn = String;
/// The id of an instance.
pub(crate) type InstanceId = String;

/// Everything of one region.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Picture {
    pub(crate) balancers: Vec<Balancer>,
    pub(crate) groups: BTreeMap<GroupArn, TargetGroup>,
    pub(crate) fleets: Vec<Fleet>,
    /// Registered with a target group still, and gone without having been seen in an Auto Scaling group.
    pub(crate) gone: BTreeSet<InstanceId>,
}

/// A load balancer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Balancer {
    pub(crate) arn: BalancerArn,
    pub(crate) dns_name: String,
    pub(crate) idle_timeout: Duration,
    pub(crate) drop_invalid_headers: bool,
    pub(crate) listeners: Vec<Listener>,
}

/// A listener; the last of its rules is the default one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listener {
    pub(crate) arn: String,
    pub(crate) port: u16,
    pub(crate) secure: bool,
    pub(crate) rules: Vec<Rule>,
}

/// A rule: the first whose conditions all hold decides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) arn: String,
    /// None for the default rule.
    pub(crate) priority: Option<u32>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) action: Action,
}

/// What a rule does with a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Forward(Forward),
    Redirect(Redirect),
    Fixed(Fixed),
    /// A type that the local load balancer does not play, by AWS's name.
    Unknown(String),
}

/// To one of several target groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Forward {
    pub(crate) weights: Vec<(GroupArn, u32)>,
    /// How long a client stays with its group.
    pub(crate) stickiness: Option<Duration>,
}

/// To another address; `#{host}`, `#{path}`, `#{port}`, `#{protocol}` and `#{query}` stand for the request's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Redirect {
    pub(crate) protocol: String,
    pub(crate) host: String,
    pub(crate) port: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) permanent: bool,
}

/// An answer of the load balancer's own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fixed {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: String,
}

/// A target group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TargetGroup {
    pub(crate) arn: GroupArn,
    pub(crate) name: String,
    pub(crate) health: HealthCheck,
    /// How long a target that was taken out may finish what it is doing.
    pub(crate) drain: Duration,
    /// How long a new target's share grows.
    pub(crate) slow_start: Duration,
    /// How long a client stays with its target.
    pub(crate) stickiness: Option<Duration>,
    pub(crate) least_outstanding: bool,
    pub(crate) registered: BTreeSet<InstanceId>,
}

/// How targets are asked whether they are well.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HealthCheck {
    pub(crate) path: String,
    pub(crate) every: Duration,
    pub(crate) timeout: Duration,
    pub(crate) healthy: u32,
    pub(crate) unhealthy: u32,
    /// `200`, `200,302` or `200-299`.
    pub(crate) matcher: String,
}

/// An Auto Scaling group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fleet {
    pub(crate) name: String,
    pub(crate) instances: BTreeMap<InstanceId, Member>,
    pub(crate) groups: Vec<GroupArn>,
    /// Whether the load balancer's verdict ends an instance.
    pub(crate) judged_by_balancer: bool,
    pub(crate) grace: Duration,
    /// How many instances are wanted.
    pub(crate) desired: u32,
}

/// An instance of an Auto Scaling group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) zone: String,
    pub(crate) template: String,
    pub(crate) version: String,
}

impl Picture {
    /// The groups that a rule of the load balancer names, at whatever weight.
    pub(crate) fn groups_of(&self, balancer: &Balancer) -> BTreeSet<GroupArn> {
        balancer
            .listeners
            .iter()
            .flat_map(|listener| &listener.rules)
            .filter_map(|rule| match &rule.action {
                Action::Forward(forward) => Some(&forward.weights),
                _ => None,
            })
            .flatten()
            .map(|(arn, _)| arn.clone())
            .collect()
    }

    /// The groups that any rule names.
    pub(crate) fn groups_in_use(&self) -> BTreeSet<GroupArn> {
        self.balancers
            .iter()
            .flat_map(|balancer| self.groups_of(balancer))
            .collect()
    }

    /// What is registered in a group: by hand, and by the Auto Scaling groups attached to it.
    pub(crate) fn registered(&self, group: &TargetGroup) -> BTreeSet<InstanceId> {
        let fleets = self
            .fleets
            .iter()
            .filter(|fleet| fleet.groups.contains(&group.arn))
            .flat_map(|fleet| fleet.instances.keys().cloned());
        group.registered.iter().cloned().chain(fleets).collect()
    }

    /// What is registered with a target group and in no Auto Scaling group.
    pub(crate) fn strangers(&self) -> BTreeSet<&InstanceId> {
        let instances = self.instances();
        self.groups
            .values()
            .flat_map(|group| &group.registered)
            .filter(|id| !instances.contains(id))
            .collect()
    }

    /// Every instance that an Auto Scaling group has.
    pub(crate) fn instances(&self) -> BTreeSet<&InstanceId> {
        self.fleets
            .iter()
            .flat_map(|fleet| fleet.instances.keys())
            .collect()
    }
}

impl HealthCheck {
    /// Whether a status is the answer of a healthy target.
    pub(crate) fn accepts(&self, status: u16) -> bool {
        self.matcher
            .split(',')
            .any(|part| match part.split_once('-') {
                Some((from, to)) => match (from.trim().parse(), to.trim().parse()) {
                    (Ok(from), Ok(to)) => (from..=to).contains(&status),
                    _ => false,
                },
                None => part.trim().parse() == Ok(status),
            })
    }
}

fn seconds(xml: &str, name: &str) -> Option<Duration> {
    value(xml, name).map(Duration::from_secs)
}

/// The attributes of a load balancer or target group.
pub(crate) fn attributes(xml: &str) -> BTreeMap<String, String> {
    members(xml, "Attributes")
        .filter_map(|one| Some((text(one, "Key")?, text(one, "Value")?)))
        .collect()
}

/// The listeners of `DescribeListeners`, without their rules.
pub(crate) fn listeners(xml: &str) -> Vec<Listener> {
    members(xml, "Listeners")
        .filter_map(|one| {
            Some(Listener {
                arn: text(one, "ListenerArn")?,
                port: value(one, "Port")?,
                secure: text(one, "Protocol").as_deref() == Some("HTTPS"),
                rules: Vec::new(),
            })
        })
        .collect()
}

/// The rules of `DescribeRules`, in the order in which they are tried.
pub(crate) fn rules(xml: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = members(xml, "Rules")
        .filter_map(|one| {
            Some(Rule {
                arn: text(one, "RuleArn")?,
                priority: value(one, "Priority"),
                conditions: members(one, "Conditions").map(Condition::read).collect(),
                // Authentication may stand before it; the last one answers.
                action: action(members(one, "Actions").last()?),
            })
        })
        .collect();
    rules.sort_by_key(|rule| rule.priority.unwrap_or(u32::MAX));
    rules
}

fn action(xml: &str) -> Action {
    let or = |name: &str, default: &str| text(xml, name).unwrap_or_else(|| default.to_owned());
    match text(xml, "Type").as_deref() {
        Some("forward") => Action::Forward(forward(xml)),
        Some("redirect") => Action::Redirect(Redirect {
            protocol: or("Protocol", "#{protocol}"),
            host: or("Host", "#{host}"),
            port: or("Port", "#{port}"),
            path: or("Path", "/#{path}"),
            query: or("Query", "#{query}"),
            permanent: or("StatusCode", "HTTP_301") == "HTTP_301",
        }),
        Some("fixed-response") => Action::Fixed(Fixed {
            status: value(xml, "StatusCode").unwrap_or(200),
            content_type: or("ContentType", "text/plain"),
            body: or("MessageBody", ""),
        }),
        other => Action::Unknown(other.unwrap_or_default().to_owned()),
    }
}

fn forward(xml: &str) -> Forward {
    let Some(config) = xml::inner(xml, "ForwardConfig") else {
        let only = text(xml, "TargetGroupArn");
        return Forward {
            weights: only.into_iter().map(|arn| (arn, 1)).collect(),
            stickiness: None,
        };
    };
    let sticky = xml::inner(config, "TargetGroupStickinessConfig").unwrap_or_default();
    Forward {
        weights: members(config, "TargetGroups")
            .filter_map(|one| {
                Some((
                    text(one, "TargetGroupArn")?,
                    value(one, "Weight").unwrap_or(1),
                ))
            })
            .collect(),
        stickiness: (text(sticky, "Enabled").as_deref() == Some("true"))
            .then(|| seconds(sticky, "DurationSeconds"))
            .flatten(),
    }
}

/// A target group of `DescribeTargetGroups`, with its attributes and what is registered in it.
pub(crate) fn target_group(
    xml: &str,
    attributes: &BTreeMap<String, String>,
    registered: BTreeSet<InstanceId>,
) -> Option<TargetGroup> {
    let attribute = |name: &str| attributes.get(name).map(String::as_str);
    let period = |name: &str| {
        attribute(name)
            .and_then(|value| value.parse().ok())
            .map(Duration::from_secs)
    };
    Some(TargetGroup {
        arn: text(xml, "TargetGroupArn")?,
        name: text(xml, "TargetGroupName")?,
        health: HealthCheck {
            path: text(xml, "HealthCheckPath").unwrap_or_else(|| "/".to_owned()),
            every: seconds(xml, "HealthCheckIntervalSeconds").unwrap_or(Duration::from_secs(30)),
            timeout: seconds(xml, "HealthCheckTimeoutSeconds").unwrap_or(Duration::from_secs(5)),
            healthy: value(xml, "HealthyThresholdCount").unwrap_or(5),
            unhealthy: value(xml, "UnhealthyThresholdCount").unwrap_or(2),
            matcher: text(xml, "HttpCode").unwrap_or_else(|| "200".to_owned()),
        },
        drain: period("deregistration_delay.timeout_seconds").unwrap_or(Duration::from_secs(300)),
        slow_start: period("slow_start.duration_seconds").unwrap_or_default(),
        stickiness: (attribute("stickiness.enabled") == Some("true"))
            .then(|| period("stickiness.lb_cookie.duration_seconds"))
            .flatten(),
        least_outstanding: attribute("load_balancing.algorithm.type")
            == Some("least_outstanding_requests"),
        registered,
    })
}

/// The groups of `DescribeAutoScalingGroups`.
pub(crate) fn fleets(xml: &str) -> Vec<Fleet> {
    members(xml, "AutoScalingGroups")
        .filter_map(|one| {
            let instances = members(one, "Instances")
                .filter_map(|instance| {
                    let template = xml::inner(instance, "LaunchTemplate").unwrap_or_default();
                    let member = Member {
                        zone: text(instance, "AvailabilityZone").unwrap_or_default(),
                        template: text(template, "LaunchTemplateId").unwrap_or_default(),
                        version: text(template, "Version").unwrap_or_default(),
                    };
                    Some((text(instance, "InstanceId")?, member))
                })
                .collect();
            Some(Fleet {
                name: text(one, "AutoScalingGroupName")?,
                instances,
                groups: members(one, "TargetGroupARNs").map(xml::unescape).collect(),
                judged_by_balancer: text(one, "HealthCheckType").as_deref() == Some("ELB"),
                grace: seconds(one, "HealthCheckGracePeriod").unwrap_or_default(),
                desired: value(one, "DesiredCapacity").unwrap_or_default(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = "<R><Rules>\
        <member><RuleArn>d</RuleArn><Priority>default</Priority><Conditions/><Actions><member><Type>forward</Type>\
        <ForwardConfig><TargetGroups><member><TargetGroupArn>blue</TargetGroupArn><Weight>95</Weight></member>\
        <member><TargetGroupArn>green</TargetGroupArn><Weight>5</Weight></member></TargetGroups>\
        <TargetGroupStickinessConfig><Enabled>true</Enabled><DurationSeconds>20</DurationSeconds></TargetGroupStickinessConfig>\
        </ForwardConfig></member></Actions></member>\
        <member><RuleArn>r</RuleArn><Priority>10</Priority><Conditions><member><Field>path-pattern</Field><Values><member>/old/*</member></Values>\
        </member></Conditions><Actions><member><Type>redirect</Type><RedirectConfig><Protocol>HTTPS</Protocol><Port>443</Port>\
        <Host>#{host}</Host><Path>/#{path}</Path><Query>a=1&amp;#{query}</Query><StatusCode>HTTP_302</StatusCode></RedirectConfig></member></Actions></member>\
        </Rules></R>";

    #[test]
    fn the_default_rule_is_tried_last() {
        let rules = rules(RULES);
        let priorities: Vec<_> = rules.iter().map(|rule| rule.priority).collect();
        assert_eq!(priorities, [Some(10), None]);
        assert_eq!(rules[0].conditions.len(), 1);
        let Action::Redirect(redirect) = &rules[0].action else {
            panic!("{:?}", rules[0])
        };
        assert!(!redirect.permanent);
        assert_eq!(redirect.query, "a=1&#{query}");
        let Action::Forward(forward) = &rules[1].action else {
            panic!("{:?}", rules[1])
        };
        assert_eq!(
            forward.weights,
            [("blue".to_owned(), 95), ("green".to_owned(), 5)]
        );
        assert_eq!(forward.stickiness, Some(Duration::from_secs(20)));
    }

    #[test]
    fn a_matcher_takes_lists_and_ranges() {
        let with = |matcher: &str| HealthCheck {
            path: "/".to_owned(),
            every: Duration::from_secs(30),
            timeout: Duration::from_secs(5),
            healthy: 2,
            unhealthy: 2,
            matcher: matcher.to_owned(),
        };
        assert!(with("200").accepts(200));
        assert!(!with("200").accepts(204));
        assert!(with("200,302").accepts(302));
        assert!(with("200-299").accepts(204));
        assert!(!with("x").accepts(200));
    }
}
