//! Signing in the `Authorization` header, for requests that the services send themselves.
//!
//! Source: "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", Amazon S3
//! API reference.

use std::borrow::Cow;

use crate::date::{amz_date, day};
use crate::encode::{encode_key_into, encode_query_into};
use crate::hex::{self, hex};
use crate::sha256::{State, bytes, digest};
use crate::{Bucket, Error, Method, SigningKey};

/// What the signature says about the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The signature does not cover the body. Use this with https only.
    Unsigned,
    /// The request has no body.
    Empty,
    /// The SHA-256 of the body.
    Hash([u8; 32]),
}

impl Payload {
    /// For a body that is in memory.
    pub fn of(body: &[u8]) -> Self {
        if body.is_empty() { Self::Empty } else { Self::Hash(bytes(&digest(body))) }
    }
}

/// A request to sign.
#[derive(Clone, Copy, Debug)]
pub struct HeaderRequest<'a> {
    pub method: Method,
    /// Empty for a request to the bucket itself, such as a listing.
    pub object_key: &'a str,
    /// Names and values, in any order. They are not encoded yet.
    pub query: &'a [(&'a str, &'a str)],
    /// Headers to sign in addition to `host` and the `x-amz-*` headers that signing adds. Names may be in any case.
    /// The headers must be sent as given.
    pub headers: &'a [(&'a str, &'a str)],
    pub payload: Payload,
}

/// The URL of a signed request, and the headers to add to the request.
#[derive(Clone, Debug)]
pub struct SignedHeaders {
    /// The URL with its query in canonical order. Send the URL as it is.
    pub url: String,
    /// `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` if there is a session token, and `authorization`.
    pub headers: Vec<(&'static str, String)>,
}

/// Signs a request at `now` (unix seconds). The key must have been derived for the UTC date of `now` and for the
/// bucket's region.
pub fn sign_headers(
    key: &SigningKey,
    bucket: &Bucket,
    request: &HeaderRequest<'_>,
    now: u64,
) -> Result<SignedHeaders, Error> {
    if key.day() != day(now) {
        return Err(Error::KeyDate);
    }
    if key.region() != bucket.region() {
        return Err(Error::KeyRegion);
    }
    let timestamp = amz_date(now);
    let payload = match request.payload {
        Payload::Unsigned => Cow::Borrowed("UNSIGNED-PAYLOAD"),
        Payload::Empty => Cow::Owned(hex_text(&digest(b""))),
        Payload::Hash(hash) => Cow::Owned(hex_text(&words(&hash))),
    };
    let mut added = vec![
        ("x-amz-date", String::from_utf8_lossy(&timestamp).into_owned()),
        ("x-amz-content-sha256", payload.clone().into_owned()),
    ];
    if let Some(token) = key.session_token() {
        added.push(("x-amz-security-token", token.to_owned()));
    }

    let mut url = bucket.base_url().to_owned();
    let origin = url.len() - bucket.path().len();
    // A request to the bucket itself goes to `/` in virtual-host style, and to `/bucket`, without a final slash, in
    // path style.
    if !request.object_key.is_empty() || bucket.path().is_empty() {
        url.push('/');
    }
    encode_key_into(&mut url, request.object_key);
    let query = canonical_query(request.query);
    let headers = CanonicalHeaders::new(
        request
            .headers
            .iter()
            .copied()
            .chain([("host", bucket.host())])
            .chain(added.iter().map(|(name, value)| (*name, value.as_str()))),
    );
    let canonical = canonical_request(request.method, &url[origin..], &query, &headers, &payload);
    let signature = key.sign(&timestamp, &digest(canonical.as_bytes()));
    added.push(("authorization", authorization(key, &headers, &signature)));
    if !query.is_empty() {
        url.push('?');
        url.push_str(&query);
    }
    Ok(SignedHeaders { url, headers: added })
}

/// The pairs, encoded, sorted by name and then value, and joined.
pub(crate) fn canonical_query(pairs: &[(&str, &str)]) -> String {
    // The pairs are few, so each is inserted at its place: a sort is five times the code.
    let mut encoded: Vec<(String, String)> = Vec::with_capacity(pairs.len());
    for (name, value) in pairs {
        let mut pair = (String::new(), String::new());
        encode_query_into(&mut pair.0, name);
        encode_query_into(&mut pair.1, value);
        encoded.insert(encoded.partition_point(|other| *other <= pair), pair);
    }
    let mut out = String::new();
    for (name, value) in encoded {
        out.push_str(if out.is_empty() { "" } else { "&" });
        out.push_str(&name);
        out.push('=');
        out.push_str(&value);
    }
    out
}

/// Headers sorted by lower-case name. Values are trimmed, with runs of spaces made one. Equal names are joined by
/// commas.
pub(crate) struct CanonicalHeaders(Vec<(String, String)>);

impl CanonicalHeaders {
    pub fn new<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut all: Vec<(String, String)> = Vec::new();
        for (name, value) in headers {
            let value = value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
            let name = name.to_ascii_lowercase();
            match all.binary_search_by(|(other, _)| other.as_str().cmp(&name)) {
                Ok(at) => {
                    // The values of one name stay in the order in which they are sent.
                    all[at].1.push(',');
                    all[at].1.push_str(&value);
                }
                Err(at) => all.insert(at, (name, value)),
            }
        }
        Self(all)
    }

    pub fn names(&self) -> String {
        self.0.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";")
    }
}

/// `path` and `query` are encoded already.
pub(crate) fn canonical_request(
    method: Method,
    path: &str,
    query: &str,
    headers: &CanonicalHeaders,
    payload: &str,
) -> String {
    let mut out = format!("{}\n{path}\n{query}\n", method.as_str());
    for (name, value) in &headers.0 {
        out.push_str(name);
        out.push(':');
        out.push_str(value);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&headers.names());
    out.push('\n');
    out.push_str(payload);
    out
}

pub(crate) fn authorization(key: &SigningKey, headers: &CanonicalHeaders, signature: &[u8; 64]) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
        key.access_key_id(),
        key.scope(),
        headers.names(),
        hex::as_str(signature)
    )
}

fn hex_text(state: &State) -> String {
    hex::as_str(&hex(state)).to_owned()
}

/// The bytes of a digest as words.
fn words(hash: &[u8; 32]) -> State {
    let mut out = State::default();
    for (word, four) in out.iter_mut().zip(hash.as_chunks().0) {
        *word = u32::from_be_bytes(*four);
    }
    out
}
