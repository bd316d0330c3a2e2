//! The command that goes on where a run ended: what was typed, without what belonged to that run alone.

use std::borrow::Cow;
use std::path::Path;

use super::options::{CloudArgs, ConsentArgs, OverlayArgs};

/// A verb on a stack with every option that decides what it does, ready for a shell. How the run is told is left out; so is what
/// stands before the `@` of an endpoint, which could be a password.
pub fn command(
    verb: &str,
    file: &Path,
    overlay: &OverlayArgs,
    cloud: &CloudArgs,
    consent: &ConsentArgs,
) -> String {
    let mut words = vec![
        "codedetect-infra".to_owned(),
        verb.to_owned(),
        quoted(&file.display().to_string()),
    ];
    let mut option = |name: &str, value: Option<&str>| {
        words.push(name.to_owned());
        words.extend(value.map(quoted));
    };
    if let Some(environment) = &overlay.environment {
        option("--env", Some(environment));
    }
    for set in &overlay.sets {
        option("--set", Some(set));
    }
    if cloud.local {
        option("--local", None);
    }
    if let Some(url) = &cloud.endpoint_url {
        option("--endpoint-url", Some(&without_user(url)));
    }
    if let Some(profile) = &cloud.profile {
        option("--profile", Some(profile));
    }
    if let Some(region) = &cloud.region {
        option("--region", Some(region));
    }
    if let Some(folder) = &cloud.state_dir {
        option("--state-dir", Some(&folder.display().to_string()));
    }
    for address in &consent.delete_data {
        option("--delete-data", Some(address.as_str()));
    }
    if consent.lock_wait != Default::default() {
        option("--lock-wait", Some(&consent.lock_wait.to_string()));
    }
    if consent.yes {
        option("--yes", None);
    }
    words.join(" ")
}

/// A word as a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

fn without_user(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.into();
    };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest.get(..end).and_then(|host| host.rfind('@')) {
        Some(at) => format!("{scheme}://{}", &rest[at + 1..]).into(),
        None => url.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Address;

    #[test]
    fn every_option_that_decides_is_repeated() {
        let overlay = OverlayArgs {
            environment: Some("staging".to_owned()),
            sets: vec!["network.nat=true".to_owned(), "stack=it's".to_owned()],
        };
        let cloud = CloudArgs {
            local: true,
            region: Some("us-east-1".to_owned()),
            state_dir: Some("my state".into()),
            ..CloudArgs::default()
        };
        let consent = ConsentArgs {
            yes: true,
            delete_data: vec![Address::new("buckets.uploads")],
            lock_wait: "5m".parse().unwrap(),
        };
        assert_eq!(
            command("apply", "a b.yaml".as_ref(), &overlay, &cloud, &consent),
            r"codedetect-infra apply 'a b.yaml' --env staging --set network.nat=true --set 'stack=it'\''s' --local --region us-east-1 --state-dir 'my state' --delete-data buckets.uploads --lock-wait 5m --yes"
        );
    }

    #[test]
    fn what_was_not_asked_for_is_not_added() {
        let said = command(
            "destroy",
            "stack.yaml".as_ref(),
            &OverlayArgs::default(),
            &CloudArgs::default(),
            &ConsentArgs::default(),
        );
        assert_eq!(said, "codedetect-infra destroy stack.yaml");
    }

    #[test]
    fn a_password_in_an_endpoint_is_not_repeated() {
        for (typed, shown) in [
            (
                "http://me:secret@127.0.0.1:5000/x",
                "http://127.0.0.1:5000/x",
            ),
            ("http://127.0.0.1:5000/a@b", "http://127.0.0.1:5000/a@b"),
            ("127.0.0.1", "127.0.0.1"),
        ] {
            assert_eq!(without_user(typed), shown);
        }
    }
}
