//! Headers that every host handles alike.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};

/// The `Content-Length`, if the header is present and holds a number.
pub fn declared_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The address in a header in which a host tells it, as `address:port`. A client may send this header too. A host that
/// keeps the client's lines adds its own after them, so the last line counts.
pub fn told_address(headers: &HeaderMap, name: &str) -> Option<IpAddr> {
    let told: SocketAddr = headers.get_all(name).iter().next_back()?.to_str().ok()?.parse().ok()?;
    Some(told.ip())
}

/// Removes the headers that belong to one connection only (RFC 9110 section 7.6.1). Some hosts refuse such headers
/// outright.
pub fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in [
        "connection",
        "keep-alive",
        "transfer-encoding",
        "upgrade",
        "te",
        "trailer",
        "proxy-connection",
        "proxy-authenticate",
        "proxy-authorization",
    ] {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_address_is_the_hosts_own_and_never_the_clients() {
        let told = |lines: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-address", HeaderValue::from_static(line));
            }
            told_address(&headers, "x-address").map(|address| address.to_string())
        };
        assert_eq!(told(&["192.0.2.1:80"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(told(&["[2001:db8::1]:443"]).as_deref(), Some("2001:db8::1"));
        assert_eq!(told(&["198.51.100.9:1", "192.0.2.1:80"]).as_deref(), Some("192.0.2.1"));
        assert_eq!(told(&["198.51.100.9:1", "unknown"]), None);
        assert_eq!(told(&[]), None);
    }
}
