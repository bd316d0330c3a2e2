//! The OIDC provider: an issuer of tokens, such as GitHub Actions, that roles may trust.
//!
//! An account holds one provider for each URL, and everybody in the account shares it. So:
//!
//! - Where none exists, the stack makes one and marks it with its tags: it is the stack's.
//! - Where one exists that does not carry this stack's tags, it is used as it is: `list` shows
//!   it as what is wanted, its tags and thumbprints are never touched, and an audience that
//!   the stack needs and it lacks is added, never one taken away. It is never deleted.
//! - Where the stack's own is no longer wanted but a role outside the stack trusts it, it
//!   stays for that role, and only the stack's tags are taken off.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::future::try_join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::attachments::gone_is_fine;
use super::policy::Document;
use super::{role, tagging};
use crate::aws::{AwsError, Cloud, During};
use crate::kinds::{
    Changes, Field, Found, Kind, Making, Outputs, Progress, Samples, Survey, Tagging, outputs,
};
use crate::reference::Address;
use crate::scope::{ADDRESS_TAG, STACK_TAG, Scope, Tags};

/// An identity provider that speaks OpenID Connect.
pub struct OidcProvider;

/// What an OIDC provider is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The issuer's URL, with `https://` and without a slash at its end.
    pub url: String,
    /// The audiences whose tokens are taken, such as `sts.amazonaws.com`.
    pub client_ids: BTreeSet<String>,
    /// SHA-1 thumbprints of the issuer's certificate authority, 40 hexadecimal digits each.
    /// Empty: AWS finds them itself, and whatever it found is right.
    pub thumbprints: BTreeSet<String>,
}

#[async_trait]
impl Kind for OidcProvider {
    type Spec = Spec;

