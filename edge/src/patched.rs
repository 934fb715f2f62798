//! An original for viewers who must not see where it was taken: the object of the bucket, in which the patches of
//! ingest replace some bytes.
//!
//! The length stays, so ranges and resumption are those of the whole. A response is joined from pieces: regions with
//! patches, which are read into memory, and what lies between them, which is forwarded unread.

use bytes::{Bytes, BytesMut};
use gallery::range::ByteRange;
use http::{HeaderMap, Method, Response, StatusCode, header, request};
use platform::{Cx, Platform, Problem};
use platform_s3::Objects;
use privacy::{Finding, ObjectMark, Patches};

use crate::{
    Failure,
    made::{self, Wanted},
    object_response::{Presentation, content_range, unusable, value},
};

/// Patches that are nearer to each other are in one region, in bytes.
const NEAR: u64 = 64 * 1024;
/// The most bytes of a region, and the most regions of a file. Only a film with a track of places has more.
const MOST_BYTES: u64 = 1024 * 1024;
const MOST_REGIONS: usize = 8;

/// From a byte up to another one, which is not included.
type Span = (u64, u64);

/// An original that may be given to who must not see places, with what to blank in it.
pub struct Patched {
    pub patches: Patches,
    /// The object that the patches are for.
    pub object: ObjectMark,
    regions: Vec<Span>,
}

impl Patched {
    /// Reads what a row says. `None` where it cannot be had.
    pub fn of(encoded: Option<&[u8]>) -> Option<Self> {
        let (finding, object) = Finding::parse_for(encoded?).ok()?;
        let patches = finding.safe()?.clone();
        let regions = regions(&patches)?;
        Some(Self { patches, object, regions })
    }

    /// How many requests to the store the whole takes.
    pub fn requests(&self) -> usize {
        pieces(&self.regions, (0, self.patches.file_length())).len()
    }
}

/// The regions of a file, or `None` if there are too many.
fn regions(patches: &Patches) -> Option<Vec<Span>> {
    let mut regions: Vec<Span> = Vec::new();
    for patch in patches.iter() {
        match regions.last_mut() {
            Some((_, end)) if patch.offset - *end <= NEAR => *end = patch.end(),
            _ => regions.push((patch.offset, patch.end())),
        }
    }
    let fits = regions.len() <= MOST_REGIONS && regions.iter().all(|(start, end)| end - start <= MOST_BYTES);
    fits.then_some(regions)
}

/// Serves an object with patches, if it is still the one that they are for. The presentation has a tag, which differs
/// from that of the original. Several ranges are answered with the whole, as RFC 9110 section 14.2 allows.
pub async fn serve<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &str,
    patched: &Patched,
    presentation: &Presentation,
    content_type: &str,
) -> Result<Response<P::Body>, Failure> {
    let size = patched.patches.file_length();
    let wanted = match made::wanted(head, size, presentation)? {
        Wanted::Answer(answer) => return Ok(answer),
        Wanted::Part(wanted) => wanted,
    };
    let body = if head.method == Method::HEAD {
        P::Body::from(Bytes::new())
    } else {
        part(objects, cx, key, patched, wanted.span()).await?
    };
    Ok(wanted.present(body, content_type, presentation)?)
}

/// The pieces of a part of the file, and whether each has patches.
fn pieces(regions: &[Span], (start, end): Span) -> Vec<(Span, bool)> {
    let mut pieces = Vec::with_capacity(2 * regions.len() + 1);
    let mut at = start;
    for (from, to) in regions {
        let (from, to) = ((*from).max(at), (*to).min(end));
        if from >= to {
            continue;
        }
        if at < from {
            pieces.push(((at, from), false));
        }
        pieces.push(((from, to), true));
        at = to;
    }
    if at < end {
        pieces.push(((at, end), false));
    }
    pieces
}

/// A part of the patched object, if the object is still the one that the patches are for.
pub async fn part<P: Platform>(
    objects: &Objects,
    cx: &Cx<'_, P>,
    key: &str,
    Patched { patches, object, regions }: &Patched,
    span: Span,
) -> Result<P::Body, Failure> {
    let pieces = pieces(regions, span);
    let mut requests = Vec::with_capacity(pieces.len());
    for ((start, end), _) in &pieces {
        let range = value(&ByteRange::Closed(*start, end - 1).to_string())?;
        requests.push(HeaderMap::from_iter([(header::RANGE, range)]));
    }
    let answers = objects.read_parts(cx, key, &requests).await?;
    let mut bodies = Vec::with_capacity(pieces.len());
    for (answer, ((start, end), is_patched)) in answers.into_iter().zip(&pieces) {
        if answer.status() == StatusCode::NOT_FOUND {
            return Err(Problem::not_found("The file is in the catalogue but not in the bucket.").into());
        }
        // The bytes are those that ingest examined: of the same length, and of the object that it made. While a run
        // replaces an original, the row, or the snapshot of it, is still about the one before.
        let wanted = format!("{start}-{}/{}", end - 1, patches.file_length());
        let tag = answer.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
        if content_range(answer.headers()) != Some(&wanted) || ObjectMark::of(tag) != *object {
            return Err(unusable("the object is not the file that ingest examined"));
        }
        if !is_patched {
            bodies.push(answer.into_body());
            continue;
        }
        let length = usize::try_from(end - start).unwrap_or(usize::MAX);
        let mut bytes = BytesMut::from(P::collect(answer.into_body(), length).await?);
        if bytes.len() != length {
            return Err(unusable("a part is shorter than its range"));
        }
        patches.apply(*start, &mut bytes);
        bodies.push(P::Body::from(bytes.freeze()));
    }
    Ok(P::join(bodies))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_the_part_and_nothing_else() {
        let regions = [(10, 20), (30, 40)];
        let of = |part| pieces(&regions, part);
        assert_eq!(
            of((0, 50)),
            [((0, 10), false), ((10, 20), true), ((20, 30), false), ((30, 40), true), ((40, 50), false)]
        );
        assert_eq!(of((12, 15)), [((12, 15), true)]);
        assert_eq!(of((15, 35)), [((15, 20), true), ((20, 30), false), ((30, 35), true)]);
        assert_eq!(of((40, 41)), [((40, 41), false)]);
        assert_eq!(pieces(&[], (0, 5)), [((0, 5), false)]);
    }
}
