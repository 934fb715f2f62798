//! The certificates that outgoing TLS connections trust.

use std::sync::{Arc, OnceLock};

use platform::config::names::SSL_CERT_FILE;
use rustls::{RootCertStore, pki_types::CertificateDer};

use crate::HostError;

/// The system's certificates, or those of `SSL_CERT_FILE`, in DER. On a system without certificates the list is
/// empty. The program then uses Mozilla's list, which is compiled in.
///
/// It is an error if a file is named and holds no certificate: an operator who names a file does not want the
/// system's certificates instead.
pub fn certificates() -> Result<Vec<CertificateDer<'static>>, HostError> {
    let found = rustls_native_certs::load_native_certs();
    let named = std::env::var_os(SSL_CERT_FILE.text()).is_some_and(|file| !file.is_empty());
    if named && found.certs.is_empty() {
        let why = found.errors.first().map_or_else(|| "no certificate is in it".to_owned(), ToString::to_string);
        return Err(HostError::new(format!("{} cannot be used", SSL_CERT_FILE.text()), why));
    }
    Ok(found.certs)
}

/// The same certificates for rustls. They are read once per process.
pub(crate) fn roots() -> Result<Arc<RootCertStore>, HostError> {
    static ROOTS: OnceLock<Result<Arc<RootCertStore>, String>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates().map_err(|error| error.to_string())?);
        if roots.is_empty() {
            roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Ok(Arc::new(roots))
    };
    ROOTS.get_or_init(read).clone().map_err(|words| HostError::new("cannot set up TLS", words))
}
