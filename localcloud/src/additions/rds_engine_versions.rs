//! `DescribeDBEngineVersions`, which moto lacks: the versions of PostgreSQL, MySQL and MariaDB, so that a major version can be resolved.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct RdsEngineVersions;

/// A choice of what RDS offers, oldest first; the last of each major version is its default.
const OFFERED: [(&str, &[&str]); 3] = [
    (
        "postgres",
        &[
            "13.18", "13.20", "14.15", "14.17", "15.7", "15.10", "15.12", "16.6", "16.8", "17.2",
            "17.4", "17.5", "18.1",
        ],
    ),
    ("mysql", &["8.0.40", "8.0.42", "8.4.4", "8.4.5"]),
    (
        "mariadb",
        &[
            "10.6.21", "10.6.22", "10.11.11", "10.11.13", "11.4.5", "11.4.7", "11.8.3",
        ],
    ),
];

#[async_trait]
impl Addition for RdsEngineVersions {
    fn name(&self) -> &'static str {
        "rds_engine_versions"
    }

    fn operations(&self) -> &'static [&'static str] {
        &["rds:DescribeDBEngineVersions"]
    }

    async fn answer(&self, call: &Call, moto: &Moto) -> Answer {
        let engine = call
            .parameter("Engine")
            .unwrap_or_else(|| "postgres".to_owned());
        let only_default = call.parameter("DefaultOnly").as_deref() == Some("true");
        let versions = asked(
            &engine,
            call.parameter("EngineVersion").as_deref(),
            only_default,
        );
        let members: String = versions
            .iter()
            .map(|version| {
                let major = major(&engine, version);
                format!(
                    "<DBEngineVersion><Engine>{engine}</Engine><EngineVersion>{version}</EngineVersion>\
                     <MajorEngineVersion>{major}</MajorEngineVersion>\
                     <DBParameterGroupFamily>{engine}{major}</DBParameterGroupFamily>\
                     <Status>available</Status></DBEngineVersion>"
                )
            })
            .collect();
        Answer::xml(format!(
            "<DescribeDBEngineVersionsResponse><DescribeDBEngineVersionsResult><DBEngineVersions>{members}</DBEngineVersions>\
             </DescribeDBEngineVersionsResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
             </DescribeDBEngineVersionsResponse>",
            moto.request_id()
        ))
    }
}

/// The major version, as the engine counts it: `15` of PostgreSQL, `8.4` of MySQL.
fn major<'a>(engine: &str, version: &'a str) -> &'a str {
    match engine {
        "postgres" => version.split('.').next().unwrap_or(version),
        _ => version.rsplit_once('.').map_or(version, |(major, _)| major),
    }
}

/// The versions that fit a full version, a major version or nothing.
fn asked(engine: &str, version: Option<&str>, only_default: bool) -> Vec<&'static str> {
    let offered = OFFERED.iter().find(|(name, _)| *name == engine);
    let fits =
        |found: &&str| version.is_none_or(|asked| *found == asked || major(engine, found) == asked);
    let found: Vec<&str> = offered
        .map_or(&[][..], |(_, versions)| versions)
        .iter()
        .copied()
        .filter(fits)
        .collect();
    if only_default {
        found.last().copied().into_iter().collect()
    } else {
        found
    }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn a_major_version_is_resolved() {
        assert_eq!(asked("postgres", Some("15"), true), ["15.12"]);
        assert_eq!(
            asked("postgres", Some("15"), false),
            ["15.7", "15.10", "15.12"]
        );
        assert_eq!(asked("postgres", Some("15.7"), false), ["15.7"]);
        assert_eq!(asked("mysql", Some("8.4"), true), ["8.4.5"]);
        assert_eq!(asked("mariadb", Some("10.11"), true), ["10.11.13"]);
        assert!(asked("postgres", Some("1"), false).is_empty());
        assert!(asked("oracle-se2", None, false).is_empty());
    }
}
