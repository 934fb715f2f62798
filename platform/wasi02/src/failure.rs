//! Failures that the host reports.

use platform::{Error, Kind};
use wasip2::http::types::ErrorCode;

/// A failure of the host as an [`Error`].
pub(crate) fn failure(operation: &'static str, code: ErrorCode) -> Error {
    use ErrorCode as Code;
    let kind = match code {
        Code::DnsTimeout
        | Code::ConnectionTimeout
        | Code::ConnectionReadTimeout
        | Code::ConnectionWriteTimeout
        | Code::HttpResponseTimeout => Kind::Timeout,
        Code::HttpRequestDenied | Code::DestinationIpProhibited | Code::DestinationIpUnroutable => Kind::Denied,
        Code::HttpRequestUriInvalid
        | Code::HttpRequestMethodInvalid
        | Code::HttpRequestUriTooLong
        | Code::HttpRequestHeaderSectionSize(_)
        | Code::HttpRequestHeaderSize(_) => Kind::Invalid,
        _ => Kind::Unavailable,
    };
    Error::because(kind, operation, code)
}
