//! One error for all four capabilities. Its kind is what the caller can decide on; its source is for the log.

use std::fmt;

use http::StatusCode;

/// What went wrong, as far as a caller can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The other side cannot be reached, or broke off, or says it is unwell. Trying again may help.
    Unavailable,
    /// The other side did not answer in time. Trying again may help.
    Timeout,
    /// The other side asks for fewer requests.
    Throttled,
    /// Credentials or a host rule forbid it. Trying again does not help; configuration does.
    Denied,
    /// The call itself makes no sense to the other side: bad SQL, a bad header, an answer that is none.
    Invalid,
    /// A body, value or result is over the limit that was given.
    TooLarge,
    /// Anything else: a fault on our side.
    Internal,
}

impl Kind {
    /// What a status that is no answer means.
    pub fn of_refusal(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::Throttled,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Denied,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            status if status.is_server_error() => Self::Unavailable,
            _ => Self::Invalid,
        }
    }
}

/// A failed operation: its [`Kind`], the operation's name, and the cause.
///
/// The text is for the log. It never holds a key, a token or a value; clients get a
/// [`Problem`](crate::Problem) with words of its own.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    operation: &'static str,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(kind: Kind, operation: &'static str) -> Self {
        Self { kind, operation, source: None }
    }

    /// With the cause, or a few words about it.
    pub fn because(
        kind: Kind,
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, operation, source: Some(source.into()) }
    }

    pub const fn kind(&self) -> Kind {
        self.kind
    }

    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether the same idempotent call may succeed if made again.
    pub const fn is_transient(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Timeout | Kind::Throttled)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {:?}", self.operation, self.kind)?;
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
