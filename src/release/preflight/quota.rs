//! Room in the account's quota for as many processors as the new instances have.

use super::{Aim, Known};

/// The account may not run as many virtual processors as it would until the old instances end.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let Some(processors) = known
        .facts
        .processors
        .as_ref()
        .filter(|_| aim == Aim::Deploy)
    else {
        return Vec::new();
    };
    let new = known.starts();
    let needed = f64::from(new) * f64::from(processors.each);
    if processors.used + needed <= processors.limit {
        return Vec::new();
    }
    vec![format!(
        "{} needs {needed} virtual processors ({new} × {}) beside those that run, {} of the {} that the account may have: ask for more \
         under Service Quotas (Running On-Demand Standard instances), or end what is not needed",
        known.to.key(),
        processors.instance,
        processors.used,
        processors.limit
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};
    use crate::release::quota::Processors;

    #[test]
    fn an_account_without_room_for_as_many_processors_again_is_told_so() {
        let mut sample = Sample::new(colour(2, 4, "healthy"), colour(0, 4, ""));
        let mut processors = Processors {
            instance: "t3.small".to_owned(),
            each: 2,
            used: 29.0,
            limit: 32.0,
        };
        sample.facts.processors = Some(processors.clone());
        let refused = check(Aim::Deploy, &sample.known());
        assert!(
            refused[0].contains("needs 4 virtual processors (2 × t3.small)")
                && refused[0].contains("29 of the 32"),
            "{refused:?}"
        );
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
        processors.used = 28.0;
        sample.facts.processors = Some(processors);
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
    }
}
