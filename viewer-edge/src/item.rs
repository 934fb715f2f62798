//! `GET /api/media/:key?view=:view`: one item, with its place on earth, and where it stands in a view.

use edge::{Failure, Gate, digest, respond};
use gallery::{MediaKey, views::item::Alone};
use http::{HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};

use crate::{ViewerEdge, timeline};

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    key: &MediaKey,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let (view, edition) = (timeline::view(head)?, service.edition());
    let media = service.catalogue.item(cx, key).await?;
    let viewer = gate.viewer().await;
    let media = media.filter(|media| viewer.covers(media.r#type, &media.albums));
    let media = media.ok_or_else(|| Problem::not_found("There is no such item."))?;
    let view = timeline::open(service, cx, view, viewer).await?;
    let position = service.catalogue.position(cx, &media, &view, edition).await?;
    let place = media.place.filter(|_| viewer.flags().places);
    let alone = Alone {
        item: (&media, edition),
        latitude: place.map(|place| place.latitude),
        longitude: place.map(|place| place.longitude),
        altitude: place.and_then(|place| place.altitude),
        exposure: media.exposure.as_ref(),
        position,
    };
    let body = serde_json::to_string(&alone).map_err(|error| Error::because(Kind::Internal, "item.encode", error))?;
    let tag = format!("\"{}\"", digest(&[&body]));
    let mut response = if respond::is_known(&head.headers, &tag)? {
        respond::empty(StatusCode::NOT_MODIFIED)
    } else {
        respond::bytes(StatusCode::OK, "application/json", body)
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-cache");
    Ok(response)
}
