//! A database that the version which is to serve can work with.

use super::{Aim, Known};
use crate::release::schema::{Stated, Version, together};

/// The version that is to serve was asked for its range when it was released before: the one that serves, or the database as that
/// has left it, may have no room for it any more. Holds up a rollback too, as nothing would answer after it.
pub(super) fn check(_: Aim, known: &Known<'_>) -> Vec<String> {
    let Some(other) = known.to.other() else {
        return Vec::new();
    };
    let to = Version {
        name: known.to.key(),
        stated: Stated {
            schema: known.facts.known_schema,
            database: None,
        },
    };
    let serving = Version {
        name: other.key(),
        stated: known.facts.serving,
    };
    together(to, serving).err().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::preflight::sample::{Sample, colour};
    use crate::release::schema::Range;

    #[test]
    fn a_version_that_the_database_has_been_contracted_beyond_is_refused_a_rollback_included() {
        let mut sample = Sample::new(colour(1, 2, "healthy"), colour(1, 2, "healthy"));
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
        sample.facts.known_schema = Some(Range { min: 1, max: 1 });
        sample.facts.serving.schema = Some(Range { min: 2, max: 3 });
        let refused = check(Aim::Rollback, &sample.known());
        assert!(
            refused[0].contains("schema 1") && refused[0].contains("2 to 3"),
            "{refused:?}"
        );
        sample.facts.serving.schema = Some(Range { min: 1, max: 3 });
        assert_eq!(check(Aim::Rollback, &sample.known()), Vec::<String>::new());
    }
}
