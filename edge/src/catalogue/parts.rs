//! Parts of immutable objects. They are read by range, and kept up to a limit of bytes.

use std::{cell::RefCell, collections::VecDeque, ops::Range, time::Duration};

use bytes::Bytes;
use gallery::snapshot::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Cx, EdgeCache, Error, Kind, Platform};
use platform_s3::Objects;

/// The most bytes of parts that an instance keeps. A guest has 128 MB, and a page of a large library has some 200 KB.
const MAX_KEPT_BYTES: usize = 4 * 1024 * 1024;
/// The longest read, in bytes: a page of a thousand items is some 400 KB.
const MAX_READ_BYTES: u64 = 16 * 1024 * 1024;

/// How long a host may keep a part in its edge cache. A part never changes, but its snapshot is soon replaced by a
/// newer one.
const EDGE_CACHE_TTL: Duration = Duration::from_hours(1);

/// Parts that were read, the last used at the end.
#[derive(Default)]
pub(super) struct PartCache(RefCell<VecDeque<Part>>);

struct Part {
    object: String,
    start: u64,
    bytes: Bytes,
}

impl PartCache {
    /// The bytes of each part, with at most one request. `None` if the store no longer has the object.
    pub async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        objects: &Objects,
        parts: &Parts,
    ) -> Result<Option<Vec<Bytes>>, Error> {
        let mut known: Vec<Option<Bytes>> =
            parts.ranges.iter().map(|range| self.take(&parts.object, range.start)).collect();
        let missing = |part: &Option<Bytes>| part.is_none();
        if let (Some(first), Some(last)) = (known.iter().position(missing), known.iter().rposition(missing)) {
            // Known parts in between are read again, because one request takes less time than two.
            let ranges = &parts.ranges[first..=last];
            let Some(bytes) = fetch(cx, objects, &parts.object, ranges).await? else { return Ok(None) };
            let mut rest = bytes;
            for (part, range) in known[first..=last].iter_mut().zip(ranges) {
                let length = usize::try_from(range.end - range.start).unwrap_or(usize::MAX).min(rest.len());
                // A copy, so that a kept part does not keep the whole read in memory.
                let bytes = Bytes::copy_from_slice(&rest.split_to(length));
                self.keep(&parts.object, range.start, bytes.clone());
                *part = Some(bytes);
            }
        }
        Ok(Some(known.into_iter().flatten().collect()))
    }

    fn take(&self, object: &str, start: u64) -> Option<Bytes> {
        let mut kept = self.0.borrow_mut();
        let at = kept.iter().position(|part| part.start == start && part.object == object)?;
        let part = kept.remove(at)?;
        let bytes = part.bytes.clone();
        kept.push_back(part);
        Some(bytes)
    }

    fn keep(&self, object: &str, start: u64, bytes: Bytes) {
        let mut kept = self.0.borrow_mut();
        kept.retain(|part| part.start != start || part.object != object);
        kept.push_back(Part { object: object.to_owned(), start, bytes });
        let mut held: usize = kept.iter().map(|part| part.bytes.len()).sum();
        while held > MAX_KEPT_BYTES {
            let Some(oldest) = kept.pop_front() else { return };
            held -= oldest.bytes.len();
        }
    }

    /// Forgets all but the objects of one version.
    pub fn retain_version(&self, objects: &[String]) {
        self.0.borrow_mut().retain(|part| objects.contains(&part.object));
    }
}

/// Reads from the start of the first range to the end of the last one.
async fn fetch<P: Platform>(
    cx: &Cx<'_, P>,
    objects: &Objects,
    object: &str,
    ranges: &[Range<u64>],
) -> Result<Option<Bytes>, Error> {
    let (Some(Range { start, .. }), Some(Range { end, .. })) = (ranges.first(), ranges.last()) else {
        return Ok(Some(Bytes::new()));
    };
    let length = end - start;
    let too_large = || Error::new(Kind::TooLarge, "catalogue.part");
    let max = usize::try_from(length).ok().filter(|_| length <= MAX_READ_BYTES).ok_or_else(too_large)?;
    let range = HeaderValue::from_str(&format!("bytes={start}-{}", end - 1))
        .map_err(|error| Error::because(Kind::Internal, "catalogue.part", error))?;
    let headers = HeaderMap::from_iter([(header::RANGE, range)]);
    // The version is empty, because the name of the object says to which snapshot it belongs.
    let edge_cache = EdgeCache { version: String::new(), ttl: EDGE_CACHE_TTL, tags: vec!["catalogue".to_owned()] };
    let response = objects.read(cx, &Method::GET, object, &headers, Some(&edge_cache)).await?;
    match response.status() {
        StatusCode::NOT_FOUND => Ok(None),
        StatusCode::PARTIAL_CONTENT => {
            let bytes = P::collect(response.into_body(), max).await?;
            if bytes.len() == max {
                Ok(Some(bytes))
            } else {
                Err(Error::because(Kind::Unavailable, "catalogue.part", "the part is shorter than asked for"))
            }
        }
        status => {
            let words = format!("the store answered {} to a range", status.as_u16());
            Err(Error::because(Kind::Invalid, "catalogue.part", words))
        }
    }
}