    const TYPE: &'static str = "iam:oidc-provider";
    const FIELDS: &'static [Field] = &[Field::replace(
        "/url",
        "the URL of a provider is fixed when it is made",
    )];
    /// A provider that is not the stack's must not be retagged.
    const TAGGING: Tagging = Tagging::WriteOnly;

    fn key(spec: &Spec) -> Option<String> {
        Some(issuer(&spec.url).to_owned())
    }

    fn predict(scope: &Scope, spec: &Spec) -> Outputs {
        let arn = scope.global_arn("iam", &format!("oidc-provider/{}", issuer(&spec.url)));
        outputs([("id", &arn), ("arn", &arn), ("issuer", issuer(&spec.url))])
    }

    /// One list, and side by side one read for each provider of the account, because the list
    /// tells neither tags nor audiences. Accounts seldom have more than a few.
    async fn list(cloud: &Cloud, survey: &Survey<'_, Spec>) -> Result<Vec<Found<Spec>>, AwsError> {
        let listed = cloud
            .iam()
            .list_open_id_connect_providers()
            .send()
            .await
            .during("iam:ListOpenIDConnectProviders")?;
        let live = listed
            .open_id_connect_provider_list()
            .iter()
            .filter_map(|entry| entry.arn())
            .map(|arn| read(cloud, arn));
        let live = try_join_all(live).await?;
        let wanted: BTreeMap<&str, &Spec> = survey
            .wanted
            .iter()
            .map(|wanted| (issuer(&wanted.spec.url), &wanted.spec))
            .collect();
        Ok(live
            .into_iter()
            .flatten()
            .filter_map(|live| {
                let address = survey.scope.address_of(&live.tags);
                let wanted = wanted.get(issuer(&live.spec.url)).copied();
                found(live, address, wanted)
            })
            .collect())
    }

    async fn create(making: &Making<'_>, spec: &Spec) -> Result<Outputs, AwsError> {
        let operation = "iam:CreateOpenIDConnectProvider";
        let made = making
            .cloud
            .iam()
            .create_open_id_connect_provider()
            .url(&spec.url)
            .set_client_id_list(Some(spec.client_ids.iter().cloned().collect()))
            .set_thumbprint_list(
                (!spec.thumbprints.is_empty()).then(|| spec.thumbprints.iter().cloned().collect()),
            )
            .set_tags(Some(tagging::to_sdk(operation, making.tags)?))
            .send()
            .await
            .during(operation);
        match made {
            Err(error) if error.already_exists() => {
                let known = Self::predict(making.scope, spec);
                let live = read(making.cloud, &known["arn"]).await?.ok_or(error)?;
                for client in spec.client_ids.difference(&live.spec.client_ids) {
                    add_client(making.cloud, &live.arn, client).await?;
                }
            }
            other => {
                other?;
            }
        }
        Ok(Self::predict(making.scope, spec))
    }

    async fn update(
        making: &Making<'_>,
        spec: &Spec,
        found: &Found<Spec>,
        changes: &Changes,
    ) -> Result<(), AwsError> {
        for client in spec.client_ids.difference(&found.spec.client_ids) {
            add_client(making.cloud, found.id(), client).await?;
        }
        // One without an address is not the stack's: see above.
        if found.address.is_none() {
            return Ok(());
        }
        for client in found.spec.client_ids.difference(&spec.client_ids) {
            remove_client(making.cloud, found.id(), client).await?;
        }
        if changes.touch("/thumbprints") {
            making
                .cloud
                .iam()
                .update_open_id_connect_provider_thumbprint()
                .open_id_connect_provider_arn(found.id())
                .set_thumbprint_list(Some(spec.thumbprints.iter().cloned().collect()))
                .send()
                .await
                .during("iam:UpdateOpenIDConnectProviderThumbprint")?;
        }
        Ok(())
    }

    async fn delete(making: &Making<'_>, found: &Found<Spec>) -> Result<(), AwsError> {
        if found.address.is_none() {
            return Ok(());
        }
        let arn = found.id();
        let outside = trusted_outside(making, arn).await?;
        let result = if let Some(role) = outside {
            (making.patience.note)(&format!(
                "{arn} stays, because the role {role} outside this stack trusts it; \
                 it is no longer this stack's"
            ));
            making
                .cloud
                .iam()
                .untag_open_id_connect_provider()
                .open_id_connect_provider_arn(arn)
                .tag_keys(STACK_TAG)
                .tag_keys(ADDRESS_TAG)
                .send()
                .await
                .during("iam:UntagOpenIDConnectProvider")
                .map(drop)
        } else {
            making
                .cloud
                .iam()
                .delete_open_id_connect_provider()
                .open_id_connect_provider_arn(arn)
                .send()
                .await
                .during("iam:DeleteOpenIDConnectProvider")
                .map(drop)
        };
        gone_is_fine(result)
    }

    fn samples(scope: &Scope) -> Samples<Spec> {
        let sample = Spec {
            url: format!("https://{}.example.com", scope.prefix()),
            client_ids: BTreeSet::from(["sts.amazonaws.com".to_owned()]),
            thumbprints: BTreeSet::from(["6938fd4d98bab03faadb97b34396831e3780aea1".to_owned()]),
        };
        let changed = Spec {
            client_ids: BTreeSet::from(["api.example.com".to_owned()]),
            thumbprints: BTreeSet::from(["1c58a3a8518e8759bf075b76b750d4f2df264fcd".to_owned()]),
            ..sample.clone()
        };
        Samples {
            sample,
            changed,
            beside: Vec::new(),
        }
    }
}

