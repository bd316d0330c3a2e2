//! What a listener or a rule does with a request, and by which weights it forwards.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_elasticloadbalancingv2::types::{
    Action as SdkAction, ActionTypeEnum, FixedResponseActionConfig, ForwardActionConfig,
    RedirectActionConfig, RedirectActionStatusCodeEnum, TargetGroupStickinessConfig,
    TargetGroupTuple,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::estate::Estate;
use super::target_group::TargetGroup;
use crate::aws::AwsError;
use crate::reference::{Link, Piece};

/// What is done with a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// The client is sent elsewhere.
    Redirect(Redirect),
    /// The load balancer answers by itself.
    FixedResponse(FixedResponse),
    /// A target answers.
    Forward(Forward),
    /// An action that was made by hand and has no form here; its name. It can be found, never
    /// wanted.
    Other(String),
}

/// Where a client is sent. `#{host}`, `#{path}`, `#{query}` stand for what the request had.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// `HTTP`, `HTTPS` or `#{protocol}`.
    pub protocol: String,
    /// The port as text, or `#{port}`.
    pub port: String,
    /// The host, usually `#{host}`.
    pub host: String,
    /// The path with its slash, usually `/#{path}`.
    pub path: String,
    /// The query without its question mark, usually `#{query}`.
    pub query: String,
    /// Whether clients may remember it (301 rather than 302).
    pub permanent: bool,
}

impl Redirect {
    /// The same address by HTTPS, for good.
    pub fn to_https() -> Self {
        Self {
            protocol: "HTTPS".to_owned(),
            port: "443".to_owned(),
            host: SAME_HOST.to_owned(),
            path: SAME_PATH.to_owned(),
            query: SAME_QUERY.to_owned(),
            permanent: true,
        }
    }
}

const SAME_PROTOCOL: &str = "#{protocol}";
const SAME_PORT: &str = "#{port}";
const SAME_HOST: &str = "#{host}";
const SAME_PATH: &str = "/#{path}";
const SAME_QUERY: &str = "#{query}";

/// An answer of the load balancer's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FixedResponse {
    /// The status, 200 to 599.
    pub status: u16,
    /// The media type, such as `text/plain`.
    pub content_type: String,
    /// The body, up to 1,024 characters.
    pub body: String,
}

/// Which target groups answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Forward {
    /// The target groups, each by a short name (`blue`, `green`) under which it has its
    /// weight. A group keeps its weight when another one takes its place under that name.
    pub groups: BTreeMap<String, Link<TargetGroup>>,
    /// For how many seconds (1 to 604,800) a client stays with the group that answered it
    /// first. Such clients are not moved by weights.
    pub stickiness: Option<u32>,
}

/// The weight, 0 to 999, of each target group that an action forwards to, by its short name.
pub type Weights = BTreeMap<String, u32>;

/// The action of an answer in the terms of the specification, and its weights. `wanted` is
/// what the stack wants at that place, from which the short names come.
pub(super) fn translate(
    actions: &[SdkAction],
    wanted: Option<&Action>,
    estate: &Estate,
) -> (Action, Weights) {
    let [action] = actions else {
        let kinds = actions.iter().filter_map(|one| one.r#type());
        let names: Vec<&str> = kinds.map(ActionTypeEnum::as_str).collect();
        return (Action::Other(names.join(", ")), Weights::new());
    };
    let or = |given: Option<&str>, default: &str| given.unwrap_or(default).to_owned();
    if let Some(redirect) = action.redirect_config() {
        let redirect = Redirect {
            protocol: or(redirect.protocol(), SAME_PROTOCOL),
            port: or(redirect.port(), SAME_PORT),
            host: or(redirect.host(), SAME_HOST),
            path: or(redirect.path(), SAME_PATH),
            query: or(redirect.query(), SAME_QUERY),
            permanent: redirect.status_code() == Some(&RedirectActionStatusCodeEnum::Http301),
        };
        return (Action::Redirect(redirect), Weights::new());
    }
    if let Some(response) = action.fixed_response_config() {
        let response = FixedResponse {
            status: response
                .status_code()
                .and_then(|status| status.parse().ok())
                .unwrap_or_default(),
            content_type: or(response.content_type(), ""),
            body: or(response.message_body(), ""),
        };
        return (Action::FixedResponse(response), Weights::new());
    }
    let live = live_weights(action);
    if action.r#type() != Some(&ActionTypeEnum::Forward) || live.is_empty() {
        let name = action.r#type().map_or("", ActionTypeEnum::as_str);
        return (Action::Other(name.to_owned()), Weights::new());
    }
    let mut groups = BTreeMap::new();
    let mut weights = Weights::new();
    for (arn, weight) in live {
        let mut name = short_name(wanted, estate, &arn);
        if groups.contains_key(&name) {
            name.clone_from(&arn);
        }
        weights.insert(name.clone(), weight);
        groups.insert(name, Link::existing(arn));
    }
    let stickiness = action
        .forward_config()
        .and_then(|forward| forward.target_group_stickiness_config())
        .filter(|sticky| sticky.enabled() == Some(true))
        .and_then(|sticky| u32::try_from(sticky.duration_seconds()?).ok());
    (Action::Forward(Forward { groups, stickiness }), weights)
}

