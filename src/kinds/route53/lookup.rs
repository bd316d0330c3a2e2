//! Hosted zones that exist already, for stacks that put their records into one.

use crate::aws::{AwsError, Cloud, During, ErrorClass};

use super::names::plain;
use super::zone;

/// A public hosted zone of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostedZone {
    /// Its id, such as `Z0123456789ABCDEFGHIJ`.
    pub id: String,
    /// Its domain name, without the final dot.
    pub name: String,
    /// The name servers to which the domain must be delegated.
    pub name_servers: Vec<String>,
}

const LIST: &str = "route53:ListHostedZonesByName";

/// The public hosted zone of a domain. Private zones of the same name are passed over.
///
/// # Errors
/// What AWS answers; `NotFound` where the account has no such zone; an error that names them
/// where it has several, because records put into one that is not delegated are seen by nobody.
pub async fn public_zone(cloud: &Cloud, domain: &str) -> Result<HostedZone, AwsError> {
    let domain = plain(domain);
    // The answer begins with the zones of this very name, in the order of DNS names.
    let answer = cloud
        .route53()
        .list_hosted_zones_by_name()
        .dns_name(&domain)
        .send()
        .await
        .during(LIST)?;
    let ids: Vec<&str> = answer
        .hosted_zones()
        .iter()
        .filter(|zone| plain(zone.name()) == domain)
        .filter(|zone| !zone.config().is_some_and(|config| config.private_zone()))
        .map(|zone| zone::bare_id(zone.id()))
        .collect();
    let id = only(&domain, &ids)?;
    let name_servers = zone::name_servers(cloud, id).await?.unwrap_or_default();
    Ok(HostedZone {
        id: id.to_owned(),
        name: domain,
        name_servers,
    })
}

fn only<'a>(domain: &str, ids: &[&'a str]) -> Result<&'a str, AwsError> {
    match ids {
        [id] => Ok(id),
        [] => {
            let mut error = AwsError::unexpected(
                LIST,
                format!("the account has no public hosted zone named {domain}"),
            );
            error.class = ErrorClass::NotFound;
            Err(error.hint(
                "name a zone that exists, check the profile, or let the stack make a zone of its own",
            ))
        }
        several => Err(AwsError::unexpected(
            LIST,
            format!(
                "the account has {} public hosted zones named {domain}: {}",
                several.len(),
                several.join(", ")
            ),
        )
        .hint("only one of them is delegated to; remove the others")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_single_zone_will_do() {
        assert_eq!(only("example.com", &["Z1"]), Ok("Z1"));
        let none = only("example.com", &[]).unwrap_err();
        assert!(none.not_found());
        assert!(none.message.contains("example.com"));
        let both = only("example.com", &["Z1", "Z2"]).unwrap_err();
        assert!(both.message.contains("Z1, Z2"));
    }
}
