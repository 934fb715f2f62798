//! The catalogue in SQL. Each query is one statement.

use std::fmt::Write as _;

use bytes::Bytes;
use gallery::{
    MediaKey,
    checksums::Checksums,
    media::{Exposure, Film, Media, MediaType, Place, Taken},
    views::INDEX,
};
use platform::{Cx, Error, Kind, Platform, Row, Value};
use serde::Deserialize;

use super::{
    Found,
    piece::{Piece, whole},
};

macro_rules! select {
    ($($rest:expr),*) => {
        concat!(
            "SELECT key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, width, height, \
             duration, hls_qualities, thumbnail_small IS NOT NULL, thumbnail_medium IS NOT NULL, \
             thumbnail_large IS NOT NULL, updated_at, metadata, version, taken_at, day, taken_source, taken_offset, \
             offset_source, latitude, longitude, altitude, albums, patches, renditions, \
             thumbhash, checksums, lens, focal_length, aperture, shutter_speed, iso FROM media"
            $(, $rest)*
        )
    };
}

/// A SELECT of all items. [`media`] reads each row. A condition and an order may follow.
pub const SELECT: &str = select!();

const ITEM: &str = select!(" WHERE key = ?1");

pub(super) async fn item<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Media>, Error> {
    let rows = cx.read_sql(ITEM, &[key.as_str().into()]).await?;
    rows.into_iter().next().map(media).transpose()
}

pub(super) async fn film<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Film>, Error> {
    const FILM: &str = "SELECT type, hls_qualities, updated_at, version, albums FROM media WHERE key = ?1";
    let rows = cx.read_sql(FILM, &[key.as_str().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    // The statement selects the type instead of having a condition on it, so that a row with a wrong type gives an
    // error.
    let kind = media_type(row, 0)?;
    let film = Film {
        qualities: qualities(row.text(1)?),
        updated_at: row.text(2)?.unwrap_or_default().to_owned(),
        version: row.text(3)?.map(str::to_owned),
        albums: row.text(4)?.unwrap_or_default().to_owned(),
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

/// The index. A host may keep the rows of a look-up by one text for a moment, but not those of one with a second
/// parameter.
pub(super) async fn index<P: Platform>(cx: &Cx<'_, P>, may_be_kept: bool) -> Result<Option<Bytes>, Error> {
    const INDEX_NOW: &str = "SELECT bytes FROM catalogue_parts WHERE name = ?1 AND ?2";
    let mut rows = if may_be_kept {
        cx.read_sql("SELECT bytes FROM catalogue_parts WHERE name = ?1", &[INDEX.into()]).await?
    } else {
        cx.read_sql(INDEX_NOW, &[INDEX.into(), Value::Integer(1)]).await?
    };
    rows.first_mut().map_or(Ok(None), |row| row.take_blob(0)).map(|bytes| bytes.map(Bytes::from))
}

/// Pieces of parts, in one statement: a transaction would take the lock for writing on some hosts. `None` if a part is
/// gone.
pub(super) async fn pieces<P: Platform>(cx: &Cx<'_, P>, pieces: &[Piece]) -> Found<Vec<Bytes>> {
    let number = |number: u64| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX));
    let (mut sql, mut parameters) = (String::new(), Vec::with_capacity(3 * pieces.len()));
    for (at, Piece { part, range }) in pieces.iter().enumerate() {
        let (union, first) = (if at == 0 { "" } else { " UNION ALL " }, 3 * at);
        let [name, start, length] = [first + 1, first + 2, first + 3];
        let _ = write!(
            sql,
            "{union}SELECT {at}, substr(bytes, ?{start}, ?{length}) FROM catalogue_parts WHERE name = ?{name}"
        );
        // SQLite counts from 1.
        parameters.extend([part.as_str().into(), number(range.start + 1), number(range.end - range.start)]);
    }
    let mut rows = cx.read_sql(&sql, &parameters).await?;
    if rows.len() < pieces.len() {
        return Ok(None);
    }
    // The order of the rows is nobody's promise.
    let mut found = vec![Bytes::new(); pieces.len()];
    for row in &mut rows {
        let at = row.integer(0)?.and_then(|at| usize::try_from(at).ok()).unwrap_or(usize::MAX);
        let bytes = Bytes::from(row.take_blob(1)?.unwrap_or_default());
        if let (Some(slot), Some(Piece { range, .. })) = (found.get_mut(at), pieces.get(at)) {
            *slot = whole(bytes, usize::try_from(range.end - range.start).unwrap_or(usize::MAX))?;
        }
    }
    Ok(Some(found))
}

/// The part of `metadata` that is listed.
#[derive(Deserialize)]
struct Metadata {
    mime: Option<String>,
}

/// What other programs have written into these columns is shown where it has the right type.
fn exposure(row: &mut Row) -> Option<Exposure> {
    let found = Exposure {
        lens: row.take_text(31).ok().flatten(),
        focal_length: row.real(32).ok().flatten(),
        aperture: row.real(33).ok().flatten(),
        shutter_speed: row.take_text(34).ok().flatten(),
        iso: row.integer(35).ok().flatten(),
    };
    (found != Exposure::default()).then_some(found)
}

/// A row of [`SELECT`].
pub fn media(mut row: Row) -> Result<Media, Error> {
    let is_true = |column| Ok::<_, Error>(row.integer(column)? == Some(1));
    let thumbnails = [is_true(12)?, is_true(13)?, is_true(14)?];
    let metadata: Option<Metadata> = row.text(16)?.and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
    let place = match (row.real(23)?, row.real(24)?) {
        (Some(latitude), Some(longitude)) => Some(Place { latitude, longitude, altitude: row.real(25)? }),
        _ => None,
    };
    let patches = row.take_blob(27)?.filter(|patches| patches.len() <= Media::MOST_PATCHES);
    let (r#type, qualities) = (media_type(&row, 2)?, qualities(row.text(11)?));
    let renditions = row.text(28)?.and_then(|text| serde_json::from_slice(text.as_bytes()).ok());
    let checksums = row.text(30)?.and_then(Checksums::parse);
    let exposure = exposure(&mut row);
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
        albums: optional(26)?.unwrap_or_default(),
        uploaded_at: optional(4)?.unwrap_or_default(),
        date_taken: optional(5)?,
        camera_make: optional(6)?,
        camera_model: optional(7)?,
        thumbhash: optional(29)?,
        updated_at: optional(15)?.unwrap_or_default(),
        r#type,
        mime: metadata.and_then(|metadata| metadata.mime),
        size: row.integer(3)?.unwrap_or_default(),
        width: row.integer(8)?,
        height: row.integer(9)?,
        duration: row.real(10)?,
        qualities,
        thumbnails,
        renditions,
        version,
        taken,
        place,
        exposure,
        patches,
        checksums,
    })
}
