//! What is counted, for Prometheus.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::Method;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::app::App;

/// The upper bounds of latencies, in seconds.
const LATENCIES: [f64; 12] = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

/// What a method counts as. A client may call its method anything, and each name would be kept.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::CONNECT => "CONNECT",
        Method::DELETE => "DELETE",
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PATCH => "PATCH",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::TRACE => "TRACE",
        _ => "(other)",
    }
}

/// The counters of this process.
pub struct Metrics {
    registry: Registry,
    requests: Family<Request, Counter>,
    latency: Family<Route, Histogram>,
    /// Connections open now.
    pub connections: Gauge,
    /// Scans acknowledged.
    pub scans: Counter,
    /// Files in them.
    pub files: Counter,
    /// Requests refused because there were too many of one client.
    pub limited: Counter,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("codedetect");
        let requests = Family::default();
        let latency =
            Family::<Route, Histogram>::new_with_constructor(|| Histogram::new(LATENCIES));
        let connections = Gauge::default();
        let scans = Counter::default();
        let files = Counter::default();
        let limited = Counter::default();
        registry.register("requests", "Requests by route and status", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from a request's head to its answer's",
            latency.clone(),
        );
        registry.register("connections", "Connections open now", connections.clone());
        registry.register("scans", "Scans acknowledged", scans.clone());
        registry.register("files", "Files of acknowledged scans", files.clone());
        registry.register(
            "rate_limited",
            "Requests refused because a client sent too many",
            limited.clone(),
        );
        Self {
            registry,
            requests,
            latency,
            connections,
            scans,
            files,
            limited,
        }
    }
}

impl Metrics {
    /// Counts a request. The route is a pattern, of which there are few, never an address.
    pub fn request(&self, method: &Method, route: &str, status: u16, took: Duration) {
        self.requests
            .get_or_create(&Request {
                method: known(method),
                route: route.to_owned(),
                status,
            })
            .inc();
        self.latency
            .get_or_create(&Route {
                route: route.to_owned(),
            })
            .observe(took.as_secs_f64());
    }

    /// All of it, in Prometheus's text format.
    pub fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        // The figures of other parts, which count for themselves.
        let eof = "# EOF\n";
        if text.ends_with(eof) {
            text.truncate(text.len() - eof.len());
        }
        let commits = app.store.database().commits();
        let load = app.analyzer.load();
        for (name, kind, help, value) in [
            (
                "database_commits_total",
                "counter",
                "Transactions committed by the writer",
                commits.commits.load(Ordering::Relaxed),
            ),
            (
                "database_writes_total",
                "counter",
                "Uploads and reports in those transactions",
                commits.writes.load(Ordering::Relaxed),
            ),
            (
                "database_locked_total",
                "counter",
                "Times that the writer found the database held by another process",
                commits.locked.load(Ordering::Relaxed),
            ),
            (
                "analyzer_queued",
                "gauge",
                "Files that wait for a worker",
                load.queued,
            ),
            (
                "analyzer_running",
                "gauge",
                "Files being analysed now",
                load.running,
            ),
            (
                "analyzer_worker_deaths_total",
                "counter",
                "Workers that died, hung or grew",
                load.worker_deaths,
            ),
            (
                "analyzer_landlock",
                "gauge",
                "1 where the kernel keeps workers from files and network",
                load.landlock.into(),
            ),
            (
                "analyzer_seccomp",
                "gauge",
                "1 where the kernel keeps workers from all system calls but a few",
                load.seccomp.into(),
            ),
        ] {
            writeln!(text, "# HELP codedetect_{name} {help}.")?;
            writeln!(text, "# TYPE codedetect_{name} {kind}")?;
            writeln!(text, "codedetect_{name} {value}")?;
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_that_clients_make_up_count_as_one() {
        let metrics = Metrics::default();
        for number in 0..100 {
            let made_up = Method::from_bytes(format!("M{number}").as_bytes()).unwrap();
            metrics.request(&made_up, "(none)", 405, Duration::ZERO);
        }
        metrics.request(&Method::GET, "/", 200, Duration::ZERO);
        let mut text = String::new();
        encode(&mut text, &metrics.registry).unwrap();
        let lines = text.lines().filter(|line| line.contains("method="));
        assert_eq!(lines.count(), 2, "{text}");
        assert!(text.contains("method=\"(other)\""), "{text}");
    }
}
