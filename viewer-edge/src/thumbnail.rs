//! `GET|HEAD /api/thumbnail/:key?size=small|medium|large|screen`: WebP pictures, and JPEG where a size is missing.

use std::time::Duration;

use edge::{
    Failure, Gate, digest,
    object_response::{self, Presentation},
    respond,
};
use gallery::{MediaKey, layout::ThumbnailSize};
use http::{Response, header, request};
use platform::{Cx, EdgeCache, Platform, Problem};

use crate::{
    ViewerEdge,
    missing::{self, BRIEF, no_thumbnail},
    original::IMMUTABLE,
};

/// How long a host may keep a thumbnail in its edge cache. The kept thumbnail is named with its version, so it is
/// never out of date.
const EDGE_CACHE_TTL: Duration = Duration::from_hours(24);

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let size = match respond::query(head.uri.query(), "size")? {
        None => ThumbnailSize::Medium,
        Some(name) => ThumbnailSize::parse(&name)
            .ok_or_else(|| Problem::bad_request("The size is small, medium, large or screen."))?,
    };
    let version = respond::query(head.uri.query(), "v")?;
    let item = service.catalogue.item(cx, key).await?;
    let viewer = gate.viewer().await;
    let item = item.filter(|item| viewer.covers(item.r#type, &item.albums));
    let item = item.ok_or_else(no_thumbnail)?;
    let shown = item.thumbnail_version();
    // A URL with the version of the thumbnail always means the same bytes.
    let current = version.is_some_and(|version| version == shown);
    let presentation = Presentation {
        cache_control: if current { IMMUTABLE } else { BRIEF },
        content_type: Some("image/webp"),
        disposition: None,
        tag: current.then(|| format!("\"{shown}-{}\"", size.name())),
        edge_cache: Some(EdgeCache {
            version: shown,
            ttl: EDGE_CACHE_TTL,
            tags: vec!["thumbnails".to_owned(), format!("thumbnails-{}", digest(&[key.as_str()]))],
        }),
    };
    let mut response = if let Some(object) = item.thumbnail(size) {
        object_response::serve(&service.objects, cx, head, &object, &presentation).await?
    } else if item.renditions.is_some() {
        return Err(no_thumbnail().into());
    } else {
        // Boxed, because it is rare, and the future of every other thumbnail would carry room for it.
        Box::pin(missing::serve(service, cx, head, &item, size, viewer.flags(), presentation)).await?
    };
    response.headers_mut().remove(header::ACCEPT_RANGES);
    Ok(response)
}
