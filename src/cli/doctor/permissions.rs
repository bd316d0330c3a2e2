//! Whether the credentials may do all that the stack needs, by IAM's own simulation.

use std::collections::BTreeSet;

use super::found;
use crate::aws::{AwsError, During};
use crate::cli::session::Session;
use crate::kinds::actions;
use crate::view::doctor::{Check, Verdict};

/// Actions that one simulation takes ("SimulatePrincipalPolicy", IAM API reference).
const AT_ONCE: usize = 100;

pub(super) async fn check(session: &Session) -> Result<Vec<Check>, AwsError> {
    let cloud = &session.place.cloud;
    let identity = cloud
        .sts()
        .get_caller_identity()
        .send()
        .await
        .during("sts:GetCallerIdentity")?;
    let principal = principal(identity.arn().unwrap_or_default());
    if principal.ends_with(":root") {
        let says = "these are the credentials of the root user, which may do anything";
        let remedy = Some("use a role made for this stack");
        return Ok(vec![found("permissions", Verdict::Warning, says, remedy)]);
    }
    let needed: BTreeSet<&str> = session
        .resources
        .iter()
        .flat_map(|resource| actions::of(resource.kind.type_name()))
        .copied()
        .collect();
    let needed: Vec<&str> = needed.into_iter().collect();
    let mut denied = Vec::new();
    for some in needed.chunks(AT_ONCE) {
        let answer: Vec<_> = cloud
            .iam()
            .simulate_principal_policy()
            .policy_source_arn(&principal)
            .set_action_names(Some(some.iter().map(ToString::to_string).collect()))
            .into_paginator()
            .items()
            .send()
            .try_collect()
            .await
            .during("iam:SimulatePrincipalPolicy")?;
        denied.extend(
            answer
                .iter()
                .filter(|result| result.eval_decision().as_str() != "allowed")
                .map(|result| result.eval_action_name().to_owned()),
        );
    }
    Ok(vec![if denied.is_empty() {
        let says = format!("{} actions are allowed", needed.len());
        found("permissions", Verdict::Ok, says, None)
    } else {
        let says = format!("{principal} may not: {}", denied.join(", "));
        let remedy = Some("add these actions to its policy");
        found("permissions", Verdict::Failed, says, remedy)
    }])
}

/// The role or user behind an identity: a session of a role is judged by the role.
fn principal(arn: &str) -> String {
    let Some((head, session)) = arn.split_once(":assumed-role/") else {
        return arn.to_owned();
    };
    let role = session.split('/').next().unwrap_or(session);
    format!("{}:role/{role}", head.replace(":sts:", ":iam:"))
}

#[cfg(test)]
mod tests {
    use super::principal;

    #[test]
    fn a_session_is_judged_by_its_role() {
        assert_eq!(
            principal("arn:aws:sts::123456789012:assumed-role/deployer/run-7"),
            "arn:aws:iam::123456789012:role/deployer"
        );
        let user = "arn:aws:iam::123456789012:user/ops";
        assert_eq!(principal(user), user);
    }
}
