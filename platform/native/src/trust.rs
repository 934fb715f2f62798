//! The certificates that TLS connections of ours trust.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use platform::config::names::SSL_CERT_FILE;
use rustls::{RootCertStore, pki_types::CertificateDer};

use crate::HostError;

/// The certificates of `SSL_CERT_FILE`, else the system's, in DER. A system may have none: then Mozilla's list serves,
/// which is in the program.
///
/// A file that is named and holds no certificate is an error: whoever names a file does not mean the system's.
pub fn certificates() -> Result<Vec<CertificateDer<'static>>, HostError> {
    let Some(file) = std::env::var_os(SSL_CERT_FILE.text()) else {
        return Ok(rustls_native_certs::load_native_certs().certs);
    };
    let unusable = |why: String| HostError::new(format!("{} cannot be used", SSL_CERT_FILE.text()), why);
    if file.is_empty() {
        return Err(unusable("it is set and empty: name a file, or unset it".to_owned()));
    }
    let found = rustls_native_certs::load_certs_from_paths(Some(Path::new(&file)), None);
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs.iter().cloned());
    if roots.is_empty() {
        let why = found.errors.first().map_or_else(|| "no certificate is in it".to_owned(), ToString::to_string);
        return Err(unusable(why));
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
