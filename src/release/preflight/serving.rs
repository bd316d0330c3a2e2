//! Something that serves, to go back to.

use super::{Aim, Known};
use crate::model::workloads::Colour;

/// What serves has no healthy target: a release that fails would have no way back.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let serving = known.to.other().unwrap_or(Colour::Single);
    if aim == Aim::Rollback || known.sight.of(serving).healthy() > 0 {
        return Vec::new();
    }
    let who = match serving {
        Colour::Single => "it".to_owned(),
        colour => format!("{} serves and", colour.key()),
    };
    vec![format!(
        "{who} has no healthy target: there is nothing to go back to; mend it, or add --force"
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn what_serves_must_be_well_for_all_but_a_rollback() {
        let sample = Sample::new(colour(1, 2, "unhealthy"), colour(1, 2, "healthy"));
        let refused = check(Aim::Deploy, &sample.known());
        assert!(
            refused[0].starts_with("blue serves and has no healthy target"),
            "{refused:?}"
        );
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
    }
}
