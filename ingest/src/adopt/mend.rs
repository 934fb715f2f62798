//! An item's row out of what the old row, the bucket and the original say.

use std::path::Path;

use gallery::layout::{self, ThumbnailSize};
use gallery::media::{COLUMNS, Media, MediaType, PLAIN_PICTURES};
use gallery::rendition::MOST_PIXELS;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use platform::Value;
use serde_json::{Map, Value as Json};

use super::item::Item;
use super::look::Look;
use super::rows::{Row, moment};
use crate::bucket::Listed;
use crate::catalogue::{self, Adopted, COLUMNS_BESIDE};
use crate::digest::sha256_of_bytes;
use crate::taken::{self, Source, Taken};

/// What is known of an item.
pub struct Known<'a> {
    pub object: &'a Listed,
    pub row: Option<&'a Row>,
    pub look: Option<Look>,
    pub thumbnails: [bool; 3],
    pub qualities: Option<Vec<String>>,
    pub picture: Option<Picture>,
}

/// A stored thumbnail.
pub struct Picture {
    pub thumbhash: String,
    pub size: (u32, u32),
}

/// A row that is to be written, and what is to be said about it.
pub struct Mended {
    pub adopted: Adopted,
    /// What the old row lacked, or had wrong.
    pub filled: Vec<&'static str>,
    /// Nothing shows what is in it.
    pub is_bare: bool,
    pub note: Option<String>,
}

/// The name of a key, and the moment that the predecessor wrote before it: `1758739736033-IMG_2797.jpeg`.
pub fn name_of(key: &str) -> (&str, Option<Timestamp>) {
    let name = key.rsplit('/').next().unwrap_or(key);
    let stamped = name.split_once('-').filter(|(digits, rest)| digits.len() == 13 && !rest.is_empty());
    let moment = stamped.and_then(|(digits, _)| Timestamp::from_millisecond(digits.parse().ok()?).ok());
    match (stamped, moment) {
        (Some((_, rest)), Some(moment)) => (rest, Some(moment)),
        _ => (name, None),
    }
}

/// By what an object is known again: its entity tag, or its size and time.
pub fn mark(object: &Listed) -> String {
    let else_ = || format!("{} {}", object.size, object.modified.as_deref().unwrap_or_default());
    object.etag.clone().unwrap_or_else(else_)
}

impl Known<'_> {
    pub fn mend(self, zone: &TimeZone, now: Timestamp) -> Mended {
        let nothing = Row::default();
        let (key, row) = (self.object.key.as_str(), self.row.unwrap_or(&nothing));
        let look = self.look.unwrap_or_default();
        let is_film = match row.text("type").and_then(MediaType::parse) {
            _ if look.mime.is_some() => look.is_film,
            Some(kind) => kind == MediaType::Video,
            None => false,
        };
        let mut filled = Vec::new();
        let mut fill = |is_new: bool, what: &'static str| filled.extend(is_new.then_some(what));
        let metadata = row.metadata();

        let (name, stamp) = name_of(key);
        let filename = row.clean("filename").unwrap_or_else(|| name.to_owned());
        let size = i64::try_from(self.object.size).unwrap_or(i64::MAX);
        fill(row.whole("size") != Some(size), "size");
        let modified = self.object.modified.as_deref().and_then(moment);
        let old = row.moment("uploaded_at");
        fill(old.is_none(), "time of upload");
        let uploaded = old.or(stamp).or_else(|| row.moment("created_at")).or(modified).unwrap_or(now);

        let (written, taken) = taken(row, &metadata, &look, is_film, now);
        let taken = taken.unwrap_or_else(|| taken::uploaded(uploaded));
        fill(!written && taken.source != Source::Ingest, "date");

        let sides = row.whole("width").zip(row.whole("height")).filter(|(width, height)| *width > 0 && *height > 0);
        let seen = look.size.map(|(width, height)| (i64::from(width), i64::from(height)));
        let shown = seen.or_else(|| sides.map(|sides| upright(sides, self.picture.as_ref())));
        fill(shown.is_some() && shown != sides, "width and height");
        let duration = look.duration.or_else(|| row.number("duration").filter(|it| *it > 0.0)).filter(|_| is_film);
        fill(duration.is_some() && row.number("duration").is_none(), "duration");

        let stored = ThumbnailSize::BELOW_THUMBNAILS;
        let objects = stored.map(|size| {
            self.thumbnails[size as usize].then(|| layout::thumbnail(size, key)).map_or(Value::Null, Value::from)
        });
        let columns = ["thumbnail_small", "thumbnail_medium", "thumbnail_large"];
        fill(
            columns.iter().zip(&objects).any(|(column, value)| row.text(column).is_some() != is_there(value)),
            "thumbnails",
        );
        let qualities =
            self.qualities.filter(|_| is_film).map(|names| serde_json::to_string(&names).unwrap_or_default());
        fill(row.text("hls_qualities") != qualities.as_deref(), "qualities");

        let mime = look.mime.or_else(|| mime_by_ending(key)).unwrap_or("application/octet-stream");
        let mark = mark(self.object);
        let mut version = sha256_of_bytes(format!("{mark} {size}").as_bytes());
        version.truncate(16);
        let item = Item {
            key,
            row,
            facts: &look.facts,
            filename,
            is_film,
            size,
            uploaded,
            updated: [row.moment("updated_at"), modified].into_iter().flatten().max().unwrap_or(uploaded),
            dated: catalogue::alone(&taken, zone),
            sides: shown,
            duration,
            codec: look.codec.as_ref(),
            qualities,
            thumbnails: objects,
            metadata: of_metadata(&metadata, mime, look.note.as_deref()),
            // A film's objects have no version: they lie where the other program wrote them.
            version: (!is_film).then_some(version),
            thumbhash: self.picture.as_ref().map(|picture| picture.thumbhash.clone()),
        };
        let ours = COLUMNS.iter().copied().chain(COLUMNS_BESIDE);
        let is_ours = |name: &str| ours.clone().any(|column| column.eq_ignore_ascii_case(name));
        let others = row.0.iter().filter(|(name, _)| !is_ours(name));
        Mended {
            is_bare: !self.thumbnails.contains(&true) && !is_scaled(mime, shown),
            note: look.note,
            filled,
            adopted: Adopted {
                key: key.to_owned(),
                mark,
                is_unread: false,
                is_same: false,
                size: self.object.size,
                values: item.values(),
                others: others.map(|(name, value)| (name.clone(), value.clone())).collect(),
            },
        }
    }
}

