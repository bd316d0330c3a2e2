//! Room for as many new instances as serve now.

use super::{Aim, Known};

/// The subnets have too few addresses for the instances that are to start.
pub(super) fn check(aim: Aim, known: &Known<'_>) -> Vec<String> {
    let new = known.starts();
    let free: u32 = known.facts.subnets.values().sum();
    if aim != Aim::Deploy || known.facts.subnets.is_empty() || free >= new {
        return Vec::new();
    }
    let subnets: Vec<String> = known
        .facts
        .subnets
        .iter()
        .map(|(subnet, free)| format!("{subnet}: {free}"))
        .collect();
    vec![format!(
        "{} needs {new} addresses and its subnets have {free} left ({}): end what holds them, or give the network larger subnets",
        known.to.key(),
        subnets.join(", ")
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};

    #[test]
    fn subnets_without_room_for_as_many_again_are_refused() {
        let mut sample = Sample::new(colour(2, 4, "healthy"), colour(0, 4, ""));
        sample.facts.subnets = [("subnet-a".to_owned(), 1), ("subnet-b".to_owned(), 0)].into();
        let refused = check(Aim::Deploy, &sample.known());
        assert!(refused[0].contains("needs 2 addresses"), "{refused:?}");
        assert!(
            refused[0].contains("subnet-a: 1, subnet-b: 0"),
            "{refused:?}"
        );
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
        sample.facts.subnets.insert("subnet-b".to_owned(), 1);
        assert_eq!(check(Aim::Deploy, &sample.known()), Vec::<String>::new());
    }
}