/// A URL without its scheme, as AWS names a provider.
fn issuer(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

/// A provider as AWS has it.
struct Live {
    arn: String,
    spec: Spec,
    tags: Tags,
}

/// The provider with that ARN, unless it is gone.
async fn read(cloud: &Cloud, arn: &str) -> Result<Option<Live>, AwsError> {
    let answer = cloud
        .iam()
        .get_open_id_connect_provider()
        .open_id_connect_provider_arn(arn)
        .send()
        .await
        .during("iam:GetOpenIDConnectProvider");
    let answer = match answer {
        Err(error) if error.not_found() => return Ok(None),
        other => other?,
    };
    Ok(Some(Live {
        arn: arn.to_owned(),
        spec: Spec {
            url: format!("https://{}", issuer(answer.url().unwrap_or_default())),
            client_ids: answer.client_id_list().iter().cloned().collect(),
            thumbprints: answer.thumbprint_list().iter().cloned().collect(),
        },
        tags: tagging::read(answer.tags()),
    }))
}

/// The provider as the plan should see it: see the rules at the head of this file.
fn found(live: Live, address: Option<Address>, wanted: Option<&Spec>) -> Option<Found<Spec>> {
    let mut spec = live.spec;
    match (&address, wanted) {
        (None, None) => return None,
        (None, Some(wanted)) => {
            spec.client_ids = wanted
                .client_ids
                .intersection(&spec.client_ids)
                .cloned()
                .collect();
            spec.thumbprints = wanted.thumbprints.clone();
        }
        (Some(_), Some(wanted)) if wanted.thumbprints.is_empty() => spec.thumbprints.clear(),
        (Some(_), _) => {}
    }
    if let Some(wanted) = wanted {
        spec.url.clone_from(&wanted.url);
    }
    let name = issuer(&spec.url).to_owned();
    Some(Found {
        address,
        key: Some(name.clone()),
        outputs: outputs([("id", &live.arn), ("arn", &live.arn), ("issuer", &name)]),
        spec,
        tags: Tags::new(),
        progress: Progress::Ready(Outputs::new()),
    })
}

async fn add_client(cloud: &Cloud, arn: &str, client: &str) -> Result<(), AwsError> {
    cloud
        .iam()
        .add_client_id_to_open_id_connect_provider()
        .open_id_connect_provider_arn(arn)
        .client_id(client)
        .send()
        .await
        .during("iam:AddClientIDToOpenIDConnectProvider")
        .map(drop)
}

async fn remove_client(cloud: &Cloud, arn: &str, client: &str) -> Result<(), AwsError> {
    cloud
        .iam()
        .remove_client_id_from_open_id_connect_provider()
        .open_id_connect_provider_arn(arn)
        .client_id(client)
        .send()
        .await
        .during("iam:RemoveClientIDFromOpenIDConnectProvider")
        .map(drop)
}

/// A role outside the stack whose trust policy names the provider.
async fn trusted_outside(making: &Making<'_>, arn: &str) -> Result<Option<String>, AwsError> {
    let path = making.scope.path();
    let roles = role::all_details(making.cloud).await?;
    Ok(roles
        .iter()
        .filter(|role| role.path() != Some(&path))
        .find(|role| {
            let trust = role.assume_role_policy_document().unwrap_or_default();
            Document::parse(trust, true)
                .json()
                .contains(&format!("\"{arn}\""))
        })
        .and_then(|role| role.role_name())
        .map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(items: &[&str]) -> BTreeSet<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    fn live(clients: &[&str]) -> Live {
        Live {
            arn: "arn:aws:iam::123456789012:oidc-provider/token.example.com".to_owned(),
            spec: Spec {
                url: "https://token.example.com".to_owned(),
                client_ids: set(clients),
                thumbprints: set(&["found-by-aws"]),
            },
            tags: Tags::new(),
        }
    }

    fn wanted() -> Spec {
        Spec {
            url: "https://token.example.com".to_owned(),
            client_ids: set(&["sts.amazonaws.com"]),
            thumbprints: BTreeSet::new(),
        }
    }

    #[test]
    fn anothers_provider_is_used_as_it_is() {
        let seen = found(live(&["other", "sts.amazonaws.com"]), None, Some(&wanted())).unwrap();
        assert_eq!(seen.spec, wanted());
        assert!(seen.address.is_none());
        assert_eq!(seen.key, OidcProvider::key(&wanted()));
    }

    #[test]
    fn an_audience_that_anothers_provider_lacks_is_the_only_difference() {
        let seen = found(live(&["other"]), None, Some(&wanted())).unwrap();
        assert_eq!(seen.spec.client_ids, set(&[]));
    }

    #[test]
    fn anothers_provider_that_is_not_wanted_is_not_seen_so_never_removed() {
        assert!(found(live(&["other"]), None, None).is_none());
        let ours = found(live(&["x"]), Some(Address::new("deployer.provider")), None).unwrap();
        assert_eq!(ours.spec.thumbprints, set(&["found-by-aws"]));
    }

    #[test]
    fn the_stacks_own_is_compared_in_full_but_for_what_aws_found_itself() {
        let address = Some(Address::new("deployer.provider"));
        let seen = found(live(&["other"]), address, Some(&wanted())).unwrap();
        assert_eq!(seen.spec.client_ids, set(&["other"]));
        assert_eq!(seen.spec.thumbprints, set(&[]));
    }
}
