//! An answer of the store, and what it says about trying again.

use std::time::{Duration, SystemTime};

use ureq::http::{HeaderMap, Response};
use ureq::{Body, Error};

/// The longest time between two clocks at which stores accept a signature.
const MAX_SKEW: Duration = Duration::from_mins(15);
/// The most of an error's body that is read, in bytes.
const MAX_ERROR: u64 = 64 << 10;

pub struct Answer {
    pub status: u16,
    headers: HeaderMap,
    /// The `<Code>` of an S3 error. Empty if there is none.
    pub code: String,
    /// The `<Region>` of an S3 error, or of the header: where the bucket lies.
    pub region: Option<String>,
    /// A page for people, which no S3 store sends.
    pub is_page: bool,
    body: Body,
}

impl Answer {
    /// Reads the body if it is that of an error.
    pub fn of(response: Response<Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let mut text = String::new();
        if !parts.status.is_success() {
            text = body.with_config().limit(MAX_ERROR).read_to_string().unwrap_or_default();
        }
        let header = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let start: String = text.trim_start().chars().take(9).collect::<String>().to_ascii_lowercase();
        let is_page = header("content-type").is_some_and(|value| value.to_ascii_lowercase().starts_with("text/html"))
            || start.starts_with("<!doctype")
            || start.starts_with("<html");
        let region = header("x-amz-bucket-region").map(str::to_owned).or_else(|| element(&text, "Region"));
        Self {
            status: parts.status.as_u16(),
            code: element(&text, "Code").unwrap_or_default(),
            region: region.filter(|region| is_name(region)),
            is_page,
            headers: parts.headers,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn into_bytes(mut self, max: u64) -> Result<Vec<u8>, Error> {
        self.body.with_config().limit(max).read_to_vec()
    }

    /// Whether the same request may succeed later. 520 to 527 are what Cloudflare answers for a store that fails.
    pub fn may_pass(&self) -> bool {
        match self.status {
            408 | 429 | 500 | 502..=504 | 520..=527 => !self.is_full(),
            400 => self.code == "RequestTimeout",
            409 => matches!(self.code.as_str(), "OperationAborted" | "ConditionalRequestConflict"),
            _ => false,
        }
    }

    /// Whether the store asks for fewer requests.
    pub fn is_busy(&self) -> bool {
        matches!(self.status, 429 | 503)
    }

    /// Whether there is no room left, in the words of S3, `MinIO`, Ceph and others.
    pub fn is_full(&self) -> bool {
        let codes = [
            "InsufficientStorage",
            "QuotaExceeded",
            "ServiceQuotaExceeded",
            "XMinioAdminBucketQuotaExceeded",
            "XMinioStorageFull",
        ];
        self.status == 507 || codes.contains(&self.code.as_str())
    }

    /// `Retry-After`: seconds, or a date.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let value = self.header("retry-after")?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let until = httpdate::parse_http_date(value).ok()?;
        // The clock that matters is the one by which the store counts.
        Some(until.duration_since(self.date().unwrap_or(now)).unwrap_or_default())
    }

    /// Whether the clocks are so far apart that signatures are refused.
    pub fn is_clock_off(&self, now: SystemTime) -> bool {
        let apart = |theirs| now.duration_since(theirs).unwrap_or_else(|error| error.duration());
        self.code == "RequestTimeTooSkewed" || self.date().is_some_and(|theirs| apart(theirs) > MAX_SKEW)
    }

    fn date(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.header("date")?).ok()
    }
}

/// The text of an element, if it looks like a name.
fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    is_name(text).then(|| text.to_owned())
}

/// A short word, which cannot hold a URL or anything of the request.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Answer::of(response.body(Body::builder().data(body.to_owned())).unwrap())
    }

    #[test]
    fn what_may_pass() {
        for (status, code, wanted) in [
            (200, "", false),
            (403, "AccessDenied", false),
            (400, "RequestTimeout", true),
            (400, "InvalidArgument", false),
            (408, "", true),
            (409, "OperationAborted", true),
            (409, "BucketNotEmpty", false),
            (429, "", true),
            (500, "InternalError", true),
            (501, "NotImplemented", false),
            (503, "SlowDown", true),
            (503, "XMinioStorageFull", false),
            (507, "", false),
        ] {
            let answer = answer(status, &[], &format!("<Error><Code>{code}</Code></Error>"));
            assert_eq!((answer.may_pass(), answer.code.as_str()), (wanted, code), "{status} {code}");
        }
    }

    #[test]
    fn when_to_try_again() {
        let now = httpdate::parse_http_date("Wed, 21 Oct 2026 07:28:00 GMT").unwrap();
        let after = |headers: &[(&str, &str)]| answer(503, headers, "").retry_after(now).map(|after| after.as_secs());
        assert_eq!(after(&[]), None);
        assert_eq!(after(&[("retry-after", "7")]), Some(7));
        assert_eq!(after(&[("retry-after", "soon")]), None);
        assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2026 07:28:09 GMT")]), Some(9));
        assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2026 07:27:00 GMT")]), Some(0), "a date that has passed");
        let theirs = ("date", "Wed, 21 Oct 2026 08:28:00 GMT");
        assert_eq!(after(&[("retry-after", "Wed, 21 Oct 2026 08:28:04 GMT"), theirs]), Some(4), "by their clock");
    }

    #[test]
    fn pages_and_codes() {
        assert!(answer(404, &[("content-type", "text/html; charset=utf-8")], "").is_page);
        assert!(answer(404, &[], "\n<!DOCTYPE html><p>x").is_page);
        let error = answer(404, &[("content-type", "application/xml")], "<Error><Code>NoSuchKey</Code></Error>");
        assert!(!error.is_page && error.code == "NoSuchKey");
        let odd = answer(403, &[], "<Error><Code>https://x?X-Amz-Signature=1</Code></Error>");
        assert_eq!(odd.code, "", "nothing of a request comes back");
    }
}
