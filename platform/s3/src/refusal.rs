//! Why a store refused, in its own code.

use http::{Response, StatusCode};
use platform::{Error, Kind, Platform};

/// The codes that are told, of S3, R2, MinIO and others. What a store sends beside them is not for the log, and a list
/// keeps counters by code small.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList>
const CODES: [&str; 28] = [
    "AccessDenied",
    "AccountProblem",
    "AllAccessDisabled",
    "AuthorizationHeaderMalformed",
    "EntityTooLarge",
    "ExpiredToken",
    "IllegalLocationConstraintException",
    "InternalError",
    "InvalidAccessKeyId",
    "InvalidArgument",
    "InvalidObjectState",
    "InvalidRequest",
    "InvalidSecurity",
    "InvalidToken",
    "MethodNotAllowed",
    "NoSuchBucket",
    "NoSuchKey",
    "NotImplemented",
    "PermanentRedirect",
    "RequestTimeTooSkewed",
    "RequestTimeout",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "SlowDown",
    "TemporaryRedirect",
    "TooManyRequests",
    "Unauthorized",
    "XMinioStorageFull",
];

/// The longest refusal that is read, in bytes. One of `SignatureDoesNotMatch` has the text that was to be signed.
const MAX_REFUSAL: usize = 8 * 1024;

/// The error for a response that is no answer, with the store's code if its body has one of a known list. A response to
/// a HEAD has none.
pub async fn refusal<P: Platform>(operation: &'static str, response: Response<P::Body>) -> Error {
    let status = response.status();
    // What breaks off, or is too long, has no code.
    let body = P::collect(response.into_body(), MAX_REFUSAL).await.unwrap_or_default();
    with_code(operation, status, code(&body))
}

fn with_code(operation: &'static str, status: StatusCode, code: Option<&'static str>) -> Error {
    let words = ["the store answered ", status.as_str(), if code.is_some() { " " } else { "" }, code.unwrap_or("")];
    let kind = match code {
        // S3 sends the first with 503.
        Some("SlowDown" | "TooManyRequests") => Kind::Throttled,
        _ => Kind::of_refusal(status),
    };
    let error = Error::because(kind, operation, words.concat());
    match code {
        Some(code) => error.with_code(code),
        None => error,
    }
}

/// The text of the first element `Code`, if it is a known one.
fn code(xml: &[u8]) -> Option<&'static str> {
    const BEGIN: &[u8] = b"<Code>";
    let at = xml.windows(BEGIN.len()).position(|window| window == BEGIN)? + BEGIN.len();
    let rest = xml.get(at..)?;
    let end = rest.iter().position(|byte| *byte == b'<')?;
    CODES.into_iter().find(|known| known.as_bytes() == &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_codes_are_told_and_nothing_else() {
        let xml = |code: &str| format!("<?xml version=\"1.0\"?>\n<Error><Code>{code}</Code><Key>secret</Key></Error>");
        for known in CODES {
            assert_eq!(code(xml(known).as_bytes()), Some(known));
        }
        for other in ["", "slowdown", "SlowDown ", "secret", "\u{e9}", "SlowDownSlowDown"] {
            assert_eq!(code(xml(other).as_bytes()), None, "{other}");
        }
        for broken in ["", "<Code>", "<Code>SlowDown", "Code>SlowDown</Code>", "{\"Code\":\"SlowDown\"}"] {
            assert_eq!(code(broken.as_bytes()), None, "{broken}");
        }
    }

    #[test]
    fn the_words_have_the_status_and_the_code() {
        let error = with_code("object.read", StatusCode::FORBIDDEN, Some("RequestTimeTooSkewed"));
        assert_eq!(error.to_string(), "object.read: Denied: the store answered 403 RequestTimeTooSkewed");
        assert_eq!((error.kind(), error.code()), (Kind::Denied, Some("RequestTimeTooSkewed")));
        let error = with_code("object.read", StatusCode::FORBIDDEN, None);
        assert_eq!((error.to_string().as_str(), error.code()), ("object.read: Denied: the store answered 403", None));
    }
}
