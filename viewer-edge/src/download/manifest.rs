//! A manifest: its note, and how parts of it are read. It never changes, so a host may keep what was read.

use std::time::Duration;

use bytes::Bytes;
use gallery::download::{About, Id};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Cx, EdgeCache, Error, Kind, Platform};
use platform_s3::Objects;
use stored_zip::{HEAD, Manifest};

/// How long a host may keep what was read.
const TTL: Duration = Duration::from_hours(1);
/// The first byte of a note in which the tag of the ZIP stands before what [`About`] says. Earlier versions wrote the
/// latter alone, whose first byte is another one.
const TAGGED: u8 = 2;

/// The note of a manifest. `zip` stands for every byte of its ZIP.
pub(super) fn note(zip: Id, about: &About<'_>) -> Vec<u8> {
    [&[TAGGED][..], &zip.0, &about.encode()].concat()
}

/// The tag of the ZIP, and what else the note of a manifest says. In a note of earlier versions, the manifest's own
/// name is the tag.
pub(super) fn noted(note: &[u8], id: Id) -> Option<(String, About<'_>)> {
    match note {
        [TAGGED, rest @ ..] => {
            let (zip, about) = rest.split_first_chunk()?;
            Some((Id(*zip).tag(), About::parse(about)?))
        }
        about => Some((id.tag(), About::parse(about)?)),
    }
}

/// The manifest with this name, as far as its first bytes tell. `None` if it is gone.
pub(super) async fn open<P: Platform>(objects: &Objects, cx: &Cx<'_, P>, id: Id) -> Result<Option<Manifest>, Error> {
    let Some(head) = read(objects, cx, id, (0, HEAD)).await? else { return Ok(None) };
    Manifest::parse(&head).map(Some).map_err(unreadable)
}

/// Bytes of the manifest. There may be fewer than asked for at its end. `None` if it is gone.
pub(super) async fn read<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    id: Id,
    (from, to): (u64, u64),
) -> Result<Option<Bytes>, Error> {
    let range = HeaderValue::from_str(&format!("bytes={from}-{}", to.saturating_sub(1)))
        .map_err(|error| Error::because(Kind::Internal, "download.manifest", error))?;
    let headers = HeaderMap::from_iter([(header::RANGE, range)]);
    let kept = EdgeCache { version: String::new(), ttl: TTL, tags: vec!["downloads".to_owned()] };
    let answer = objects.read(cx, &Method::GET, &id.object(), &headers, Some(&kept)).await?;
    let most = usize::try_from(to - from).unwrap_or(usize::MAX);
    match answer.status() {
        StatusCode::PARTIAL_CONTENT => P::collect(answer.into_body(), most).await.map(Some),
        StatusCode::NOT_FOUND => Ok(None),
        status => Err(Error::because(
            Kind::Invalid,
            "download.manifest",
            format!("the store answered {} to a range", status.as_u16()),
        )),
    }
}

pub(super) fn unreadable(error: stored_zip::Unreadable) -> Error {
    Error::because(Kind::Unavailable, "download.manifest", error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_an_earlier_version_has_the_tag_of_its_manifest() {
        let about = About { originals: true, places: false, version: "0123456789abcdef", name: "a.zip" };
        let (zip, id) = (Id([1; 16]), Id([2; 16]));
        let both = [note(zip, &about), about.encode()];
        let [new, old] = both.each_ref().map(|note| noted(note, id));
        assert_eq!(new, Some((zip.tag(), about.clone())));
        assert_eq!(old, Some((id.tag(), about)));
        for bad in [&b""[..], b"\x02", b"\x02\x01v\x00n", b"\x03\x01v\x00n"] {
            assert_eq!(noted(bad, id), None, "{bad:?}");
        }
    }
}
