use core::fmt;
use core::ops::Range;

use crate::date::{amz_date, day};
use crate::encode::{encode_key_into, encode_query_into};
use crate::hex::{self, hex};
use crate::sha256::{HmacKey, INITIAL, Prefix, State};
use crate::{Bucket, Error, Method, SigningKey};

/// The longest life of a presigned URL in seconds: seven days.
const MAX_EXPIRES: u32 = 604_800;

/// Makes presigned URLs that differ in the object key only.
///
/// The signature of a URL covers the `Host` header and no other header. The payload is unsigned. The query is in
/// canonical order, with `X-Amz-Signature` last.
///
/// Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API reference.
#[derive(Clone)]
pub struct Presigner {
    method: Method,
    host: String,
    bucket_path: String,
    /// Encoded names and values, sorted.
    query: Vec<(String, String)>,
    /// The URL up to the object key.
    pub(crate) url_start: String,
    /// The URL after the object key, with 64 zeros for the signature.
    pub(crate) url_end: String,
    /// The canonical request up to the object key.
    pub(crate) request_start: Prefix,
    /// The canonical request after the object key.
    pub(crate) request_end: Vec<u8>,
    /// The string to sign up to the hash of the canonical request, hashed as part of the HMAC.
    pub(crate) to_sign: Prefix,
    pub(crate) hmac: HmacKey,
}

impl Presigner {
    /// `now` is the signing time in unix seconds. `expires` is the life of the URLs from that time on, 1 to 604800
    /// seconds.
    ///
    /// The key must have been derived for the UTC date of `now` and for the bucket's region.
    pub fn new(key: &SigningKey, bucket: &Bucket, method: Method, now: u64, expires: u32) -> Result<Self, Error> {
        if !(1..=MAX_EXPIRES).contains(&expires) {
            return Err(Error::Expires);
        }
        if key.day() != day(now) {
            return Err(Error::KeyDate);
        }
        if key.region() != bucket.region() {
            return Err(Error::KeyRegion);
        }
        let timestamp = amz_date(now);
        let mut presigner = Self {
            method,
            host: bucket.host().to_owned(),
            bucket_path: bucket.path().to_owned(),
            query: Vec::new(),
            url_start: format!("{}/", bucket.base_url()),
            url_end: String::new(),
            request_start: Prefix::new(INITIAL, 0, b""),
            request_end: Vec::new(),
            to_sign: key.string_to_sign(&timestamp),
            hmac: key.hmac().clone(),
        };
        presigner.add("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
        presigner.add("X-Amz-Credential", &format!("{}/{}", key.access_key_id(), key.scope()));
        presigner.add("X-Amz-Date", &String::from_utf8_lossy(&timestamp));
        presigner.add("X-Amz-Expires", &expires.to_string());
        presigner.add("X-Amz-SignedHeaders", "host");
        if let Some(token) = key.session_token() {
            presigner.add("X-Amz-Security-Token", token);
        }
        presigner.lay_out();
        Ok(presigner)
    }

    /// Adds a query parameter to sign, for example `response-content-disposition`. Parameters may be added in any
    /// order, and hold any characters.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        self.add(name, value);
        self.lay_out();
        self
    }

    /// Appends the presigned URL of an object. Every key is signed as it is; see [`encode_key_into`].
    ///
    /// An HTTP client that resolves `.` and `..` segments changes such a key's URL and breaks its signature.
    pub fn presign_into(&self, out: &mut String, object_key: &str) {
        let key = self.append_unsigned(out, object_key);
        let signature = hex(&self.signature(&out.as_bytes()[key]));
        out.truncate(out.len() - signature.len());
        out.push_str(hex::as_str(&signature));
    }

    /// Appends a URL with zeros for its signature and returns the place of its encoded key.
    pub(crate) fn append_unsigned(&self, out: &mut String, object_key: &str) -> Range<usize> {
        out.push_str(&self.url_start);
        let start = out.len();
        encode_key_into(out, object_key);
        let end = out.len();
        out.push_str(&self.url_end);
        start..end
    }

    /// The place of the signature of the URL whose encoded key is at `key`.
    pub(crate) fn signature_at(&self, key: &Range<usize>) -> usize {
        key.end + self.url_end.len() - 64
    }

    /// The URL up to the object key.
    pub fn url_start(&self) -> &str {
        &self.url_start
    }

    /// The URL between the object key and the 64 digits of the signature.
    pub fn url_end(&self) -> &str {
        self.url_end.split_at(self.url_end.len() - 64).0
    }

    pub(crate) fn signature(&self, encoded_key: &[u8]) -> State {
        let mut request = self.request_start.hasher();
        request.update(encoded_key);
        request.update(&self.request_end);
        let mut to_sign = self.to_sign.hasher();
        to_sign.update(&hex(&request.finish()));
        self.hmac.close(&to_sign.finish())
    }

    fn add(&mut self, name: &str, value: &str) {
        let encoded = |text| {
            let mut out = String::new();
            encode_query_into(&mut out, text);
            out
        };
        let pair = (encoded(name), encoded(value));
        // The pairs are sorted as pairs: `a=1` comes before `a-b=1`, though `-` is less than `=`.
        let at = self.query.partition_point(|other| *other <= pair);
        self.query.insert(at, pair);
    }

    /// Builds the constant text from the query.
    fn lay_out(&mut self) {
        let mut query = String::new();
        for (name, value) in &self.query {
            query.push_str(if query.is_empty() { "" } else { "&" });
            query.push_str(name);
            query.push('=');
            query.push_str(value);
        }
        let start = format!("{}\n{}/", self.method.as_str(), self.bucket_path);
        self.request_start = Prefix::new(INITIAL, 0, start.as_bytes());
        self.request_end = format!("\n{query}\nhost:{}\n\nhost\nUNSIGNED-PAYLOAD", self.host).into_bytes();
        self.url_end = format!("?{query}&X-Amz-Signature={:064}", 0);
    }
}

impl fmt::Debug for Presigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigner").field("method", &self.method).field("url", &self.url_start).finish_non_exhaustive()
    }
}
