//! Certificates for the local listeners: an authority of the folder's own, and a certificate from it for each name asked for.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use fs_err as fs;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::LocalError;

/// The file that a client is given to trust the local certificates.
const FILE: &str = "authority.pem";
/// The name for clients that give none, such as those that connect to an address.
const NO_NAME: &str = "localhost";

/// Issues certificates.
pub(crate) struct Authority {
    acceptor: TlsAcceptor,
    file: PathBuf,
}

impl Authority {
    /// An authority whose certificate stands in the folder, for `curl --cacert`. Its key is never written.
    ///
    /// # Errors
    /// The file cannot be written, or no key made.
    pub(crate) fn new(dir: &Path) -> Result<Authority, LocalError> {
        let issuer = issuer().map_err(trouble)?;
        let file = dir.join(FILE);
        fs::write(&file, issuer.pem()).map_err(LocalError::file(&file))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| LocalError::Listen(std::io::Error::other(error)))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(ByName {
                issuer,
                issued: Mutex::default(),
            }));
        let mut config = config;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Authority {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            file,
        })
    }

    /// The certificate that a client must trust.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// Begins a connection; nothing where the client breaks it off.
    pub(crate) async fn shake_hands(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        self.acceptor.accept(stream).await.ok()
    }
}

fn trouble(error: rcgen::Error) -> LocalError {
    LocalError::Listen(std::io::Error::other(error))
}

fn issuer() -> Result<CertifiedIssuer<'static, KeyPair>, rcgen::Error> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "codedetect local cloud");
    CertifiedIssuer::self_signed(params, KeyPair::generate()?)
}

struct ByName {
    issuer: CertifiedIssuer<'static, KeyPair>,
    issued: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl std::fmt::Debug for ByName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ByName").finish_non_exhaustive()
    }
}

impl ByName {
    fn issue(&self, name: &str) -> Option<Arc<CertifiedKey>> {
        let mut issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = issued.get(name) {
            return Some(Arc::clone(known));
        }
        let key = KeyPair::generate().ok()?;
        let names = vec![name.to_owned(), NO_NAME.to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names)
            .ok()?
            .signed_by(&key, &self.issuer)
            .ok()?;
        let private = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let signing = ring::sign::any_supported_type(&private).ok()?;
        let certified = Arc::new(CertifiedKey::new(vec![certificate.der().clone()], signing));
        issued.insert(name.to_owned(), Arc::clone(&certified));
        Some(certified)
    }
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.issue(hello.server_name().unwrap_or(NO_NAME))
    }
}
