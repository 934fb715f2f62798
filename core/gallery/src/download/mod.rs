//! Downloads: ZIPs of many originals, or of their pictures in the size of a screen.
//!
//! What is in a ZIP is written once, as a manifest of the crate `stored-zip`, which is named by its content and lies
//! below [`PREFIX`]. A download token opens one manifest, and ends with the session from which it came.

mod contents;
pub mod packs;

use sha2::{Digest, Sha256};

use crate::session::{Claims, TokenKey};

pub use contents::{Contents, Planned, Wanted};

/// The prefix of the object keys of manifests.
pub const PREFIX: &str = "downloads/";
/// The longest life of a token, in seconds: a large gallery takes a night on a slow line.
pub const TOKEN_SECONDS: u64 = 2 * 24 * 3600;
/// How old a manifest is, in seconds, when no token opens it any more.
pub const MANIFEST_SECONDS: u64 = TOKEN_SECONDS + 24 * 3600;

/// The name of a manifest: the first bytes of the SHA-256 of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Id(pub [u8; 16]);

impl Id {
    pub fn of(manifest: &[u8]) -> Self {
        let digest = Sha256::digest(manifest);
        Self(std::array::from_fn(|at| digest[at]))
    }

    /// Its object in the bucket.
    pub fn object(self) -> String {
        format!("{PREFIX}{}", self.hexadecimal())
    }

    /// The tag of its ZIP, in quotes: the manifest says every byte of that.
    pub fn tag(self) -> String {
        format!("\"{}\"", self.hexadecimal())
    }

    fn hexadecimal(self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The most bytes of a title in the name of a ZIP. A name has 255 bytes, and says more than the title.
const MOST_TITLE: usize = 200;

/// As much of a title as the name of a ZIP has room for.
pub fn short(title: &str) -> &str {
    let end = title.floor_char_boundary(MOST_TITLE);
    if end == title.len() { title } else { title.get(..end).unwrap_or(title).trim_end() }
}

/// A token for a manifest, of the generation of `session`.
pub fn mint(key: &TokenKey, session: &Claims, id: Id, now: u64) -> String {
    key.sign(&Claims { issued: now, expires: expires(session, now), film: id.0, ..*session })
}

/// When a token that is minted now expires, in seconds since 1970: not after its session.
pub fn expires(session: &Claims, now: u64) -> u64 {
    (now + TOKEN_SECONDS).min(session.expires)
}

impl Claims {
    /// The manifest that a download token opens.
    pub const fn manifest(&self) -> Id {
        Id(self.film)
    }
}

/// In which size items are downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// As they were ingested.
    Original,
    /// Pictures as they fill a screen. Films have no such size, and come as they were ingested.
    Screen,
}

/// What a manifest says of its ZIP as a whole: the note of the manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About<'a> {
    /// Whether an original is in the ZIP, and not only what was made of one.
    pub originals: bool,
    /// Whether originals are as they were ingested, with the places where they were taken.
    pub places: bool,
    /// The version of the catalogue from which the ZIP was made.
    pub version: &'a str,
    /// The name of the file to save.
    pub name: &'a str,
}

const LAYOUT: u8 = 1;

impl<'a> About<'a> {
    pub fn encode(&self) -> Vec<u8> {
        let flags = u8::from(self.originals) | u8::from(self.places) << 1;
        let mut note = vec![LAYOUT, flags];
        note.extend(self.version.as_bytes());
        note.push(0);
        note.extend(self.name.as_bytes());
        note
    }

    pub fn parse(note: &'a [u8]) -> Option<Self> {
        let [LAYOUT, flags, text @ ..] = note else { return None };
        let (version, name) = std::str::from_utf8(text).ok()?.split_once('\0')?;
        Some(Self { originals: flags & 1 != 0, places: flags & 2 != 0, version, name })
    }
}

/// Where the bytes of an entry lie: the note of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    /// The item.
    pub key: &'a str,
    pub of: Of<'a>,
}

/// Which object of an item it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of<'a> {
    /// The original, in the object with this mark.
    Original { mark: u32 },
    /// A rendition of this version, with the name of its file.
    Rendition { version: &'a str, file: &'a str },
}

