//! `serve`: the web service, until it is told to end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::alerts::Alerts;
use crate::analyze::{Analyze, Pooled};
use crate::app::App;
use crate::config::{self, Config};
use crate::store::Store;
use crate::worker::{Pool, Program};
use crate::{ops, server};

/// The exit code of a configuration that cannot be used, as `sysexits.h` has it.
const EX_CONFIG: u8 = 78;

pub(super) fn run() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed("the runtime could not be started", &error),
    };
    runtime.block_on(async {
        match configured().await {
            Ok(config) => match serve(config).await {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => failed("the service could not be started", error.as_ref()),
            },
            Err(error) => {
                failed("the configuration cannot be used", error.as_ref());
                ExitCode::from(EX_CONFIG)
            }
        }
    })
}

type Error = Box<dyn std::error::Error + Send + Sync>;

/// The environment, with what it points to in Parameter Store.
async fn configured() -> Result<Config, Error> {
    let lookup = |name: &str| std::env::var(name).ok();
    let secrets = config::secrets::from_parameter_store(lookup).await?;
    Ok(config::from_lookup(|name| {
        secrets
            .iter()
            .find(|(variable, _)| *variable == name)
            .map(|(_, value)| value.clone())
            .or_else(|| lookup(name))
    })?)
}

async fn serve(config: Config) -> Result<(), Error> {
    ops::logs::start(config.log_format);
    // From here on, so that none that comes while we start is lost.
    let (mut terminate, mut interrupt) = (
        signal(SignalKind::terminate())?,
        signal(SignalKind::interrupt())?,
    );
    if config.secret_key.is_none() {
        tracing::warn!("SECRET_KEY is not set: forms are good for this process alone");
    }
    let analyzer: Box<dyn Analyze> = analyzer(&config).await?;
    let store = Store::open(&config.database, &config.uploads).await?;
    let alerts = Alerts::to(config.alerts_topic.as_deref()).await;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let app = App::new(config, store, analyzer, alerts);
    ops::sweeper::start(&app);
    tracing::info!(%address, version = app.config.version, "listening");
    println!(
        "CodeDetect {} is at http://{}/",
        app.config.version,
        to_open(address)
    );
    let second = async {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = interrupt.recv() => (),
        }
    };
    server::serve(app, listener, second).await;
    Ok(())
}

async fn analyzer(config: &Config) -> Result<Box<dyn Analyze>, Error> {
    let size = config
        .workers
        .and_then(NonZeroUsize::new)
        .or_else(|| std::thread::available_parallelism().ok())
        .unwrap_or(NonZeroUsize::MIN);
    let pool = Pool::start(Program::this(), size, config.scan).await?;
    Ok(Box::new(Pooled::new(pool)))
}

/// An address that a browser of this machine can open: listening on every address is on this
/// machine's own, too.
fn to_open(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn failed(what: &str, error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("error: {what}: {error}");
    let mut source = error.source();
    while let Some(error) = source {
        eprintln!("  because: {error}");
        source = error.source();
    }
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_can_open_what_is_printed() {
        for (listened, opened) in [
            ("0.0.0.0:5000", "127.0.0.1:5000"),
            ("[::]:80", "[::1]:80"),
            ("10.0.1.7:5000", "10.0.1.7:5000"),
        ] {
            let listened: SocketAddr = listened.parse().unwrap();
            assert_eq!(to_open(listened).to_string(), opened);
        }
    }
}
