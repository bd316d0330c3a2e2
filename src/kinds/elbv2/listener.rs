//! A port on which a load balancer listens.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_elasticloadbalancingv2::types::{Certificate, Listener as Answer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::action::{self, Action, Forward, Weights};
use super::estate;
use super::load_balancer::LoadBalancer;
use super::tagging;
use super::target_group::{Protocol, TargetGroup};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::acm::issued::Issued;
use crate::kinds::{
    Beside, Changes, Field, Found, Kind, Making, Outputs, Owner, Progress, Samples, Survey,
    outputs, sample,
};
use crate::reference::Link;
use crate::scope::{Scope, Tags};

const CREATE: &str = "elasticloadbalancing:CreateListener";
const MODIFY: &str = "elasticloadbalancing:ModifyListener";
const DESCRIBE: &str = "elasticloadbalancing:DescribeListeners";
/// How long a certificate or target group just made may be invisible to the load balancer.
const LAG: Duration = Duration::from_secs(60);

/// A listener.
pub struct Listener;

/// What a listener is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The load balancer.
    pub load_balancer: Link<LoadBalancer>,
    /// The port.
    pub port: u16,
    /// The protocol that clients speak.
    pub protocol: Protocol,
    /// The TLS policy of an HTTPS listener, such as `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    pub ssl_policy: Option<String>,
    /// The certificate of an HTTPS listener.
    pub certificate: Option<Link<Issued>>,
    /// What is done with requests that no rule takes.
    pub default_action: Action,
    /// The weights that target groups start with. Afterwards they are `switch`'s.
    pub weights: Weights,
}

#[async_trait]
impl Kind for Listener {
    type Spec = Spec;