/// The target groups of an answer with their weights; empty for an action of another type.
pub(super) fn live_weights(action: &SdkAction) -> Vec<(String, u32)> {
    let tuples = action
        .forward_config()
        .map(|forward| forward.target_groups())
        .unwrap_or_default();
    if tuples.is_empty() {
        // The short form for a single group, as other tools write it.
        let only = action.target_group_arn().map(|arn| (arn.to_owned(), 1));
        return only.into_iter().collect();
    }
    tuples
        .iter()
        .filter_map(|tuple| {
            let weight = tuple.weight().map_or(Some(1), |w| u32::try_from(w).ok())?;
            Some((tuple.target_group_arn()?.to_owned(), weight))
        })
        .collect()
}

/// The short name of a target group: the one under which the stack wants it, else the last
/// part of its address, else its own name.
fn short_name(wanted: Option<&Action>, estate: &Estate, arn: &str) -> String {
    let address = estate.address_of_target_group(arn);
    if let Some(Action::Forward(forward)) = wanted {
        let named = forward
            .groups
            .iter()
            .find(|(_, link)| match link.text().pieces() {
                [Piece::Output(output)] => Some(&output.address) == address,
                _ => link.known().as_deref() == Some(arn),
            });
        if let Some((name, _)) = named {
            return name.clone();
        }
    }
    let from = match address {
        Some(address) => address.as_str().rsplit('.').next(),
        None => arn.split('/').nth(1),
    };
    from.unwrap_or(arn).to_owned()
}

/// The weights to send: of a group that the action forwards to already its live one, so that
/// nothing which was switched meanwhile is switched back; of a new one that of the
/// specification.
pub(super) fn keep_live(action: &Action, weights: &Weights, live: &[SdkAction]) -> Weights {
    let live: HashMap<String, u32> = live.iter().flat_map(live_weights).collect();
    let Action::Forward(forward) = action else {
        return weights.clone();
    };
    forward
        .groups
        .iter()
        .map(|(name, link)| {
            let now = link.known().and_then(|arn| live.get(&arn)).copied();
            let weight = now.or_else(|| weights.get(name).copied());
            (name.clone(), weight.unwrap_or_default())
        })
        .collect()
}

/// The action as the API takes it.
pub(super) fn sdk(
    operation: &str,
    action: &Action,
    weights: &Weights,
) -> Result<SdkAction, AwsError> {
    let made = SdkAction::builder();
    Ok(match action {
        Action::Redirect(to) => made
            .r#type(ActionTypeEnum::Redirect)
            .redirect_config(
                RedirectActionConfig::builder()
                    .protocol(&to.protocol)
                    .port(&to.port)
                    .host(&to.host)
                    .path(&to.path)
                    .query(&to.query)
                    .status_code(if to.permanent {
                        RedirectActionStatusCodeEnum::Http301
                    } else {
                        RedirectActionStatusCodeEnum::Http302
                    })
                    .build(),
            )
            .build(),
        Action::FixedResponse(response) => made
            .r#type(ActionTypeEnum::FixedResponse)
            .fixed_response_config(
                FixedResponseActionConfig::builder()
                    .status_code(response.status.to_string())
                    .content_type(&response.content_type)
                    .message_body(&response.body)
                    .build(),
            )
            .build(),
        Action::Forward(forward) => made
            .r#type(ActionTypeEnum::Forward)
            .forward_config(forward_config(operation, forward, weights)?)
            .build(),
        Action::Other(name) => {
            return Err(AwsError::unexpected(
                operation,
                format!("an action of the type {name} can be found but not made"),
            ));
        }
    })
}

fn forward_config(
    operation: &str,
    forward: &Forward,
    weights: &Weights,
) -> Result<ForwardActionConfig, AwsError> {
    let weight = |name: &String| weights.get(name).copied().unwrap_or_default();
    if forward.groups.keys().map(weight).sum::<u32>() == 0 {
        let names: Vec<&str> = forward.groups.keys().map(String::as_str).collect();
        return Err(AwsError::unexpected(
            operation,
            format!(
                "none of the target groups ({}) would get any traffic",
                names.join(", ")
            ),
        )
        .hint("the group that has the traffic is being taken out: switch to another one first"));
    }
    let groups = forward
        .groups
        .iter()
        .map(|(name, link)| {
            let arn = link.known().ok_or_else(|| {
                AwsError::unexpected(operation, format!("the target group {name} is unknown"))
            })?;
            Ok(TargetGroupTuple::builder()
                .target_group_arn(arn)
                .set_weight(i32::try_from(weight(name)).ok())
                .build())
        })
        .collect::<Result<Vec<_>, AwsError>>()?;
    let sticky = TargetGroupStickinessConfig::builder()
        .enabled(forward.stickiness.is_some())
        .set_duration_seconds(forward.stickiness.and_then(|s| i32::try_from(s).ok()))
        .build();
    Ok(ForwardActionConfig::builder()
        .set_target_groups(Some(groups))
        .target_group_stickiness_config(sticky)
        .build())
}

#[cfg(test)]
mod tests;
