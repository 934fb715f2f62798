//! A catalogue of ten thousand photos, and a film of six hundred segments.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use gallery::{
    layout,
    media::{COLUMNS, UPSERT},
};
use harness::{ENVIRONMENT, Failure, Gallery};
use rusqlite::{Connection, params_from_iter, types::Value};
use sigv4::{Bucket, Credentials, Method, Presigner, SigningKey, UrlStyle};

/// The key of the film. It needs no encoding in a URL.
pub const FILM: &str = "bench.mp4";
pub const QUALITY: &str = "540p";
/// The region of the embedded store.
const REGION: &str = "auto";
const SEGMENTS: usize = 600;
const PHOTOS: usize = 10_000;

/// Writes a catalogue with the photos and the film in it.
pub fn catalogue(folder: &Path) -> Result<PathBuf, Failure> {
    let path = folder.join("gallery.db");
    let mut connection = Connection::open(&path)?;
    platform_sqlite::migrate(&mut connection)?;
    let transaction = connection.transaction()?;
    for number in 0..PHOTOS {
        let key = format!("2025/06 Hochzeit/IMG_{number:04}.jpg");
        transaction.execute(UPSERT, params_from_iter(row(&key, None, number)))?;
    }
    transaction.execute(UPSERT, params_from_iter(row(FILM, Some(2400.0), PHOTOS)))?;
    transaction.commit()?;
    Ok(path)
}

fn row(key: &str, duration: Option<f64>, number: usize) -> impl Iterator<Item = Value> {
    let film = duration.is_some();
    // A hundred photos a day, in three shapes.
    let (day, second) = (number / 100, number % 100 * 300);
    let (month, day) = (1 + day / 28, 1 + day % 28);
    let date = format!("2025-{month:02}-{day:02}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let (width, height) = [(4000, 3000), (3000, 4000), (1920, 1080)][number * number / 7 % 3];
    COLUMNS.iter().map(move |column| match *column {
        "key" | "filename" => Value::from(key.to_owned()),
        "type" => Value::from(if film { "video" } else { "image" }.to_owned()),
        "size" => Value::Integer(4_000_000),
        "date_taken" | "uploaded_at" => Value::from(date.clone()),
        "created_at" | "updated_at" => Value::from(format!("{date}Z")),
        "width" => Value::Integer(width),
        "height" => Value::Integer(height),
        "camera_make" if !film => Value::from("Lumera".to_owned()),
        "camera_model" if !film => Value::from("Lumera R5s".to_owned()),
        "duration" => duration.map_or(Value::Null, Value::Real),
        "hls_qualities" if film => Value::from(format!("[\"{QUALITY}\"]")),
        _ => Value::Null,
    })
}

/// Puts the film's playlists into the gallery's bucket. The benchmark requests no segments.
pub fn film(gallery: &Gallery) -> Result<(), Failure> {
    let master = format!(
        "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000000,CODECS=\"avc1.64001f,mp4a.40.2\",RESOLUTION=960x540\n{QUALITY}.m3u8\n"
    );
    let mut variant = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-PLAYLIST-TYPE:VOD\n".to_owned();
    for segment in 0..SEGMENTS {
        let _ = writeln!(variant, "#EXTINF:4.000000,\n{QUALITY}_{segment:03}.ts");
    }
    variant.push_str("#EXT-X-ENDLIST\n");
    put(gallery, &layout::hls_master(FILM, None), &master)?;
    put(gallery, &layout::hls_variant(FILM, None, QUALITY), &variant)
}

fn put(gallery: &Gallery, key: &str, text: &str) -> Result<(), Failure> {
    let [id, secret, name] = ["R2_ACCESS_KEY_ID", "R2_SECRET_ACCESS_KEY", "R2_BUCKET_NAME"]
        .map(|name| ENVIRONMENT.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| *value));
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let bucket = Bucket::new(&gallery.store_url, UrlStyle::Path, name, REGION)?;
    let signing = SigningKey::derive(&Credentials::new(id, secret), REGION, now);
    let mut url = String::new();
    Presigner::new(&signing, &bucket, Method::Put, now, 60)?.presign_into(&mut url, key);
    ureq::put(&url).content_type("application/vnd.apple.mpegurl").send(text)?;
    Ok(())
}
