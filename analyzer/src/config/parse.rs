//! From words to a [`Config`].

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::quantity::{COUNT, DURATION, SIZE, count, duration, size};
use super::{
    Config, DatabaseAddress, Instance, Limits, LogFormat, ScanLimits, Secret, UploadsAddress,
};

/// A variable that says nothing we understand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {value:?}: {expected}")]
pub struct ConfigError {
    /// The variable.
    pub name: &'static str,
    /// What it held; never a secret.
    pub value: String,
    /// What it should hold.
    pub expected: String,
}

/// The configuration by this process's environment.
pub fn from_environment() -> Result<Config, ConfigError> {
    from_lookup(|name| std::env::var(name).ok())
}

/// The configuration by any source of values. An empty value is as good as none.
pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let get = |name: &str| lookup(name).filter(|value| !value.is_empty());
    let limits = limits(&get)?;
    let pause = |word: &str| duration(word).filter(|time| !time.is_zero());
    Ok(Config {
        listen: listen(get("LISTEN"), get("PORT"))?,
        database: database(get("DATABASE_URL"), get("DB_PASSWORD"))?,
        uploads: uploads(get("UPLOADS"))?,
        alerts_topic: get("ALERTS_TOPIC").map(topic).transpose()?,
        secret_key: get("SECRET_KEY").map(Secret::new),
        version: get("CODEDETECT_VERSION").unwrap_or_else(|| {
            option_env!("CODEDETECT_VERSION")
                .unwrap_or(env!("CARGO_PKG_VERSION"))
                .to_owned()
        }),
        scan: scan_limits(&get, &limits)?,
        limits,
        instance: read("CODEDETECT_INSTANCE", &get, Instance::parse, Instance::FORM)?,
        rate_limit: read("RATE_LIMIT", &get, |word| word.parse().ok(), COUNT)?,
        connections: read("MAX_CONNECTIONS", &get, count, COUNT)?.unwrap_or(1024),
        keep_alive: read("KEEP_ALIVE", &get, pause, DURATION)?.unwrap_or(Duration::from_secs(75)),
        shutdown_delay: read("SHUTDOWN_DELAY", &get, duration, DURATION)?.unwrap_or_default(),
        drain: read("DRAIN_TIMEOUT", &get, duration, DURATION)?.unwrap_or(Duration::from_secs(30)),
        sweep_grace: read("SWEEP_GRACE", &get, duration, DURATION)?.unwrap_or(HOUR),
        sweep_every: read("SWEEP_EVERY", &get, duration, DURATION)?.unwrap_or(HOUR),
        log_format: match get("LOG_FORMAT").as_deref() {
            None if std::io::IsTerminal::is_terminal(&std::io::stderr()) => LogFormat::Text,
            None | Some("json") => LogFormat::Json,
            Some("text") => LogFormat::Text,
            Some(other) => return Err(wrong("LOG_FORMAT", other, "say json or text")),
        },
        workers: read("WORKERS", &get, count, COUNT)?,
    })
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What one scan may be allowed: with less no file would come through, with more nothing would
/// be limited.
const TIMES: RangeInclusive<Duration> = SECOND..=Duration::from_secs(600);
const MEMORY: RangeInclusive<usize> = 64 << 20..=64 << 30;

/// A file crosses a pipe to a worker, whose frames have a size of 32 bits.
const FILE: RangeInclusive<usize> = 1..=1 << 30;

/// What an upload may be.
fn limits(get: &impl Fn(&str) -> Option<String>) -> Result<Limits, ConfigError> {
    let default = Limits::default();
    let file = |word: &str| size(word).filter(|size| FILE.contains(size));
    let file_size = "say a number of bytes up to 1GiB, as 512KiB or 1MiB";
    let time = |word: &str| duration(word).filter(|time| !time.is_zero());
    Ok(Limits {
        file_bytes: read("MAX_FILE_SIZE", get, file, file_size)?.unwrap_or(default.file_bytes),
        upload_bytes: read("MAX_UPLOAD_SIZE", get, size, SIZE)?.unwrap_or(default.upload_bytes),
        files: read("MAX_FILES", get, count, COUNT)?.unwrap_or(default.files),
        silence: read("UPLOAD_SILENCE", get, time, DURATION)?.unwrap_or(default.silence),
        time: read("UPLOAD_TIME", get, time, DURATION)?.unwrap_or(default.time),
    })
}

