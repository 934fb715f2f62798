//! What a failure of the store means, and what to do. Nothing here can hold a URL of a request: its query is a
//! credential.

use std::time::SystemTime;

use super::answer::Answer;

/// Why the store refused an upload or a read.
#[derive(Clone, Debug)]
pub struct StoreError {
    /// Whether every further request would fail in the same way.
    pub fatal: bool,
    /// Whether it says nothing about any other object.
    pub is_of_object: bool,
    message: String,
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for StoreError {}

impl StoreError {
    /// A failure that concerns one object only.
    pub fn local(message: String) -> Self {
        Self { fatal: false, is_of_object: false, message }
    }

    pub fn fatal(message: String) -> Self {
        Self { fatal: true, is_of_object: false, message }
    }
}

/// The names of the store and of the bucket, as the owner knows them.
pub struct Words {
    pub endpoint: String,
    pub bucket: String,
}

impl Words {
    pub fn unreachable(&self, error: &ureq::Error) -> StoreError {
        let reason = match error {
            ureq::Error::Io(error) => error.to_string(),
            ureq::Error::Timeout(_) => "it did not answer in time".to_owned(),
            ureq::Error::HostNotFound => "no such host".to_owned(),
            ureq::Error::Rustls(error) => error.to_string(),
            ureq::Error::Tls(error) => (*error).to_owned(),
            ureq::Error::BodyExceedsLimit(_) => {
                return StoreError::local(format!("{} answered with more than was asked for", self.endpoint));
            }
            _ => "the connection failed".to_owned(),
        };
        StoreError::local(format!(
            "{} is not reachable ({reason}): check S3_ENDPOINT or R2_ACCOUNT_ID, and the network",
            self.endpoint
        ))
    }

    pub fn no_store(&self) -> StoreError {
        let endpoint = &self.endpoint;
        StoreError::fatal(format!(
            "what answers at {endpoint} is not an S3 store: it sends a web page; check S3_ENDPOINT, and proxies between"
        ))
    }

