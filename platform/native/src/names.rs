//! The names under which browsers may ask for the gallery.
//!
//! A page of a stranger can let its own name point to this machine (DNS rebinding). Its scripts then count as the
//! gallery's own, and read whatever an open network would have kept from them. The `Host` of such a request is still
//! the stranger's name.

use std::{collections::HashSet, net::Ipv6Addr};

use http::{HeaderMap, Uri, header::HOST};
use platform::{
    Error, Kind,
    config::{
        ConfigError, Lookup, Name,
        names::{ALLOWED_HOSTS, ALLOWED_ORIGINS, VIDEO_API_BASE, VIDEO_ORIGIN},
    },
};

/// Whatever the name, a request is served.
const ANY: &str = "*";

/// The names that are served. Addresses and the names of this machine need no entry: no stranger can let them point
/// elsewhere.
#[derive(Clone, Debug, Default)]
pub struct HostNames {
    any: bool,
    names: HashSet<String>,
}

impl HostNames {
    /// No name is refused.
    pub fn any() -> Self {
        Self { any: true, names: HashSet::new() }
    }

    /// `ALLOWED_HOSTS`, and the names that the configuration gives the gallery elsewhere.
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        let wanted = "must be host names such as gallery.example without a scheme, separated by commas, or *";
        let mut found = Self::default();
        let listed = lookup.optional(ALLOWED_HOSTS).unwrap_or_default();
        for entry in listed.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            if entry == ANY {
                found.any = true;
            } else {
                found.names.insert(name_of(entry).ok_or(ConfigError::new(ALLOWED_HOSTS, wanted))?);
            }
        }
        let one = |name: Name| Ok::<_, ConfigError>(lookup.origin(name)?.into_iter().collect::<Vec<_>>());
        for origin in [one(VIDEO_API_BASE)?, one(VIDEO_ORIGIN)?, lookup.origins(ALLOWED_ORIGINS)?].concat() {
            let uri = origin.parse::<Uri>().ok();
            found.names.extend(uri.and_then(|uri| name_of(uri.host()?)));
        }
        Ok(found)
    }

    /// Whether the `Host` of a request is one of these. HTTP/1.0 knows requests without `Host`, which no browser sends.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Error> {
        let Some(host) = headers.get(HOST) else { return Ok(()) };
        if self.any || host.to_str().ok().and_then(name_of).is_some_and(|name| self.has(&name)) {
            return Ok(());
        }
        Err(Error::because(Kind::Denied, "host.name", "the Host header names no host of ALLOWED_HOSTS"))
    }

    fn has(&self, name: &str) -> bool {
        name.parse::<std::net::IpAddr>().is_ok()
            || name == "localhost"
            || name.ends_with(".localhost")
            || self.names.contains(name)
    }
}

/// The host of `host[:port]`, in lower case, without the dot that may end a name and without the brackets of an
/// IPv6 address.
fn name_of(text: &str) -> Option<String> {
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = rest.strip_prefix(':').or_else(|| rest.is_empty().then_some(""))?;
        return is_port(port).then(|| address.to_string());
    }
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    (is_name && is_port(port)).then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::Config;

    fn serves(names: &HostNames, host: &str) -> bool {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).unwrap())]);
        names.check(&headers).is_ok()
    }

    #[test]
    fn addresses_and_names_of_this_machine_are_always_served() {
        let none = HostNames::default();
        for host in
            ["127.0.0.1", "192.0.2.7:8080", "[::1]", "[2001:db8::1]:80", "localhost", "LocalHost.:81", "a.localhost:1"]
        {
            assert!(serves(&none, host), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.evil.example",
            "evillocalhost",
            "user@localhost",
            "localhost:80@evil.example",
            "localhost:80x",
            "[::1",
            "[::1]evil",
            "[::1].evil:80",
            "[evil.example]",
            "::1",
            "localhost/evil",
            "local host",
        ] {
            assert!(!serves(&none, host), "{host}");
        }
        assert!(none.check(&HeaderMap::new()).is_ok());
    }

    #[test]
    fn the_configuration_gives_names() {
        let load = |config: Config| config.read(|lookup| HostNames::load(&lookup));
        let names = load(
            Config::empty()
                .with("ALLOWED_HOSTS", "Gallery.Example., nas.lan:8080")
                .with("VIDEO_API_BASE", "https://video.example:8443")
                .with("VIDEO_ORIGIN", "http://video.internal")
                .with("ALLOWED_ORIGINS", "https://page.example, https://two.example"),
        )
        .unwrap();
        for host in [
            "gallery.example",
            "GALLERY.EXAMPLE.:443",
            "nas.lan",
            "video.example",
            "video.internal:80",
            "page.example",
            "two.example:1",
        ] {
            assert!(serves(&names, host), "{host}");
        }
        assert!(!serves(&names, "other.example") && !serves(&names, "x.gallery.example"));
        assert!(serves(&load(Config::empty().with("ALLOWED_HOSTS", "*")).unwrap(), "anything.example"));
        for wrong in ["https://gallery.example", "gallery.example/path", "a b", "*.example"] {
            let error = load(Config::empty().with("ALLOWED_HOSTS", wrong)).unwrap_err();
            assert_eq!(error.name, "ALLOWED_HOSTS", "{wrong}");
        }
    }
}
