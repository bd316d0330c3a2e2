//! Auto Scaling groups: a name in use is refused, a group with instances is not deleted unless forced, metrics can be
//! disabled, and the settings that moto takes and forgets are echoed: default warm-up, longest lifetime, maintenance policy,
//! and what it does not change in a group that stands: cooldown, termination policies, rebalancing. While an instance refresh
//! goes on, the desired capacity is the owner's.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;
use crate::plane::refreshes::Refreshes;
use crate::xml;

#[derive(Default)]
pub(super) struct AutoscalingGroups {
    /// By region and name.
    groups: Mutex<HashMap<(String, String), Remembered>>,
    refreshes: Arc<Refreshes>,
}

#[derive(Default, Clone)]
struct Remembered {
    warmup: Option<String>,
    lifetime: Option<String>,
    healthy: (Option<String>, Option<String>),
    cooldown: Option<String>,
    rebalance: Option<String>,
    /// Empty until they are set.
    termination: Vec<String>,
    /// Metrics disabled since they were last enabled; `*` for all.
    disabled: BTreeSet<String>,
}

impl Remembered {
    fn take(&mut self, call: &Call) {
        let take = |name: &str, field: &mut Option<String>| {
            if let Some(value) = call.parameter(name) {
                *field = (value != "-1").then_some(value);
            }
        };
        take("DefaultInstanceWarmup", &mut self.warmup);
        take("MaxInstanceLifetime", &mut self.lifetime);
        take("DefaultCooldown", &mut self.cooldown);
        take("CapacityRebalance", &mut self.rebalance);
        take(
            "InstanceMaintenancePolicy.MinHealthyPercentage",
            &mut self.healthy.0,
        );
        take(
            "InstanceMaintenancePolicy.MaxHealthyPercentage",
            &mut self.healthy.1,
        );
        if self.lifetime.as_deref() == Some("0") {
            self.lifetime = None;
        }
        let termination = call.list("TerminationPolicies.member");
        if !termination.is_empty() {
            self.termination = termination;
        }
    }

    /// The elements that moto answers with their first values, as they are now.
    fn changed(&self) -> Vec<(&'static str, String)> {
        let mut changed = Vec::new();
        let one = |value: &Option<String>| value.as_deref().map(xml::escape);
        changed.extend(one(&self.cooldown).map(|value| ("DefaultCooldown", value)));
        changed.extend(one(&self.rebalance).map(|value| ("CapacityRebalance", value)));
        if !self.termination.is_empty() {
            let members = self.termination.iter();
            let members = members.map(|name| format!("<member>{}</member>", xml::escape(name)));
            changed.push(("TerminationPolicies", members.collect()));
        }
        changed
    }

    fn xml(&self) -> String {
        let element = |name: &str, value: &Option<String>| {
            value.as_deref().map_or(String::new(), |value| {
                format!("<{name}>{}</{name}>", xml::escape(value))
            })
        };
        let mut text = element("DefaultInstanceWarmup", &self.warmup)
            + &element("MaxInstanceLifetime", &self.lifetime);
        if self.healthy.0.is_some() || self.healthy.1.is_some() {
            let (least, most) = (
                element("MinHealthyPercentage", &self.healthy.0),
                element("MaxHealthyPercentage", &self.healthy.1),
            );
            text +=
                &format!("<InstanceMaintenancePolicy>{least}{most}</InstanceMaintenancePolicy>");
        }
        text
    }
}

