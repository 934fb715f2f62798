//! TLS for requests to the store and to a database.

use std::sync::Arc;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

/// Trusts these authorities, given in DER. If there are none, trusts Mozilla's list.
pub fn config(certificates: &[Vec<u8>]) -> TlsConfig {
    if certificates.is_empty() {
        return TlsConfig::default();
    }
    let roots: Vec<_> = certificates.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(roots))).build()
}
