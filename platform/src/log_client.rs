//! How much of a client's address the log keeps.

use std::net::IpAddr;

use crate::{
    Record,
    config::{ConfigError, Lookup, names::LOG_CLIENT},
};

/// `LOG_CLIENT`. Every adapter that knows its clients notes them by [`LogClient::note`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogClient {
    /// For programs that shut addresses out, such as fail2ban.
    Whole,
    /// The network of the client: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address. It says who
    /// guesses passwords, and not who looks at photos.
    #[default]
    Network,
    Off,
}

impl LogClient {
    pub fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        match lookup.optional(LOG_CLIENT).as_deref() {
            Some("whole") => Ok(Self::Whole),
            None | Some("network") => Ok(Self::Network),
            Some("off") => Ok(Self::Off),
            Some(_) => Err(ConfigError::new(LOG_CLIENT, "must be whole, network or off")),
        }
    }

    /// Notes the client for the log line.
    pub fn note(self, record: &Record, client: Option<IpAddr>) {
        record.client.set(client.and_then(|client| self.words(client)));
    }

    /// An IPv6 address is written without `::`, because the standard library's way to shorten it is several kB of
    /// code on every edge.
    fn words(self, client: IpAddr) -> Option<String> {
        Some(match (self, client.to_canonical()) {
            (Self::Off, _) => return None,
            (Self::Whole, IpAddr::V4(address)) => {
                let [a, b, c, d] = address.octets();
                format!("{a}.{b}.{c}.{d}")
            }
            (Self::Network, IpAddr::V4(address)) => {
                let [a, b, c, _] = address.octets();
                format!("{a}.{b}.{c}.0/24")
            }
            (Self::Whole, IpAddr::V6(address)) => address.segments().map(|segment| format!("{segment:x}")).join(":"),
            (Self::Network, IpAddr::V6(address)) => {
                let [a, b, c, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}::/48")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_in_the_log() {
        for (mode, client, words) in [
            ("whole", "192.0.2.77", Some("192.0.2.77")),
            ("whole", "::ffff:192.0.2.77", Some("192.0.2.77")),
            ("whole", "2001:db8::7", Some("2001:db8:0:0:0:0:0:7")),
            ("network", "192.0.2.77", Some("192.0.2.0/24")),
            ("", "::ffff:192.0.2.77", Some("192.0.2.0/24")),
            ("", "2001:db8:1:2:3:4:5:6", Some("2001:db8:1::/48")),
            ("off", "192.0.2.77", None),
        ] {
            let log_client = LogClient::load(&Lookup(&|_| Some(mode.to_owned()))).unwrap();
            assert_eq!(log_client.words(client.parse().unwrap()).as_deref(), words, "{mode} {client}");
        }
        let error = LogClient::load(&Lookup(&|_| Some("all".to_owned()))).unwrap_err();
        assert_eq!(error.name, "LOG_CLIENT");
    }

    #[test]
    fn the_line_has_a_client_only_where_there_is_one() {
        let line = |client: Option<&str>| {
            let record = Record::default();
            LogClient::Network.note(&record, client.map(|text| text.parse().unwrap()));
            record.event.set(client.map(|_| "login-refused"));
            record.log_line("id", "POST", 401, std::time::Duration::ZERO, None)
        };
        let with = line(Some("198.51.100.7"));
        assert!(
            with.contains(r#""client":"198.51.100.0/24""#) && with.contains(r#""event":"login-refused""#),
            "{with}"
        );
        let without = line(None);
        assert!(!without.contains("client") && !without.contains("event"), "{without}");
    }
}
