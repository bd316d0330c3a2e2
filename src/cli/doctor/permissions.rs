//! Whether the credentials may do all that the stack needs, by IAM's own simulation.
//!
//! A policy may be limited to the stack's resources, so each action is tried on what it would be done to: the resources that
//! stand, those whose ARNs are known beforehand, and for the rest a pattern.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::{EvaluationResult, PolicyEvaluationDecisionType as Decision};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::found;
use super::subject::Subject;
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::actions::{self, Target};
use crate::view::doctor::{Check, Verdict};

const NAME: &str = "permissions";
/// Actions and resources that one simulation takes ("SimulatePrincipalPolicy", IAM API reference).
const ACTIONS_AT_ONCE: usize = 100;
const RESOURCES_AT_ONCE: usize = 25;
/// IAM is slow and strict with who asks much at once.
const CALLS_AT_ONCE: usize = 4;
const ANYTHING: &str = "*";

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let cloud = &subject.session.place.cloud;
    let identity = cloud
        .sts()
        .get_caller_identity()
        .send()
        .await
        .during("sts:GetCallerIdentity")?;
    let principal = principal(cloud, identity.arn().unwrap_or_default()).await;
    if principal.ends_with(":root") {
        let says = "these are the credentials of the root user, which may do anything";
        let remedy = Some("use a role made for this stack");
        return Ok(vec![found(NAME, Verdict::Warning, says, remedy)]);
    }
    let needed = needed(subject);
    let count = needed.values().flatten().collect::<BTreeSet<_>>().len();
    let questions = questions(&needed);
    let asked = questions
        .into_iter()
        .map(|question| simulate(cloud.clone(), principal.clone(), question));
    let refusals: Vec<Vec<Refusal>> = stream::iter(asked)
        .buffer_unordered(CALLS_AT_ONCE)
        .try_collect()
        .await?;
    let refusals = refusals.into_iter().flatten().collect();
    Ok(judge(&principal, count, refusals))
}

/// The actions, by what they are to be tried on.
fn needed(subject: &Subject<'_>) -> BTreeMap<Vec<String>, BTreeSet<&'static str>> {
    let mut needed: BTreeMap<Vec<String>, BTreeSet<&'static str>> = BTreeMap::new();
    let kinds: BTreeSet<_> = subject
        .session
        .resources
        .iter()
        .map(|resource| resource.kind.type_name())
        .collect();
    for kind in kinds.into_iter().filter_map(actions::of) {
        let own = own(subject, kind);
        for action in kind.actions {
            let on = match actions::target(action) {
                Target::Everything => vec![ANYTHING.to_owned()],
                Target::Itself => own.clone(),
                Target::Objects => own.iter().map(|arn| format!("{arn}/*")).collect(),
                Target::Other(on) => vec![actions::filled(on, subject.scope())],
            };
            needed.entry(on).or_default().insert(action);
        }
    }
    needed
}

/// The ARNs of what the stack has and wants of a kind.
fn own(subject: &Subject<'_>, kind: &actions::Needed) -> Vec<String> {
    let is_arn = |arn: &str| arn.starts_with("arn:");
    let standing = subject
        .found(kind.kind)
        .map(|found| found.output("arn").to_owned());
    let coming = subject.wanted(kind.kind).map(|resource| {
        let known = resource.kind.predict(subject.scope(), &resource.spec);
        known.get("arn").cloned().unwrap_or_default()
    });
    let mut arns: BTreeSet<_> = standing.chain(coming).filter(|arn| is_arn(arn)).collect();
    if arns.is_empty() {
        arns.insert(kind.pattern(subject.scope()));
    }
    arns.into_iter().collect()
}

/// So many actions on so many resources.
struct Question {
    resources: Vec<String>,
    actions: Vec<&'static str>,
}

/// What is needed, in portions that a simulation takes.
fn questions(needed: &BTreeMap<Vec<String>, BTreeSet<&'static str>>) -> Vec<Question> {
    let mut questions = Vec::new();
    for (resources, actions) in needed {
        let actions: Vec<_> = actions.iter().copied().collect();
        for resources in resources.chunks(RESOURCES_AT_ONCE) {
            for actions in actions.chunks(ACTIONS_AT_ONCE) {
                questions.push(Question {
                    resources: resources.to_vec(),
                    actions: actions.to_vec(),
                });
            }
        }
    }
    questions
}

/// An action that is not allowed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Refusal {
    action: String,
    on: String,
    /// The condition keys that the simulation was not told and that decide.
    unknown: Vec<String>,
}

async fn simulate(
    cloud: Cloud,
    principal: String,
    question: Question,
) -> Result<Vec<Refusal>, AwsError> {
    let Question { resources, actions } = question;
    let given = resources.iter().any(|arn| arn != ANYTHING);
    let results: Vec<EvaluationResult> = cloud
        .iam()
        .simulate_principal_policy()
        .policy_source_arn(&principal)
        .set_action_names(Some(actions.into_iter().map(str::to_owned).collect()))
        .set_resource_arns(given.then_some(resources))
        .into_paginator()
        .items()
        .send()
        .try_collect()
        .await
        .during("iam:SimulatePrincipalPolicy")?;
    Ok(results.iter().flat_map(refusals).collect())
}

