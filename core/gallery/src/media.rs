//! A row of the catalogue, and the SQL that writes it.

use serde::{Deserialize, Serialize};

/// The schema; every statement may run again.
pub const SCHEMA: &str = include_str!("schema.sql");

/// Photo or film.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaType {
    Image,
    Video,
}

impl MediaType {
    /// The name in SQL and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "image" => Some(Self::Image),
            "video" => Some(Self::Video),
            _ => None,
        }
    }
}

/// The columns of [`UPSERT`], in the order of its parameters.
pub const COLUMNS: [&str; 28] = [
    "key",
    "filename",
    "type",
    "size",
    "uploaded_at",
    "date_taken",
    "camera_make",
    "camera_model",
    "lens",
    "focal_length",
    "aperture",
    "shutter_speed",
    "iso",
    "latitude",
    "longitude",
    "altitude",
    "duration",
    "codec",
    "width",
    "height",
    "hls_qualities",
    "thumbnail_small",
    "thumbnail_medium",
    "thumbnail_large",
    "metadata",
    "processed_at",
    "created_at",
    "updated_at",
];

/// Writes one row, or brings an existing one up to date; `created_at` and `uploaded_at` keep their first value.
/// The parameters are [`COLUMNS`], in order.
pub const UPSERT: &str = "\
INSERT INTO media (key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, lens, \
focal_length, aperture, shutter_speed, iso, latitude, longitude, altitude, duration, codec, \
width, height, hls_qualities, thumbnail_small, thumbnail_medium, thumbnail_large, metadata, \
processed_at, created_at, updated_at) \
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, \
?23, ?24, ?25, ?26, ?27, ?28) \
ON CONFLICT (key) DO UPDATE SET filename = excluded.filename, type = excluded.type, size = excluded.size, \
date_taken = excluded.date_taken, camera_make = excluded.camera_make, camera_model = excluded.camera_model, \
lens = excluded.lens, focal_length = excluded.focal_length, aperture = excluded.aperture, \
shutter_speed = excluded.shutter_speed, iso = excluded.iso, latitude = excluded.latitude, \
longitude = excluded.longitude, altitude = excluded.altitude, duration = excluded.duration, \
codec = excluded.codec, width = excluded.width, height = excluded.height, \
hls_qualities = excluded.hls_qualities, thumbnail_small = excluded.thumbnail_small, \
thumbnail_medium = excluded.thumbnail_medium, thumbnail_large = excluded.thumbnail_large, \
metadata = excluded.metadata, processed_at = excluded.processed_at, updated_at = excluded.updated_at";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upsert_names_every_column_in_order() {
        assert!(UPSERT.contains(&format!("({}) VALUES", COLUMNS.join(", "))));
        for column in COLUMNS {
            assert!(SCHEMA.contains(&format!("\n    {column} ")), "{column} is in the schema");
        }
    }
}
