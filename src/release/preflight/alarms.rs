//! Alarms that ring before anything is done.

use super::{Aim, Known};

/// An alarm of the stack rings already.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    if known.ringing.is_empty() || aim == Aim::Rollback {
        return Vec::new();
    }
    vec![format!(
        "alarm {} rings already: a release could not be told from what is wrong now; mend that first, or add --force",
        known.ringing.join(", ")
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn an_alarm_that_rings_stops_a_deploy_and_never_a_rollback() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(1, 2, "healthy"));
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
        sample.ringing = vec!["cpu".to_owned()];
        assert!(check(Aim::Deploy, &sample.known())[0].starts_with("alarm cpu rings"));
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
    }
}
