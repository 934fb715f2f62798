//! Key-value storage: a cache, and the two version numbers.

use std::{fmt, time::Duration};

use bytes::Bytes;

use crate::Error;

/// The stores a deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreName {
    /// `auth_version` and `thumbnail_version`: small, read often, written by an operator.
    CacheVersion,
    /// Finished playlists: may be lost at any time.
    VideoCache,
}

impl StoreName {
    /// The name in a host's configuration. Hosts that want lower case lower it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CacheVersion => "CACHE_VERSION",
            Self::VideoCache => "VIDEO_CACHE",
        }
    }
}

/// A key that every host's store accepts: 1 to 255 bytes of ASCII letters, digits and `: _ -`.
///
/// Fastly forbids `# ; ? ^ |` and `./`, Fermyon's cloud keys over 255 bytes; names of media are
/// therefore hashed into keys, never put in as they are.
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
/// Eventual: a read may give an older value for up to a minute after a write elsewhere. Within one
/// request a read after a write may or may not see it. Nothing that must be right may rest on a
/// store alone; a cached value carries what is needed to check it.
///
/// # Many readers of what is not there
/// A host whose requests run apart from each other may let readers of a missing key in [`StoreName::VideoCache`] wait for
/// the first of them: until that one has put the key or its request has ended, and for a few seconds at most.
/// Where requests share an instance, the services do this themselves.
pub trait Kv {
    /// Reads a value.
    ///
    /// - A key that was never written, was deleted, or has expired gives `Ok(None)`.
    /// - A value is given back byte for byte, an empty one too.
    /// - A store that cannot be asked gives `Unavailable`, `Timeout`, `Throttled` or `Denied`.
    async fn get(&self, key: &KvKey) -> Result<Option<Bytes>, Error>;

    /// Writes a value, replacing any other.
    ///
    /// - `ttl` is how long it is of use. A host that can expire values may drop it after that, never
    ///   before; a reader must not rely on its being gone.
    /// - Without `ttl` it stays until it is deleted.
    /// - A value over the host's limit gives `TooLarge` and the old value stays.
    async fn put(&self, key: &KvKey, value: Bytes, ttl: Option<Duration>) -> Result<(), Error>;

    /// Deletes a key; deleting a missing one succeeds.
    async fn delete(&self, key: &KvKey) -> Result<(), Error>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_legal_everywhere() {
        assert!(KvKey::parse("manifest:variant:0a9f").is_some());
        assert!(KvKey::parse("a".repeat(255)).is_some());
        for bad in ["", "a b", "a/b", "a.b", "é", "a?b", "a#b", "a|b", "a^b", "a;b", "a\n", &"a".repeat(256)] {
            assert!(KvKey::parse(bad).is_none(), "{bad:?}");
        }
    }
}