    const TYPE: &'static str = "elbv2:listener";
    const FIELDS: &'static [Field] = &[
        Field::replace(
            "/load_balancer",
            "a listener cannot move to another load balancer",
        ),
        Field::interrupts("/port", "clients of the old port are refused"),
        Field::interrupts("/protocol", "clients of the old protocol are refused"),
        Field::owned("/weights", Owner::Switch),
    ];

    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let estate = estate::of(cloud, survey).await?;
        Ok(estate
            .listeners
            .iter()
            .map(|standing| {
                let wanted = survey
                    .wanted
                    .iter()
                    .find(|wanted| wanted.address == standing.address)
                    .map(|wanted| &wanted.spec.default_action);
                let (default_action, weights) =
                    action::translate(standing.answer.default_actions(), wanted, &estate);
                Found {
                    address: Some(standing.address.clone()),
                    key: None,
                    spec: translate(&standing.answer, default_action, weights),
                    tags: standing.tags.clone(),
                    outputs: outputs_of(standing.answer.listener_arn().unwrap_or_default()),
                    progress: Progress::Ready(Outputs::new()),
                }
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let unknown = || AwsError::unexpected(CREATE, "the load balancer is unknown");
        let balancer = spec.load_balancer.known().ok_or_else(unknown)?;
        let default = action::sdk(CREATE, &spec.default_action, &spec.weights)?;
        let certificates = certificates(CREATE, spec)?;
        let made = making
            .patience
            .settle(LAGGING, LAG, AwsError::not_found, || async {
                making
                    .cloud
                    .elb()
                    .create_listener()
                    .load_balancer_arn(&balancer)
                    .port(i32::from(spec.port))
                    .protocol(spec.protocol.sdk())
                    .set_ssl_policy(spec.ssl_policy.clone())
                    .set_certificates(certificates.clone())
                    .default_actions(default.clone())
                    .set_tags(Some(tagging::sdk(making.tags)))
                    .send()
                    .await
                    .during(CREATE)
            })
            .await;
        let arn = match made {
            Ok(made) => made
                .listeners()
                .first()
                .and_then(|listener| listener.listener_arn().map(str::to_owned))
                .ok_or_else(|| AwsError::unexpected(CREATE, "the answer has no listener"))?,
            Err(error) if error.already_exists() => {
                our_own(making, &balancer, spec.port, error).await?
            }
            Err(error) => return Err(error),
        };
        Ok(outputs_of(&arn))
    }

    /// Sends only what differs: a default action that is not sent is not changed, and neither
    /// are its weights.
    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        let action = if changes.touch("/default_action") {
            let live = describe(making.cloud, found.id()).await?;
            let live = live.as_ref().map(Answer::default_actions);
            let weights = action::keep_live(
                &spec.default_action,
                &spec.weights,
                live.unwrap_or_default(),
            );
            let action = action::sdk(MODIFY, &spec.default_action, &weights)?;
            Some(vec![action])
        } else {
            None
        };
        let port = changes.touch("/port").then(|| i32::from(spec.port));
        let protocol = changes.touch("/protocol").then(|| spec.protocol.sdk());
        // A policy is not valid without its protocol, nor a certificate without both.
        let tls = ["/protocol", "/ssl_policy", "/certificate"]
            .iter()
            .any(|field| changes.touch(field));
        let policy = spec.ssl_policy.clone().filter(|_| tls);
        let certificates = if tls {
            certificates(MODIFY, spec)?
        } else {
            None
        };
        making
            .patience
            .settle(LAGGING, LAG, AwsError::not_found, || async {
                making
                    .cloud
                    .elb()
                    .modify_listener()
                    .listener_arn(found.id())
                    .set_port(port)
                    .set_protocol(protocol.clone())
                    .set_ssl_policy(policy.clone())
                    .set_certificates(certificates.clone())
                    .set_default_actions(action.clone())
                    .send()
                    .await
                    .during(MODIFY)
            })
            .await
            .map(drop)
    }

    async fn retag(
        making: &Making<'_>,
        found: &Found<Spec>,
        set: &Tags,
        remove: &[String],
    ) -> Result<(), AwsError> {
        tagging::retag(making.cloud, found.id(), set, remove).await
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        let gone = making
            .cloud
            .elb()
            .delete_listener()
            .listener_arn(found.id())
            .send()
            .await
            .during("elasticloadbalancing:DeleteListener");
        match gone {
            Err(error) if error.not_found() => Ok(()),
            other => other.map(drop),
        }
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let mut green = TargetGroup::samples(scope).sample;
        green.name = crate::units::name::fit(&[&scope.prefix(), "green"], 32);
        let green = Beside::new::<TargetGroup>("green", &green);
        let blue = ("blue".to_owned(), sample::<TargetGroup>());
        let sample = Spec {
            load_balancer: sample::<LoadBalancer>(),
            port: 8443,
            protocol: Protocol::Https,
            ssl_policy: Some("ELBSecurityPolicy-TLS13-1-2-2021-06".to_owned()),
            certificate: Some(sample::<Issued>()),
            default_action: Action::Forward(Forward {
                groups: BTreeMap::from([blue.clone()]),
                stickiness: None,
            }),
            weights: Weights::from([("blue".to_owned(), 100)]),
        };
        let changed = Spec {
            port: 9443,
            ssl_policy: Some("ELBSecurityPolicy-TLS13-1-2-Res-2021-06".to_owned()),
            default_action: Action::Forward(Forward {
                groups: BTreeMap::from([blue, ("green".to_owned(), green.link())]),
                stickiness: Some(600),
            }),
            weights: Weights::from([("blue".to_owned(), 100), ("green".to_owned(), 0)]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: vec![green],
        }
    }
}

const LAGGING: &str = "the load balancer to see the certificate and the target groups";

fn outputs_of(arn: &str) -> Outputs {
    outputs([("id", arn), ("arn", arn)])
}

fn certificates(operation: &str, spec: &Spec) -> Result<Option<Vec<Certificate>>, AwsError> {
    let Some(link) = &spec.certificate else {
        return Ok(None);
    };
    let arn = link
        .known()
        .ok_or_else(|| AwsError::unexpected(operation, "the certificate is unknown"))?;
    let certificate = Certificate::builder().certificate_arn(arn).build();
    Ok(Some(vec![certificate]))
}

fn translate(answer: &Answer, default_action: Action, weights: Weights) -> Spec {
    let protocol = Protocol::from_sdk(answer.protocol());
    let tls = protocol == Protocol::Https;
    Spec {
        load_balancer: Link::existing(answer.load_balancer_arn().unwrap_or_default()),
        port: answer
            .port()
            .and_then(|port| u16::try_from(port).ok())
            .unwrap_or_default(),
        protocol,
        // Some endpoints answer with a policy where no TLS is spoken.
        ssl_policy: answer.ssl_policy().filter(|_| tls).map(str::to_owned),
        certificate: answer
            .certificates()
            .first()
            .and_then(|certificate| certificate.certificate_arn())
            .filter(|_| tls)
            .map(Link::existing),
        default_action,
        weights,
    }
}

async fn describe(cloud: &Cloud, arn: &str) -> Result<Option<Answer>, AwsError> {
    let answer = cloud
        .elb()
        .describe_listeners()
        .listener_arns(arn)
        .send()
        .await
        .during(DESCRIBE)?;
    Ok(answer.listeners.unwrap_or_default().into_iter().next())
}

/// The listener on that port, if an earlier try of ours made it.
async fn our_own(
    making: &Making<'_>,
    balancer: &str,
    port: u16,
    error: AwsError,
) -> Result<String, AwsError> {
    let all: Vec<Answer> = making
        .cloud
        .elb()
        .describe_listeners()
        .load_balancer_arn(balancer)
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during(DESCRIBE)?;
    let standing = all
        .into_iter()
        .filter(|listener| listener.port() == Some(i32::from(port)))
        .find_map(|listener| listener.listener_arn);
    let Some(arn) = standing else {
        return Err(error);
    };
    if tagging::is_our_own(making, &arn).await? {
        return Ok(arn);
    }
    Err(error.hint(format!(
        "{arn} listens on port {port} and is not of this stack; remove it or take another port"
    )))
}

#[cfg(test)]
mod tests {
    use aws_sdk_elasticloadbalancingv2::types::ProtocolEnum;

    use super::super::action::FixedResponse;
    use super::*;

    fn not_here() -> Action {
        Action::FixedResponse(FixedResponse {
            status: 404,
            content_type: "text/plain".to_owned(),
            body: String::new(),
        })
    }

    fn answer(protocol: ProtocolEnum) -> Answer {
        Answer::builder()
            .load_balancer_arn("lb")
            .port(443)
            .protocol(protocol)
            .ssl_policy("ELBSecurityPolicy-2016-08")
            .certificates(Certificate::builder().certificate_arn("cert").build())
            .build()
    }

    #[test]
    fn tls_settings_belong_to_https_only() {
        let plain = translate(&answer(ProtocolEnum::Http), not_here(), Weights::new());
        assert_eq!((plain.ssl_policy, plain.certificate), (None, None));
        let tls = translate(&answer(ProtocolEnum::Https), not_here(), Weights::new());
        assert_eq!(tls.ssl_policy.as_deref(), Some("ELBSecurityPolicy-2016-08"));
        assert_eq!(tls.certificate, Some(Link::existing("cert")));
    }

    #[test]
    fn weights_are_switchs_and_nothing_else_is() {
        let (_, owner) = crate::plan::rule(Listener::FIELDS, "/weights/green");
        assert_eq!(owner, Owner::Switch);
        let (_, owner) =
            crate::plan::rule(Listener::FIELDS, "/default_action/forward/groups/green");
        assert_eq!(owner, Owner::File);
    }
}
