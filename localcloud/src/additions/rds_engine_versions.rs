//! `DescribeDBEngineVersions`, which moto lacks: PostgreSQL's versions, so that a major version can be resolved.

use async_trait::async_trait;

use super::Addition;
use crate::call::{Answer, Call};
use crate::gateway::Moto;

pub(super) struct RdsEngineVersions;

/// A choice of what RDS offers, oldest first; the last of each major version is its default.
const POSTGRES: [&str; 12] = [
    "13.18", "13.20", "14.15", "14.17", "15.7", "15.10", "15.12", "16.6", "16.8", "17.2", "17.4",
    "17.5",
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
        let versions = if engine == "postgres" {
            asked(call.parameter("EngineVersion").as_deref(), only_default)
        } else {
            Vec::new()
        };
        let members: String = versions
            .iter()
            .map(|version| {
                let major = version.split('.').next().unwrap_or_default();
                format!(
                    "<DBEngineVersion><Engine>postgres</Engine><EngineVersion>{version}</EngineVersion>\
                     <MajorEngineVersion>{major}</MajorEngineVersion><DBParameterGroupFamily>postgres{major}</DBParameterGroupFamily>\
                     <DBEngineDescription>PostgreSQL</DBEngineDescription><Status>available</Status></DBEngineVersion>"
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

/// The versions that fit a full version, a major version or nothing.
fn asked(version: Option<&str>, only_default: bool) -> Vec<&'static str> {
    let fits = |found: &&str| {
        version.is_none_or(|asked| *found == asked || found.split('.').next() == Some(asked))
    };
    let found: Vec<_> = POSTGRES.into_iter().filter(fits).collect();
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
        assert_eq!(asked(Some("15"), true), ["15.12"]);
        assert_eq!(asked(Some("15"), false), ["15.7", "15.10", "15.12"]);
        assert_eq!(asked(Some("15.7"), false), ["15.7"]);
        assert!(asked(Some("1"), false).is_empty());
    }
}
