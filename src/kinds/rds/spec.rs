//! What a database is to be, what that costs, and one to test with.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::password::Password;
use super::subnet_group::SubnetGroup;
use crate::aws::SecretSource;
use crate::kinds::ec2::security_group::{self, SecurityGroup};
use crate::kinds::ssm::parameter::{self, Parameter};
use crate::kinds::{Beside, Charge, Kind, Samples, sample};
use crate::reference::{Link, Text};
use crate::scope::Scope;
use crate::units::{DbClass, Port};

/// Hours of a month, as AWS counts.
const HOURS: f64 = 730.0;

/// What a database is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The name, unique in account and region; lower case, as RDS keeps it.
    pub identifier: String,
    /// The engine.
    pub engine: Engine,
    /// Its major version, such as 15. AWS chooses the minor one.
    pub major_version: u16,
    /// The class of the instance, such as `db.t3.micro`.
    pub class: DbClass,
    /// The size of its volume in GiB, 20 or more. It can grow and never shrink.
    pub allocated_storage_gb: u32,
    /// The kind of its volume.
    pub storage_type: StorageType,
    /// Whether a standby in a second zone takes over.
    pub multi_az: bool,
    /// Whether volume, backups and snapshots are encrypted, with AWS's own key `alias/aws/rds`.
    pub encrypted: bool,
    /// Days for which daily backups are kept and any second can be restored: 0, for no backups,
    /// to 35.
    pub backup_retention_days: u16,
    /// Whether AWS records which queries take how long; kept for seven days without charge.
    pub performance_insights: bool,
    /// Whether AWS installs minor versions in the maintenance window.
    pub auto_minor_version_upgrade: bool,
    /// Whether AWS refuses to delete it.
    pub deletion_protection: bool,
    /// The database that is made in it; letters, digits and underscores.
    pub db_name: String,
    /// The name of the first user.
    pub username: String,
    /// Where that user's password is kept.
    pub password: Password,
    /// The subnets it may stand in.
    pub subnet_group: Link<SubnetGroup>,
    /// Who may reach it.
    pub security_groups: BTreeSet<Link<SecurityGroup>>,
    /// Whether it has an address on the internet.
    pub publicly_accessible: bool,
    /// The port that it listens on.
    pub port: Port,
}

/// A database engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
}

impl Engine {
    /// RDS's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
        }
    }
}

/// A kind of volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StorageType {
    /// General purpose: three operations a second for each gigabyte, with bursts.
    Gp2,
    /// General purpose: 3,000 operations a second at any size.
    Gp3,
    /// Another one that the database has and this kind does not write.
    Other(String),
}

impl StorageType {
    /// RDS's name of it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Gp2 => "gp2",
            Self::Gp3 => "gp3",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for StorageType {
    fn from(name: &str) -> Self {
        match name {
            "gp2" => Self::Gp2,
            "gp3" => Self::Gp3,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl Spec {
    pub(super) fn storage(&self) -> i32 {
        i32::try_from(self.allocated_storage_gb).unwrap_or(i32::MAX)
    }

    pub(super) fn groups(&self) -> Vec<String> {
        self.security_groups
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    /// Machine, storage, and the secret where RDS keeps one.
    pub(super) fn charges(&self) -> Vec<Charge> {
        let (zones, copies) = if self.multi_az {
            ("multi", ".multi")
        } else {
            ("single", "")
        };
        let engine = self.engine.as_str();
        let mut charges = vec![
            Charge {
                item: format!("rds.{engine}.{}.{zones}", self.class),
                quantity: HOURS,
            },
            Charge {
                item: format!("rds.storage.{}{copies}.gb", self.storage_type.as_str()),
                quantity: self.allocated_storage_gb.into(),
            },
        ];
        if self.password == Password::Managed {
            charges.push(Charge {
                item: "secretsmanager.secret".to_owned(),
                quantity: 1.0,
            });
        }
        charges
    }
}

/// A database with its secrets and groups beside it.
pub(super) fn samples(scope: &Scope) -> Samples<Spec> {
    let secret = |name: &str| {
        let name = format!("{}sample/{name}", scope.path());
        let value = parameter::Value::Secret(SecretSource::Generate(32));
        parameter::Spec { name, value }
    };
    let one_secret = Beside::new::<Parameter>("one-password", &secret("one-password"));
    let other_secret = Beside::new::<Parameter>("other-password", &secret("other-password"));
    let group = |name: &str| {
        let spec = security_group::Spec {
            name: scope.name(name),
            ..SecurityGroup::samples(scope).sample
        };
        Beside::new::<SecurityGroup>(name, &spec)
    };
    let (one_group, other_group) = (group("one-db-group"), group("other-db-group"));
    let name_of = |beside: &Beside| Text::output(&beside.address, "name");
    let sample = Spec {
        identifier: scope.name("sample"),
        engine: Engine::Postgres,
        major_version: 15,
        class: DbClass::t3_micro(),
        allocated_storage_gb: 20,
        storage_type: StorageType::Gp2,
        multi_az: false,
        encrypted: true,
        backup_retention_days: 7,
        performance_insights: true,
        auto_minor_version_upgrade: true,
        deletion_protection: true,
        db_name: "sample".to_owned(),
        username: "sample".to_owned(),
        password: Password::Parameter(name_of(&one_secret)),
        subnet_group: sample::<SubnetGroup>(),
        security_groups: BTreeSet::from([one_group.link()]),
        publicly_accessible: false,
        port: Port::POSTGRES,
    };
    Samples {
        changed: Spec {
            major_version: 16,
            class: DbClass::t3_small(),
            allocated_storage_gb: 30,
            storage_type: StorageType::Gp3,
            multi_az: true,
            backup_retention_days: 14,
            performance_insights: false,
            auto_minor_version_upgrade: false,
            deletion_protection: false,
            password: Password::Parameter(name_of(&other_secret)),
            security_groups: BTreeSet::from([other_group.link()]),
            publicly_accessible: true,
            port: Port::MYSQL,
            ..sample.clone()
        },
        sample,
        beside: vec![one_secret, other_secret, one_group, other_group],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_zone_doubles_machine_and_storage() {
        let scope = Scope {
            stack: "shop".to_owned(),
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
            account: "123456789012".to_owned(),
            partition: "aws".to_owned(),
        };
        let items = |spec: &Spec| -> Vec<String> {
            spec.charges()
                .into_iter()
                .map(|charge| charge.item)
                .collect()
        };
        let samples = samples(&scope);
        assert_eq!(
            items(&samples.sample),
            ["rds.postgres.db.t3.micro.single", "rds.storage.gp2.gb"]
        );
        assert_eq!(
            items(&samples.changed),
            ["rds.postgres.db.t3.small.multi", "rds.storage.gp3.multi.gb"]
        );
    }
}
