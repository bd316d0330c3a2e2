use std::fmt;
use std::str::FromStr;

use crate::units::{Port, Unit, UnitError, written_as_text};

/// A database engine with its major version, such as `postgres-15`. RDS chooses the minor version.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Engine {
    family: EngineFamily,
    version: &'static str,
}

/// A kind of database that RDS runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EngineFamily {
    /// PostgreSQL.
    Postgres,
    /// MySQL.
    Mysql,
    /// MariaDB.
    Mariadb,
}

/// Engines that RDS makes new databases of, by the release calendars of the RDS user guide (`docs/prices.md`). PostgreSQL 13 and
/// MySQL 8.0 are past standard support since 2026 and billed for Extended Support.
const OFFERED: &[(EngineFamily, &str)] = &[
    (EngineFamily::Postgres, "13"),
    (EngineFamily::Postgres, "14"),
    (EngineFamily::Postgres, "15"),
    (EngineFamily::Postgres, "16"),
    (EngineFamily::Postgres, "17"),
    (EngineFamily::Postgres, "18"),
    (EngineFamily::Mysql, "8.0"),
    (EngineFamily::Mysql, "8.4"),
    (EngineFamily::Mariadb, "10.11"),
    (EngineFamily::Mariadb, "11.4"),
    (EngineFamily::Mariadb, "11.8"),
];

impl Engine {
    /// The kind of database.
    pub fn family(&self) -> EngineFamily {
        self.family
    }

    /// The name that the RDS API takes.
    pub fn name(&self) -> &'static str {
        self.family.name()
    }

    /// The major version, as the RDS API takes it.
    pub fn version(&self) -> &'static str {
        self.version
    }

    /// The port on which it listens.
    pub fn port(&self) -> Port {
        match self.family {
            EngineFamily::Postgres => Port::POSTGRES,
            EngineFamily::Mysql | EngineFamily::Mariadb => Port::MYSQL,
        }
    }

    /// Every engine that can be asked for.
    pub fn all() -> impl Iterator<Item = Self> {
        OFFERED
            .iter()
            .map(|&(family, version)| Self { family, version })
    }
}

impl EngineFamily {
    /// The name that the RDS API takes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }
}

impl Unit for Engine {
    const FORMAT: &'static str = "database-engine";
    const WHAT: &'static str = "a database engine";
    const WRITTEN: &'static str = "A database engine that RDS offers, hyphen, major version.";
    const EXAMPLES: &'static [&'static str] = &["postgres-15", "mysql-8.4"];
    const PATTERN: &'static str = "^(postgres|mysql|mariadb)-[0-9.]+$";
}

impl FromStr for Engine {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        if let Some(engine) = Self::all().find(|engine| engine.to_string() == text) {
            return Ok(engine);
        }
        let name = text
            .to_ascii_lowercase()
            .replace("postgresql", "postgres")
            .replace([':', ' ', '='], "-");
        let (family, _) = name.split_once('-').unwrap_or((&name, ""));
        let versions: Vec<_> = OFFERED
            .iter()
            .filter(|(offered, _)| offered.name() == family)
            .map(|(_, version)| *version)
            .collect();
        if versions.is_empty() {
            return Err(UnitError::new::<Self>(
                text,
                "the engines are postgres, mysql and mariadb, each with a version",
            ));
        }
        let reason = format!(
            "RDS offers {family} in the versions {}",
            versions.join(", ")
        );
        let error = UnitError::new::<Self>(text, reason);
        let meant = Self::all()
            .map(|engine| engine.to_string())
            .find(|engine| *engine == name || name.starts_with(&format!("{engine}.")));
        Err(match meant {
            Some(meant) => error.suggest(meant),
            None => error,
        })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.name(), self.version))
    }
}

written_as_text!(Engine);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn engines() {
        let engine: Engine = "postgres-15".parse().unwrap();
        assert_eq!(
            (engine.name(), engine.version(), engine.port().number()),
            ("postgres", "15", 5432)
        );
        for (text, meant) in [
            ("postgresql-15", "postgres-15"),
            ("postgres-15.4", "postgres-15"),
            ("Postgres 16", "postgres-16"),
        ] {
            assert_eq!(
                text.parse::<Engine>().unwrap_err().suggestion.as_deref(),
                Some(meant),
                "{text}"
            );
        }
        for text in ["postgres", "postgres-9", "oracle-19", "mysql-5.7"] {
            assert!(text.parse::<Engine>().is_err(), "{text}");
        }
    }
}
