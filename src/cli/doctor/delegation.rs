//! Whether the domain leads to the hosted zone: without that no certificate is ever issued.

use std::net::ToSocketAddrs;

use super::found;
use crate::aws::AwsError;
use crate::cli::session::Session;
use crate::event::Silent;
use crate::view::doctor::{Check, Verdict};

pub(super) async fn check(session: &Session) -> Result<Vec<Check>, AwsError> {
    let Some(domain) = &session.loaded.stack.document.domain else {
        let says = "the stack has no domain";
        return Ok(vec![found("delegation", Verdict::Ok, says, None)]);
    };
    let zone = domain.zone.name().to_string();
    let servers = match session.discover(&session.resources, &Silent).await {
        Ok(discovery) => discovery
            .observed
            .iter()
            .filter(|one| one.kind.type_name() == "route53:zone")
            .map(|one| one.found.output("name_servers").to_owned())
            .next(),
        Err(_) => None,
    };
    let name = domain.name.to_string();
    let resolved =
        tokio::task::spawn_blocking(move || (name.as_str(), 443).to_socket_addrs().is_ok())
            .await
            .unwrap_or(false);
    Ok(vec![judge(
        &zone,
        domain.zone.is_own(),
        servers.as_deref(),
        resolved,
    )])
}

fn judge(zone: &str, own: bool, servers: Option<&str>, resolved: bool) -> Check {
    if resolved {
        let says = format!("names below {zone} resolve from here");
        return found("delegation", Verdict::Ok, says, None);
    }
    match (own, servers) {
        (true, None) => found(
            "delegation",
            Verdict::Warning,
            format!(
                "{zone} will be a zone of the stack's own; the certificate waits until it is delegated"
            ),
            Some("after the first apply began, set the zone's name servers at the registrar"),
        ),
        (_, servers) => {
            let says = format!("names below {zone} do not resolve from here yet");
            let remedy = format!(
                "delegate {zone} at its registrar to: {}",
                servers.unwrap_or("the name servers of the hosted zone")
            );
            found("delegation", Verdict::Warning, says, Some(&remedy))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_is_not_delegated_is_told_with_its_name_servers() {
        let check = judge("example.com", true, Some("ns-1.example.net"), false);
        assert_eq!(check.verdict, Verdict::Warning);
        assert!(check.remedy.unwrap().ends_with("ns-1.example.net"));
        assert_eq!(judge("example.com", true, None, true).verdict, Verdict::Ok);
    }
}