/// No file: a date in its name is not asked for.
fn file(now: Timestamp) -> taken::File<'static> {
    taken::File::new(Path::new(""), now)
}

/// Whether the row of a film says all that the film would. To ask ffprobe takes longer than everything else.
pub fn is_whole_film(key: &str, row: &Row) -> bool {
    let is_there = |column| row.number(column).is_some_and(|number| number > 0.0);
    row.text("type").and_then(MediaType::parse) == Some(MediaType::Video)
        && ["width", "height", "duration"].into_iter().all(is_there)
        && row.text("date_taken").is_some_and(|text| taken::of_row(text, true, &file(Timestamp::now())).is_some())
        && mime_by_ending(key).is_some()
}

/// Whether an edge makes a picture out of the original.
fn is_scaled(mime: &str, sides: Option<(i64, i64)>) -> bool {
    let pixels = sides.map_or(0, |(width, height)| width.saturating_mul(height));
    PLAIN_PICTURES.contains(&mime) && u64::try_from(pixels).is_ok_and(|pixels| pixels <= MOST_PIXELS)
}

/// Whether no picture of an item can be shown.
pub fn is_bare(item: &Media) -> bool {
    let mime = item.mime.as_deref().unwrap_or_default();
    ThumbnailSize::ALL.into_iter().all(|size| item.thumbnail(size).is_none())
        && !(item.r#type == MediaType::Image && is_scaled(mime, item.width.zip(item.height)))
}

/// Whether the row had a date, and the date that is right: the row's, which people may have put right. The original's
/// stands for it where both mean the same moment, because it may know the offset.
fn taken(row: &Row, metadata: &Map<String, Json>, look: &Look, is_film: bool, now: Timestamp) -> (bool, Option<Taken>) {
    let read = |text: &str| taken::of_row(text, is_film, &file(now));
    let written = row.text("date_taken").and_then(read);
    let metadata = Json::Object(metadata.clone());
    let names = [
        "/DateTimeOriginal",
        "/CreateDate",
        "/format/tags/com.apple.quicktime.creationdate",
        "/creation_time",
        "/format/tags/creation_time",
    ];
    let noted = || names.iter().filter_map(|name| metadata.pointer(name)?.as_str()).find_map(read);
    let (said, named) = match look.facts.taken {
        Some(taken) if taken.source == Source::Name => (None, Some(taken)),
        taken => (taken, None),
    };
    let better = |one: Taken| said.filter(|said| taken::agree(said, &one)).unwrap_or(one);
    (written.is_some(), written.map(better).or(said).or_else(noted).or(named))
}

/// The sides as a thumbnail shows them: the predecessor's tools wrote down those of the picture before it was turned.
fn upright(sides: (i64, i64), picture: Option<&Picture>) -> (i64, i64) {
    let is_turned = picture.is_some_and(|picture| {
        let (width, height) = (i64::from(picture.size.0), i64::from(picture.size.1));
        (sides.0 > sides.1 && width < height) || (sides.0 < sides.1 && width > height)
    });
    if is_turned { (sides.1, sides.0) } else { sides }
}

/// What the old row says, without what would be taken for ours.
fn of_metadata(before: &Map<String, Json>, mime: &str, note: Option<&str>) -> String {
    let mut metadata = before.clone();
    for ours in ["source", "objects", "note"] {
        metadata.remove(ours);
    }
    metadata.insert("mime".to_owned(), mime.into());
    metadata.extend(note.map(|note| ("note".to_owned(), note.into())));
    Json::Object(metadata).to_string()
}

fn mime_by_ending(key: &str) -> Option<&'static str> {
    let ending = key.rsplit_once('.')?.1.to_ascii_lowercase();
    Some(match ending.as_str() {
        "mp4" | "m4v" => "video/mp4",
        "mov" | "qt" => "video/quicktime",
        "webm" => "video/webm",
        "mkv" => "video/x-matroska",
        _ => return None,
    })
}

const fn is_there(value: &Value) -> bool {
    !matches!(value, Value::Null)
}
