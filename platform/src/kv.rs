//! Key-value storage: a cache, and the two version numbers.

use std::{fmt, time::Duration};

use bytes::Bytes;

use crate::Error;

/// The stores of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreName {
    /// `auth_version` and `thumbnail_version`: small, read often, written by an operator.
    CacheVersion,
    /// Finished playlists. They may be lost at any time.
    VideoCache,
}

impl StoreName {
    /// The name in a host's configuration. The adapter of a host that wants lower case converts the name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CacheVersion => "CACHE_VERSION",
            Self::VideoCache => "VIDEO_CACHE",
        }
    }
}

/// A key that the store of every host accepts: 1 to 255 bytes of ASCII letters, digits and `: _ -`.
///
/// Fastly forbids `# ; ? ^ |` and `./`, and Fermyon's cloud forbids keys of more than 255 bytes. Keys of media are
/// therefore hashed, and never used as they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KvKey(String);

impl KvKey {
    /// The longest key, in bytes.
    pub const MAX_BYTES: usize = 255;

    pub fn parse(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b":_-".contains(&byte);
        (!text.is_empty() && text.len() <= Self::MAX_BYTES && text.bytes().all(legal)).then_some(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KvKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One key-value store.
///
/// # Consistency
/// A store is eventually consistent. A read may return an older value for up to a minute after a write elsewhere.
/// Within one request, a read after a write may or may not see the new value. Nothing that must be right may depend
/// on a store alone: a cached value carries what is needed to check it.
///
/// # Many readers of a missing key
/// On a host whose requests run apart from each other, readers of a missing key in [`StoreName::VideoCache`] may wait
/// for the first reader. They wait until the first reader has put the key or its request has ended, and for a few
/// seconds at most. Where requests share an instance, the services do this themselves.
pub trait Kv {
    /// Reads a value.
    ///
    /// - A key that was never written, was deleted, or has expired gives `Ok(None)`.
    /// - A value is returned byte for byte, also an empty one.
    /// - A store that cannot be reached gives `Unavailable`, `Timeout`, `Throttled` or `Denied`.
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error>;

    /// Writes a value, and replaces any other value of the key.
    ///
    /// - `ttl` is how long the value is of use. A host that can expire values may drop the value after this time, and
    ///   never before. A reader must not rely on the value being gone.
    /// - Without `ttl`, the value stays until it is deleted.
    /// - A value over the host's limit gives `TooLarge`, and the old value stays.
    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error>;

    /// Deletes a key. Deleting a missing key succeeds.
    async fn delete(&self, key: &KvKey) -> Result<(), Error>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_legal_everywhere() {
        assert!(KvKey::parse("playlist:variant:0a9f").is_some());
        assert!(KvKey::parse("a".repeat(255)).is_some());
        for bad in ["", "a b", "a/b", "a.b", "é", "a?b", "a#b", "a|b", "a^b", "a;b", "a\n", &"a".repeat(256)] {
            assert!(KvKey::parse(bad).is_none(), "{bad:?}");
        }
    }
}
