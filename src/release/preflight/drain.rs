//! Time enough for requests that are under way when a target is taken out.

use super::{Aim, Known};

/// The longest answer of the last day took longer than a target may take to finish: such requests would be cut off when the old
/// colour ends.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let drain = known.site.drain;
    known
        .facts
        .longest
        .filter(|longest| *longest > drain && aim != Aim::Rollback)
        .map(|longest| {
            format!(
                "an answer of the last day took {:.0} s and a target that is taken out may finish for {} s only: raise \
                 `load_balancer.drain` and apply, or add --force if such requests may be cut off",
                longest.as_secs_f64().ceil(),
                drain.as_secs()
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
    fn a_drain_shorter_than_the_longest_answer_is_refused() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(0, 2, ""));
        sample.facts.longest = Some(Duration::from_secs(30));
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
        sample.facts.longest = Some(Duration::from_millis(30_200));
        let refused = check(Aim::Deploy, &sample.known());
        assert!(
            refused[0].contains("took 31 s") && refused[0].contains("30 s only"),
            "{refused:?}"
        );
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
    }
}
