//! A local cloud within this process, for tests and benchmarks.

use std::collections::HashMap;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::moto::{MotoServer, World};
use crate::{Gateway, GatewayOptions, LocalError, MotoVenv, PlaneOptions};

/// How a local cloud is started within this process.
#[derive(Debug, Clone)]
pub struct CloudOptions {
    /// Below it moto's environment is built, unless `CODEDETECT_MOTO_VENV` names another.
    pub folder: PathBuf,
    /// Added to each call: half before it is passed on, half after.
    pub latency: Duration,
    /// How long a certificate stays pending, in whole seconds.
    pub validation: Duration,
    /// The processes and sockets to make of instances and load balancers; none where only the control plane is wanted.
    pub plane: Option<PlaneOptions>,
}

impl CloudOptions {
    /// A cloud without latency, whose certificates are issued within a second.
    pub fn below(folder: impl Into<PathBuf>) -> CloudOptions {
        CloudOptions {
            folder: folder.into(),
            latency: Duration::ZERO,
            validation: Duration::ZERO,
            plane: None,
        }
    }
}

/// A local cloud of its own: an empty world and a gateway, which it is used as. Both end when it is dropped.
///
/// Clouds of one process are cheap: they share what moto imports, and each starts in milliseconds.
#[derive(Debug)]
pub struct LocalCloud {
    // The gateway goes first: it must not ask a world that is gone.
    gateway: Gateway,
    _world: World,
    venv: MotoVenv,
}

impl LocalCloud {
    /// Starts a cloud.
    ///
    /// # Errors
    /// moto cannot be provisioned or started, or no port is free.
    pub fn start_in_process(options: &CloudOptions) -> Result<LocalCloud, LocalError> {
        let venv = MotoVenv::provision(&options.folder, |_| {})?;
        let world = server(&venv, options.validation)?.world()?;
        let gateway = Gateway::start(GatewayOptions {
            latency: options.latency,
            plane: options.plane.clone(),
            ..GatewayOptions::to(world.address)
        })?;
        Ok(LocalCloud {
            gateway,
            _world: world,
            venv,
        })
    }

    /// An interpreter with boto3, for reading back with another client.
    pub fn python(&self) -> PathBuf {
        self.venv.python()
    }
}

impl Deref for LocalCloud {
    type Target = Gateway;

    fn deref(&self) -> &Gateway {
        &self.gateway
    }
}

type Servers = HashMap<(PathBuf, u64), Arc<MotoServer>>;

/// The server that worlds of this process come from; started by the first, and ended with the process, when its pipe closes.
fn server(venv: &MotoVenv, validation: Duration) -> Result<Arc<MotoServer>, LocalError> {
    static SERVERS: Mutex<Option<Servers>> = Mutex::new(None);
    let mut servers = SERVERS.lock().unwrap_or_else(PoisonError::into_inner);
    let servers = servers.get_or_insert_default();
    let key = (venv.path().to_owned(), validation.as_secs());
    if let Some(server) = servers.get(&key)
        && !server.ended()
    {
        return Ok(Arc::clone(server));
    }
    let server = MotoServer::start(venv, validation, None)?;
    servers.insert(key, Arc::clone(&server));
    Ok(server)
}
