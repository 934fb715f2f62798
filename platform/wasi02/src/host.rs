//! What a host has beside WASI 0.2.

use std::{net::IpAddr, rc::Rc};

use http::HeaderMap;
use platform::{
    Platform,
    config::{ConfigError, Lookup},
};
use platform_fallback::{Remote, without_own_sql};

use crate::{Body, Wasi02};

/// The difference between hosts of WASI 0.2: where the configuration is, and which stores there are. An instance has
/// one value of this type. [`Remote`] is for hosts that have nothing but WASI.
pub trait Host: Sized + 'static {
    type Platform: Platform<Body = Body>;

    /// Runs `f` over the configuration. The error is for the log. It names what is missing, and holds no values.
    fn read<T>(f: impl FnOnce(&Lookup<'_>) -> Result<T, ConfigError>) -> Result<T, String>;

    fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError>;

    /// The platform of a request at `now`, in seconds since 1970.
    fn platform(self: Rc<Self>, now: u64) -> Self::Platform;

    /// The client's address, if the host tells it in a header.
    fn client(headers: &HeaderMap) -> Option<IpAddr>;
}

impl Host for Remote {
    type Platform = Wasi02;

    fn read<T>(f: impl FnOnce(&Lookup<'_>) -> Result<T, ConfigError>) -> Result<T, String> {
        let get = without_own_sql(|name: &str| std::env::var(name).ok());
        f(&Lookup(&get)).map_err(|error| error.to_string())
    }

    fn load(lookup: &Lookup<'_>) -> Result<Self, ConfigError> {
        Self::load(lookup)
    }

    fn platform(self: Rc<Self>, now: u64) -> Wasi02 {
        Wasi02 { remote: self, now }
    }

    /// WASI does not say who the client is.
    fn client(_: &HeaderMap) -> Option<IpAddr> {
        None
    }
}
