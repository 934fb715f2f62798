//! Links: each lets whoever has its URL see a part of the gallery, until it ends.
//!
//! A link's URL is `/l/` and 128 random bits. Only a digest of these is kept. The operator's program writes all links
//! into one text, signed with a key that is derived from `AUTH_SECRET`: who may only write the bucket lets nobody in.
//!
//! The text, with all numbers big-endian:
//!
//! | bytes | what |
//! |---|---|
//! | 32 | HMAC-SHA-256 of all bytes after it |
//! | 1 | layout version, 1 |
//! | then for each link | |
//! | 16 | id |
//! | 8 | expires, seconds since 1970; all ones for never |
//! | 1 | [flags](Flags) |
//! | 1 + n | length and text of the password's Argon2 hash, or an empty text |
//! | 1 | number of views |
//! | 1 + n each | length and name of a view |

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::Mac;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    digest::hmac,
    media::MediaType,
    views::{Unreadable, View},
};

const VERSION: u8 = 1;
const MAC: usize = 32;
/// The length of the secret part of a link's URL, in characters.
pub const TOKEN_CHARACTERS: usize = 22;

/// The digest by which a link is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId(pub [u8; 16]);

impl LinkId {
    /// The id of the link with this secret part. `None` if the text is no secret part of a link.
    pub fn of(token: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok().filter(|bytes| bytes.len() == 16)?;
        let digest = Sha256::new_with_prefix(b"edge-gallery link v1").chain_update(bytes).finalize();
        digest.first_chunk().map(|short| Self(*short))
    }

    /// Reads what [`Display`](fmt::Display) writes.
    pub fn parse(digits: &str) -> Option<Self> {
        let bytes = u128::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self(bytes)).filter(|id| id.to_string() == digits)
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The secret part of a new link's URL.
pub fn token(random: [u8; 16]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// What a link allows beside looking at its views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each is a choice of its own
pub struct Flags {
    /// To download at all.
    pub download: bool,
    /// To see and to download the files as they were ingested.
    pub originals: bool,
    /// To see where items were taken.
    pub places: bool,
    /// What the link opens is delivered by URLs that live for a minute at most.
    pub strict: bool,
}

impl Flags {
    /// For the gallery's password.
    pub const ALL: Self = Self { download: true, originals: true, places: true, strict: false };

    const fn byte(self) -> u8 {
        self.download as u8 | (self.originals as u8) << 1 | (self.places as u8) << 2 | (self.strict as u8) << 3
    }

    const fn of(byte: u8) -> Self {
        Self { download: byte & 1 != 0, originals: byte & 2 != 0, places: byte & 4 != 0, strict: byte & 8 != 0 }
    }
}

/// A link that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub id: LinkId,
    /// Seconds since 1970. `u64::MAX` for never.
    pub expires: u64,
    pub flags: Flags,
    /// A PHC string, see [`crate::password`].
    pub password: Option<String>,
    /// The first is shown first.
    pub views: Vec<View>,
}

impl Link {
    /// Whether an item is in one of the link's views. `albums` are the names of the views of albums in which the item
    /// is, with commas between them.
    pub fn covers(&self, kind: MediaType, albums: &str) -> bool {
        self.views.iter().any(|view| view.covers(kind, albums))
    }

    /// Whether a view is open as a whole.
    pub fn covers_view(&self, view: &View) -> bool {
        self.views.iter().any(|open| open == view || open.name() == View::EVERYTHING)
    }
}

/// The key that signs links.
pub struct LinksKey(Zeroizing<[u8; 32]>);

impl LinksKey {
    /// Derives the key from the deployment's `AUTH_SECRET`.
    pub fn derive(secret: &[u8]) -> Self {
        let mut mac = hmac(secret);
        mac.update(b"edge-gallery links v1");
        Self(Zeroizing::new(mac.finalize().into_bytes().into()))
    }

    /// The signed text of links. Names and hashes of more than 255 bytes there are none.
    pub fn seal(&self, links: &[Link]) -> Vec<u8> {
        let mut text = vec![VERSION];
        let put = |text: &mut Vec<u8>, part: &str| {
            let length = part.len().min(255);
            text.push(u8::try_from(length).unwrap_or(u8::MAX));
            text.extend(&part.as_bytes()[..length]);
        };
        for link in links {
            text.extend(link.id.0);
            text.extend(link.expires.to_be_bytes());
            text.push(link.flags.byte());
            put(&mut text, link.password.as_deref().unwrap_or_default());
            let views = &link.views[..link.views.len().min(255)];
            text.push(u8::try_from(views.len()).unwrap_or(u8::MAX));
            for view in views {
                put(&mut text, view.name());
            }
        }
        let mut mac = hmac(&*self.0);
        mac.update(&text);
        [&mac.finalize().into_bytes()[..], &text].concat()
    }

