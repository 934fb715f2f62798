//! A row of the catalogue, and the SQL that writes it. The tables are in [`crate::schema`].

use serde::{Deserialize, Serialize};

use crate::{checksums::Checksums, digest::digest, layout, layout::ThumbnailSize, rendition::Renditions};

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

/// The types of originals that every browser shows, and of which a service makes pictures.
pub const PLAIN_PICTURES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// An item of the catalogue, with the columns that the services use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Media {
    pub key: String,
    pub filename: String,
    pub r#type: MediaType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// The size of the original, in bytes.
    pub size: i64,
    pub uploaded_at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_taken: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_make: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub camera_model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<i64>,
    /// In seconds. Only films have a duration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<f64>,
    /// Names such as `720p`, in the order of the row. `None` if no rendition has been made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualities: Option<Vec<String>>,
    /// Whether each thumbnail exists, in the order of [`ThumbnailSize::BELOW_THUMBNAILS`]. Items with renditions use
    /// none.
    pub thumbnails: [bool; 3],
    /// What ingest has made of the original. Rows of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renditions: Option<Renditions>,
    /// A ThumbHash in Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbhash: Option<String>,
    pub updated_at: String,
    /// The version of the film's objects, see [`crate::layout::hls_prefix`]. It is also the version of the item's
    /// URLs. Rows of 0.1.0 have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<Exposure>,
    /// The names of the views of albums in which the item is, with commas between them. Publishing the catalogue writes
    /// them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub albums: String,
    /// What to blank in the original for whoever must not see places, in the coding of the crate `privacy`. `None` if
    /// nobody has examined the original, or if there is more than [`Self::MOST_PATCHES`].
    #[serde(default, skip_serializing_if = "Option::is_none", with = "in_base64")]
    pub patches: Option<Vec<u8>>,
    /// The checksums of the original. `None` if nobody has computed them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksums: Option<Checksums>,
}

/// Bytes as text in JSON.
mod in_base64 {
    use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[allow(clippy::ref_option)] // for serde
    pub fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD_NO_PAD.encode(bytes.as_deref().unwrap_or_default()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD_NO_PAD.decode(text).map(Some).map_err(D::Error::custom)
    }
}

/// Where an item was taken: degrees of WGS 84, north and east, and metres above the sea.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude: Option<f64>,
}

/// How a picture was exposed. It has at least one fact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exposure {
    /// The model of the lens.
    pub lens: Option<String>,
    /// In millimetres.
    pub focal_length: Option<f64>,
    /// The f-number: 2.8 for f/2.8.
    pub aperture: Option<f64>,
    /// Seconds as cameras print them: `1/250`, `2.5`.
    pub shutter_speed: Option<String>,
    pub iso: Option<i64>,
}

/// When an item was taken, and how that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    /// The moment in UTC: `2024-06-15T12:00:00.100Z`.
    pub at: String,
    /// The day in the library's time zone: `2024-06-15`.
    pub day: String,
    /// How the date was found: `exif`, `xmp`, `takeout`, `gps`, `container`, `clock`, `name`, `file` or `ingest`.
    /// Empty where 0.1.0 wrote the row.
    pub source: String,
    /// `+02:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// How the offset was found: as the date, or `nearby` or `library`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset_source: Option<String>,
}

impl Taken {
    /// [`Self::source`] of an item whose date nothing tells: it was only ingested then.
    pub const INGEST: &str = "ingest";

    /// Whether the date is only a guess: nothing inside the file, and nothing that came with the file, says it.
    pub fn is_guess(&self) -> bool {
        matches!(self.source.as_str(), "name" | "file" | Self::INGEST)
    }

    /// Whether something says the offset, and it is not only that of items nearby or of the library.
    pub fn knows_offset(&self) -> bool {
        !matches!(self.offset_source.as_deref(), None | Some("nearby" | "library"))
    }
}

/// The part of a film's item that playback needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    /// As in [`Media`].
    pub qualities: Option<Vec<String>>,
    pub updated_at: String,
    pub version: Option<String>,
    pub albums: String,
}

impl Media {
    /// The most bytes of patches that are kept where the catalogue is read: those of a photo have some hundreds.
    pub const MOST_PATCHES: usize = 4096;

    /// The object of the thumbnail in a size, if there is one.
    pub fn thumbnail(&self, size: ThumbnailSize) -> Option<String> {
        if let Some(renditions) = &self.renditions {
            return renditions.picture(size).map(|picture| renditions.object(&self.key, picture));
        }
        self.has_thumbnail(size).then(|| layout::thumbnail(size, &self.key))
    }