impl<'a> Source<'a> {
    /// An original, or a rendition, and its key: parts of text with a zero between two. No key has one.
    pub fn encode(&self) -> Vec<u8> {
        let mut note = Vec::with_capacity(self.key.len() + 40);
        match self.of {
            Of::Original { mark } => {
                note.push(b'o');
                note.extend(mark.to_be_bytes());
            }
            Of::Rendition { version, file } => {
                note.push(b'r');
                for part in [version, file] {
                    note.extend(part.as_bytes());
                    note.push(0);
                }
            }
        }
        note.extend(self.key.as_bytes());
        note
    }

    pub fn parse(note: &'a [u8]) -> Option<Self> {
        let (kind, rest) = note.split_first()?;
        match kind {
            b'o' => {
                let (mark, key) = rest.split_first_chunk()?;
                let of = Of::Original { mark: u32::from_be_bytes(*mark) };
                Some(Self { key: std::str::from_utf8(key).ok()?, of })
            }
            b'r' => {
                let mut parts = std::str::from_utf8(rest).ok()?.splitn(3, '\0');
                let (version, file, key) = (parts.next()?, parts.next()?, parts.next()?);
                Some(Self { key, of: Of::Rendition { version, file } })
            }
            _ => None,
        }
    }
}

/// Seconds since 1970 of a moment in UTC: `2024-06-15T12:00:00Z`, with or without a fraction.
pub fn moment(text: &str) -> Option<i64> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // Days since 0000-03-01 in the Gregorian calendar, whose years then end with the leap day.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    Some((days - 719_468) * 86_400 + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Generation, Purpose};

    #[test]
    fn a_token_opens_one_manifest_and_ends_with_its_session() {
        let secret = b"a secret of at least thirty-two bytes";
        let generation = Generation { auth_version: "1".to_owned(), epoch: 0 };
        let sessions = TokenKey::derive(secret, Purpose::Session);
        let claims = |expires| sessions.verify(&sessions.mint(&generation, (5, expires), [7; 16], None), 5).unwrap();
        let key = TokenKey::derive(secret, Purpose::Download);
        let id = Id::of(b"a manifest");
        let token = mint(&key, &claims(1 << 40), id, 1000);
        let read = key.verify(&token, 1000).unwrap();
        assert_eq!((read.manifest(), read.session, read.expires), (id, [7; 16], 1000 + TOKEN_SECONDS));
        assert_eq!(key.verify(&token, 1000 + TOKEN_SECONDS), None);
        assert_eq!(key.verify(&mint(&key, &claims(1100), id, 1000), 1100), None);
        assert_eq!(sessions.verify(&token, 1000), None, "it is no session");
        assert_eq!(TokenKey::derive(secret, Purpose::Playback).verify(&token, 1000), None, "and plays nothing");
        assert_eq!(id.object().len(), PREFIX.len() + 32);
    }

    #[test]
    fn notes_come_back_and_others_are_none() {
        let about = About { originals: true, places: false, version: "0123456789abcdef", name: "% é (1).zip" };
        assert_eq!(About::parse(&about.encode()), Some(about));
        for of in [Of::Original { mark: 0 }, Of::Rendition { version: "0123456789abcdef", file: "screen.webp" }] {
            let source = Source { key: "2024/% é (1).jpg", of };
            assert_eq!(Source::parse(&source.encode()), Some(source));
        }
        for bad in [&b""[..], b"x", b"\x01", b"o123", b"r1", b"r1\x002", b"o1234\xff"] {
            assert_eq!(Source::parse(bad), None, "{bad:?}");
        }
        for bad in [&b""[..], b"\x02\x01v\x00n", b"\x01\x01v", b"\x01\x01\xff\x00"] {
            assert_eq!(About::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn moments() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199),
            ("2013-05-24T00:00:00Z", 1_369_353_600),
            ("1969-12-31T23:59:59Z", -1),
        ] {
            assert_eq!(moment(text), Some(wanted), "{text}");
        }
        for bad in ["", "2024", "2024-02-2éT23:59:59Z", "x024-02-29T23:59:59Z"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }
}
