//! Where the index and the parts lie: in a table of the database, or in the bucket.

use std::{rc::Rc, time::Duration};

use bytes::Bytes;
use gallery::views::{INDEX, part_key};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use platform::{Cx, EdgeCache, Error, Kind, Platform};
use platform_s3::Objects;

use super::{
    Found,
    piece::{Piece, whole},
    sql,
};

/// How long a host may keep the index in its edge cache for its other instances. This time comes on top of
/// [`super::index::FRESH_SECONDS`].
const INDEX_TTL: Duration = Duration::from_secs(5);
/// How long a host may keep a piece of a part in its edge cache. A part never changes, but it is soon replaced by
/// another one.
const PART_TTL: Duration = Duration::from_hours(1);
/// The largest index, in bytes.
const MAX_INDEX: usize = 1024 * 1024;
/// The longest piece of a part, in bytes: sixteen blocks are some 200 KB.
const MAX_PIECE: u64 = 16 * 1024 * 1024;

pub(super) enum Shelf {
    Sql,
    Bucket(Rc<Objects>),
}

/// The answer to a request for the index.
pub(super) enum Fetched {
    Index(Bytes, Option<HeaderValue>),
    /// The index that the caller has is the current one.
    Same,
    Missing,
}

impl Shelf {
    /// The index, if it is not the one with this tag.
    pub async fn index<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        tag: Option<HeaderValue>,
        may_be_kept: bool,
    ) -> Result<Fetched, Error> {
        let Self::Bucket(objects) = self else {
            let index = sql::index(cx, may_be_kept).await?;
            return Ok(index.map_or(Fetched::Missing, |index| Fetched::Index(index, None)));
        };
        let headers: HeaderMap = tag.into_iter().map(|tag| (header::IF_NONE_MATCH, tag)).collect();
        let edge_cache = may_be_kept.then(|| kept(INDEX_TTL));
        let response = objects.read(cx, &Method::GET, INDEX, &headers, edge_cache.as_ref()).await?;
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(Fetched::Same),
            StatusCode::OK => {
                let tag = response.headers().get(header::ETAG).cloned();
                Ok(Fetched::Index(P::collect(response.into_body(), MAX_INDEX).await?, tag))
            }
            StatusCode::NOT_FOUND => Ok(Fetched::Missing),
            status => Err(refused(status)),
        }
    }

    /// The bytes of each piece, all asked for at once, or why a piece did not come whole. `None` if a part is gone.
    pub async fn read<P: Platform>(
        &self,
        cx: &Cx<'_, P>,
        pieces: &[Piece],
        may_be_kept: bool,
    ) -> Found<Vec<Result<Bytes, Error>>> {
        let Self::Bucket(objects) = self else {
            let read = sql::pieces(cx, pieces).await?;
            return Ok(read.map(|read| read.into_iter().map(Ok).collect()));
        };
        let too_large = |piece: &Piece| piece.range.end - piece.range.start > MAX_PIECE;
        if pieces.iter().any(too_large) {
            return Err(Error::new(Kind::TooLarge, "catalogue.part"));
        }
        let asked: Result<Vec<(String, HeaderMap)>, Error> = pieces.iter().map(asked).collect();
        let edge_cache = may_be_kept.then(|| kept(PART_TTL));
        let answers = objects.read_all(cx, &asked?, edge_cache.as_ref()).await?;
        let mut found = Vec::with_capacity(pieces.len());
        for (response, piece) in answers.into_iter().zip(pieces) {
            let Some(bytes) = bytes::<P>(response, piece).await.transpose() else { return Ok(None) };
            found.push(bytes);
        }
        Ok(Some(found))
    }
}

/// The version is empty, because the names of parts say what is in them.
fn kept(ttl: Duration) -> EdgeCache {
    EdgeCache { version: String::new(), ttl, tags: vec!["catalogue".to_owned()] }
}

fn asked(Piece { part, range }: &Piece) -> Result<(String, HeaderMap), Error> {
    let value = HeaderValue::from_str(&format!("bytes={}-{}", range.start, range.end.saturating_sub(1)))
        .map_err(|error| Error::because(Kind::Internal, "catalogue.part", error))?;
    Ok((part_key(part), HeaderMap::from_iter([(header::RANGE, value)])))
}

async fn bytes<P: Platform>(response: Response<P::Body>, piece: &Piece) -> Found<Bytes> {
    match response.status() {
        StatusCode::NOT_FOUND => Ok(None),
        StatusCode::PARTIAL_CONTENT => {
            let length = usize::try_from(piece.range.end - piece.range.start).unwrap_or(usize::MAX);
            whole(P::collect(response.into_body(), length).await?, length).map(Some)
        }
        status => Err(refused(status)),
    }
}

fn refused(status: StatusCode) -> Error {
    Error::because(Kind::Invalid, "catalogue.part", format!("the store answered {} to a range", status.as_u16()))
}
