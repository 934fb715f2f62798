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

#[cfg(test)]
mod tests {
    use super::of;

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