    /// The links of a signed text. An empty text has none.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<Link>, Unreadable> {
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let (signature, text) = sealed.split_first_chunk::<MAC>().ok_or(Unreadable)?;
        let mut mac = hmac(&*self.0);
        mac.update(text);
        mac.verify_slice(signature).map_err(|_| Unreadable)?;
        let Some((&VERSION, mut rest)) = text.split_first() else { return Err(Unreadable) };
        let mut links = Vec::new();
        while !rest.is_empty() {
            links.push(link(&mut rest).ok_or(Unreadable)?);
        }
        Ok(links)
    }
}

fn link(rest: &mut &[u8]) -> Option<Link> {
    let id = LinkId(take(rest, 16)?.try_into().ok()?);
    let expires = u64::from_be_bytes(take(rest, 8)?.try_into().ok()?);
    let flags = Flags::of(*take(rest, 1)?.first()?);
    let password = text(rest)?;
    let password = Some(password.to_owned()).filter(|password| !password.is_empty());
    let mut views = Vec::new();
    for _ in 0..*take(rest, 1)?.first()? {
        views.push(View::parse(text(rest)?)?);
    }
    Some(Link { id, expires, flags, password, views })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::from(*take(rest, 1)?.first()?);
    std::str::from_utf8(take(rest, length)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Vec<Link> {
        let album = View::album("home", "Wedding");
        vec![
            Link {
                id: LinkId([1; 16]),
                expires: u64::MAX,
                flags: Flags { strict: true, ..Flags::default() },
                password: Some("$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHQ$aGFzaA".to_owned()),
                views: vec![album, View::of(Some(MediaType::Video))],
            },
            Link { id: LinkId([2; 16]), expires: 5, flags: Flags::ALL, password: None, views: vec![View::of(None)] },
        ]
    }

    fn key() -> LinksKey {
        LinksKey::derive(b"a secret of at least thirty-two bytes")
    }

    #[test]
    fn links_come_back_and_nothing_else_passes() {
        let sealed = key().seal(&links());
        assert_eq!(key().open(&sealed), Ok(links()));
        assert_eq!(key().open(b""), Ok(Vec::new()));
        assert_eq!(key().open(&key().seal(&[])), Ok(Vec::new()));
        for bit in 0..sealed.len() * 8 {
            let mut bad = sealed.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(key().open(&bad), Err(Unreadable), "bit {bit}");
        }
        for length in 1..sealed.len() {
            assert_eq!(key().open(&sealed[..length]), Err(Unreadable), "{length}");
        }
        assert_eq!(LinksKey::derive(b"another").open(&sealed), Err(Unreadable));
    }

    #[test]
    fn a_signed_text_of_another_form_is_refused() {
        let mut mac = hmac(&*key().0);
        mac.update(&[VERSION, 7]);
        let sealed = [&mac.finalize().into_bytes()[..], &[VERSION, 7]].concat();
        assert_eq!(key().open(&sealed), Err(Unreadable));
    }

    #[test]
    fn what_a_link_covers() {
        let links = links();
        let (photo, film) = (MediaType::Image, MediaType::Video);
        let album = links[0].views[0].name();
        assert!(links[0].covers(film, "") && !links[0].covers(photo, ""));
        assert!(links[0].covers(photo, &format!("album-000000000000,{album}")));
        assert!(!links[0].covers(photo, "album-000000000000") && links[1].covers(photo, ""));
        assert!(links[0].covers_view(&links[0].views[1]) && !links[0].covers_view(&View::of(Some(photo))));
        assert!(!links[0].covers_view(&View::of(None)) && links[1].covers_view(&links[0].views[0]));
    }

    #[test]
    fn the_id_is_a_digest_of_the_url() {
        let token = token([5; 16]);
        assert_eq!(token.len(), TOKEN_CHARACTERS);
        let id = LinkId::of(&token).unwrap();
        assert_ne!(id.0, [5; 16]);
        assert_eq!(LinkId::parse(&id.to_string()), Some(id));
        for bad in ["", "x", &token[1..], &format!("{token}A"), &format!("{}/", &token[..21])] {
            assert_eq!(LinkId::of(bad), None, "{bad}");
        }
        for bad in ["", "0", "g0000000000000000000000000000000", "+0000000000000000000000000000001"] {
            assert_eq!(LinkId::parse(bad), None, "{bad}");
        }
    }
}
