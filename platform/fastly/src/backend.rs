//! Where outgoing requests go: to a backend of the service's configuration if one fits, and otherwise to a backend
//! that is made when it is needed.

use std::{cell::RefCell, collections::HashMap};

use fastly::{Backend, backend::BackendCreationError};
use http::Uri;
use platform::{Error, Kind, Timeouts};

/// The names that a service's own backends may have. They are for the bucket, for SQL over HTTP, and for video-edge
/// behind viewer-edge.
const CONFIGURED: [&str; 3] = ["s3", "sql", "video"];

/// Backends that have been found or made, by their place and timeouts.
#[derive(Default)]
pub(crate) struct Backends(RefCell<HashMap<(Place, Timeouts), Backend>>);

/// Where a backend leads.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    host: String,
    port: u16,
    tls: bool,
}

impl Backends {
    /// The backend for a request to `uri` with these timeouts.
    ///
    /// A backend of the service's own fits if its host, port and TLS are those of the URI, and the request asks for
    /// the default timeouts. The timeouts of its configuration then apply. Otherwise a backend is made with the
    /// timeouts of the request.
    pub fn find(&self, uri: &Uri, timeouts: Timeouts) -> Result<Backend, Error> {
        let invalid = || Error::because(Kind::Invalid, "fetch.backend", "the URI has no host, or is not http(s)");
        let host = uri.host().ok_or_else(invalid)?.to_owned();
        let (tls, usual_port) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(invalid()),
        };
        let place = Place { host, port: uri.port_u16().unwrap_or(usual_port), tls };
        if let Some(known) = self.0.borrow().get(&(place.clone(), timeouts)) {
            return Ok(known.clone());
        }
        let own = configured(&place);
        let backend = match own {
            Some(own) if timeouts == Timeouts::DEFAULT => own,
            own => made(&place, timeouts).or_else(|error| match (&error, own) {
                (BackendCreationError::Disallowed, Some(own)) => Ok(own),
                _ => Err(refused(&place, error)),
            })?,
        };
        self.0.borrow_mut().insert((place, timeouts), backend.clone());
        Ok(backend)
    }
}

/// The service's own backend that leads to `place`, if the service has one.
fn configured(place: &Place) -> Option<Backend> {
    CONFIGURED.into_iter().filter_map(|name| Backend::from_name(name).ok()).find(|backend| {
        backend.exists()
            && backend.get_host() == place.host
            && backend.get_port() == place.port
            && backend.is_ssl() == place.tls
    })
}

fn made(place: &Place, timeouts: Timeouts) -> Result<Backend, BackendCreationError> {
    let Place { host, port, tls } = place;
    let scheme = if *tls { "https" } else { "http" };
    // A backend is found again by its name, so the name holds everything that distinguishes the backend.
    let [connect, first, between] =
        [timeouts.connect, timeouts.first_byte, timeouts.between_bytes].map(|time| time.as_millis());
    let name = format!("{scheme} {host}:{port} {connect} {first} {between}");
    let mut builder = Backend::builder(&name, format!("{host}:{port}"))
        .connect_timeout(timeouts.connect)
        .first_byte_timeout(timeouts.first_byte)
        .between_bytes_timeout(timeouts.between_bytes);
    builder =
        if *tls { builder.enable_ssl().sni_hostname(host).check_certificate(host) } else { builder.disable_ssl() };
    match builder.finish() {
        Err(BackendCreationError::NameInUse) => {
            Backend::from_name(&name).map_err(|_| BackendCreationError::NameTooLong(name))
        }
        other => other,
    }
}

/// The line that tells the operator which backend is missing.
fn refused(place: &Place, error: BackendCreationError) -> Error {
    let words = match error {
        BackendCreationError::Disallowed => format!(
            "the service may not make backends, and none of its own ({}) leads to {}:{}",
            CONFIGURED.join(", "),
            place.host,
            place.port
        ),
        error => format!("no backend for {}:{}: {error}", place.host, place.port),
    };
    Error::because(Kind::Unavailable, "fetch.backend", words)
}
