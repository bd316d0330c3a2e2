//! Whether the world asks the hosted zone about the domain: without that no certificate is ever issued.

use super::found;
use super::subject::Subject;
use super::{dns, unexamined};
use crate::aws::AwsError;
use crate::kinds::route53::lookup;
use crate::view::doctor::{Check, Verdict};

const NAME: &str = "delegation";

pub(super) async fn check(subject: &Subject<'_>) -> Result<Vec<Check>, AwsError> {
    let session = subject.session;
    let Some(domain) = &session.loaded.stack.document.domain else {
        let says = "the stack has no domain";
        return Ok(vec![found(NAME, Verdict::Ok, says, None)]);
    };
    let zone = domain.zone.name().to_string();
    let own = subject
        .found("route53:zone")
        .map(|zone| zone.output("name_servers"))
        .find(|servers| !servers.is_empty())
        .map(listed);
    let servers = match own {
        Some(servers) => Some(servers),
        None if domain.zone.is_own() => None,
        None => match lookup::public_zone(&session.place.cloud, &zone).await {
            Ok(zone) => Some(
                zone.name_servers
                    .iter()
                    .map(|name| dns::plain(name))
                    .collect(),
            ),
            Err(error) => return Ok(vec![unexamined(NAME, &error)]),
        },
    };
    let asked = match dns::resolver() {
        Ok(resolver) => dns::name_servers(resolver, &zone)
            .await
            .map_err(|error| format!("{resolver} does not answer: {error}")),
        Err(why) => Err(why),
    };
    Ok(vec![match asked {
        Ok(answered) => judge(&zone, servers.as_deref(), &answered),
        Err(why) => found(
            NAME,
            Verdict::Skipped,
            format!("not examined: DNS cannot be asked from here: {why}"),
            None,
        ),
    }])
}

/// The name servers of an output, where they stand with commas between them.
fn listed(servers: &str) -> Vec<String> {
    let mut all: Vec<_> = servers
        .split([',', ' '])
        .filter(|name| !name.is_empty())
        .map(dns::plain)
        .collect();
    all.sort_unstable();
    all
}

/// Compares the zone's name servers with those that DNS names.
fn judge(zone: &str, servers: Option<&[String]>, answered: &[String]) -> Check {
    let Some(servers) = servers else {
        return found(
            NAME,
            Verdict::Warning,
            format!(
                "{zone} will be a zone of the stack's own; the certificate waits until it is delegated"
            ),
            Some("when the first apply has made the zone, set its name servers at the registrar"),
        );
    };
    let missing = servers.iter().any(|server| !answered.contains(server));
    let strange = answered.iter().any(|server| !servers.contains(server));
    let remedy = format!(
        "at the registrar, set the name servers of {zone} to {}",
        servers.join(", ")
    );
    match (answered.is_empty(), missing, strange) {
        (true, ..) => found(
            NAME,
            Verdict::Warning,
            format!("{zone} is not delegated: DNS names no server for it"),
            Some(&remedy),
        ),
        (_, false, false) => found(
            NAME,
            Verdict::Ok,
            format!("{zone} is delegated to the name servers of its hosted zone"),
            None,
        ),
        (..) if answered.iter().any(|server| servers.contains(server)) => found(
            NAME,
            Verdict::Warning,
            format!(
                "{zone} is delegated in part: DNS names {}",
                answered.join(", ")
            ),
            Some(&remedy),
        ),
        (..) => found(
            NAME,
            Verdict::Failed,
            format!(
                "{zone} is delegated elsewhere: DNS names {}; no certificate would ever be issued",
                answered.join(", ")
            ),
            Some(&remedy),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_servers_of_the_zone_are_compared_with_those_that_dns_names() {
        let ours = names("ns-1.example.net ns-2.example.net");
        let verdict = |answered: &str| judge("example.com", Some(&ours), &names(answered)).verdict;
        assert_eq!(verdict("ns-2.example.net ns-1.example.net"), Verdict::Ok);
        assert_eq!(verdict("ns-1.example.net"), Verdict::Warning);
        assert_eq!(
            verdict("ns-1.example.net ns-9.example.org"),
            Verdict::Warning
        );
        assert_eq!(verdict("ns-9.example.org"), Verdict::Failed);
        assert_eq!(verdict(""), Verdict::Warning);
        let told = judge("example.com", Some(&ours), &[]).remedy.unwrap();
        assert!(
            told.ends_with("ns-1.example.net, ns-2.example.net"),
            "{told}"
        );
    }

    #[test]
    fn a_zone_that_is_still_to_be_made_can_only_be_announced() {
        let check = judge("example.com", None, &names("ns-9.example.org"));
        assert_eq!(check.verdict, Verdict::Warning);
    }
}
