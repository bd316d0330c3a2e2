use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::{Database, EngineFamily};

pub(super) const CHECK: Check = Check {
    topic: "databases",
    codes: &[Code::EngineClass, Code::StorageSize],
    run,
};

/// Families that RDS no longer offers for new instances. Source: "DB instance class types" of the RDS user guide, November 2025.
const RETIRED: &[&str] = &["m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2", "x1", "x1e"];
/// Classes on which MySQL and MariaDB have no Performance Insights. Source: "Amazon RDS DB engine, Region, and instance class support
/// for Performance Insights" of the RDS user guide, November 2025.
const TOO_SMALL: &[&str] = &["db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"];
const GIGABYTES: std::ops::RangeInclusive<u32> = 20..=65_536;

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, database) in &context.document.databases {
        let path = |key| ["databases", name.as_str(), key];
        if let Some(reason) = mismatch(database) {
            found.push(
                Diagnostic::new(Code::EngineClass, reason)
                    .at_option(context.at(&path("class")))
                    .also(context.at(&path("engine")), "the engine"),
            );
        }
        if !database
            .storage
            .whole_gigabytes()
            .is_some_and(|size| GIGABYTES.contains(&size))
        {
            let message = format!(
                "RDS takes 20GB to 64TB in whole gigabytes, not {}",
                database.storage
            );
            found.push(
                Diagnostic::new(Code::StorageSize, message).at_option(context.at(&path("storage"))),
            );
        }
    }
}

fn mismatch(database: &Database) -> Option<String> {
    let class = database.class.as_str();
    let family = class.split('.').nth(1).unwrap_or_default();
    if RETIRED.contains(&family) {
        return Some(format!(
            "RDS no longer offers {class} for new databases; take db.t3, db.t4g or newer"
        ));
    }
    let small = database.engine.family() != EngineFamily::Postgres && TOO_SMALL.contains(&class);
    (small && database.performance_insights)
        .then(|| format!("{} has no Performance Insights on {class}; set `performance_insights: false` or take a larger class", database.engine))
}
