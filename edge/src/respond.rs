//! Small building blocks of responses that both services use.

use bytes::Bytes;
use futures_util::future::{Either, ready};
use gallery::{
    conditional::{Conditions, Validators, Verdict},
    etag::ETag,
};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header, request};
use platform::{Error, Kind, Problem};

use crate::{Coding, Failure};

/// A response built from bytes, with its length.
pub fn bytes<B: From<Bytes>>(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<B> {
    let body = body.into();
    let mut response = Response::new(());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.map(|()| B::from(body))
}

/// A text in gzip, and the name of its content, of which the entity tags are made.
pub struct Gzipped {
    pub content: String,
    pub gzip: Bytes,
}

/// A text in the coding that the client wants, or a 304 if the client has the text with this content. Each coding has a
/// tag of its own.
///
/// `make` is awaited only if the client does not have the text. A `*` stands for any text, so `make` must first say
/// that there is one (RFC 9110 section 13.1).
pub async fn coded<B: From<Bytes>>(
    head: &request::Parts,
    content_type: &'static str,
    content: &str,
    make: impl Future<Output = Result<Gzipped, Failure>>,
) -> Result<Response<B>, Failure> {
    let coding = Coding::choose(&head.headers, &[Coding::Gzip]);
    let mut tag = coding.tag(content);
    let is_any = |name| head.headers.get_all(name).iter().any(|value| value.as_bytes().trim_ascii() == b"*");
    let make = if [header::IF_NONE_MATCH, header::IF_MATCH].into_iter().any(is_any) {
        Either::Left(ready(Ok(make.await?)))
    } else {
        Either::Right(make)
    };
    let known = is_known(&head.headers, &tag)?;
    let mut response = if known {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        let Gzipped { content, gzip } = make.await?;
        tag = coding.tag(&content);
        let body = match coding {
            Coding::Gzip => gzip,
            _ => identity(&gzip)?,
        };
        bytes(StatusCode::OK, content_type, body)
    };
    let tag = HeaderValue::from_str(&tag).map_err(|error| Error::because(Kind::Internal, "respond.coded", error))?;
    response.headers_mut().insert(header::ETAG, tag);
    coding.describe(response.headers_mut(), !known);
    Ok(response)
}

/// The text of a gzip member of ours.
fn identity(gzip: &[u8]) -> Result<Bytes, Error> {
    let text = deflate::inflate(gzip, MAX_TEXT).map(Bytes::from);
    text.ok_or(Error::because(Kind::Invalid, "respond.coded", "the gzip member is damaged"))
}

/// The longest text that is inflated for a client without gzip, in bytes.
const MAX_TEXT: usize = 64 << 20;

/// A response without a body.
pub fn empty<B: From<Bytes>>(status: StatusCode) -> Response<B> {
    let mut response = Response::new(B::from(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// Whether the client already has the version with this entity tag, which calls for a 304. A 412 if the client's
/// conditions fail.
pub fn is_known(request: &HeaderMap, tag: &str) -> Result<bool, Problem> {
    match Conditions::of(request).verdict(Validators { etag: ETag::parse(tag), modified: None }) {
        Verdict::Proceed => Ok(false),
        Verdict::NotModified => Ok(true),
        Verdict::Failed => Err(Problem::precondition_failed()),
    }
}

/// 302 to a URL that is as sensitive as a password: the URL is in no log, and only the viewer's browser keeps it, for
/// `max_age` seconds.
pub fn redirect<B: From<Bytes>>(url: &str, max_age: u64) -> Result<Response<B>, Error> {
    let internal = |error| Error::because(Kind::Internal, "respond.redirect", error);
    let mut response = empty(StatusCode::FOUND);
    let mut location = HeaderValue::from_str(url).map_err(internal)?;
    location.set_sensitive(true);
    response.headers_mut().insert(header::LOCATION, location);
    let cache_control = HeaderValue::from_str(&format!("private, max-age={max_age}")).map_err(internal)?;
    response.headers_mut().insert(header::CACHE_CONTROL, cache_control);
    Ok(response)
}

pub fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Seconds since 1970 as ISO 8601 in UTC: `2013-05-24T00:00:00Z`.
pub fn iso8601(seconds: u64) -> String {
    let compact = sigv4::amz_date(seconds);
    let digits = |range: std::ops::Range<usize>| String::from_utf8_lossy(&compact[range]).into_owned();
    let (date, time) = ([0..4, 4..6, 6..8].map(digits).join("-"), [9..11, 11..13, 13..15].map(digits).join(":"));
    format!("{date}T{time}Z")
}

/// The value of a query parameter, percent-decoded once, with `+` as a space (the form encoding that browsers write).
/// `Ok(None)` if the parameter is absent. 400 if it cannot be decoded or occurs twice.
pub fn query(query: Option<&str>, name: &str) -> Result<Option<String>, Problem> {
    let mut found = None;
    for pair in query.unwrap_or_default().split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key != name {
            continue;
        }
        if found.is_some() {
            return Err(Problem::bad_request("A query parameter stands twice."));
        }
        let value = value.replace('+', " ");
        let decoded = gallery::key::percent_decode(&value)
            .map_err(|_| Problem::bad_request("A query parameter is not valid percent-encoded UTF-8."))?;
        found = Some(decoded);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(iso8601(1_369_353_600), "2013-05-24T00:00:00Z");
        assert_eq!(iso8601(1_709_251_199), "2024-02-29T23:59:59Z");
    }

    #[test]
    fn query_parameters() {
        let text = Some("key=a%20b%2Bc.jpg&size=small&x");
        assert_eq!(query(text, "key").unwrap().as_deref(), Some("a b+c.jpg"));
        assert_eq!(query(text, "x").unwrap().as_deref(), Some(""));
        assert_eq!(query(text, "y").unwrap(), None);
        assert_eq!(query(None, "y").unwrap(), None);
        assert_eq!(query(Some("k=a+b"), "k").unwrap().as_deref(), Some("a b"));
        for bad in ["k=%", "k=%E0%A4", "k=1&k=2"] {
            assert_eq!(query(Some(bad), "k").unwrap_err().status, StatusCode::BAD_REQUEST, "{bad}");
        }
    }
}
