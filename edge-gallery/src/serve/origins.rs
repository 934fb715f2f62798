//! The origins by which a browser may know an address.

use std::net::SocketAddr;

/// The address as an origin over plain HTTP. An address of this machine also gives `localhost`. The list is never
/// empty.
pub fn of(address: SocketAddr) -> Vec<String> {
    over("http", address)
}

/// The same with another scheme.
pub fn over(scheme: &str, address: SocketAddr) -> Vec<String> {
    let mut origins = vec![format!("{scheme}://{address}")];
    if address.ip().is_loopback() || address.ip().is_unspecified() {
        origins.push(format!("{scheme}://localhost:{}", address.port()));
    }
    if address.ip().is_unspecified() {
        origins[0] = format!("{scheme}://127.0.0.1:{}", address.port());
    }
    origins
}

/// Whether a page can name an address to browsers on other machines. Its policy has no form for one of IPv6 (CSP 3,
/// section 2.3.1), and behind `0.0.0.0` may be any name. With TLS, the certificate says which.
pub fn can_be_named(address: SocketAddr, tls: bool) -> bool {
    address.is_ipv4() && (tls || !address.ip().is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::{can_be_named, of};

    #[test]
    fn a_page_names_no_ipv6_and_nothing_that_may_be_anything() {
        let can = |text: &str, tls| can_be_named(text.parse().unwrap(), tls);
        assert!(can("127.0.0.1:80", false) && can("0.0.0.0:443", true));
        assert!(!can("0.0.0.0:80", false) && !can("[::1]:80", false) && !can("[2001:db8::5]:443", true));
    }

    #[test]
    fn origins() {
        let of = |text: &str| of(text.parse().unwrap());
        assert_eq!(of("127.0.0.1:80"), ["http://127.0.0.1:80", "http://localhost:80"]);
        assert_eq!(of("0.0.0.0:8080"), ["http://127.0.0.1:8080", "http://localhost:8080"]);
        assert_eq!(of("192.0.2.1:8080"), ["http://192.0.2.1:8080"]);
        assert_eq!(super::over("https", "192.0.2.1:443".parse().unwrap()), ["https://192.0.2.1:443"]);
        assert_eq!(of("[::1]:8080"), ["http://[::1]:8080", "http://localhost:8080"]);
    }
}
