//! What becomes of an item that was adopted before. If its original is as it was, only what was made of it meanwhile is
//! new. If its original could not be read, another look may tell more: what was made here stays then, and the item's
//! own row stands for one of the other program that is not at hand.

use gallery::layout::{self, ThumbnailSize};
use gallery::media::{COLUMNS, MediaType};
use jiff::Timestamp;
use platform::Value;

use super::mend;
use super::objects::Objects;
use super::rows::Row;
use crate::bucket::Listed;
use crate::catalogue::{Adopted, Before, Deletion, Refreshed, Shown, Stored};
use crate::publish::OLD_VERSIONS_STAY;
use crate::taken::Source;

const DATES: [&str; 6] = ["date_taken", "taken_source", "taken_offset", "offset_source", "taken_at", "day"];

/// What was made of an item since it was adopted, whose original is as it was.
pub fn since_then(object: &Listed, objects: &Objects, shown: &Shown) -> Option<Refreshed> {
    let key = object.key.as_str();
    let (thumbnails, stored) = (objects.thumbnails(key), &shown.stored);
    // Of a film with a version, and of a picture with renditions, newer ones are shown.
    let is_converted_here = stored.is_film && stored.version.is_some();
    let qualities = objects.qualities(key).filter(|_| stored.is_film);
    let qualities = qualities.map(|names| serde_json::to_string(&names).unwrap_or_default());
    let qualities = if is_converted_here { shown.qualities.clone() } else { qualities };
    let is_pictured_here = stored.renditions.is_some();
    if (is_pictured_here || shown.thumbnails == thumbnails) && shown.qualities == qualities {
        return None;
    }
    let thumbnails = ThumbnailSize::BELOW_THUMBNAILS.map(|size| {
        let is_there = thumbnails[size as usize] && !is_pictured_here;
        is_there.then(|| layout::thumbnail(size, key)).map_or(Value::Null, Value::from)
    });
    Some(Refreshed { key: key.to_owned(), thumbnails, qualities })
}

/// What was made of another original under the same key.
pub fn outdated(key: &str, before: Option<&Before>) -> Option<Vec<Deletion>> {
    let shown = before.filter(|before| !before.mark.is_empty())?.shown.as_ref()?;
    let due = (Timestamp::now() + OLD_VERSIONS_STAY).to_string();
    let now = Stored { version: None, renditions: None, ..shown.stored.clone() };
    Some(Deletion::of_outdated(key, &shown.stored, &now, &due))
}

/// Whether an original that could not be read is still the same one. Rows of earlier versions do not say which it was.
pub fn is_same(before: &Before, object: &Listed) -> bool {
    match before.mark.as_str() {
        _ if !before.is_unread => false,
        "" => before.size == object.size,
        mark => mark == mend::mark(object),
    }
}

/// An item's own row, as the other program might have written it: a date that was only guessed is none.
pub fn as_theirs(own: &Row) -> Row {
    let mut row = own.clone();
    if !has_date(own) {
        row.0.remove("date_taken");
    }
    row
}

/// Takes what stays of an item's own row into the new one. The dates are the other program's, if it has a row.
pub fn keep(own: &Row, has_row: bool, adopted: &mut Adopted) {
    let is_there = |column: &str| own.text(column).is_some();
    let is_film = own.text("type").and_then(MediaType::parse) == Some(MediaType::Video);
    for (column, value) in COLUMNS.iter().zip(&mut adopted.values) {
        let stays = match *column {
            "digest" => is_there(column),
            "renditions" | "thumbhash" | "thumbnail_small" | "thumbnail_medium" | "thumbnail_large" => {
                is_there("renditions")
            }
            // A film has a version if it was converted here.
            "version" | "hls_qualities" => is_film && is_there("version"),
            date if DATES.contains(&date) => !has_row && has_date(own),
            _ => false,
        };
        if stays {
            *value = own.0.get(*column).cloned().unwrap_or(Value::Null);
        }
    }
    adopted.is_same = true;
}

fn has_date(own: &Row) -> bool {
    let source = own.text("taken_source").and_then(Source::parse);
    source.is_some_and(|source| !matches!(source, Source::File | Source::Ingest))
}
