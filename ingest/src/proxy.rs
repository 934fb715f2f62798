//! The proxy that the environment names: `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`, unless `NO_PROXY` has the host.

use std::net::IpAddr;

use ureq::{Proxy, http::Uri};

/// The proxy for a request. No proxy elsewhere reaches this machine by its loopback addresses, and many environments
/// name a proxy without saying so.
pub fn to(uri: &Uri) -> Option<Proxy> {
    if is_here(uri) { None } else { Proxy::try_from_env() }
}

/// The proxy for requests to an origin.
pub fn to_origin(origin: &str) -> Option<Proxy> {
    origin.parse().map_or_else(|_| Proxy::try_from_env(), |uri| to(&uri))
}

fn is_here(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let is_loopback = host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    is_loopback || host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_asked_directly() {
        for origin in ["http://127.0.0.1:9000", "http://[::1]:9000", "http://localhost:9000/", "https://s3.LOCALHOST"] {
            assert!(is_here(&origin.parse().unwrap()), "{origin}");
        }
        for origin in ["https://acc.r2.cloudflarestorage.com", "http://192.168.0.2:9000", "http://localhost.example"] {
            assert!(!is_here(&origin.parse().unwrap()), "{origin}");
        }
    }
}
