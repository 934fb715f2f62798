//! Key-value storage in the bucket, for hosts that have no KV of their own.
//!
//! A value is the object `kv/{store}/{key}` ([`gallery::layout::kv`]). The metadata of the object says when the value
//! expires, in seconds since 1970. An operator changes `auth_version` by writing the object
//! `kv/CACHE_VERSION/auth_version`. No code here removes expired values: a lifecycle rule on `kv/VIDEO_CACHE/` does.

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use gallery::layout;
use http::{HeaderMap, Request, Response, StatusCode};
use platform::{Error, Kind, Kv, KvKey, Platform, StoreName, Timeouts};
use platform_s3::{Objects, bodiless, refusal};
use sigv4::{HeaderRequest, Payload};

/// The largest value, in bytes. The bucket accepts larger values, but the memory of a WASM guest does not hold them.
pub const MAX_VALUE_BYTES: usize = 4 * 1024 * 1024;

/// If the store is slower than these timeouts, making the value anew is faster.
pub const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(1),
    first_byte: Duration::from_secs(2),
    between_bytes: Duration::from_secs(2),
};

/// User-defined object metadata
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#UserMetadata>).
const EXPIRES: &str = "x-amz-meta-expires";

/// One store, in a bucket. An adapter without KV of its own says `type Kv = KvObjects<Self>`.
///
/// - Object stores are consistent: a read sees the last write.
/// - 401 and 403 give `Denied`, 429 gives `Throttled`. If the credentials may not list the bucket, S3 answers 403 for
///   a missing object too, and every read fails. The credentials therefore need `s3:ListBucket`.
/// - A value of more than [`MAX_VALUE_BYTES`] gives `TooLarge`.
pub struct KvObjects<P> {
    platform: P,
    objects: Rc<Objects>,
    store: StoreName,
    /// Seconds since 1970.
    now: u64,
}

impl<P> KvObjects<P> {
    pub fn new(platform: P, objects: Rc<Objects>, store: StoreName, now: u64) -> Self {
        Self { platform, objects, store, now }
    }

    fn object(&self, key: &KvKey) -> String {
        layout::kv(self.store.name(), key.as_str())
    }

    fn request(&self, unsigned: &HeaderRequest<'_>, body: Bytes) -> Result<Request<Bytes>, Error> {
        let mut request = self.objects.signed(unsigned, &HeaderMap::new(), body, self.now)?;
        request.extensions_mut().insert(TIMEOUTS);
        Ok(request)
    }

    /// Whether the value has expired. Metadata that is not a number was written by another program, and never expires
    /// a value.
    fn has_expired<B>(&self, response: &Response<B>) -> bool {
        let expires = response.headers().get(EXPIRES).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        expires.is_some_and(|expires| expires <= self.now)
    }
}

impl<P: Platform> Kv for KvObjects<P> {
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error> {
        let object = self.object(key);
        let request = self.request(&bodiless(sigv4::Method::Get, &object, &[]), Bytes::new())?;
        let response = self.platform.fetch(request).await?;
        match response.status() {
            StatusCode::OK if self.has_expired(&response) => Ok(None),
            StatusCode::OK => P::collect(response.into_body(), MAX_VALUE_BYTES).await.map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refusal::<P>("kv.get", response).await),
        }
    }

    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error> {
        if value.len() > MAX_VALUE_BYTES {
            return Err(Error::new(Kind::TooLarge, "kv.put"));
        }
        // Rounded up, so that the value never expires early.
        let seconds = |ttl: Duration| ttl.as_secs().saturating_add(u64::from(ttl.subsec_nanos() > 0));
        let expires = ttl.map(|ttl| self.now.saturating_add(seconds(ttl)).to_string());
        let headers: Vec<(&str, &str)> = expires.iter().map(|expires| (EXPIRES, expires.as_str())).collect();
        let unsigned = HeaderRequest {
            method: sigv4::Method::Put,
            object_key: &self.object(key),
            query: &[],
            headers: &headers,
            payload: Payload::of(&value),
        };
        let response = self.platform.fetch(self.request(&unsigned, value)?).await?;
        match response.status() {
            status if status.is_success() => Ok(()),
            _ => Err(refusal::<P>("kv.put", response).await),
        }
    }

    async fn delete(&self, key: &KvKey) -> Result<(), Error> {
        let object = self.object(key);
        let request = self.request(&bodiless(sigv4::Method::Delete, &object, &[]), Bytes::new())?;
        let response = self.platform.fetch(request).await?;
        match response.status() {
            // S3 answers 204 if the object was not there. Other stores answer 404.
            status if status.is_success() || status == StatusCode::NOT_FOUND => Ok(()),
            _ => Err(refusal::<P>("kv.delete", response).await),
        }
    }
}

#[cfg(test)]
mod tests;
