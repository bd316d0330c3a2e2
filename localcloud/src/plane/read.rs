//! Reads the control plane, on behalf of whoever called last.

use std::collections::BTreeSet;
use std::time::Duration;

use super::board::Board;
use super::picture::{self, Balancer, InstanceId, Picture, TargetGroup};
use crate::call::Call;
use crate::gateway::Moto;
use crate::xml::{elements, members, text, unescape};

/// The versions of the services' APIs.
const ELB: &str = "2015-12-01";
const AUTOSCALING: &str = "2011-01-01";
const EC2: &str = "2016-11-15";
/// The states of an instance that has not ended ("Instance lifecycle").
const NOT_ENDED: [&str; 4] = ["pending", "running", "stopping", "stopped"];
/// Elastic Load Balancing's own default ("Application Load Balancers", idle timeout).
const IDLE: Duration = Duration::from_secs(60);

/// The eyes of the data plane: they see what a client in that region would.
pub(crate) struct Eyes<'a> {
    pub(crate) moto: &'a Moto,
    /// Any call of a client in the region: its credential scope is borrowed.
    pub(crate) seed: &'a Call,
}

impl Eyes<'_> {
    /// Everything that the region has; nothing where moto gives no whole answer.
    pub(crate) async fn look(&self, board: &Board) -> Option<Picture> {
        let groups = self.elb("DescribeTargetGroups", &[]).await?;
        let mut picture = Picture::default();
        for one in members(&groups, "TargetGroups") {
            let group = self.target_group(one).await?;
            picture.groups.insert(group.arn.clone(), group);
        }
        let balancers = self.elb("DescribeLoadBalancers", &[]).await?;
        for one in members(&balancers, "LoadBalancers") {
            picture.balancers.push(self.balancer(one).await?);
        }
        let fleets = self
            .ask("autoscaling", AUTOSCALING, "DescribeAutoScalingGroups", &[])
            .await?;
        picture.fleets = picture::fleets(&fleets);
        let strangers = picture.strangers();
        let unseen = strangers.into_iter().filter(|id| !board.is_of_a_fleet(id));
        let unseen: BTreeSet<InstanceId> = unseen.cloned().collect();
        if !unseen.is_empty() {
            let alive = self.alive(&unseen).await?;
            picture.gone = unseen.difference(&alive).cloned().collect();
        }
        Some(picture)
    }

    /// Those of the instances that have not ended. One that came and went between two looks was never seen in its group, and
    /// moto keeps it registered.
    async fn alive(&self, instances: &BTreeSet<InstanceId>) -> Option<BTreeSet<InstanceId>> {
        let mut parameters = vec![
            ("Filter.1.Name".to_owned(), "instance-id".to_owned()),
            ("Filter.2.Name".to_owned(), "instance-state-name".to_owned()),
        ];
        let values = |filter: u8, values: &mut dyn Iterator<Item = &str>| {
            let named = values.zip(1..).map(|(value, at)| {
                let name = format!("Filter.{filter}.Value.{at}");
                (name, value.to_owned())
            });
            named.collect::<Vec<_>>()
        };
        parameters.extend(values(1, &mut instances.iter().map(String::as_str)));
        parameters.extend(values(2, &mut NOT_ENDED.into_iter()));
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let told = self
            .ask("ec2", EC2, "DescribeInstances", &parameters)
            .await?;
        Some(elements(&told, "instanceId").map(unescape).collect())
    }

    async fn target_group(&self, xml: &str) -> Option<TargetGroup> {
        let arn = text(xml, "TargetGroupArn")?;
        let of = [("TargetGroupArn", arn.as_str())];
        let attributes = self.elb("DescribeTargetGroupAttributes", &of).await?;
        let health = self.elb("DescribeTargetHealth", &of).await?;
        let registered: BTreeSet<InstanceId> = members(&health, "TargetHealthDescriptions")
            .filter_map(|one| text(one, "Id"))
            .collect();
        picture::target_group(xml, &picture::attributes(&attributes), registered)
    }

    async fn balancer(&self, xml: &str) -> Option<Balancer> {
        let arn = text(xml, "LoadBalancerArn")?;
        let of = [("LoadBalancerArn", arn.as_str())];
        let attributes = self.elb("DescribeLoadBalancerAttributes", &of).await?;
        let mut listeners = picture::listeners(&self.elb("DescribeListeners", &of).await?);
        for listener in &mut listeners {
            let of = [("ListenerArn", listener.arn.as_str())];
            listener.rules = picture::rules(&self.elb("DescribeRules", &of).await?);
        }
        let attributes = picture::attributes(&attributes);
        let idle_timeout = attributes
            .get("idle_timeout.timeout_seconds")
            .and_then(|value| value.parse().ok())
            .map_or(IDLE, Duration::from_secs);
        Some(Balancer {
            dns_name: text(xml, "DNSName")?,
            arn,
            idle_timeout,
            drop_invalid_headers: attributes
                .get("routing.http.drop_invalid_header_fields.enabled")
                .is_some_and(|value| value == "true"),
            listeners,
        })
    }

    async fn elb(&self, action: &str, parameters: &[(&str, &str)]) -> Option<String> {
        self.ask("elasticloadbalancing", ELB, action, parameters)
            .await
    }

    /// Asks one thing; nothing where the answer is an error.
    pub(crate) async fn ask(
        &self,
        signed_as: &str,
        version: &str,
        action: &str,
        parameters: &[(&str, &str)],
    ) -> Option<String> {
        let call = self.seed.to_service(signed_as, version, action, parameters);
        let answer = self.moto.send(&call).await;
        answer.is_success().then(|| answer.text().into_owned())
    }
}
