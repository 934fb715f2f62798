//! The columns of an item that is taken over.

use gallery::media::{COLUMNS, MediaType};
use jiff::Timestamp;
use platform::Value;

use super::rows::Row;
use crate::facts::{self, Facts};
use crate::taken::Columns;

/// What was decided about an item. For the rest, the old row says it, else the original.
pub struct Item<'a> {
    pub key: &'a str,
    pub row: &'a Row,
    pub facts: &'a Facts,
    pub filename: String,
    pub is_film: bool,
    pub size: i64,
    pub uploaded: Timestamp,
    pub updated: Timestamp,
    pub dated: Columns,
    pub sides: Option<(i64, i64)>,
    pub duration: Option<f64>,
    pub codec: Option<&'a String>,
    pub qualities: Option<String>,
    pub thumbnails: [Value; 3],
    pub metadata: String,
    pub version: Option<String>,
    pub thumbhash: Option<String>,
}

impl Item<'_> {
    /// The values of [`COLUMNS`].
    pub fn values(&self) -> Vec<Value> {
        COLUMNS.iter().map(|column| self.value(column)).collect()
    }

    fn value(&self, column: &str) -> Value {
        let (row, facts, dated) = (self.row, self.facts, &self.dated);
        let text = |seen: Option<&String>| row.clean(column).or_else(|| seen.cloned()).map_or(Value::Null, Value::Text);
        let number = |seen: Option<f64>| real(row.number(column).or(seen));
        match column {
            "key" => self.key.into(),
            "filename" => self.filename.as_str().into(),
            "type" => if self.is_film { MediaType::Video } else { MediaType::Image }.name().into(),
            "size" => self.size.into(),
            "uploaded_at" => self.uploaded.to_string().into(),
            "date_taken" => optional(dated.date_taken.as_ref()),
            "camera_make" => text(facts.camera_make.as_ref()),
            "camera_model" => text(facts.camera_model.as_ref()),
            "lens" => text(facts.lens.as_ref()),
            "focal_length" => number(facts.focal_length),
            "aperture" => number(facts.aperture),
            "shutter_speed" => match row.number(column).and_then(facts::exposure) {
                Some(speed) => speed.into(),
                None => text(facts.shutter_speed.as_ref()),
            },
            "iso" => row.whole(column).or(facts.iso.map(i64::from)).map_or(Value::Null, Value::Integer),
            "latitude" => real(self.place().0),
            "longitude" => real(self.place().1),
            "altitude" => real(self.place().2),
            "duration" => real(self.duration),
            "codec" if self.is_film => text(self.codec),
            "width" => self.sides.map_or(Value::Null, |(width, _)| width.into()),
            "height" => self.sides.map_or(Value::Null, |(_, height)| height.into()),
            "hls_qualities" => optional(self.qualities.as_ref()),
            "thumbnail_small" => self.thumbnails[0].clone(),
            "thumbnail_medium" => self.thumbnails[1].clone(),
            "thumbnail_large" => self.thumbnails[2].clone(),
            "metadata" => self.metadata.as_str().into(),
            "processed_at" | "updated_at" => self.updated.to_string().into(),
            "created_at" => row.moment(column).unwrap_or(self.uploaded).to_string().into(),
            "version" => optional(self.version.as_ref()),
            "taken_source" => optional(dated.taken_source.as_ref()),
            "taken_offset" => optional(dated.taken_offset.as_ref()),
            "offset_source" => optional(dated.offset_source.as_ref()),
            "taken_at" => optional(dated.taken_at.as_ref()),
            "day" => optional(dated.day.as_ref()),
            "thumbhash" => optional(self.thumbhash.as_ref()),
            // The digest is known once a file has been found to be the original, and renditions are made later.
            _ => Value::Null,
        }
    }

    /// Latitude, longitude and altitude, all from one source.
    fn place(&self) -> (Option<f64>, Option<f64>, Option<f64>) {
        let row = self.row;
        match (row.number("latitude"), row.number("longitude")) {
            (Some(latitude), Some(longitude)) if latitude.abs() <= 90.0 && longitude.abs() <= 180.0 => {
                (Some(latitude), Some(longitude), row.number("altitude"))
            }
            _ => (self.facts.latitude, self.facts.longitude, self.facts.altitude),
        }
    }
}

fn optional(text: Option<&String>) -> Value {
    text.map_or(Value::Null, |text| text.as_str().into())
}

fn real(number: Option<f64>) -> Value {
    number.map_or(Value::Null, Value::Real)
}
