//! A bucket and a dump as the old gallery leaves them: originals at their keys, thumbnails and films beside them, and
//! rows that name no thumbnail.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use harness::{ENVIRONMENT, Gallery, Options, PHOTOS, photo};
use sigv4::{Credentials, Method, Presigner, SigningKey, UrlStyle};

/// The table as the old gallery makes it.
const TABLE: &str = r#"PRAGMA defer_foreign_keys=TRUE;
CREATE TABLE IF NOT EXISTS "media" (
    "key" TEXT NOT NULL PRIMARY KEY, "filename" TEXT NOT NULL, "type" TEXT NOT NULL, "size" INTEGER,
    "uploaded_at" TEXT, "date_taken" TEXT, "camera_make" TEXT, "camera_model" TEXT, "lens" TEXT,
    "focal_length" REAL, "aperture" REAL, "shutter_speed" REAL, "iso" INTEGER, "latitude" REAL, "longitude" REAL,
    "altitude" REAL, "duration" REAL, "codec" TEXT, "width" INTEGER, "height" INTEGER, "hls_qualities" TEXT,
    "thumbnail_small" TEXT, "thumbnail_medium" TEXT, "thumbnail_large" TEXT, "metadata" TEXT, "processed_at" TEXT,
    "created_at" TEXT NOT NULL, "updated_at" TEXT NOT NULL
);
"#;
const SIZES: [&str; 3] = ["small", "medium", "large"];
const MOMENT: &str = "2025-09-24T18:48:56.033Z";
/// The original of the film.
const ORIGINAL: &[u8] = include_bytes!("../../../harness/fixtures/clip.mp4");
const FILM: &str = "1758739736050-IMG_3000.MOV";

/// The bucket. It ends when it is dropped.
pub struct Bucket {
    gallery: Gallery,
    /// The objects of the old gallery, by their keys.
    before: BTreeMap<String, Vec<u8>>,
}

impl Bucket {
    /// Starts the bucket, fills it, and writes the export and the KV values into `folder`.
    pub fn with_the_old_gallery(folder: &Path) -> Self {
        let gallery = Gallery::start_empty(&Options::default()).unwrap_or_else(|failure| panic!("{failure}"));
        let mut before = BTreeMap::new();
        let mut put = |key: &str, bytes: &[u8]| {
            ureq::put(&presigned(&gallery.store_url, Method::Put, key)).send(bytes).unwrap();
            before.insert(key.to_owned(), bytes.to_vec());
        };
        let mut dump = TABLE.to_owned();
        for (number, (name, width, height)) in PHOTOS.iter().enumerate().filter(|(_, photo)| photo.0.contains(".jpg")) {
            let (key, bytes) = (format!("175873973603{number}-photo.jpeg"), photo(name).unwrap());
            put(&key, &bytes);
            for size in SIZES {
                put(&format!("thumbnails/{size}/{key}"), &bytes);
            }
            dump += &row(&key, "image", bytes.len(), "NULL", (*width, *height));
        }
        let film = demo::short_film();
        put(FILM, ORIGINAL);
        for size in SIZES {
            put(&format!("thumbnails/{size}/{FILM}"), &photo(PHOTOS[0].0).unwrap());
        }
        for (name, bytes) in film.hls {
            put(&format!("hls/{FILM}/{name}"), bytes);
        }
        let qualities: Vec<String> = film.qualities.iter().map(|quality| format!("\"{quality}\"")).collect();
        dump += &row(FILM, "video", ORIGINAL.len(), &format!("'[{}]'", qualities.join(",")), (1280, 720));
        fs::write(folder.join("d1.sql"), dump).unwrap();
        fs::write(
            folder.join("kv.json"),
            "{\n  \"values\": { \"auth_version\": \"2\", \"thumbnail_version\": null }\n}\n\nSuccess!\n",
        )
        .unwrap();
        crate::copy_manifests(folder);
        assert!(before.len() > 20, "the bucket was filled");
        Self { gallery, before }
    }

    pub fn store(&self) -> &str {
        &self.gallery.store_url
    }

    /// Checks that every object of the old gallery is there, byte for byte.
    pub fn is_untouched(&self) {
        for (key, bytes) in &self.before {
            let answer = ureq::get(&presigned(self.store(), Method::Get, key)).call().unwrap();
            let now = answer.into_body().with_config().limit(u64::MAX).read_to_vec().unwrap();
            assert!(now == *bytes, "{key} was touched");
        }
    }
}

/// The URL by which an object is written or read.
fn presigned(store: &str, method: Method, key: &str) -> String {
    let value = |wanted: &str| ENVIRONMENT.iter().find(|(name, _)| *name == wanted).unwrap().1;
    let credentials = Credentials::new(value("R2_ACCESS_KEY_ID"), value("R2_SECRET_ACCESS_KEY"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let signing_key = SigningKey::derive(&credentials, "auto", now);
    let bucket = sigv4::Bucket::new(store, UrlStyle::Path, value("R2_BUCKET_NAME"), "auto").unwrap();
    let presigner = Presigner::new(&signing_key, &bucket, method, now, 60).unwrap();
    let mut url = String::new();
    presigner.presign_into(&mut url, key);
    url
}

fn row(key: &str, kind: &str, size: usize, qualities: &str, (width, height): (u32, u32)) -> String {
    let empty = ["NULL"; 13].join(",");
    format!(
        "INSERT INTO \"media\" VALUES('{key}','{key}','{kind}',{size},'{MOMENT}',{empty},{width},{height},{qualities},\
         NULL,NULL,NULL,NULL,NULL,'{MOMENT}','{MOMENT}');\n"
    )
}