#[async_trait]
impl Addition for AutoscalingGroups {
    fn name(&self) -> &'static str {
        "autoscaling_groups"
    }

    fn operations(&self) -> &'static [&'static str] {
        &[
            "autoscaling:CreateAutoScalingGroup",
            "autoscaling:UpdateAutoScalingGroup",
            "autoscaling:DescribeAutoScalingGroups",
            "autoscaling:DeleteAutoScalingGroup",
            "autoscaling:EnableMetricsCollection",
            "autoscaling:DisableMetricsCollection",
        ]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let name = call.parameter("AutoScalingGroupName").unwrap_or_default();
        let key = (call.region.clone(), name.clone());
        match call.action.as_str() {
            "CreateAutoScalingGroup" => {
                let there = moto
                    .send(&call.with_form(
                        "DescribeAutoScalingGroups",
                        &[("AutoScalingGroupNames.member.1", &name)],
                    ))
                    .await;
                if there.text().contains("<AutoScalingGroupName>") {
                    let message = format!(
                        "AutoScalingGroup by this name already exists - A group with the name {name} already exists"
                    );
                    return moto.refuse(call, "AlreadyExists", &message);
                }
                let answer = moto.send(call).await;
                if answer.is_success() {
                    let mut remembered = Remembered::default();
                    remembered.take(call);
                    self.warms_up(&key, &remembered);
                    self.groups().insert(key, remembered);
                }
                answer
            }
            "UpdateAutoScalingGroup" => {
                let answer = moto.send(call).await;
                if answer.is_success() {
                    let mut groups = self.groups();
                    let remembered = groups.entry(key.clone()).or_default();
                    remembered.take(call);
                    self.warms_up(&key, remembered);
                }
                answer
            }
            "EnableMetricsCollection" => {
                let metrics = call.list("Metrics.member");
                let answer = moto.send(call).await;
                let mut groups = self.groups();
                let disabled = &mut groups.entry(key).or_default().disabled;
                if metrics.is_empty() {
                    disabled.clear();
                }
                disabled.retain(|metric| !metrics.contains(metric));
                answer
            }
            "DisableMetricsCollection" => {
                let there = moto
                    .send(&call.with_form(
                        "DescribeAutoScalingGroups",
                        &[("AutoScalingGroupNames.member.1", &name)],
                    ))
                    .await;
                if !there.text().contains("<AutoScalingGroupName>") {
                    return moto.refuse(
                        call,
                        "ValidationError",
                        &format!("AutoScalingGroup name not found - no such group: {name}"),
                    );
                }
                let metrics = call.list("Metrics.member");
                let everything = || {
                    xml::elements(&there.text(), "Metric")
                        .map(str::to_owned)
                        .collect()
                };
                let disabled: Vec<String> = if metrics.is_empty() {
                    everything()
                } else {
                    metrics
                };
                self.groups()
                    .entry(key)
                    .or_default()
                    .disabled
                    .extend(disabled);
                Answer::xml(
                    "<DisableMetricsCollectionResponse><ResponseMetadata/></DisableMetricsCollectionResponse>",
                )
            }
            "DeleteAutoScalingGroup" => {
                if call.parameter("ForceDelete").as_deref() != Some("true") {
                    let there = moto
                        .send(&call.with_form(
                            "DescribeAutoScalingGroups",
                            &[("AutoScalingGroupNames.member.1", &name)],
                        ))
                        .await;
                    if xml::inner(&there.text(), "Instances")
                        .is_some_and(|instances| instances.contains("<InstanceId>"))
                    {
                        let message = "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance \
                                       request(s) still in the group.";
                        return moto.refuse(call, "ResourceInUse", message);
                    }
                }
                let answer = moto.send(call).await;
                if answer.is_success() {
                    self.groups().remove(&key);
                }
                answer
            }
            _ => {
                let answer = moto.send(call).await;
                let text = self.mended(&call.region, &answer.text());
                answer.with_body(text)
            }
        }
    }
}

impl AutoscalingGroups {
    pub(super) fn new(refreshes: Arc<Refreshes>) -> AutoscalingGroups {
        AutoscalingGroups {
            groups: Mutex::default(),
            refreshes,
        }
    }

    fn warms_up(&self, key: &(String, String), remembered: &Remembered) {
        let seconds = remembered
            .warmup
            .as_ref()
            .and_then(|text| text.parse().ok());
        self.refreshes
            .warms_up(key.clone(), seconds.map(Duration::from_secs));
    }

    fn groups(&self) -> std::sync::MutexGuard<'_, HashMap<(String, String), Remembered>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mended(&self, region: &str, text: &str) -> String {
        let mut text = text.to_owned();
        for ((_, name), remembered) in self.groups().iter().filter(|((of, _), _)| of == region) {
            let mark = format!(
                "<AutoScalingGroupName>{}</AutoScalingGroupName>",
                xml::escape(name)
            );
            let Some(at) = text.find(&mark) else { continue };
            text.insert_str(at + mark.len(), &remembered.xml());
            for (element, inside) in remembered.changed() {
                text = with_element(&text, at, mark.len(), element, &inside);
            }
            for metric in &remembered.disabled {
                text = without_metric(&text, at, metric);
            }
        }
        // While instances are replaced there may be more of them than its owner wants.
        for (name, wanted) in self.refreshes.under_way(region) {
            let mark = format!(
                "<AutoScalingGroupName>{}</AutoScalingGroupName>",
                xml::escape(&name)
            );
            if let Some(at) = text.find(&mark) {
                text = with_element(
                    &text,
                    at,
                    mark.len(),
                    "DesiredCapacity",
                    &wanted.to_string(),
                );
            }
        }
        text
    }
}

