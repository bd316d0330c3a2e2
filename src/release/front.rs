//! Requests through the load balancer, each over a connection of its own or over one that stays open.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::schema::Stated;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most of an answer that is read.
const LONGEST: usize = 64 * 1024;

/// Where a load balancer is reached from here.
#[derive(Clone)]
pub struct Front {
    /// The name that is asked for.
    host: String,
    secure: bool,
    /// Where to connect: a name and port, or an address.
    to: String,
    tls: Arc<ClientConfig>,
}

/// What this machine knows of a load balancer beyond its name.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// The address to connect to instead of the load balancer's own name.
    pub address: Option<SocketAddr>,
    /// A certificate to trust beside the system's, as PEM.
    pub authority: Option<Vec<u8>>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The version that its body names (`{"version": "1.0.0"}`).
    pub version: Option<String>,
    /// The instance that its header names.
    pub instance: Option<String>,
    /// The database schemas that its body states.
    pub stated: Stated,
}

/// A header that a workload may set to say which instance answered.
const INSTANCE: &str = "x-codedetect-instance";

/// A connection that stays open.
pub struct Connection(SendRequest<Empty<Bytes>>);

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.host, self.to)
    }
}

impl Front {
    /// The front of a load balancer called `dns_name`, whose certificate is for `host`.
    ///
    /// # Errors
    /// The system's certificates cannot be used.
    pub fn new(
        dns_name: &str,
        host: &str,
        (port, secure): (u16, bool),
        reach: &Reach,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        if secure {
            for certificate in rustls_native_certs::load_native_certs().certs {
                // One that cannot be read is of no use to anybody.
                let _ = roots.add(certificate);
            }
            if let Some(pem) = &reach.authority {
                for certificate in CertificateDer::pem_slice_iter(pem) {
                    let certificate = certificate.map_err(|error| error.to_string())?;
                    roots.add(certificate).map_err(|error| error.to_string())?;
                }
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            host: host.to_owned(),
            secure,
            to: reach.address.map_or_else(
                || format!("{dns_name}:{port}"),
                |address| address.to_string(),
            ),
            tls: Arc::new(tls),
        })
    }

    /// Connects.
    ///
    /// # Errors
    /// In few words: they are counted by kind.
    pub async fn connect(&self) -> Result<Connection, String> {
        tokio::time::timeout(PATIENCE, self.connect_at_leisure())
            .await
            .map_err(|_| "no connection in time".to_owned())?
    }

    async fn connect_at_leisure(&self) -> Result<Connection, String> {
        let stream = TcpStream::connect(&self.to)
            .await
            .map_err(|error| error.kind().to_string())?;
        let _ = stream.set_nodelay(true);
        let sender = if self.secure {
            let name = ServerName::try_from(self.host.clone())
                .map_err(|_| format!("{} is no host name", self.host))?;
            let stream = TlsConnector::from(Arc::clone(&self.tls))
                .connect(name, stream)
                .await
                .map_err(|error| format!("TLS: {error}"))?;
            begin(TokioIo::new(stream)).await?
        } else {
            begin(TokioIo::new(stream)).await?
        };
        Ok(Connection(sender))
    }

    /// Asks for a path over a connection.
    ///
    /// # Errors
    /// In few words: they are counted by kind.
    pub async fn ask(
        &self,
        connection: &mut Connection,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, String> {
        tokio::time::timeout(PATIENCE, self.ask_at_leisure(connection, path, headers))
            .await
            .map_err(|_| "no answer in time".to_owned())?
    }

    async fn ask_at_leisure(
        &self,
        connection: &mut Connection,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, String> {
        let mut request = Request::get(path).header(HOST, &self.host).header(
            USER_AGENT,
            concat!("codedetect-infra/", env!("CARGO_PKG_VERSION")),
        );
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Empty::new())
            .map_err(|error| error.to_string())?;
        let answer = connection.0.send_request(request).await.map_err(in_short)?;
        read(answer).await
    }

    /// Asks for a path over a connection of its own, and says how long that took.
    pub async fn ask_anew(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (Result<Answer, String>, Duration) {
        let began = Instant::now();
        let answer = async {
            let mut connection = self.connect().await?;
            self.ask(&mut connection, path, headers).await
        };
        let answer = answer.await;
        (answer, began.elapsed())
    }
}

impl Connection {
    /// Whether it can be asked again.
    pub fn is_open(&self) -> bool {
        !self.0.is_closed()
    }
}

async fn begin<S>(stream: TokioIo<S>) -> Result<SendRequest<Empty<Bytes>>, String>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(stream).await.map_err(in_short)?;
    tokio::spawn(connection);
    Ok(sender)
}

#[allow(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn in_short(error: hyper::Error) -> String {
    if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        "connection closed".to_owned()
    } else {
        error.to_string()
    }
}

async fn read(answer: Response<hyper::body::Incoming>) -> Result<Answer, String> {
    let status = answer.status().as_u16();
    let instance = answer
        .headers()
        .get(INSTANCE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = http_body_util::Limited::new(answer.into_body(), LONGEST)
        .collect()
        .await
        .map_err(|error| format!("the answer broke off: {error}"))?
        .to_bytes();
    let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    Ok(Answer {
        status,
        version: told
            .get("version")
            .and_then(|version| version.as_str().map(str::to_owned)),
        instance,
        stated: Stated::of(&told),
    })
}
