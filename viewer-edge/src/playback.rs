//! `GET /api/playback?key=:key`: the URL of a film's playlist.
//!
//! The URL carries a token for this one film. The cookie does not reach a video-edge with an origin of its own, and
//! players outside the browser (AirPlay, Chromecast, VLC, ffmpeg) send none.

use edge::{Failure, Gate, respond};
use gallery::{
    MediaKey,
    media::MediaType,
    playback::{self, MARK},
    views::item,
};
use http::{Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Serialize;

use crate::ViewerEdge;

#[derive(Serialize)]
struct Playback {
    url: String,
    /// When the token in the URL ends.
    expires: String,
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    gate: &Gate,
) -> Result<Response<P::Body>, Failure> {
    let key = respond::query(head.uri.query(), "key")?;
    let key = key.and_then(|key| MediaKey::parse(key).ok());
    let key = key.ok_or_else(|| Problem::bad_request("The query names a film by its key: ?key=..."))?;
    let film = service.catalogue.item(cx, &key).await?;
    let film = film.filter(|item| item.r#type == MediaType::Video && item.qualities.is_some());
    let viewer = gate.viewer().await;
    let film = film.filter(|film| viewer.covers(film.r#type, &film.albums));
    let film = film.ok_or_else(|| Problem::not_found("There is no such film."))?;
    let playlist = item::playlist(&film.key, film.version.as_deref());
    let duration = film.duration.unwrap_or_default();
    let token = service.sessions.playback_token(viewer, &film.key, cx.facts.now, duration);
    // Empty where films are on this origin.
    let base = &service.config.video_api_base;
    let found = Playback {
        url: format!("{base}/api/hls/{MARK}{token}/{playlist}"),
        expires: respond::iso8601(playback::expires(&viewer.claims, cx.facts.now, duration)),
    };
    let body = serde_json::to_vec(&found).map_err(|error| Error::because(Kind::Internal, "playback.encode", error))?;
    let mut response = respond::bytes(StatusCode::OK, "application/json", body);
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    Ok(response)
}
