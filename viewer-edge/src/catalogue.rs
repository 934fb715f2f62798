//! The catalogue: only what stands in it is served.

use gallery::{MediaKey, cursor::Cursor, media::MediaType};
use platform::{Cx, Error, Platform, Row, Sql, Value};

/// What the file and thumbnail routes need to know of an item.
pub(crate) struct Entry {
    pub filename: String,
    pub size: u64,
    pub updated_at: String,
    /// Whether each thumbnail exists, in the order of [`gallery::layout::ThumbnailSize::ALL`].
    pub thumbnails: [bool; 3],
}

const ENTRY: &str = "SELECT filename, size, updated_at, thumbnail_small IS NOT NULL, \
                     thumbnail_medium IS NOT NULL, thumbnail_large IS NOT NULL FROM media WHERE key = ?1";

/// The item with this key, if it is in the catalogue.
pub(crate) async fn find<P: Platform>(cx: &Cx<'_, P>, key: &MediaKey) -> Result<Option<Entry>, Error> {
    let rows = cx.sql()?.query(ENTRY, &[key.as_str().into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut thumbnails = [false; 3];
    for (at, exists) in thumbnails.iter_mut().enumerate() {
        *exists = row.integer(3 + at)? == Some(1);
    }
    Ok(Some(Entry {
        filename: row.text(0)?.unwrap_or_default().to_owned(),
        size: row.integer(1)?.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
        updated_at: row.text(2)?.unwrap_or_default().to_owned(),
        thumbnails,
    }))
}

macro_rules! page_statement {
    ($condition:literal) => {
        concat!(
            "SELECT key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, width, height, \
             duration, hls_qualities, thumbnail_small, thumbnail_medium, thumbnail_large, updated_at, metadata, \
             COALESCE(date_taken, uploaded_at) FROM media ",
            $condition,
            " ORDER BY COALESCE(date_taken, uploaded_at) DESC, key DESC LIMIT ?1"
        )
    };
}

/// Rows of a page, newest first, after `after`; the columns are those of [`page_statement`].
///
/// The first term of each range lets the index find the place, the second cuts the ties.
pub(crate) async fn page<P: Platform>(
    cx: &Cx<'_, P>,
    filter: Option<MediaType>,
    after: Option<&Cursor>,
    limit: i64,
) -> Result<Vec<Row>, Error> {
    let sql = match (filter, after) {
        (None, None) => page_statement!(""),
        (Some(_), None) => page_statement!("WHERE type = ?2"),
        (None, Some(_)) => page_statement!(
            "WHERE COALESCE(date_taken, uploaded_at) <= ?2 AND (COALESCE(date_taken, uploaded_at) < ?2 OR key < ?3)"
        ),
        (Some(_), Some(_)) => page_statement!(
            "WHERE type = ?2 AND COALESCE(date_taken, uploaded_at) <= ?3 \
             AND (COALESCE(date_taken, uploaded_at) < ?3 OR key < ?4)"
        ),
    };
    let mut parameters = vec![Value::Integer(limit)];
    parameters.extend(filter.map(|filter| Value::from(filter.name())));
    if let Some(after) = after {
        parameters.extend([Value::from(after.date.as_str()), Value::from(after.key.as_str())]);
    }
    cx.sql()?.query(sql, &parameters).await
}

/// How many items there are, and when one last changed.
pub(crate) async fn state<P: Platform>(cx: &Cx<'_, P>) -> Result<(i64, String), Error> {
    let rows = cx.sql()?.query("SELECT COUNT(*), MAX(updated_at) FROM media", &[]).await?;
    let Some(row) = rows.first() else { return Ok((0, String::new())) };
    Ok((row.integer(0)?.unwrap_or_default(), row.text(1)?.unwrap_or_default().to_owned()))
}
