//! Reads parts of a manifest. It never changes, so a host may keep what was read.

use std::time::Duration;

use bytes::Bytes;
use gallery::download::Id;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Cx, EdgeCache, Error, Kind, Platform};
use platform_s3::Objects;
use stored_zip::{HEAD, Manifest};

/// How long a host may keep what was read.
const TTL: Duration = Duration::from_hours(1);

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
