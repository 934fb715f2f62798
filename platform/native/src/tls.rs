//! TLS of clients' connections: one certificate, HTTP/2 and HTTP/1.1.

use std::{path::Path, sync::Arc};

use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;

use crate::HostError;

/// The name of HTTP/2 over TLS (RFC 9113 section 3.2). Clients that do not know it get HTTP/1.1.
pub(crate) const HTTP_2: &[u8] = b"h2";

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(Arc<ServerConfig>);

impl Tls {
    /// Reads PEM files: the certificate with those that lead to its root, and its key. The error is one line that names
    /// the file.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, HostError> {
        let unusable = |path: &Path, why: String| HostError::new(format!("{} cannot be used", path.display()), why);
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| unusable(certificate, error.to_string()))?;
        if chain.is_empty() {
            return Err(unusable(certificate, "no certificate is in it".to_owned()));
        }
        // The words of the parser may quote the file.
        let key_der = PrivateKeyDer::from_pem_file(key)
            .map_err(|_| unusable(key, "no private key in PEM form can be read from it".to_owned()))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key_der));
        let mut config = config.map_err(|error| unusable(key, error.to_string()))?;
        config.alpn_protocols = vec![HTTP_2.to_vec(), b"http/1.1".to_vec()];
        Ok(Self(Arc::new(config)))
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0))
    }
}
