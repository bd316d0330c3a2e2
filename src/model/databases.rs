//! Databases: encrypted, among the private subnets, reached by the instances only.

use super::draft::{Draft, Place};
use super::names::{DATABASE, LONG, called};
use super::network::Made;
use super::security::{self, Groups};
use crate::diag::Code;
use crate::kinds::rds::instance::{self, Engine, Instance, Password, StorageType};
use crate::kinds::rds::subnet_group::{self, SubnetGroup};
use crate::reference::{Address, Text};
use crate::scope::Scope;
use crate::stack::document::{self, Database, EngineFamily};

/// The owner of a database on its server. RDS refuses names that its engines reserve, such as `admin` for PostgreSQL and `user`
/// for MySQL; this one is free in all of them and has the 16 characters at most that MySQL takes.
pub(crate) const USER: &str = "appowner";

/// The name of the database on its server: letters and digits only, as MySQL wants it ("CreateDBInstance", `DBName`). The ending
/// keeps it clear of reserved words.
pub(crate) fn name_on_server(stack: &str) -> String {
    let plain: String = stack.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{plain}db")
}

/// The identifier of a database.
pub(crate) fn identifier(scope: &Scope, item: &str) -> String {
    called(scope, &[item], DATABASE)
}

/// The databases that are turned on. One that is off has no resources at all, its security group included.
pub(crate) fn build(draft: &mut Draft<'_>, network: Option<&Made>, groups: Option<&Groups>) {
    for (item, wanted) in &draft.document.databases {
        if let Some(network) = network
            && wanted.enabled
        {
            one(draft, item.as_str(), wanted, network, groups);
        }
    }
}

fn one(
    draft: &mut Draft<'_>,
    item: &str,
    wanted: &Database,
    network: &Made,
    groups: Option<&Groups>,
) {
    let origin = format!("databases.{item}");
    let Some((engine, major_version)) = engine(draft, &origin, wanted) else {
        return;
    };
    let what = format!("rds-{item}");
    let group = security::group(
        draft,
        network,
        &what,
        "SQL from the instances to a database",
        (&format!("{origin}.security-group"), &origin),
    );
    let rules = security::data_rules(draft, &group, &origin, wanted.engine.port(), groups);
    let spec = subnet_group::Spec {
        name: called(draft.scope, &[item], LONG),
        description: format!("Where the database {item} may stand"),
        subnets: network.ids(network.data_tier),
    };
    let name = spec.name.clone();
    let place = Place::new(format!("{origin}.subnet-group"), &origin, name).tagged(&wanted.tags);
    let subnets = draft.add::<SubnetGroup>(place, &spec);
    let spec = instance::Spec {
        identifier: identifier(draft.scope, item),
        engine,
        major_version,
        class: wanted.class.clone(),
        allocated_storage_gb: wanted.storage.whole_gigabytes().unwrap_or_default(),
        storage_type: match wanted.storage_type {
            document::StorageType::Gp2 => StorageType::Gp2,
            document::StorageType::Gp3 => StorageType::Gp3,
        },
        multi_az: wanted.multi_zone,
        encrypted: true,
        backup_retention_days: wanted
            .backups
            .whole_days()
            .and_then(|days| u16::try_from(days).ok())
            .unwrap_or_default(),
        performance_insights: wanted.performance_insights,
        auto_minor_version_upgrade: wanted.minor_upgrades,
        deletion_protection: wanted.deletion_protection,
        db_name: name_on_server(draft.document.stack.as_str()),
        username: USER.to_owned(),
        password: password(wanted),
        subnet_group: subnets.link(),
        security_groups: [group.link()].into(),
        publicly_accessible: false,
        port: wanted.engine.port(),
    };
    let name = spec.identifier.clone();
    let place = Place::new(&origin, &origin, name).tagged(&wanted.tags);
    let database = draft.add::<Instance>(place, &spec);
    draft.after(database.address(), [rules.address()]);
}

/// The engine as the kind takes it.
fn engine(draft: &mut Draft<'_>, origin: &str, wanted: &Database) -> Option<(Engine, u16)> {
    let engine = match wanted.engine.family() {
        EngineFamily::Postgres => Some(Engine::Postgres),
        EngineFamily::Mysql | EngineFamily::Mariadb => None,
    };
    let version = wanted.engine.version().parse().ok();
    let known = engine.zip(version);
    if known.is_none() {
        draft.refuse(
            Code::EngineClass,
            &format!("{origin}.engine"),
            format!("{} is not supported yet", wanted.engine),
            "take postgres-15, -16 or -17",
        );
    }
    known
}

fn password(wanted: &Database) -> Password {
    match &wanted.password {
        None => Password::Managed,
        Some(parameter) => {
            let address = Address::new(format!("parameters.{}", parameter.name()));
            Password::Parameter(Text::output(&address, "name"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use crate::model::tests::{built, example, refused, spec_of};

    #[test]
    fn turning_it_on_adds_its_own_resources_and_changes_no_other() {
        let mut on = example();
        on["databases"]["main"]["enabled"] = json!(true);
        let (off, on) = (built(example()), built(on));
        let extra: BTreeSet<String> = on
            .iter()
            .filter(|one| off.get(&one.address).is_none())
            .map(|one| one.address.to_string())
            .collect();
        let expected = [
            "alarms.main-storage",
            "databases.main",
            "databases.main.security-group",
            "databases.main.security-group-rules",
            "databases.main.subnet-group",
        ];
        assert_eq!(extra, expected.map(str::to_owned).into());
        for before in off.iter() {
            let after = on.get(&before.address).unwrap();
            assert_eq!(before.spec, after.spec, "{}", before.address);
        }
    }

    #[test]
    fn a_database_is_encrypted_and_private() {
        let mut stack = example();
        stack["databases"]["main"]["enabled"] = json!(true);
        stack["databases"]["main"]["storage_type"] = json!("gp2");
        let resources = built(stack);
        let database = spec_of(&resources, "databases.main");
        assert_eq!(database["identifier"], "codedetect-prod-main");
        assert_eq!(database["encrypted"], true);
        assert_eq!(database["publicly_accessible"], false);
        assert_eq!(database["storage_type"], "gp2");
        assert_eq!(database["backup_retention_days"], 7);
        assert_eq!(database["deletion_protection"], true);
        assert_eq!(
            database["password"],
            json!({ "parameter": { "$text": [["parameters.db-password", "name"]] } })
        );
    }

    #[test]
    fn an_engine_that_is_not_supported_is_said() {
        let mut stack = example();
        stack["databases"]["main"]["enabled"] = json!(true);
        stack["databases"]["main"]["engine"] = json!("mariadb-11.4");
        stack["databases"]["main"]["performance_insights"] = json!(false);
        assert!(refused(stack).contains("mariadb-11.4"));
    }
}
