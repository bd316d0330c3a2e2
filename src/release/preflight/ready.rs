//! A colour that can take the traffic.

use super::{Aim, Known};

/// The colour that is switched to runs nothing, or has targets that are unhealthy.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    if aim != Aim::Switch {
        return Vec::new();
    }
    let (to, colour) = (known.sight.of(known.to), known.to.key());
    let unwell: Vec<String> = to
        .targets
        .iter()
        .filter(|one| one.state == "unhealthy")
        .map(|one| {
            let why = one.why.as_deref().unwrap_or("AWS gives no reason");
            format!("{} ({why})", one.instance)
        })
        .collect();
    let unhealthy =
        (!unwell.is_empty()).then(|| format!("{colour} is unhealthy: {}", unwell.join(", ")));
    let empty = (to.in_service == 0).then(|| format!("{colour} runs nothing: deploy to it first"));
    unhealthy.into_iter().chain(empty).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn nothing_is_switched_to_a_colour_that_is_empty_or_unhealthy() {
        let empty = Sample::new(colour(1, 2, "healthy"), colour(0, 2, ""));
        assert_eq!(
            check(Aim::Switch, &empty.known()),
            ["green runs nothing: deploy to it first"]
        );
        let unwell = Sample::new(colour(1, 2, "healthy"), colour(1, 2, "unhealthy"));
        let refused = check(Aim::Switch, &unwell.known());
        assert!(refused[0].contains("unhealthy: i-0"), "{refused:?}");
        assert_eq!(check(Aim::Deploy, &unwell.known()), Vec::<String>::new());
    }
}