    /// Whether there is a thumbnail at the place where earlier versions wrote it.
    pub fn has_thumbnail(&self, size: ThumbnailSize) -> bool {
        self.renditions.is_none() && self.thumbnails.get(size as usize).is_some_and(|there| *there)
    }

    /// The name in the URL of the thumbnail in a size: that of the size, or of the next smaller one that stands for
    /// it. Of an item without renditions every size has one that a service can show, see [`Self::can_be_made`].
    pub fn thumbnail_name(&self, size: ThumbnailSize) -> Option<&str> {
        if let Some(renditions) = &self.renditions {
            return renditions.picture(size).map(|picture| picture.name.as_str());
        }
        if self.has_thumbnail(size) || self.can_be_made(size) {
            return Some(size.name());
        }
        // Nothing larger is there.
        ThumbnailSize::BELOW_THUMBNAILS
            .into_iter()
            .rev()
            .find(|size| self.has_thumbnail(*size))
            .map(ThumbnailSize::name)
    }

    /// Whether a service that makes pictures can make a size of an item without renditions: there is a larger
    /// thumbnail, or the original is a picture of a format that is read.
    pub fn can_be_made(&self, size: ThumbnailSize) -> bool {
        self.renditions.is_none() && (self.larger_thumbnails(size).next().is_some() || self.is_plain_picture())
    }

    /// The thumbnails that are larger than a size, the smallest first, where earlier versions wrote them.
    pub fn larger_thumbnails(&self, size: ThumbnailSize) -> impl Iterator<Item = ThumbnailSize> {
        let larger = ThumbnailSize::BELOW_THUMBNAILS.into_iter().filter(move |other| *other as usize > size as usize);
        larger.filter(|size| self.has_thumbnail(*size))
    }

    /// Whether the original is a JPEG, PNG or WebP, by its type, or by its name where the row has none. Every browser
    /// shows these.
    pub fn is_plain_picture(&self) -> bool {
        const NAMES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
        let is_one = |names: &[&str], text: &str| names.iter().any(|name| name.eq_ignore_ascii_case(text));
        self.r#type == MediaType::Image
            && match &self.mime {
                Some(mime) => is_one(&PLAIN_PICTURES, mime),
                None => self.key.rsplit_once('.').is_some_and(|(_, extension)| is_one(&NAMES, extension)),
            }
    }

    /// The version in the URLs of the thumbnails, see [`Self::url_version`]. Renditions may be made anew while the
    /// original stays.
    pub fn thumbnail_version(&self) -> String {
        self.renditions.as_ref().map_or_else(|| self.url_version(), |renditions| renditions.version.clone())
    }

    /// The date by which the listing is ordered, newest first: the moment the item was taken, else its date in a row
    /// of 0.1.0, else the date of upload.
    pub fn date(&self) -> &str {
        let moment = self.taken.as_ref().map(|taken| taken.at.as_str());
        moment.or(self.date_taken.as_deref()).unwrap_or(&self.uploaded_at)
    }

    /// The day in the library's time zone, or in a row of 0.1.0 that of its date. Empty if nothing says when the item
    /// was taken: the moment of ingest or of upload is no day of taking.
    pub fn day(&self) -> &str {
        match &self.taken {
            Some(taken) if taken.source == Taken::INGEST => "",
            Some(taken) if !taken.day.is_empty() => &taken.day,
            _ => self.date_taken.as_deref().and_then(|date| date.get(..10)).unwrap_or_default(),
        }
    }

    /// The version in the item's URLs, see [`url_version`].
    pub fn url_version(&self) -> String {
        url_version(self.version.as_deref(), &self.updated_at)
    }

    /// The place of the item in the listing's order. The key breaks ties. Text is compared by bytes, as SQLite does.
    pub fn place(&self) -> (&str, &str) {
        (self.date(), &self.key)
    }
}

/// The version in the URLs of an item: that of its row, or a text that changes with a row of 0.1.0. Sixteen
/// hexadecimal digits.
pub fn url_version(version: Option<&str>, updated_at: &str) -> String {
    version.map_or_else(|| digest(&[updated_at]), str::to_owned)
}

/// The columns of [`UPSERT`], in the order of its parameters.
pub const COLUMNS: [&str; 37] = [
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
    "digest",
    "version",
    "taken_source",
    "taken_offset",
    "offset_source",
    "taken_at",
    "day",
    "renditions",
    "thumbhash",
];

