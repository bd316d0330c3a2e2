//! An idle colour that is still kept for the clients that stay with it.

use super::{Aim, Known};

/// A deploy would end the instances that clients are led to by their cookies.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    known
        .facts
        .stay_until
        .filter(|_| aim == Aim::Deploy)
        .map(|until| {
            format!(
                "clients may stay with {} until {} (`load_balancer.stickiness`), and it is kept for them: a deploy empties it, and they \
                 would get 503; wait until then, or add --force",
                known.to.key(),
                until.strftime("%Y-%m-%dT%H:%M:%SZ")
            )
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn a_colour_that_is_kept_for_its_clients_is_not_deployed_to() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(1, 2, "healthy"));
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
        sample.facts.stay_until = Some("2026-01-01T01:00:00Z".parse().unwrap());
        let refused = check(Aim::Deploy, &sample.known());
        assert!(
            refused[0].contains("with green until 2026-01-01T01:00:00Z"),
            "{refused:?}"
        );
        for aim in [Aim::Switch, Aim::Rollback] {
            assert_eq!(check(aim, &sample.known()), Vec::<String>::new());
        }
    }
}