/// What an answer refuses: as a whole, or for each resource.
fn refusals(result: &EvaluationResult) -> Vec<Refusal> {
    let refusal = |on: &str, unknown: &[String]| Refusal {
        action: result.eval_action_name().to_owned(),
        on: on.to_owned(),
        unknown: unknown.to_vec(),
    };
    if result.resource_specific_results().is_empty() {
        let allowed = *result.eval_decision() == Decision::Allowed;
        let on = result.eval_resource_name().unwrap_or(ANYTHING);
        return (!allowed)
            .then(|| refusal(on, result.missing_context_values()))
            .into_iter()
            .collect();
    }
    result
        .resource_specific_results()
        .iter()
        .filter(|one| *one.eval_resource_decision() != Decision::Allowed)
        .map(|one| refusal(one.eval_resource_name(), one.missing_context_values()))
        .collect()
}

fn judge(principal: &str, count: usize, mut refusals: Vec<Refusal>) -> Vec<Check> {
    refusals.sort_unstable();
    refusals.dedup();
    let (open, denied): (Vec<_>, Vec<_>) = refusals
        .into_iter()
        .partition(|refusal| !refusal.unknown.is_empty());
    let mut checks = Vec::new();
    if denied.is_empty() {
        let says = format!(
            "{} of {count} actions are allowed",
            count - actions_of(&open).len()
        );
        checks.push(found(NAME, Verdict::Ok, says, None));
    } else {
        let says = format!("{principal} may not: {}", listed(&denied));
        let remedy = Some("add these actions to its policy");
        checks.push(found(NAME, Verdict::Failed, says, remedy));
    }
    if !open.is_empty() {
        let keys: BTreeSet<_> = open.iter().flat_map(|refusal| &refusal.unknown).collect();
        let keys: Vec<_> = keys.into_iter().map(String::as_str).collect();
        let says = format!(
            "conditions on {} decide, which a simulation does not know: {}",
            keys.join(", "),
            listed(&open)
        );
        checks.push(found(NAME, Verdict::Warning, says, None));
    }
    checks
}

fn actions_of(refusals: &[Refusal]) -> BTreeSet<&str> {
    refusals.iter().map(|one| one.action.as_str()).collect()
}

/// Each action once; with its resource where it is refused on one alone.
fn listed(refusals: &[Refusal]) -> String {
    let actions = actions_of(refusals).into_iter().map(|action| {
        let mut on = refusals.iter().filter(|one| one.action == action);
        match (on.next(), on.next()) {
            (Some(one), None) if one.on != ANYTHING => format!("{action} on {}", one.on),
            _ => action.to_owned(),
        }
    });
    actions.collect::<Vec<_>>().join(", ")
}

/// The role or user behind an identity: a session of a role is judged by the role. The ARN of a session lacks the role's path,
/// which those of single sign-on have, so IAM is asked for it.
async fn principal(cloud: &Cloud, arn: &str) -> String {
    let Some((head, session)) = arn.split_once(":assumed-role/") else {
        return arn.to_owned();
    };
    let name = session.split('/').next().unwrap_or(session);
    match cloud.iam().get_role().role_name(name).send().await {
        Ok(answer) if answer.role().is_some() => {
            answer.role().map_or("", |role| role.arn()).to_owned()
        }
        _ => format!("{}:role/{name}", head.replace(":sts:", ":iam:")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(action: &str, on: &str, unknown: &[&str]) -> Refusal {
        Refusal {
            action: action.to_owned(),
            on: on.to_owned(),
            unknown: unknown.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn what_is_refused_is_named_with_the_one_resource_that_it_is_refused_on() {
        let checks = judge(
            "me",
            9,
            vec![
                refusal("s3:CreateBucket", "arn:aws:s3:::shop", &[]),
                refusal("ec2:CreateVpc", "*", &[]),
                refusal("iam:GetRole", "arn:aws:iam::123456789012:role/a", &[]),
                refusal("iam:GetRole", "arn:aws:iam::123456789012:role/b", &[]),
            ],
        );
        assert_eq!(checks.len(), 1);
        assert_eq!(checks[0].verdict, Verdict::Failed);
        assert_eq!(
            checks[0].says,
            "me may not: ec2:CreateVpc, iam:GetRole, s3:CreateBucket on arn:aws:s3:::shop"
        );
    }

    #[test]
    fn what_a_simulation_cannot_know_is_not_called_a_refusal() {
        let checks = judge(
            "me",
            9,
            vec![refusal("ec2:CreateVpc", "*", &["aws:RequestTag/team"])],
        );
        let verdicts: Vec<_> = checks.iter().map(|check| check.verdict).collect();
        assert_eq!(verdicts, [Verdict::Ok, Verdict::Warning]);
        assert!(checks[1].says.contains("aws:RequestTag/team"));
    }
}
