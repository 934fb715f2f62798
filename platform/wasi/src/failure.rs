//! Failures that the host reports.

use platform::{Error, Kind};
use wasip3::http::types::ErrorCode;

/// A failure of the host as an [`Error`], in words of its own: the `Debug` of the code would be 5 kB of code.
pub(crate) fn failure(operation: &'static str, code: ErrorCode) -> Error {
    use ErrorCode as Code;
    let (kind, words) = match code {
        Code::InternalError(Some(words)) => return Error::because(Kind::Unavailable, operation, words),
        Code::DnsTimeout => (Kind::Timeout, "the name server took too long"),
        Code::ConnectionTimeout => (Kind::Timeout, "connecting took too long"),
        Code::ConnectionReadTimeout | Code::HttpResponseTimeout => (Kind::Timeout, "the answer took too long"),
        Code::ConnectionWriteTimeout => (Kind::Timeout, "sending took too long"),
        Code::HttpRequestDenied => (Kind::Denied, "the host does not let this component call there"),
        Code::DestinationIpProhibited | Code::DestinationIpUnroutable => {
            (Kind::Denied, "the host lets nothing call that address")
        }
        Code::HttpRequestUriInvalid | Code::HttpRequestMethodInvalid | Code::HttpRequestUriTooLong => {
            (Kind::Invalid, "the host does not take the method or the target")
        }
        Code::HttpRequestHeaderSectionSize(_) | Code::HttpRequestHeaderSize(_) => {
            (Kind::Invalid, "the headers are more than the host takes")
        }
        Code::DnsError(_) | Code::DestinationNotFound => (Kind::Unavailable, "there is no such host"),
        Code::DestinationUnavailable | Code::ConnectionRefused => (Kind::Unavailable, "connection refused"),
        Code::ConnectionTerminated | Code::HttpResponseIncomplete => (Kind::Unavailable, "the connection was cut"),
        Code::ConnectionLimitReached => (Kind::Unavailable, "the host has no more connections"),
        Code::TlsProtocolError | Code::TlsAlertReceived(_) => (Kind::Unavailable, "TLS failed"),
        Code::TlsCertificateError => (Kind::Unavailable, "the certificate is not good"),
        Code::HttpProtocolError => (Kind::Unavailable, "the answer is not HTTP"),
        _ => (Kind::Unavailable, "the host could not do it"),
    };
    Error::because(kind, operation, words)
}
