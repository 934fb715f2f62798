//! `GET /api/media`: the catalogue, newest first, page by page.

use edge::{Failure, catalogue::url_version, digest, respond};
use gallery::{
    cursor::Cursor,
    key::percent_encode,
    layout::ThumbnailSize,
    media::{Media, MediaType, Taken},
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
    /// The wall clock where the item was taken.
    date_taken: Option<String>,
    taken: Option<When>,
    camera: Option<Camera>,
    width: Option<i64>,
    height: Option<i64>,
    duration: Option<f64>,
    file: String,
    thumbnails: Thumbnails,
    hls: Option<String>,
}

/// The moment by which the listing is ordered, and how it is known. Rows of 0.1.0 have none.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct When {
    guess: bool,
    at: String,
    day: String,
    source: Option<String>,
    offset: Option<String>,
    offset_source: Option<String>,
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
    ///
    /// The URL of a film whose objects have a version carries it, so that no cache shows the film that was replaced.
    fn url(&self, media: &Media, encoded: &str) -> String {
        let base = &self.service.config.video_api_base;
        let mut url = format!("{base}/api/hls/");
        if !base.is_empty() {
            let duration = media.duration.unwrap_or_default();
            let token = self.service.sessions.playback_token(self.session, &media.key, self.now, duration);
            url.extend([MARK.encode_utf8(&mut [0; 4]), token.as_str(), "/"]);
        }
        url.extend(["playlist?key=", encoded]);
        if let Some(version) = &media.version {
            url.extend(["&v=", version]);
        }
        url
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
    let version = url_version(media.version.as_deref(), &media.updated_at);
    let [small, medium, large] = ThumbnailSize::ALL.map(|size| {
        media.has_thumbnail(size).then(|| format!("/api/thumbnail/{encoded}?size={}&v={version}", size.name()))
    });
    let is_film = media.r#type == MediaType::Video && media.qualities.is_some();
    let hls = is_film.then(|| films.url(&media, &encoded));
    let date_taken = wall_clock(media.date_taken, media.taken.as_ref());
    let (make, model) = (media.camera_make, media.camera_model);
    Item {
        key: media.key,
        name: media.filename,
        r#type: media.r#type,
        mime: media.mime,
        size: media.size,
        uploaded_at: media.uploaded_at,
        date_taken,
        taken: media.taken.map(When::from),
        camera: (make.is_some() || model.is_some()).then_some(Camera { make, model }),
        width: media.width,
        height: media.height,
        duration: media.duration,
        file: format!("/api/file/{encoded}?v={version}"),
        thumbnails: Thumbnails { small, medium, large },
        hls,
    }
}

/// The wall clock of the row, with its offset if there is a time and the offset is no guess. The moment of ingest is no
/// time of taking.
fn wall_clock(date_taken: Option<String>, taken: Option<&Taken>) -> Option<String> {
    let mut text = date_taken.filter(|_| taken.is_none_or(|taken| taken.source != Taken::INGEST))?;
    let time = text.split_once(['T', ' ']).map_or("", |(_, time)| time);
    if let Some(offset) = taken.filter(|taken| taken.knows_offset()).and_then(|taken| taken.offset.as_deref())
        && !time.is_empty()
        && !time.contains(['Z', '+', '-'])
    {
        text.push_str(offset);
    }
    Some(text)
}

impl From<Taken> for When {
    fn from(taken: Taken) -> Self {
        Self {
            guess: taken.is_guess(),
            at: taken.at,
            day: taken.day,
            source: Some(taken.source).filter(|source| !source.is_empty()),
            offset: taken.offset,
            offset_source: taken.offset_source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(source: &str, offset: Option<&str>) -> Taken {
        Taken {
            at: "2024-06-15T12:00:00Z".into(),
            day: "2024-06-15".into(),
            source: source.into(),
            offset: offset.map(str::to_owned),
            offset_source: offset.map(|_| "exif".to_owned()),
        }
    }

    #[test]
    fn a_time_gets_its_offset_once() {
        for (row, wanted) in [
            ("2024-06-15T14:00:00", "2024-06-15T14:00:00+02:00"),
            ("2024-06-15T14:00:00.100", "2024-06-15T14:00:00.100+02:00"),
            ("2024-06-15 14:00:00", "2024-06-15 14:00:00+02:00"),
            ("2024-06-15T14:00:00-05:00", "2024-06-15T14:00:00-05:00"),
            ("2024-06-15T14:00:00Z", "2024-06-15T14:00:00Z"),
            ("2024-06-15", "2024-06-15"),
        ] {
            let shown = |taken: Option<&Taken>| wall_clock(Some(row.to_owned()), taken);
            assert_eq!(shown(Some(&taken("exif", Some("+02:00")))).as_deref(), Some(wanted));
            assert_eq!(shown(Some(&taken("exif", None))).as_deref(), Some(row));
            assert_eq!(shown(None).as_deref(), Some(row), "a row of 0.1.0");
            for guessed in ["nearby", "library"] {
                let taken = Taken { offset_source: Some(guessed.into()), ..taken("exif", Some("+02:00")) };
                assert_eq!(shown(Some(&taken)).as_deref(), Some(row), "{guessed}");
            }
        }
    }

    #[test]
    fn the_moment_of_ingest_is_no_date() {
        let row = || Some("2026-11-28T10:00:00".to_owned());
        assert_eq!(wall_clock(row(), Some(&taken("ingest", None))), None);
        assert!(wall_clock(row(), Some(&taken("file", None))).is_some());
        assert_eq!(wall_clock(None, Some(&taken("ingest", Some("+02:00")))), None);
    }

    #[test]
    fn guesses_are_marked() {
        for (source, guess) in [("exif", false), ("container", false), ("", false), ("name", true), ("ingest", true)] {
            let when = When::from(taken(source, None));
            assert_eq!((when.guess, when.source.as_deref()), (guess, Some(source).filter(|it| !it.is_empty())));
        }
    }
}
