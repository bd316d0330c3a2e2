//! An old colour that lasts as long as clients stay with it.

use super::{Aim, Known};

/// Clients stay with their colour longer than the old one is kept.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let coloured = known.site.healthy.is_none();
    known
        .site
        .stickiness
        .filter(|stickiness| coloured && *stickiness > known.keep && aim != Aim::Rollback)
        .map(|stickiness| {
            format!(
                "a client stays with its colour for {0} s and the old one is kept for {1} s: such clients would get 503; keep it \
                 longer (--keep {0}s) or shorten `load_balancer.stickiness`",
                stickiness.as_secs(),
                known.keep.as_secs()
            )
        })
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn stickiness_that_outlives_the_old_colour_is_refused() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(0, 2, ""));
        sample.site.stickiness = Some(Duration::from_secs(3600));
        assert!(check(Aim::Deploy, &sample.known())[0].contains("--keep 3600s"));
        sample.keep = Duration::from_secs(3600);
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
    }
}