/// Writes one row, or updates an existing row. `created_at` and `uploaded_at` keep their first values. The parameters
/// are [`COLUMNS`], in order.
pub const UPSERT: &str = "\
INSERT INTO media (key, filename, type, size, uploaded_at, date_taken, camera_make, camera_model, lens, \
focal_length, aperture, shutter_speed, iso, latitude, longitude, altitude, duration, codec, \
width, height, hls_qualities, thumbnail_small, thumbnail_medium, thumbnail_large, metadata, \
processed_at, created_at, updated_at, digest, version, taken_source, taken_offset, offset_source, taken_at, day, \
renditions, thumbhash) \
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, \
?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?37) \
ON CONFLICT (key) DO UPDATE SET filename = excluded.filename, type = excluded.type, size = excluded.size, \
date_taken = excluded.date_taken, camera_make = excluded.camera_make, camera_model = excluded.camera_model, \
lens = excluded.lens, focal_length = excluded.focal_length, aperture = excluded.aperture, \
shutter_speed = excluded.shutter_speed, iso = excluded.iso, latitude = excluded.latitude, \
longitude = excluded.longitude, altitude = excluded.altitude, duration = excluded.duration, \
codec = excluded.codec, width = excluded.width, height = excluded.height, \
hls_qualities = excluded.hls_qualities, thumbnail_small = excluded.thumbnail_small, \
thumbnail_medium = excluded.thumbnail_medium, thumbnail_large = excluded.thumbnail_large, \
metadata = excluded.metadata, processed_at = excluded.processed_at, updated_at = excluded.updated_at, \
digest = excluded.digest, version = excluded.version, taken_source = excluded.taken_source, taken_offset = excluded.taken_offset, \
offset_source = excluded.offset_source, taken_at = excluded.taken_at, day = excluded.day, \
renditions = excluded.renditions, thumbhash = excluded.thumbhash";

#[cfg(test)]
mod tests {
    use super::*;

    fn old(key: &str, mime: Option<&str>, thumbnails: [bool; 3]) -> Media {
        let json = serde_json::json!({
            "key": key, "filename": key, "type": "image", "mime": mime, "size": 1, "uploadedAt": "2024",
            "thumbnails": thumbnails, "updatedAt": "2024",
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn every_size_that_can_be_shown_has_a_name() {
        let names = |media: &Media| ThumbnailSize::ALL.map(|size| media.thumbnail_name(size).map(str::to_owned));
        let some = |names: [&str; 4]| names.map(|name| Some(name.to_owned()));
        let all = some(["small", "medium", "large", "screen"]);
        assert_eq!(names(&old("a.JPG", None, [true, false, false])), all);
        assert_eq!(names(&old("a", Some("image/webp"), [false; 3])), all);
        // Of a HEIC only what is smaller than a thumbnail can be made.
        let heic = old("a.heic", Some("image/heic"), [false, false, true]);
        assert_eq!(names(&heic), some(["small", "medium", "large", "large"]));
        assert_eq!(names(&old("a.heic", None, [true, false, false])), some(["small"; 4]));
        assert_eq!(names(&old("a.heic", None, [false; 3])), [const { None }; 4]);
        let film = Media { r#type: MediaType::Video, ..old("a.jpg", None, [true, false, true]) };
        assert_eq!(names(&film), some(["small", "medium", "large", "large"]));
        let current = Media { renditions: Some(Renditions::default()), ..old("a.jpg", None, [true; 3]) };
        assert!(names(&current).iter().all(Option::is_none) && !current.can_be_made(ThumbnailSize::Small));
    }

    #[test]
    fn a_plain_picture_is_known_by_its_type_and_else_by_its_name() {
        for (key, mime, wanted) in [
            ("a.jpg", None, true),
            ("a.b/c.jpeg", None, true),
            ("a.webp", Some("IMAGE/PNG"), true),
            ("a.jpg", Some("image/heic"), false),
            ("jpg", None, false),
            ("a.jpg/b", None, false),
            ("a.gif", None, false),
        ] {
            assert_eq!(old(key, mime, [false; 3]).is_plain_picture(), wanted, "{key} {mime:?}");
        }
    }

    #[test]
    fn the_upsert_names_every_column_in_order() {
        assert!(UPSERT.contains(&format!("({}) VALUES", COLUMNS.join(", "))));
        let schema: String = crate::schema::steps().flatten().collect();
        for column in COLUMNS {
            let is_there =
                [format!("\n    {column} "), format!("ADD COLUMN {column} ")].iter().any(|it| schema.contains(it));
            assert!(is_there, "{column} is in the schema");
        }
    }
}