/// What the analysis of a file may take.
fn scan_limits(
    get: &impl Fn(&str) -> Option<String>,
    limits: &Limits,
) -> Result<ScanLimits, ConfigError> {
    let default = ScanLimits::default();
    let time = |word: &str| duration(word).filter(|time| TIMES.contains(time));
    let times = "say a duration from 1s to 10m";
    let memory = |word: &str| size(word).filter(|size| MEMORY.contains(size));
    let memories = "say a number of bytes from 64MiB to 64GiB";
    Ok(ScanLimits {
        wall: read("SCAN_TIME", get, time, times)?.unwrap_or(default.wall),
        cpu: read("SCAN_CPU_TIME", get, time, times)?.unwrap_or(default.cpu),
        memory: read("SCAN_MEMORY", get, memory, memories)?
            .map_or(default.memory, |bytes| bytes as u64),
        source: u32::try_from(limits.file_bytes).unwrap_or(u32::MAX),
        ..default
    })
}

fn wrong(name: &'static str, value: &str, expected: &str) -> ConfigError {
    ConfigError {
        name,
        value: value.to_owned(),
        expected: expected.to_owned(),
    }
}

fn read<T>(
    name: &'static str,
    get: &impl Fn(&str) -> Option<String>,
    parse: impl Fn(&str) -> Option<T>,
    expected: &str,
) -> Result<Option<T>, ConfigError> {
    get(name)
        .map(|value| parse(&value).ok_or_else(|| wrong(name, &value, expected)))
        .transpose()
}

fn listen(listen: Option<String>, port: Option<String>) -> Result<SocketAddr, ConfigError> {
    if let Some(address) = listen {
        return address.parse().map_err(|_| {
            wrong(
                "LISTEN",
                &address,
                "say an address and a port, as 0.0.0.0:5000",
            )
        });
    }
    match port {
        Some(port) => port
            .parse()
            .map(|port| SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
            .map_err(|_| wrong("PORT", &port, "say a port, as 5000")),
        None => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, 5000))),
    }
}

fn database(url: Option<String>, password: Option<String>) -> Result<DatabaseAddress, ConfigError> {
    let Some(url) = url else {
        return Ok(DatabaseAddress::Sqlite(
            ["codedetect-data", "codedetect.db"].iter().collect(),
        ));
    };
    if let Some(path) = url
        .strip_prefix("sqlite://")
        .filter(|path| !path.is_empty())
    {
        return Ok(DatabaseAddress::Sqlite(PathBuf::from(path)));
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(DatabaseAddress::Postgres(with_password(&url, password)));
    }
    // The value may hold a password: only what stands before the first colon is repeated.
    let scheme = url.split(':').next().unwrap_or_default();
    Err(wrong(
        "DATABASE_URL",
        &format!("{scheme}:…"),
        "say sqlite://PATH or postgres://USER@HOST:PORT/NAME",
    ))
}

/// The URL with the password in it, unless it has one of its own.
fn with_password(url: &str, password: Option<String>) -> Secret {
    let parts = url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)));
    match (parts, password) {
        (Some((scheme, (user, rest))), Some(password)) if !user.contains([':', '/']) => {
            let password = utf8_percent_encode(&password, NON_ALPHANUMERIC);
            Secret::new(format!("{scheme}://{user}:{password}@{rest}"))
        }
        _ => Secret::new(url),
    }
}

fn uploads(value: Option<String>) -> Result<UploadsAddress, ConfigError> {
    let Some(value) = value else {
        return Ok(UploadsAddress::Folder("codedetect-data".into()));
    };
    if let Some(rest) = value.strip_prefix("s3://") {
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(wrong("UPLOADS", &value, "say s3://BUCKET/PREFIX/"));
        }
        let prefix = match prefix.trim_matches('/') {
            "" => "uploads/".to_owned(),
            prefix => format!("{prefix}/"),
        };
        return Ok(UploadsAddress::S3 {
            bucket: bucket.to_owned(),
            prefix,
        });
    }
    let folder = value.strip_prefix("file://").unwrap_or(&value);
    if folder.contains("://") || folder.is_empty() {
        return Err(wrong(
            "UPLOADS",
            &value,
            "say s3://BUCKET/PREFIX/ or a folder",
        ));
    }
    Ok(UploadsAddress::Folder(folder.into()))
}

fn topic(arn: String) -> Result<String, ConfigError> {
    let parts: Vec<&str> = arn.split(':').collect();
    if parts.len() == 6 && parts[0] == "arn" && parts[2] == "sns" {
        return Ok(arn);
    }
    Err(wrong(
        "ALERTS_TOPIC",
        &arn,
        "say the ARN of an SNS topic, as arn:aws:sns:REGION:ACCOUNT:NAME",
    ))
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
