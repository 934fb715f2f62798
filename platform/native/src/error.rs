//! Why the host did not start, or stopped.

use std::{error::Error, fmt};

/// One line for the operator.
#[derive(Debug)]
pub struct HostError {
    what: String,
    source: Box<dyn Error + Send + Sync>,
}

impl HostError {
    pub(crate) fn new(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: source.into() }
    }
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.source)
    }
}

impl Error for HostError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
