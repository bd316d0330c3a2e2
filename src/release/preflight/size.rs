//! A colour that may be as large as the one that serves.

use super::{Aim, Known};

/// The colour that is to serve may not have as many instances as serve now.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let Some(from) = known.to.other().filter(|_| aim != Aim::Rollback) else {
        return Vec::new();
    };
    let (most, serving) = (
        known.sight.of(known.to).most,
        known.sight.of(from).in_service,
    );
    if most >= serving {
        return Vec::new();
    }
    vec![format!(
        "{} may have {most} instances and {serving} serve now: raise `max` of workload {} and apply",
        known.to.key(),
        known.site.workload
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn a_colour_too_small_for_what_serves_is_refused() {
        let sample = Sample::new(colour(3, 4, "healthy"), colour(0, 2, ""));
        let refused = check(Aim::Deploy, &sample.known());
        assert!(
            refused[0].contains("may have 2 instances and 3 serve"),
            "{refused:?}"
        );
        let sample = Sample::new(colour(2, 4, "healthy"), colour(0, 2, ""));
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
    }
}
