//! Is a store there, and does it know the bucket and the key?

use std::time::{Duration, SystemTime};

use platform_s3::Location;
use sigv4::Method;

use super::answer::Answer;
use super::retry::Trouble;
use super::{Bucket, StoreError};
use crate::Stop;

/// The key of an object that never exists.
const CHECKED: &str = "_metadata/ingest-check";
/// An object that the check of a bucket leaves. When it is old, it goes with `doctor`.
pub const WRITTEN: &str = "downloads/check";
/// A store that takes longer to say that an object is missing counts as one that does not answer.
const SOON: Duration = Duration::from_secs(20);

/// What a bucket says about itself.
#[derive(Clone, Debug)]
pub struct Probed {
    /// The store answers "access denied" to what is missing: the key may not list, or may do nothing at all.
    pub is_hidden: bool,
    /// `Access-Control-Allow-Origin`.
    pub allowed_origin: Option<String>,
    /// `Date`.
    pub date: Option<String>,
    /// Whether the key may write what is in a download.
    pub may_write: bool,
}

/// Asks a bucket for an object that does not exist, as a page of `origin` would, and writes an empty one. The error
/// says what to do.
pub fn probe_bucket(location: &Location, certificates: &[Vec<u8>], origin: &str) -> Result<Probed, String> {
    let bucket = Bucket::new(location, certificates, 1, Duration::ZERO, Stop::default());
    bucket.probe(origin).map_err(|error| error.to_string())
}

impl Bucket {
    /// Asks for an object that does not exist. The answer shows whether the store, the bucket and the access key
    /// exist. Nobody waits long for it: it is sent twice at most.
    pub fn check(&self) -> Result<(), StoreError> {
        let answer = self.twice(None)?;
        let is_off = answer.is_clock_off(SystemTime::now());
        match (answer.status, answer.code.as_str()) {
            (200..300, _) | (404, "") if answer.is_page => Err(self.words.no_store()),
            (200 | 206, _) | (404, "NoSuchKey" | "") => Ok(()),
            // If the credentials may not list the bucket, a store answers "access denied" for an absent object.
            (403, "AccessDenied") if !is_off => Ok(()),
            _ => Err(self.words.refused(&answer)),
        }
    }

    /// Makes the same request as a page of `origin` would. Returns what the answer says to browsers, and its date.
    fn probe(&self, origin: &str) -> Result<Probed, StoreError> {
        self.check()?;
        let answer = self.twice(Some(origin))?;
        let header = |name| answer.header(name).map(str::to_owned);
        Ok(Probed {
            is_hidden: answer.status == 403,
            allowed_origin: header("access-control-allow-origin"),
            date: header("date"),
            may_write: self.may_write(),
        })
    }

    /// Whether the store answers at all, and is not busy.
    pub(super) fn answers(&self) -> bool {
        self.once(None).is_ok()
    }

    /// Whatever the reason is: without this, only downloads are missing.
    fn may_write(&self) -> bool {
        let put = |url: String| {
            let request = self.agent.put(&url).config().timeout_global(Some(SOON)).build();
            self.answer(request.send(&[][..])).is_ok_and(|answer| answer.is_success())
        };
        self.presign(Method::Put, WRITTEN, &[]).is_ok_and(put)
    }

    fn twice(&self, origin: Option<&str>) -> Result<Answer, StoreError> {
        match self.once(origin) {
            Err(Trouble::Passing { .. }) if self.retry.wait(Duration::from_secs(1)) => {}
            other => return other.map_err(Trouble::into_error),
        }
        self.once(origin).map_err(Trouble::into_error)
    }

    fn once(&self, origin: Option<&str>) -> Result<Answer, Trouble> {
        let url = self.presign(Method::Get, CHECKED, &[])?;
        let mut request = self.agent.get(&url);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        self.answer(request.config().timeout_global(Some(SOON)).build().call())
    }
}
