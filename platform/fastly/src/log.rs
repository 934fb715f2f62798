//! The log: a named endpoint of the service if one is configured, otherwise standard output.

use std::{cell::RefCell, io::Write};

use fastly::log::Endpoint;
use platform::{config::names::LOG_ENDPOINT, record::host_failure};

pub(crate) enum Log {
    Endpoint(RefCell<Endpoint>),
    /// Standard output. `fastly log-tail` shows it, and a local server prints it.
    Output,
}

impl Log {
    /// The endpoint called `name`. Standard output, if there is no name, or if the name cannot be the name of an
    /// endpoint.
    pub fn to(name: Option<&str>) -> Self {
        match name.map(str::trim).filter(|name| !name.is_empty()).map(Endpoint::try_from_name) {
            Some(Ok(endpoint)) => {
                // The message of a panic goes to the log too, where it is read.
                let _ = fastly::log::set_panic_endpoint(endpoint.name());
                Self::Endpoint(RefCell::new(endpoint))
            }
            Some(Err(error)) => {
                Self::Output.line(&host_failure(&format!("{}: {error}", LOG_ENDPOINT.text())));
                Self::Output
            }
            None => Self::Output,
        }
    }

    /// Writes a line. A log that fails stops no request.
    pub fn line(&self, line: &str) {
        let _ = match self {
            // Each write makes a line of its own.
            Self::Endpoint(endpoint) => endpoint.borrow_mut().write_all(line.as_bytes()),
            Self::Output => writeln!(std::io::stdout(), "{line}"),
        };
    }
}
