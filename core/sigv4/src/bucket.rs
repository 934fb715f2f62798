use crate::Error;
use crate::encode::{encode_key_into, encode_query_into};

/// The place of the bucket's name in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UrlStyle {
    /// `https://host/bucket/key`
    Path,
    /// `https://bucket.host/key`
    VirtualHost,
}

/// A bucket's address and region: everything that is known before the object key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// `scheme://host[:port]`, and for path style `/bucket`. No slash at the end.
    base: String,
    /// Bytes of `base` before the path.
    origin: usize,
    /// Bytes of `base` before the host.
    host: usize,
    region: String,
}

impl Bucket {
    /// `endpoint` is `http://host[:port]` or `https://host[:port]`. A final `/` is allowed, a path is not. The host
    /// is lower-cased and a default port dropped, as HTTP clients do for the `Host` header that is signed.
    ///
    /// With [`UrlStyle::Path`], any name without `/` and control characters is accepted. With
    /// [`UrlStyle::VirtualHost`], the name must be made of host labels (lower-case letters, digits, `-`, `.`), and
    /// the endpoint's host must not be an address.
    pub fn new(endpoint: &str, style: UrlStyle, name: &str, region: &str) -> Result<Self, Error> {
        let (scheme, host, port) = parse_endpoint(endpoint)?;
        if region.is_empty() || !region.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            return Err(Error::Region);
        }
        let mut base = format!("{scheme}://");
        let host_start = base.len();
        if style == UrlStyle::VirtualHost {
            if !name.split('.').all(|label| is_label(label) && !label.bytes().any(|b| b.is_ascii_uppercase())) {
                return Err(Error::BucketName);
            }
            if is_address(&host) {
                return Err(Error::Endpoint);
            }
            base.push_str(name);
            base.push('.');
        }
        base.push_str(&host);
        if let Some(port) = port {
            base.push(':');
            base.push_str(&port.to_string());
        }
        let origin = base.len();
        if style == UrlStyle::Path {
            if name.is_empty() || name == "." || name == ".." || name.chars().any(|c| c == '/' || c.is_control()) {
                return Err(Error::BucketName);
            }
            base.push('/');
            encode_query_into(&mut base, name);
        }
        Ok(Self { base, origin, host: host_start, region: region.to_owned() })
    }

    /// A Cloudflare R2 bucket at its S3 endpoint, path style, region `auto`. `jurisdiction` is for example `eu`.
    ///
    /// Source: Cloudflare R2 documentation, "S3 API compatibility" and "Data location".
    pub fn r2(account_id: &str, jurisdiction: Option<&str>, name: &str) -> Result<Self, Error> {
        if !is_label(account_id) || !jurisdiction.is_none_or(is_label) {
            return Err(Error::Account);
        }
        let endpoint = match jurisdiction {
            None => format!("https://{account_id}.r2.cloudflarestorage.com"),
            Some(jurisdiction) => {
                format!("https://{account_id}.{jurisdiction}.r2.cloudflarestorage.com")
            }
        };
        Self::new(&endpoint, UrlStyle::Path, name, "auto")
    }

    /// The `Host` header of requests to this bucket, with the port unless it is the scheme's default.
    pub fn host(&self) -> &str {
        &self.base[self.host..self.origin]
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    /// The bucket's URL without a slash at the end, e.g. `https://s3.example.com/photos`.
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Appends the unsigned URL of an object.
    pub fn object_url_into(&self, out: &mut String, key: &str) {
        out.push_str(&self.base);
        out.push('/');
        encode_key_into(out, key);
    }

    /// The encoded path of the bucket: empty, or `/name`.
    pub(crate) fn path(&self) -> &str {
        &self.base[self.origin..]
    }
}

/// Scheme, lower-case host, and the port unless it is the scheme's default.
fn parse_endpoint(endpoint: &str) -> Result<(&'static str, String, Option<u16>), Error> {
    let (scheme, own_port, rest) = match endpoint.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", 443, rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", 80, rest),
        _ => return Err(Error::Endpoint),
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let host_end = if authority.starts_with('[') {
        authority.find(']').ok_or(Error::Endpoint)? + 1
    } else {
        authority.find(':').unwrap_or(authority.len())
    };
    let (host, port) = authority.split_at(host_end);
    if !is_host(host) {
        return Err(Error::Endpoint);
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse::<u16>().ok().filter(|port| *port != 0).ok_or(Error::Endpoint)?)
        }
        _ => return Err(Error::Endpoint),
    };
    Ok((scheme, host.to_ascii_lowercase(), port.filter(|port| *port != own_port)))
}

fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => host.split('.').all(is_label),
    }
}

/// Letters, digits, `-`, and `_`, which container networks use.
fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<core::net::Ipv4Addr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(endpoint: &str, style: UrlStyle, name: &str) -> Result<String, Error> {
        let bucket = Bucket::new(endpoint, style, name, "us-east-1")?;
        Ok(format!("{} {}", bucket.base_url(), bucket.host()))
    }

    #[test]
    fn addresses() {
        for (endpoint, style, name, expected) in [
            ("https://s3.example.com", UrlStyle::Path, "photos", "https://s3.example.com/photos s3.example.com"),
            (
                "https://s3.example.com/",
                UrlStyle::VirtualHost,
                "photos",
                "https://photos.s3.example.com photos.s3.example.com",
            ),
            ("HTTPS://S3.Example.COM:443", UrlStyle::Path, "Photos", "https://s3.example.com/Photos s3.example.com"),
            ("http://localhost:9000", UrlStyle::Path, "a b", "http://localhost:9000/a%20b localhost:9000"),
            ("http://localhost:080", UrlStyle::Path, "b", "http://localhost/b localhost"),
            ("http://localhost:443", UrlStyle::VirtualHost, "b.c", "http://b.c.localhost:443 b.c.localhost:443"),
            ("http://127.0.0.1:9000", UrlStyle::Path, "b", "http://127.0.0.1:9000/b 127.0.0.1:9000"),
            ("http://[::1]:9000", UrlStyle::Path, "b", "http://[::1]:9000/b [::1]:9000"),
        ] {
            assert_eq!(base(endpoint, style, name).as_deref(), Ok(expected), "{endpoint}");
        }
    }

    #[test]
    fn r2_hosts() {
        let account = "0123456789abcdef0123456789abcdef";
        let bucket = Bucket::r2(account, None, "gallery").unwrap();
        assert_eq!(bucket.base_url(), format!("https://{account}.r2.cloudflarestorage.com/gallery"));
        assert_eq!(bucket.region(), "auto");
        let bucket = Bucket::r2(account, Some("eu"), "gallery").unwrap();
        assert_eq!(bucket.host(), format!("{account}.eu.r2.cloudflarestorage.com"));
        for (account, jurisdiction) in [("", None), ("a.b", None), ("a/b", None), ("a", Some("")), ("a", Some("eu/x"))]
        {
            assert_eq!(Bucket::r2(account, jurisdiction, "gallery"), Err(Error::Account), "{account} {jurisdiction:?}");
        }
    }

    #[test]
    fn refusals() {
        for endpoint in [
            "",
            "s3.example.com",
            "ftp://s3.example.com",
            "https://",
            "https:///",
            "https://a/b",
            "https://a?b",
            "https://a#b",
            "https://user@a",
            "https://a:",
            "https://a:0",
            "https://a:65536",
            "https://a:+80",
            "https://a..b",
            "https://a b",
            "https://[::1",
            "https://[zz]",
            "https://[::1]x",
            "https://a\n",
        ] {
            assert_eq!(base(endpoint, UrlStyle::Path, "b"), Err(Error::Endpoint), "{endpoint}");
        }
        for name in ["", "a/b", "a\n", ".", ".."] {
            assert_eq!(base("https://a", UrlStyle::Path, name), Err(Error::BucketName), "{name}");
        }
        for name in ["", "a/b", "a b", "A", "a..b", ".a", "é"] {
            assert_eq!(base("https://a", UrlStyle::VirtualHost, name), Err(Error::BucketName), "{name}");
        }
        for endpoint in ["http://127.0.0.1:9000", "http://[::1]"] {
            assert_eq!(base(endpoint, UrlStyle::VirtualHost, "b"), Err(Error::Endpoint), "{endpoint}");
        }
        for region in ["", "a/b", "a b", "é"] {
            assert_eq!(Bucket::new("https://a", UrlStyle::Path, "b", region), Err(Error::Region), "{region}");
        }
    }
}
