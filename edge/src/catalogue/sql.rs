//! The catalogue in SQL. Each query is one statement.

use gallery::{
    MediaKey,
    cursor::Cursor,
    media::{Film, Media, MediaType, Taken},
};
use platform::{Cx, Error, Kind, Platform, Row, Sql, Value};
use serde::Deserialize;

use super::State;

macro_rules! select {
    ($($rest:expr),*) => {
        concat!(
            "SELECT key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, width, height, \
             duration, hls_qualities, thumbnail_small IS NOT NULL, thumbnail_medium IS NOT NULL, \
             thumbnail_large IS NOT NULL, updated_at, metadata, version, taken_at, day, taken_source, taken_offset, \
             offset_source FROM media"
            $(, $rest)*
        )
    };
}

/// A SELECT of all items. [`media`] reads each row. A condition and an order may follow.
pub const SELECT: &str = select!();

const ITEM: &str = select!(" WHERE key = ?1");

macro_rules! page_statement {
    ($condition:literal) => {
        select!($condition, " ORDER BY COALESCE(taken_at, date_taken, uploaded_at) DESC, key DESC LIMIT ?1")
    };
}

pub(super) async fn item<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Media>, Error> {
    let rows = cx.sql()?.query(ITEM, &[key.as_str().into()]).await?;
    rows.into_iter().next().map(media).transpose()
}

pub(super) async fn film<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Film>, Error> {
    const FILM: &str = "SELECT type, hls_qualities, updated_at, version FROM media WHERE key = ?1";
    let rows = cx.sql()?.query(FILM, &[key.as_str().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    // The statement selects the type instead of having a condition on it, so that a row with a wrong type gives an
    // error.
    let kind = media_type(row, 0)?;
    let film = Film {
        qualities: qualities(row.text(1)?),
        updated_at: row.text(2)?.unwrap_or_default().to_owned(),
        version: row.text(3)?.map(str::to_owned),
    };
    Ok((kind == MediaType::Video).then_some(film))
}

fn media_type(row: &Row, column: usize) -> Result<MediaType, Error> {
    row.text(column)?.and_then(MediaType::parse).ok_or(Error::new(Kind::Invalid, "catalogue.type"))
}

/// The names as ingest wrote them. A text that is not a list of names gives an empty list. JSON is read from bytes
/// everywhere: to read it from text too is the same code once more.
fn qualities(names: Option<&str>) -> Option<Vec<String>> {
    names.map(|names| serde_json::from_slice(names.as_bytes()).unwrap_or_default())
}

pub(super) async fn page<P: Platform>(
    cx: &Cx<'_, P>,
    filter: Option<MediaType>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Media>, Error> {
    let sql = page_statement(filter.is_some(), after.is_some());
    let mut parameters = vec![Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX))];
    parameters.extend(filter.map(|filter| Value::from(filter.name())));
    if let Some(after) = after {
        parameters.extend([Value::from(after.date.as_str()), Value::from(after.key.as_str())]);
    }
    cx.sql()?.query(sql, &parameters).await?.into_iter().map(media).collect()
}

/// The first term of each range lets the index find the place. The second term cuts the ties.
pub(super) const fn page_statement(filtered: bool, goes_on: bool) -> &'static str {
    match (filtered, goes_on) {
        (false, false) => page_statement!(""),
        (true, false) => page_statement!(" WHERE type = ?2"),
        (false, true) => page_statement!(
            " WHERE COALESCE(taken_at, date_taken, uploaded_at) <= ?2 \
             AND (COALESCE(taken_at, date_taken, uploaded_at) < ?2 OR key < ?3)"
        ),
        (true, true) => page_statement!(
            " WHERE type = ?2 AND COALESCE(taken_at, date_taken, uploaded_at) <= ?3 \
             AND (COALESCE(taken_at, date_taken, uploaded_at) < ?3 OR key < ?4)"
        ),
    }
}

pub(super) async fn state<P: Platform>(cx: &Cx<'_, P>) -> Result<State, Error> {
    let rows = cx.sql()?.query("SELECT COUNT(*), MAX(updated_at) FROM media", &[]).await?;
    let Some(row) = rows.first() else { return Ok(State { count: 0, changed: String::new() }) };
    let count = row.integer(0)?.and_then(|count| u64::try_from(count).ok()).unwrap_or_default();
    Ok(State { count, changed: row.text(1)?.unwrap_or_default().to_owned() })
}

/// The part of `metadata` that is listed.
#[derive(Deserialize)]
struct Metadata {
    mime: Option<String>,
}

/// A row of [`SELECT`].
pub fn media(mut row: Row) -> Result<Media, Error> {
    let is_true = |column| Ok::<_, Error>(row.integer(column)? == Some(1));
    let thumbnails = [is_true(12)?, is_true(13)?, is_true(14)?];
    let metadata: Option<Metadata> = row.text(16)?.and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
    let (r#type, qualities) = (media_type(&row, 2)?, qualities(row.text(11)?));
    let mut optional = |column| row.take_text(column);
    let (version, at) = (optional(17)?, optional(18)?);
    let taken = match at {
        None => None,
        Some(at) => Some(Taken {
            at,
            day: optional(19)?.unwrap_or_default(),
            source: optional(20)?.unwrap_or_default(),
            offset: optional(21)?,
            offset_source: optional(22)?,
        }),
    };
    Ok(Media {
        key: optional(0)?.unwrap_or_default(),
        filename: optional(1)?.unwrap_or_default(),
        uploaded_at: optional(4)?.unwrap_or_default(),
        date_taken: optional(5)?,
        camera_make: optional(6)?,
        camera_model: optional(7)?,
        updated_at: optional(15)?.unwrap_or_default(),
        r#type,
        mime: metadata.and_then(|metadata| metadata.mime),
        size: row.integer(3)?.unwrap_or_default(),
        width: row.integer(8)?,
        height: row.integer(9)?,
        duration: row.real(10)?,
        qualities,
        thumbnails,
        version,
        taken,
    })
}
