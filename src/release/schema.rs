//! Which database schemas versions work with: two that serve side by side share one database.
//!
//! A workload's health check may state the range: `"schema": {"min": 1, "max": 3}`. `max` is the version of the schema that it
//! brings the database to, `min` the oldest version whose release still works then. It may state in the same form what it has
//! found in the database: `"database"`.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From the oldest version of the schema to the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The oldest.
    pub min: i64,
    /// The latest.
    pub max: i64,
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.min == self.max {
            write!(f, "{}", self.min)
        } else {
            write!(f, "{} to {}", self.min, self.max)
        }
    }
}

/// What a version states in its health check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    /// What it works with.
    pub schema: Option<Range>,
    /// What it has found.
    pub database: Option<Range>,
}

impl Stated {
    /// Reads an answer of a health check; one that states nothing, or something else, says nothing.
    pub fn of(answer: &Value) -> Self {
        let range = |key: &str| {
            let range: Range = serde_json::from_value(answer.get(key)?.clone()).ok()?;
            (range.min <= range.max).then_some(range)
        };
        Self {
            schema: range("schema"),
            database: range("database"),
        }
    }
}

/// A version with what it states.
#[derive(Clone, Copy, Debug)]
pub struct Version<'a> {
    /// What it is called: its colour.
    pub name: &'a str,
    /// What it states.
    pub stated: Stated,
}

/// Whether a new version can serve beside the one that serves.
///
/// # Errors
/// It cannot: both ranges, and what to do.
pub fn together(new: Version<'_>, serving: Version<'_>) -> Result<String, String> {
    let (Some(range), Some(other)) = (new.stated.schema, serving.stated.schema) else {
        let silent = if new.stated.schema.is_none() {
            new.name
        } else {
            serving.name
        };
        return Ok(format!("schemas are not compared, as {silent} states none"));
    };
    if range.max < other.min || other.max < range.min {
        return Err(format!(
            "{} works with database schema {range} and {}, which serves, with {other}: they cannot share a database; deploy a \
             version between them first that works with both, and remove what the old one needs a release later",
            new.name, serving.name
        ));
    }
    let database = new.stated.database.or(serving.stated.database);
    for (version, range) in [(new, range), (serving, other)] {
        if let Some(database) = database
            && range.max < database.min
        {
            return Err(format!(
                "{} works with database schema {range}, and the database, at {}, with releases of {} or later only: deploy one of \
                 these, or restore a backup from before it",
                version.name, database.max, database.min
            ));
        }
    }
    Ok(format!("schema {range} beside {other}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version(
        name: &str,
        schema: Option<(i64, i64)>,
        database: Option<(i64, i64)>,
    ) -> Version<'_> {
        let range = |(min, max)| Range { min, max };
        Version {
            name,
            stated: Stated {
                schema: schema.map(range),
                database: database.map(range),
            },
        }
    }

    #[test]
    fn ranges_that_touch_go_together() {
        for (new, old) in [
            ((1, 1), (1, 1)),
            ((1, 2), (1, 1)),
            ((2, 3), (1, 2)),
            ((1, 1), (1, 3)),
        ] {
            let together = together(
                version("green", Some(new), None),
                version("blue", Some(old), None),
            );
            assert!(together.is_ok(), "{new:?} {old:?} {together:?}");
        }
    }

    #[test]
    fn ranges_apart_are_refused_with_both_of_them() {
        for (new, old) in [((3, 4), (1, 2)), ((1, 2), (3, 4))] {
            let refused = together(
                version("green", Some(new), None),
                version("blue", Some(old), None),
            )
            .unwrap_err();
            for (min, max) in [new, old] {
                assert!(refused.contains(&format!("{min} to {max}")), "{refused}");
            }
            assert!(refused.contains("version between them"), "{refused}");
        }
    }

    #[test]
    fn a_database_that_has_been_contracted_beyond_one_of_them_is_refused() {
        let new = version("green", Some((1, 3)), Some((3, 3)));
        let refused = together(new, version("blue", Some((1, 2)), None)).unwrap_err();
        assert!(
            refused.contains("blue works with database schema 1 to 2"),
            "{refused}"
        );
    }

    #[test]
    fn who_states_nothing_is_let_through_and_named() {
        let stated = version("green", Some((1, 3)), None);
        let silent = version("blue", None, None);
        assert!(
            together(stated, silent)
                .unwrap()
                .contains("blue states none")
        );
        assert!(
            together(silent, stated)
                .unwrap()
                .contains("blue states none")
        );
    }

    #[test]
    fn a_health_check_is_read() {
        let told = json!({ "status": "healthy", "schema": { "min": 1, "max": 2 }, "database": { "min": 1, "max": 1 } });
        let stated = Stated::of(&told);
        assert_eq!(stated.schema, Some(Range { min: 1, max: 2 }));
        assert_eq!(stated.database, Some(Range { min: 1, max: 1 }));
        for nonsense in [
            json!({ "schema": 3 }),
            json!({ "schema": { "min": 2, "max": 1 } }),
            json!("ok"),
        ] {
            assert_eq!(Stated::of(&nonsense), Stated::default());
        }
    }
}
