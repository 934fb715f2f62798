//! `GET|HEAD /api/clip/:key`: the clip of a live photo, with ranges and conditions.

use edge::{
    Failure, Gate,
    object_response::{self, Presentation},
    respond,
};
use gallery::MediaKey;
use http::{Response, request};
use platform::{Cx, Platform, Problem};

use crate::{
    ViewerEdge,
    original::{CHANGES, IMMUTABLE, disposition},
};

/// A download is the clip as the camera wrote it, for viewers who may have originals with all that they tell.
pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let query = head.uri.query();
    let download = respond::query(query, "download")?.is_some();
    let asked = respond::query(query, "v")?;
    let item = service.catalogue.item(cx, key).await?;
    let viewer = gate.viewer().await;
    let flags = viewer.flags();
    let item = item.filter(|item| (flags.download || !download) && viewer.covers(item.r#type, &item.albums));
    let missing = || Problem::not_found("There is no such clip.");
    let item = item.ok_or_else(missing)?;
    let renditions = item.renditions.as_ref().ok_or_else(missing)?;
    let source = renditions.source_of_clip().filter(|_| download && flags.originals && flags.places);
    let clip = source.or_else(|| renditions.clip()).ok_or_else(missing)?;
    let version = clip.clip_version().ok_or_else(missing)?;
    let is_current = asked.is_some_and(|asked| asked == version);
    let mut name = item.filename.rsplit_once('.').map_or(item.filename.as_str(), |(name, _)| name).to_owned();
    name.extend([".", &clip.format]);
    let presentation = Presentation {
        cache_control: if is_current && !download { IMMUTABLE } else { CHANGES },
        content_type: Some(clip.content_type()),
        disposition: Some(disposition(if download { "attachment" } else { "inline" }, &name)),
        tag: Some(format!("\"{version}\"")),
        edge_cache: None,
    };
    object_response::serve(&service.objects, cx, head, &renditions.object(key.as_str(), clip), &presentation).await
}
