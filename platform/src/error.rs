//! One error for all four capabilities. A caller can act on its kind. Its source is for the log.

use std::fmt;

use http::StatusCode;

/// The kind of a failure, on which a caller can act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The other side cannot be reached, or broke off, or reports a failure of its own. Trying again may help.
    Unavailable,
    /// The other side did not answer in time. Trying again may help.
    Timeout,
    /// The other side asks for fewer requests.
    Throttled,
    /// The credentials or a rule of the host forbid the call. Trying again does not help, but a change of the
    /// configuration does.
    Denied,
    /// The call makes no sense to the other side, as with bad SQL or a bad header. Or the answer of the other side
    /// makes no sense.
    Invalid,
    /// A body, value or result exceeds its limit.
    TooLarge,
    /// Anything else: a fault of this program.
    Internal,
}

impl Kind {
    /// One word in lower case, for counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Throttled => "throttled",
            Self::Denied => "denied",
            Self::Invalid => "invalid",
            Self::TooLarge => "too-large",
            Self::Internal => "internal",
        }
    }

    /// The kind for a status that is not an answer.
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
/// The text is for the log. It never holds a key, a token or a value. Clients get a [`Problem`](crate::Problem) with
/// words of its own.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    operation: &'static str,
    /// What the other side calls the failure, in a word of a known list.
    code: Option<&'static str>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub fn new(kind: Kind, operation: &'static str) -> Self {
        Self { kind, operation, code: None, source: None }
    }

    /// An error with its cause, or with a few words about the cause.
    pub fn because(
        kind: Kind,
        operation: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { kind, operation, code: None, source: Some(source.into()) }
    }

    /// Adds the code by which the other side refused. It is a word of a known list, and stands in the cause too.
    #[must_use]
    pub fn with_code(self, code: &'static str) -> Self {
        Self { code: Some(code), ..self }
    }

    pub const fn code(&self) -> Option<&'static str> {
        self.code
    }

    pub const fn kind(&self) -> Kind {
        self.kind
    }

    pub const fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether the same idempotent call may succeed if it is made again.
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
