//! Who can reach what: what the operator is told at start, and how films travel where browsers cannot reach the store.

use std::net::SocketAddr;

use platform::config::names::{MAX_BODY_BYTES, Name, STORE_PUBLIC_URL, VIDEO_DELIVERY, VIDEO_EXPERIMENT};

/// Where the program listens.
#[derive(Clone, Copy)]
pub struct Reach {
    pub gallery: SocketAddr,
    /// The embedded store.
    pub store: Option<SocketAddr>,
    pub trust_forwarded: bool,
    /// Whether the gallery speaks TLS itself. The store does not.
    pub tls: bool,
}

impl Reach {
    /// The warning where anybody on the way can read along.
    pub fn plain_http(&self) -> Option<String> {
        let is_open = !self.gallery.ip().is_loopback() && !self.trust_forwarded && !self.tls;
        is_open.then(|| {
            format!(
                "{} is plain HTTP: whoever is on the way can read the password. Put a proxy with TLS in front of it, \
                 and set TRUST_FORWARDED=true; or give it --tls-cert and --tls-key",
                self.gallery
            )
        })
    }

    /// The address of the store that browsers cannot use: some of them are on other machines, or the page came over
    /// TLS, or its policy would have to name an IPv6 address (CSP 3, section 2.3.1: a host has no brackets).
    fn unreachable(&self) -> Option<SocketAddr> {
        let store = self.store?;
        let elsewhere = self.trust_forwarded || !self.gallery.ip().is_loopback();
        let is_unnamed = store.is_ipv6() || store.ip().is_unspecified();
        (self.tls || self.trust_forwarded || is_unnamed || elsewhere && store.ip().is_loopback()).then_some(store)
    }

    /// How films travel, by the names that have no value.
    pub fn films(&self, unset: impl Fn(Name) -> bool) -> Films {
        let Some(store) = self.unreachable().filter(|_| unset(STORE_PUBLIC_URL)) else { return Films::default() };
        let delivery = unset(VIDEO_DELIVERY).then_some("proxy");
        let what = if delivery.is_none() || !unset(VIDEO_EXPERIMENT) || !unset(MAX_BODY_BYTES) {
            "which films or originals may need: set STORE_PUBLIC_URL"
        } else {
            "so films pass through the gallery: set STORE_PUBLIC_URL to spare it this work"
        };
        let who = match store {
            _ if self.tls => "pages over TLS",
            SocketAddr::V6(_) => "pages, whose policy can name no IPv6 address,",
            SocketAddr::V4(_) => "browsers on other machines",
        };
        let warning = format!("{who} cannot reach the store at {store}, {what}");
        Films { delivery, warning: Some(warning) }
    }
}

/// How films travel where the store is out of the browsers' reach.
#[derive(Default)]
pub struct Films {
    /// The default of `VIDEO_DELIVERY`, if it is another one here.
    pub delivery: Option<&'static str>,
    /// What the operator is told.
    pub warning: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(gallery: &str, store: Option<&str>, trust_forwarded: bool) -> Reach {
        let parse = |text: &str| text.parse().unwrap();
        Reach { gallery: parse(gallery), store: store.map(parse), trust_forwarded, tls: false }
    }

    #[test]
    fn plain_http_is_told_beyond_this_machine_only() {
        for (gallery, trust_forwarded, is_told) in [
            ("127.0.0.1:80", false, false),
            ("[::1]:80", false, false),
            ("0.0.0.0:80", false, true),
            ("[::]:80", false, true),
            ("192.0.2.1:80", false, true),
            ("192.0.2.1:80", true, false),
        ] {
            let said = reach(gallery, None, trust_forwarded).plain_http();
            assert_eq!(said.is_some(), is_told, "{gallery}");
            assert!(said.is_none_or(|said| said.contains("TRUST_FORWARDED") && said.lines().count() == 1));
        }
    }

    #[test]
    fn with_tls_there_is_no_warning_and_films_pass_through() {
        let reach = Reach { tls: true, ..reach("0.0.0.0:443", Some("192.0.2.1:9000"), false) };
        assert_eq!(reach.plain_http(), None);
        let films = reach.films(|_| true);
        assert!(films.delivery == Some("proxy") && films.warning.unwrap().starts_with("pages over TLS"));
        assert_eq!(reach.films(|name| name != STORE_PUBLIC_URL).delivery, None);
    }

    #[test]
    fn films_pass_through_where_the_store_is_out_of_reach() {
        let (here, all, network) = ("127.0.0.1:9000", "0.0.0.0:9000", "192.0.2.1:9000");
        for (gallery, store, trust_forwarded, delivery) in [
            ("127.0.0.1:80", Some(here), false, None),
            ("127.0.0.1:80", Some(here), true, Some("proxy")),
            ("0.0.0.0:80", Some(here), false, Some("proxy")),
            ("0.0.0.0:80", Some(all), false, Some("proxy")),
            ("127.0.0.1:80", Some(all), false, Some("proxy")),
            ("0.0.0.0:80", Some(network), false, None),
            ("0.0.0.0:80", None, true, None),
            ("127.0.0.1:80", Some("[::1]:9000"), false, Some("proxy")),
            ("[2001:db8::5]:80", Some("[2001:db8::5]:9000"), false, Some("proxy")),
        ] {
            let reach = reach(gallery, store, trust_forwarded);
            let films = reach.films(|_| true);
            assert_eq!(films.delivery, delivery, "{gallery} {store:?}");
            assert_eq!(films.warning.is_some(), delivery.is_some());
            assert!(
                films.warning.is_none_or(|said| said.contains("pass through") && said.contains("STORE_PUBLIC_URL"))
            );
            let films = reach.films(|name| name != STORE_PUBLIC_URL);
            assert!(films.delivery.is_none() && films.warning.is_none());
            for given in [VIDEO_DELIVERY, MAX_BODY_BYTES, VIDEO_EXPERIMENT] {
                let films = reach.films(|name| name != given);
                assert_eq!(films.delivery, delivery.filter(|_| given != VIDEO_DELIVERY));
                assert!(films.warning.is_none_or(|said| said.contains("may need: set STORE_PUBLIC_URL")));
            }
        }
    }
}
