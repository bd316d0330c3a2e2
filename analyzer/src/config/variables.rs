//! Every variable that the service reads: what `serve --help` and `docs/analyzer.md` say.

/// A variable of the environment.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// Its name.
    pub name: &'static str,
    /// What holds where it is not set.
    pub default: &'static str,
    /// What it says.
    pub meaning: &'static str,
}

const fn variable(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable {
        name,
        default,
        meaning,
    }
}

/// All of them, by name. Values of AWS's own variables are read by its SDK.
pub const ALL: &[Variable] = &[
    variable(
        "ALERTS_TOPIC",
        "none",
        "ARN of the SNS topic that bug reports go to; without one they are stored and logged",
    ),
    variable(
        "AWS_ENDPOINT_URL",
        "AWS",
        "where calls to S3, SNS and SSM go instead of AWS",
    ),
    variable(
        "CODEDETECT_INSTANCE",
        "none",
        "the name of this instance, which every answer carries as x-codedetect-instance",
    ),
    variable(
        "CODEDETECT_VERSION",
        "the build's",
        "the version that health and pages say",
    ),
    variable(
        "DATABASE_URL",
        "sqlite://codedetect-data/codedetect.db",
        "sqlite://PATH (sqlite:///PATH for an absolute one) or postgres://USER@HOST:PORT/NAME",
    ),
    variable(
        "DB_PASSWORD",
        "none",
        "the password of a PostgreSQL database whose URL has none; ssm:NAME reads it from Parameter Store",
    ),
    variable(
        "DRAIN_TIMEOUT",
        "30s",
        "how long running requests may take to end after SIGTERM",
    ),
    variable(
        "KEEP_ALIVE",
        "75s",
        "how long a connection may rest between two requests: longer than the load balancer keeps one (AWS: 60s)",
    ),
    variable("LISTEN", "127.0.0.1:5000", "the address to listen on"),
    variable("LOG_FORMAT", "json, or text on a terminal", "json or text"),
    variable(
        "MAX_CONNECTIONS",
        "1024",
        "connections served at once; more wait",
    ),
    variable("MAX_FILES", "500", "files of one upload, or of an archive"),
    variable("MAX_FILE_SIZE", "1MiB", "bytes of one file"),
    variable(
        "MAX_UPLOAD_SIZE",
        "16MiB",
        "bytes of one request, and of all files of an archive",
    ),
    variable(
        "PORT",
        "none",
        "listen on this port of every address, unless LISTEN is set",
    ),
    variable(
        "RATE_LIMIT",
        "20, none on this machine",
        "requests a second and client that change something; 0 is no limit",
    ),
    variable(
        "RUST_LOG",
        "info",
        "what is logged, as tracing's filters say it",
    ),
    variable(
        "SCAN_CPU_TIME",
        "8s",
        "how long the analysis of one file may compute: 1s to 10m, in whole seconds",
    ),
    variable(
        "SCAN_MEMORY",
        "1GiB",
        "bytes that the analysis of one file may take: 64MiB to 64GiB",
    ),
    variable(
        "SCAN_TIME",
        "10s",
        "how long the analysis of one file may last: 1s to 10m",
    ),
    variable(
        "SECRET_KEY",
        "random",
        "signs the forms of pages; the same on every instance; ssm:NAME reads it from Parameter Store",
    ),
    variable(
        "SHUTDOWN_DELAY",
        "0s",
        "how long after SIGTERM new connections are still accepted",
    ),
    variable(
        "SWEEP_EVERY",
        "1h",
        "how often an instance looks for objects without a row, at random for the first time within that span; 0s is never",
    ),
    variable(
        "SWEEP_GRACE",
        "1h",
        "how old an object without a row must be to be removed",
    ),
    variable(
        "UPLOADS",
        "codedetect-data",
        "s3://BUCKET/PREFIX/ or a folder for the uploaded files",
    ),
    variable(
        "UPLOAD_SILENCE",
        "10s",
        "how long the body of a request may keep silent before it is answered with 408",
    ),
    variable(
        "UPLOAD_TIME",
        "60s",
        "how long the body of a request may take in all",
    ),
    variable("WORKERS", "one a processor", "processes that analyse"),
];

/// The text under `serve --help`.
pub fn help() -> String {
    let mut text = String::from("Environment:\n");
    for variable in ALL {
        text.push_str(&format!(
            "  {:<20} {} [{}]\n",
            variable.name, variable.meaning, variable.default
        ));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn variables_are_sorted_and_each_stands_once() {
        assert!(ALL.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn the_documentation_has_every_variable_with_its_default() {
        let docs = include_str!("../../../docs/analyzer.md");
        for variable in ALL {
            let row = format!("| `{}` | {} |", variable.name, variable.default);
            assert!(docs.contains(&row), "docs/analyzer.md has no row {row}");
        }
    }
}
