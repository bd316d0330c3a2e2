use super::{Check, Context};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::stack::document::Workload;

pub(super) const CHECK: Check = Check {
    topic: "sqlite",
    codes: &[Code::SqlitePlace, Code::SqliteWal],
    run,
};

fn run(context: &Context<'_>, found: &mut Diagnostics) {
    for (name, workload) in &context.document.workloads {
        for (variable, text) in &workload.environment {
            let place = context.at(&["workloads", name.as_str(), "environment", variable.as_str()]);
            let text = text.written();
            let is_mode = variable
                .as_str()
                .to_ascii_uppercase()
                .ends_with("JOURNAL_MODE");
            if (is_mode && text.eq_ignore_ascii_case("wal")) || asks_for_wal(text) {
                found.push(
                    Diagnostic::new(
                        Code::SqliteWal,
                        "the write-ahead log does not work on a network file system",
                    )
                    .at_option(place)
                    .help("take `truncate`"),
                );
            }
            if let Some(file) = file(text).filter(|file| !is_mounted(workload, file)) {
                let help = match workload.mounts.keys().next() {
                    Some(mount) => format!(
                        "put it on the mount: `sqlite://{mount}/{}`",
                        file.rsplit('/').next().unwrap_or_default()
                    ),
                    None => "add `mounts: { /mnt/efs: files.shared }` and put it there".to_owned(),
                };
                found.push(
                    Diagnostic::new(
                        Code::SqlitePlace,
                        format!("{file} lies on no mount: it would be lost with its instance"),
                    )
                    .at_option(place)
                    .help(help),
                );
            }
        }
    }
}

fn asks_for_wal(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    text.starts_with("sqlite:")
        && (text.contains("journal_mode=wal") || text.contains("journal=wal"))
}

/// The file that a SQLite address means, always as an absolute path; nothing for a database in memory.
fn file(text: &str) -> Option<String> {
    let rest = text.strip_prefix("sqlite:")?;
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    if path.is_empty() || path.contains(":memory:") || path.contains("${") {
        return None;
    }
    Some(format!("/{}", path.trim_start_matches('/')))
}

fn is_mounted(workload: &Workload, file: &str) -> bool {
    workload.mounts.keys().any(|mount| mount.holds(file))
        && !file.split('/').any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_addresses() {
        for (text, expected) in [
            ("sqlite:///mnt/efs/x.db", Some("/mnt/efs/x.db")),
            ("sqlite:////mnt/efs/x.db?mode=rwc", Some("/mnt/efs/x.db")),
            ("sqlite:x.db", Some("/x.db")),
            ("sqlite::memory:", None),
            ("postgres://x/y", None),
        ] {
            assert_eq!(file(text).as_deref(), expected, "{text}");
        }
        assert!(asks_for_wal("sqlite:///x?journal_mode=WAL") && !asks_for_wal("sqlite:///wal.db"));
    }
}
