//! `GET /api/media`: the catalogue, newest first, page by page.

use edge::{Failure, digest, respond};
use gallery::{
    cursor::Cursor,
    key::percent_encode,
    layout::ThumbnailSize,
    media::{Media, MediaType},
    playback::MARK,
    session::Claims,
};
use http::{HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem};
use serde::Serialize;

use crate::ViewerEdge;

const DEFAULT_LIMIT: usize = 100;
const MAX_LIMIT: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Item>,
    next_cursor: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    key: String,
    name: String,
    r#type: MediaType,
    mime: Option<String>,
    size: i64,
    uploaded_at: String,
    date_taken: Option<String>,
    camera: Option<Camera>,
    width: Option<i64>,
    height: Option<i64>,
    duration: Option<f64>,
    file: String,
    thumbnails: Thumbnails,
    hls: Option<String>,
}

#[derive(Serialize)]
struct Camera {
    make: Option<String>,
    model: Option<String>,
}

#[derive(Serialize)]
struct Thumbnails {
    small: Option<String>,
    medium: Option<String>,
    large: Option<String>,
}

pub(crate) async fn serve<P: Platform>(
    service: &ViewerEdge,
    cx: &Cx<'_, P>,
    head: &request::Parts,
    session: &Claims,
) -> Result<Response<P::Body>, Failure> {
    let query = head.uri.query();
    let limit = match respond::query(query, "limit")? {
        None => DEFAULT_LIMIT,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
            .ok_or_else(|| Problem::bad_request("The limit is a whole number from 1 to 1000."))?,
    };
    let filter = match respond::query(query, "type")? {
        None => None,
        Some(name) => Some(MediaType::parse(&name).ok_or_else(|| Problem::bad_request("The type is image or video."))?),
    };
    let after =
        match respond::query(query, "cursor")? {
            None => None,
            Some(text) => Some(Cursor::decode(&text).filter(|cursor| cursor.filter == filter).ok_or_else(|| {
                Problem::bad_request("The cursor is not one this listing gave; start again without it.")
            })?),
        };
    // One row more than requested shows whether there is a next page.
    let items = service.catalogue.page(cx, filter, after.as_ref(), limit + 1).await?;
    let films = Films { service, session, now: cx.facts.now };
    let body = serde_json::to_vec(&page(&films, filter, items, limit))
        .map_err(|error| Error::because(Kind::Internal, "listing.encode", error))?;

    let tag = format!("\"{}\"", digest(&[&String::from_utf8_lossy(&body)]));
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

/// The parts of the URL of a film's playlist.
struct Films<'a> {
    service: &'a ViewerEdge,
    session: &'a Claims,
    now: u64,
}

impl Films<'_> {
    /// The URL of a film's playlist. If video-edge has an origin of its own, the session's cookie does not reach it,
    /// so the URL carries a token for this one film. The token stays the same for a while, and so do the listing and
    /// its tag. If a 304 keeps a listing in use, its token still outlasts the film.
    fn url(&self, media: &Media, encoded: &str) -> String {
        let base = &self.service.config.video_api_base;
        if base.is_empty() {
            return format!("/api/hls/playlist?key={encoded}");
        }
        let duration = media.duration.unwrap_or_default();
        let token = self.service.sessions.playback_token(self.session, &media.key, self.now, duration);
        format!("{base}/api/hls/{MARK}{token}/playlist?key={encoded}")
    }
}

fn page(films: &Films<'_>, filter: Option<MediaType>, mut items: Vec<Media>, limit: usize) -> Page {
    let more = items.len() > limit;
    items.truncate(limit);
    let last = items.last().filter(|_| more);
    let next_cursor = last.map(|last| Cursor { filter, date: last.date().to_owned(), key: last.key.clone() }.encode());
    Page { items: items.into_iter().map(|media| item(films, media)).collect(), next_cursor }
}

/// An item of the catalogue as the client sees it.
fn item(films: &Films<'_>, media: Media) -> Item {
    let encoded = percent_encode(&media.key).to_string();
    let version = digest(&[&media.updated_at]);
    let [small, medium, large] = ThumbnailSize::ALL.map(|size| {
        media.has_thumbnail(size).then(|| format!("/api/thumbnail/{encoded}?size={}&v={version}", size.name()))
    });
    let is_film = media.r#type == MediaType::Video && media.qualities.is_some();
    let hls = is_film.then(|| films.url(&media, &encoded));
    let (make, model) = (media.camera_make, media.camera_model);
    Item {
        key: media.key,
        name: media.filename,
        r#type: media.r#type,
        mime: media.mime,
        size: media.size,
        uploaded_at: media.uploaded_at,
        date_taken: media.date_taken,
        camera: (make.is_some() || model.is_some()).then_some(Camera { make, model }),
        width: media.width,
        height: media.height,
        duration: media.duration,
        file: format!("/api/file/{encoded}"),
        thumbnails: Thumbnails { small, medium, large },
        hls,
    }
}
