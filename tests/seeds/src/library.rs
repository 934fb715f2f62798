//! The library: two photos and a film, their objects, and the catalogue.

use std::{
    collections::HashMap,
    pin::pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use gallery::{
    layout::{self, ThumbnailSize},
    media::{Media, MediaType},
    views::{
        INDEX,
        build::{About, Known, build},
        part_key,
    },
};
use platform::{Error, Kind, Platform as _, Sql as _, Value};
use platform_memory::Memory;

pub const PHOTOS: [&str; 2] = ["2025/100 % \u{e9} (1).jpg", "b.jpg"];
pub const FILM: &str = "Film/a b.mp4";
/// The version of the film's objects.
pub const FILM_VERSION: &str = "0123456789abcdef";
pub const SEGMENTS: usize = 12;
/// These words are in every answer of the store in its own words, and must be in no answer that a client sees.
pub const UPSTREAM_WORDS: &str = "InternalWordsOfTheStore";

/// An object in its two versions. The second replaces the first.
pub struct Object {
    pub versions: [Bytes; 2],
}

impl Object {
    /// The tag of a version, as the store gives it.
    pub const fn tag(version: usize) -> &'static str {
        ["\"first\"", "\"second\""][version]
    }
}

/// The bucket's objects, and the database.
pub struct Library {
    pub objects: HashMap<String, Object>,
    pub memory: Memory,
    pub items: usize,
}

/// Bytes that differ between objects and versions at every place.
fn bytes(name: &str, version: u8, length: usize) -> Bytes {
    let salt = name.bytes().fold(version, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    (0..length).map(|index| u8::try_from((index * 7 + index / 256) % 256).unwrap() ^ salt).collect::<Vec<u8>>().into()
}

pub fn variant_text() -> String {
    let segments: Vec<String> = (0..SEGMENTS).map(|number| format!("#EXTINF:4.000,\n720p_{number:03}.ts\n")).collect();
    let head = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n";
    format!("{head}{}#EXT-X-ENDLIST\n", segments.concat())
}

fn media(key: &str, r#type: MediaType, size: usize) -> Media {
    let film = r#type == MediaType::Video;
    Media {
        key: key.to_owned(),
        filename: key.rsplit('/').next().unwrap().to_owned(),
        r#type,
        mime: None,
        size: i64::try_from(size).unwrap(),
        uploaded_at: "2025-06-14T12:00:00Z".to_owned(),
        date_taken: None,
        camera_make: None,
        camera_model: None,
        width: Some(4000),
        height: Some(3000),
        duration: film.then_some(48.0),
        qualities: film.then(|| vec!["720p".to_owned()]),
        thumbnails: [true, true, false],
        renditions: None,
        thumbhash: None,
        updated_at: "2025-06-14T12:00:00Z".to_owned(),
        version: film.then(|| FILM_VERSION.to_owned()),
        taken: None,
        place: None,
        exposure: None,
        albums: String::new(),
        patches: None,
        checksums: None,
    }
}

impl Library {
    pub fn new() -> Result<Self, Error> {
        let mut objects = HashMap::new();
        let mut put = |key: String, versions: [Bytes; 2]| {
            objects.insert(key, Object { versions });
        };
        let mut all = Vec::new();
        for (key, r#type) in PHOTOS.map(|key| (key, MediaType::Image)).into_iter().chain([(FILM, MediaType::Video)]) {
            let versions = [bytes(key, 1, 5000), bytes(key, 2, 5000)];
            all.push(media(key, r#type, versions[0].len()));
            put(key.to_owned(), versions);
            for size in [ThumbnailSize::Small, ThumbnailSize::Medium] {
                let name = layout::thumbnail(size, key);
                let versions = [bytes(&name, 1, 300), bytes(&name, 2, 300)];
                put(name, versions);
            }
        }
        let mut text = |key: String, text: String| put(key, [Bytes::from(text.clone()), Bytes::from(text)]);
        text(
            layout::hls_master(FILM, Some(FILM_VERSION)),
            "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,RESOLUTION=1280x720\n720p.m3u8\n".to_owned(),
        );
        text(layout::hls_variant(FILM, Some(FILM_VERSION), "720p"), variant_text());
        for number in 0..SEGMENTS {
            let key = format!("{}720p_{number:03}.ts", layout::hls_prefix(FILM, Some(FILM_VERSION)));
            text(key, format!("segment {number} "));
        }

        let built = build(all.clone(), &About::default(), &Known::default(), deflate::squeeze_each).unwrap();
        let index = built.index.clone().encode().unwrap();
        for (name, body) in &built.parts {
            let body = Bytes::from(body.clone());
            put(part_key(name), [body.clone(), body]);
        }
        put(INDEX.to_owned(), [(); 2].map(|()| index.clone().into()));

        let memory = Memory::new(|_| async { Err(Error::new(Kind::Internal, "library.fetch")) })?;
        let library = Self { objects, memory, items: all.len() };
        all.iter().try_for_each(|item| library.insert(item))?;
        for (name, body) in built.parts.into_iter().chain([(INDEX.to_owned(), index)]) {
            let sql = "INSERT INTO catalogue_parts VALUES (?1, ?2)";
            at_once(library.memory.sql()?.query(sql, &[name.into(), body.into()]))?;
        }
        Ok(library)
    }

    fn insert(&self, item: &Media) -> Result<(), Error> {
        let text = |text: &str| Value::Text(text.to_owned());
        let thumbnail = |size| if item.has_thumbnail(size) { text("there") } else { Value::Null };
        let parameters = [
            text(&item.key),
            text(&item.filename),
            text(item.r#type.name()),
            Value::Integer(item.size),
            text(&item.uploaded_at),
            item.duration.map_or(Value::Null, Value::Real),
            item.qualities.as_ref().map_or(Value::Null, |names| Value::Text(serde_json::json!(names).to_string())),
            thumbnail(ThumbnailSize::Small),
            thumbnail(ThumbnailSize::Medium),
            text(&item.updated_at),
            item.version.as_deref().map_or(Value::Null, text),
        ];
        let sql = "INSERT INTO media (key, filename, type, size, uploaded_at, duration, hls_qualities, thumbnail_small, \
                   thumbnail_medium, created_at, updated_at, version) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11)";
        at_once(self.memory.sql()?.query(sql, &parameters)).map(|_| ())
    }
}

/// Runs a future that never waits.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("memory never waits"),
    }
}
