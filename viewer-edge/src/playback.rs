//! `GET /api/playback?key=:key`: the URL of a film's playlist.
//!
//! If video-edge has an origin of its own, the session's cookie does not reach it. The URL then carries a token for
//! this one film.

use edge::{Failure, respond};
use gallery::{
    MediaKey,
    media::MediaType,
    playback::{self, MARK},
    session::Claims,
    views::{Edition, item},
};
use http::{Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Serialize;

use crate::ViewerEdge;

#[derive(Serialize)]
struct Playback {
    url: String,
    /// When the token in the URL ends.
    expires: Option<String>,
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    session: &Claims,
) -> Result<Response<P::Body>, Failure> {
    let key = respond::query(head.uri.query(), "key")?;
    let key = key.and_then(|key| MediaKey::parse(key).ok());
    let key = key.ok_or_else(|| Problem::bad_request("The query names a film by its key: ?key=..."))?;
    let film = service.catalogue.item(cx, &key).await?;
    let film = film.filter(|item| item.r#type == MediaType::Video && item.qualities.is_some());
    let film = film.ok_or_else(|| Problem::not_found("There is no such film."))?;
    let playlist = item::playlist(&film.key, film.version.as_deref());
    let found = match service.edition() {
        Edition::OneOrigin => Playback { url: ["/api/hls/", &playlist].concat(), expires: None },
        Edition::Split => {
            let duration = film.duration.unwrap_or_default();
            let token = service.sessions.playback_token(session, &film.key, cx.facts.now, duration);
            let base = &service.config.video_api_base;
            let url = format!("{base}/api/hls/{MARK}{token}/{playlist}");
            let expires = playback::expires(cx.facts.now, duration);
            Playback { url, expires: Some(respond::iso8601(expires)) }
        }
    };
    let body = serde_json::to_vec(&found).map_err(|error| Error::because(Kind::Internal, "playback.encode", error))?;
    let mut response = respond::bytes(StatusCode::OK, "application/json", body);
    respond::set(response.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    Ok(response)
}