/// Sets an element of the group whose name, `mark` characters long, stands at `from`.
fn with_element(text: &str, from: usize, mark: usize, element: &str, inside: &str) -> String {
    let (before, group) = text.split_at(from + mark);
    let end = group.find("<AutoScalingGroupName>").unwrap_or(group.len());
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let (group, rest) = group.split_at(end);
    let group = match (group.find(&open), group.find(&close)) {
        (Some(start), Some(stop)) => {
            format!("{}{open}{inside}{}", &group[..start], &group[stop..])
        }
        _ => format!("{open}{inside}{close}{group}"),
    };
    format!("{before}{group}{rest}")
}

/// Takes a metric out of the first group after `from`.
fn without_metric(text: &str, from: usize, metric: &str) -> String {
    let (before, group) = text.split_at(from);
    let (Some(start), Some(end)) = (
        group.find("<EnabledMetrics>"),
        group.find("</EnabledMetrics>"),
    ) else {
        return text.to_owned();
    };
    let kept: String = xml::elements(&group[start..end], "member")
        .filter(|member| xml::inner(member, "Metric") != Some(metric))
        .map(|member| format!("<member>{member}</member>"))
        .collect();
    format!(
        "{before}{}<EnabledMetrics>{kept}{}",
        &group[..start],
        &group[end..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moto_does_not_change_is_changed_in_the_right_group() {
        let additions = AutoscalingGroups::default();
        let remembered = Remembered {
            cooldown: Some("60".to_owned()),
            termination: vec!["Default".to_owned()],
            ..Remembered::default()
        };
        additions
            .groups()
            .insert(("eu-west-1".to_owned(), "a".to_owned()), remembered);
        let group = |name: &str| {
            format!(
                "<g><AutoScalingGroupName>{name}</AutoScalingGroupName>\
                 <DefaultCooldown>300</DefaultCooldown></g>"
            )
        };
        let mended = additions.mended("eu-west-1", &(group("a") + &group("b")));
        let groups: Vec<_> = xml::elements(&mended, "g").collect();
        assert!(groups[0].contains("<DefaultCooldown>60</DefaultCooldown>"));
        assert!(
            groups[0]
                .contains("<TerminationPolicies><member>Default</member></TerminationPolicies>")
        );
        assert_eq!(format!("<g>{}</g>", groups[1]), group("b"));
    }

    #[test]
    fn what_moto_forgets_is_put_back_into_the_right_group() {
        let additions = AutoscalingGroups::default();
        let remembered = Remembered {
            warmup: Some("60".to_owned()),
            healthy: (Some("90".to_owned()), None),
            ..Remembered::default()
        };
        additions
            .groups()
            .insert(("eu-west-1".to_owned(), "b".to_owned()), remembered);
        let group = |name: &str| {
            format!("<member><AutoScalingGroupName>{name}</AutoScalingGroupName></member>")
        };
        let mended = additions.mended("eu-west-1", &(group("a") + &group("b")));
        let groups: Vec<_> = xml::elements(&mended, "member").collect();
        assert_eq!(groups[0], "<AutoScalingGroupName>a</AutoScalingGroupName>");
        assert!(groups[1].contains("<DefaultInstanceWarmup>60</DefaultInstanceWarmup>"));
        assert!(groups[1].contains("<InstanceMaintenancePolicy><MinHealthyPercentage>90</MinHealthyPercentage></InstanceMaintenancePolicy>"));
        assert!(
            !additions
                .mended("us-east-1", &group("b"))
                .contains("Warmup")
        );
    }

    #[test]
    fn a_disabled_metric_is_taken_out() {
        let text = "<EnabledMetrics><member><Metric>A</Metric></member><member><Metric>B</Metric></member></EnabledMetrics>";
        assert_eq!(
            without_metric(text, 0, "A"),
            "<EnabledMetrics><member><Metric>B</Metric></member></EnabledMetrics>"
        );
    }
}
