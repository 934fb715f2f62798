//! `GET /api/media`: the catalogue, newest first, page by page.

use gallery::{
    cursor::Cursor,
    etag::{Condition, ETag},
    key::percent_encode,
    layout::ThumbnailSize,
    media::MediaType,
};
use http::{HeaderValue, Response, StatusCode, header, request};
use platform::{Cx, Error, Kind, Platform, Problem, Row, respond};
use serde::Serialize;

use crate::{Config, catalogue, thumbnail::fingerprint};

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1000;

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
    config: &Config,
    cx: &Cx<'_, P>,
    head: &request::Parts,
) -> Result<Response<P::Body>, Problem> {
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
    // One row more than asked for tells whether there is a next page.
    let rows = catalogue::page(cx, filter, after.as_ref(), limit + 1).await;
    let page = rows.and_then(|rows| page(config, filter, &rows, limit)).map_err(|error| cx.failed(&error))?;
    let body = serde_json::to_vec(&page)
        .map_err(|error| cx.failed(&Error::because(Kind::Internal, "listing.encode", error)))?;

    let tag = format!("\"{}\"", fingerprint(&[&String::from_utf8_lossy(&body)]));
    let unchanged = head.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = unchanged.and_then(Condition::parse).zip(ETag::parse(&tag));
    let mut response = if unchanged.is_some_and(|(condition, current)| condition.matches_weakly(current)) {
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

fn page(config: &Config, filter: Option<MediaType>, rows: &[Row], limit: i64) -> Result<Page, Error> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let items: Result<Vec<Item>, Error> = rows.iter().take(limit).map(|row| item(config, row)).collect();
    let items = items?;
    let last = rows.get(limit.saturating_sub(1)).filter(|_| rows.len() > limit);
    let next_cursor = match last {
        None => None,
        Some(row) => {
            let date = row.text(17)?.unwrap_or_default().to_owned();
            Some(Cursor { filter, date, key: row.text(0)?.unwrap_or_default().to_owned() }.encode())
        }
    };
    Ok(Page { items, next_cursor })
}

/// One row of [`catalogue::page`] as the client sees it.
fn item(config: &Config, row: &Row) -> Result<Item, Error> {
    let owned = |column| Ok::<_, Error>(row.text(column)?.map(str::to_owned));
    let key = row.text(0)?.unwrap_or_default();
    let encoded = percent_encode(key).to_string();
    let r#type = row.text(2)?.and_then(MediaType::parse).ok_or(Error::new(Kind::Invalid, "listing.type"))?;
    let version = fingerprint(&[row.text(15)?.unwrap_or_default()]);
    let thumbnail = |column, size: ThumbnailSize| {
        let exists = row.text(column)?.is_some();
        Ok::<_, Error>(exists.then(|| format!("/api/thumbnail/{encoded}?size={}&v={version}", size.name())))
    };
    let (make, model) = (owned(6)?, owned(7)?);
    let hls = (r#type == MediaType::Video && row.text(11)?.is_some())
        .then(|| format!("{}/api/hls/playlist?key={encoded}", config.video_api_base));
    let metadata: Option<serde_json::Value> = row.text(16)?.and_then(|text| serde_json::from_str(text).ok());
    Ok(Item {
        key: key.to_owned(),
        name: owned(1)?.unwrap_or_default(),
        r#type,
        mime: metadata.and_then(|metadata| Some(metadata.get("mime")?.as_str()?.to_owned())),
        size: row.integer(3)?.unwrap_or_default(),
        uploaded_at: owned(4)?.unwrap_or_default(),
        date_taken: owned(5)?,
        camera: (make.is_some() || model.is_some()).then_some(Camera { make, model }),
        width: row.integer(8)?,
        height: row.integer(9)?,
        duration: row.real(10)?,
        file: format!("/api/file/{encoded}"),
        thumbnails: Thumbnails {
            small: thumbnail(12, ThumbnailSize::Small)?,
            medium: thumbnail(13, ThumbnailSize::Medium)?,
            large: thumbnail(14, ThumbnailSize::Large)?,
        },
        hls,
    })
}
