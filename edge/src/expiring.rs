//! Expiry above any [`Kv`]. An entry carries what is needed to check its value, and is checked on every read.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};
use platform::{Error, Kv, KvKey};

/// The version of the layout. A change makes every older entry a miss.
const MAGIC: [u8; 4] = *b"EGv1";
const HEADER: usize = 4 + 8 + 8 + 4 + 4;

/// Wraps a store. An entry that is stale, cut short, garbled or stored under another identity reads as missing.
///
/// Entry: magic, expiry (u64), checksum (u64), identity length (u32), value length (u32), all little-endian, then the
/// identity and the value. The identity is the full name of the value. It is stored because the keys of the store are
/// hashes.
pub struct Expiring<K>(pub K);

impl<K: Kv> Expiring<K> {
    /// The value, if its entry is whole, has this `identity`, and expires after `now` (seconds since 1970).
    pub async fn get(&self, key: &KvKey, identity: &str, now: u64) -> Result<Option<Bytes>, Error> {
        Ok(self.0.get(key).await?.and_then(|entry| open(&entry, identity, now)))
    }

    /// Stores a value that is valid until `expires`. If `expires` is in the past, nothing is written.
    pub async fn put(&self, key: &KvKey, identity: &str, value: &[u8], now: u64, expires: u64) -> Result<(), Error> {
        let Some(ttl) = expires.checked_sub(now).filter(|seconds| *seconds > 0) else { return Ok(()) };
        self.0.put(key, seal(identity, value, expires), Some(Duration::from_secs(ttl))).await
    }
}

fn seal(identity: &str, value: &[u8], expires: u64) -> Bytes {
    let mut entry = BytesMut::with_capacity(HEADER + identity.len() + value.len());
    entry.put_slice(&MAGIC);
    entry.put_u64_le(expires);
    entry.put_u64_le(checksum(expires, identity.as_bytes(), value));
    entry.put_u32_le(u32::try_from(identity.len()).unwrap_or(u32::MAX));
    entry.put_u32_le(u32::try_from(value.len()).unwrap_or(u32::MAX));
    entry.put_slice(identity.as_bytes());
    entry.put_slice(value);
    entry.freeze()
}

fn open(entry: &Bytes, identity: &str, now: u64) -> Option<Bytes> {
    let number = |at: usize| entry.get(at..at + 8)?.try_into().ok().map(u64::from_le_bytes);
    let length = |at: usize| -> Option<usize> {
        let length = u32::from_le_bytes(entry.get(at..at + 4)?.try_into().ok()?);
        usize::try_from(length).ok()
    };
    let expires = number(4)?;
    let (identity_length, value_length) = (length(20)?, length(24)?);
    let value_at = HEADER.checked_add(identity_length)?;
    let whole = entry.starts_with(&MAGIC) && value_at.checked_add(value_length)? == entry.len();
    if !whole || expires <= now || entry.get(HEADER..value_at)? != identity.as_bytes() {
        return None;
    }
    let value = entry.slice(value_at..);
    (number(12)? == checksum(expires, identity.as_bytes(), &value)).then_some(value)
}

/// FNV-1a over 8-byte words. It finds accidental damage, and costs almost nothing. Stores are trusted not to forge
/// entries.
fn checksum(expires: u64, identity: &[u8], value: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut state = 0xcbf2_9ce4_8422_2325_u64 ^ expires;
    for part in [identity, value] {
        let mut words = part.chunks_exact(8);
        for word in &mut words {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            // The rotation carries high bits down, which a multiplication alone never does.
            state = (state ^ word).wrapping_mul(PRIME).rotate_left(29);
        }
        for byte in words.remainder() {
            state = (state ^ u64::from(*byte)).wrapping_mul(PRIME);
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_comes_back_until_it_expires() {
        let entry = seal("film/720p", b"#EXTM3U", 100);
        assert_eq!(open(&entry, "film/720p", 99).as_deref(), Some(&b"#EXTM3U"[..]));
        assert_eq!(open(&entry, "film/720p", 100), None);
        assert_eq!(open(&entry, "other/720p", 99), None);
        assert_eq!(open(&seal("", b"", 100), "", 99).as_deref(), Some(&b""[..]));
    }

    #[test]
    fn no_cut_and_no_flipped_bit_passes() {
        let entry = seal("film", b"a value of some length", 1_000);
        for length in 0..entry.len() {
            assert_eq!(open(&entry.slice(..length), "film", 1), None);
        }
        for bit in 0..entry.len() * 8 {
            let mut bad = entry.to_vec();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&Bytes::from(bad), "film", 1), None, "bit {bit}");
        }
        let mut long = entry.to_vec();
        long.push(0);
        assert_eq!(open(&Bytes::from(long), "film", 1), None);
    }
}