    /// The meaning of an answer that is not the one that was asked for.
    pub fn refused(&self, answer: &Answer) -> StoreError {
        let Self { endpoint, bucket } = self;
        let code = answer.code.as_str();
        if answer.is_full() {
            return StoreError::fatal(format!(
                "{endpoint} has no room left{}: make room there or raise the quota, then run again",
                parenthesis(code)
            ));
        }
        if matches!(answer.status, 400 | 401 | 403) && answer.is_clock_off(SystemTime::now()) {
            return StoreError::fatal(format!(
                "{endpoint} says this computer's clock is wrong: set it, then run again"
            ));
        }
        match (answer.status, code) {
            (413, _) | (_, "EntityTooLarge") => StoreError::local(format!(
                "{endpoint}, or a proxy before it, does not take so large a file: raise its limit"
            )),
            // A rule of the bucket has moved it to where it cannot be read at once.
            (_, "InvalidObjectState") => {
                let words = format!(
                    "{endpoint} keeps the object in an archive{}: restore it there, then run again",
                    parenthesis(code)
                );
                StoreError { is_of_object: true, ..StoreError::local(words) }
            }
            (301 | 307 | 308, _)
            | (_, "PermanentRedirect" | "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError") => {
                let region = answer.region.as_ref().map(|region| format!(": set R2_REGION to {region}"));
                let region = region.unwrap_or_else(|| ": check R2_REGION".to_owned());
                StoreError::fatal(format!("{endpoint} is not where {bucket} lies{region}, and check S3_ENDPOINT"))
            }
            (status, "") if answer.is_page && status < 500 && status != 429 && status != 408 => self.no_store(),
            (401 | 403, "AccessDenied") => StoreError::fatal(format!(
                "{endpoint} denies access{}: give the access key a role in which it may read and write {bucket}",
                parenthesis(code)
            )),
            (_, "InvalidAccessKeyId") => StoreError::fatal(format!(
                "{endpoint} does not know the access key's id{}: check R2_ACCESS_KEY_ID",
                parenthesis(code)
            )),
            (_, "SignatureDoesNotMatch") => StoreError::fatal(format!(
                "{endpoint} knows the access key's id, but not this secret{}: check R2_SECRET_ACCESS_KEY",
                parenthesis(code)
            )),
            (_, "ExpiredToken" | "InvalidToken") => {
                StoreError::fatal(format!("{endpoint} no longer takes the session token: renew R2_SESSION_TOKEN"))
            }
            (401 | 403, _) => StoreError::fatal(format!(
                "{endpoint} refused the access key{}: check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and R2_REGION, and \
                 that the key may read and write {bucket}",
                parenthesis(code)
            )),
            (404, _) => {
                StoreError::fatal(format!("{endpoint} has no bucket {bucket}: create it, or check R2_BUCKET_NAME"))
            }
            (status, _) => {
                StoreError::local(format!("{endpoint} answered {status}{}: try again later", parenthesis(code)))
            }
        }
    }
}

/// Whether a request that got no answer may get one later.
pub fn may_pass(error: &ureq::Error) -> bool {
    matches!(
        error,
        ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::HostNotFound
            | ureq::Error::ConnectionFailed
            | ureq::Error::Protocol(_)
    )
}

fn parenthesis(code: &str) -> String {
    if code.is_empty() { String::new() } else { format!(" ({code})") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bucket::answer::tests::answer;

    /// Status, code, headers, whether it is fatal, and words of it.
    type Case<'a> = (u16, &'a str, &'a [(&'a str, &'a str)], bool, &'a str);

    #[test]
    fn each_says_what_to_do() {
        let words = Words { endpoint: "https://s3.example".into(), bucket: "photos".into() };
        let html = [("content-type", "text/html")];
        let elsewhere = [("x-amz-bucket-region", "eu-central-1")];
        let yesterday = [("date", "Wed, 21 Oct 2015 07:28:00 GMT")];
        let cases: [Case; 17] = [
            (507, "XMinioStorageFull", &[], true, "no room left (XMinioStorageFull): make room"),
            (403, "QuotaExceeded", &[], true, "raise the quota"),
            (400, "EntityTooLarge", &[], false, "so large a file"),
            (413, "", &html, false, "so large a file"),
            (403, "AccessDenied", &[], true, "may read and write photos"),
            (403, "InvalidObjectState", &[], false, "in an archive (InvalidObjectState): restore it"),
            (403, "RequestTimeTooSkewed", &[], true, "clock is wrong: set it"),
            (403, "AccessDenied", &yesterday, true, "clock is wrong: set it"),
            (404, "NoSuchBucket", &[], true, "no bucket photos: create it, or check R2_BUCKET_NAME"),
            (403, "SignatureDoesNotMatch", &[], true, "check R2_SECRET_ACCESS_KEY"),
            (403, "InvalidAccessKeyId", &[], true, "check R2_ACCESS_KEY_ID"),
            (403, "ExpiredToken", &[], true, "R2_SESSION_TOKEN"),
            (301, "PermanentRedirect", &elsewhere, true, "set R2_REGION to eu-central-1"),
            (301, "", &[], true, "check R2_REGION, and check S3_ENDPOINT"),
            (405, "", &html, true, "what answers at https://s3.example is not an S3 store"),
            (502, "", &html, false, "answered 502: try again later"),
            (401, "", &[], true, "check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and R2_REGION"),
        ];
        for (status, code, headers, fatal, wanted) in cases {
            let body = if code.is_empty() { String::new() } else { format!("<Error><Code>{code}</Code></Error>") };
            let error = words.refused(&answer(status, headers, &body));
            assert!(error.to_string().contains(wanted), "{status} {code}: {error}");
            assert_eq!(error.fatal, fatal, "{status} {code}");
        }
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>";
        let error = words.refused(&answer(400, &[], body));
        assert!(error.to_string().contains("set R2_REGION to us-west-2"), "{error}");
    }
}
