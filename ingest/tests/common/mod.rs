//! The fixture of the tests: a library folder, a store that verifies signatures, and a catalogue.

#![allow(dead_code)] // each test binary uses a part

pub mod gate;
pub mod jpeg;
pub mod sink;
pub mod views;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gallery::layout::ThumbnailSize;
use gallery::rendition::Renditions;
use ingest::{Decoder, Location, Options, Place, Report, Show};
use rusqlite::Connection;
use tempfile::TempDir;

/// A store, and the credentials for it.
#[derive(Clone)]
pub struct Store {
    pub endpoint: String,
    pub bucket: String,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl Store {
    /// The names of the configuration by which programs find it.
    pub fn environment(&self) -> [(&'static str, &str); 5] {
        [
            ("S3_ENDPOINT", &self.endpoint),
            ("R2_BUCKET_NAME", &self.bucket),
            ("R2_REGION", &self.region),
            ("R2_ACCESS_KEY_ID", &self.access_key_id),
            ("R2_SECRET_ACCESS_KEY", &self.secret_access_key),
        ]
    }

    pub fn location(&self) -> Location {
        Location {
            name: self.bucket.clone(),
            bucket: sigv4::Bucket::new(&self.endpoint, sigv4::UrlStyle::Path, &self.bucket, &self.region).unwrap(),
            public: None,
            credentials: sigv4::Credentials::new(self.access_key_id.as_str(), self.secret_access_key.as_str()),
        }
    }
}

pub struct Gallery {
    pub folder: TempDir,
    pub store: Store,
    pub options: Options,
    _running: store::Running,
}

impl Gallery {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Store {
            endpoint: String::new(),
            bucket: "media".into(),
            region: "auto".into(),
            access_key_id: "test-key".into(),
            secret_access_key: "test-secret".into(),
        };
        let store = store::spawn(
            store::Config {
                root: folder.path().join("store"),
                bucket: settings.bucket.clone(),
                access_key_id: settings.access_key_id.clone(),
                secret_access_key: settings.secret_access_key.clone(),
                region: settings.region.clone(),
                allowed_origins: vec![],
            },
            ([127, 0, 0, 1], 0).into(),
        )
        .unwrap();
        let settings = Store { endpoint: format!("http://{}", store.addr()), ..settings };
        let options = options(folder.path(), &settings);
        Self { folder, store: settings, options, _running: store }
    }

    pub fn library(&self) -> PathBuf {
        self.folder.path().join("library")
    }

    /// Writes a file into the library and returns its path.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.library().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn ingest(&self) -> Report {
        ingest::run(&self.options).unwrap()
    }

    /// The catalogue's file.
    pub fn database(options: &Options) -> &Path {
        match &options.database {
            Place::File(path) => path,
            Place::Http(endpoint) => panic!("{endpoint:?} is no file"),
        }
    }

    pub fn sql<T: rusqlite::types::FromSql>(&self, query: &str) -> Vec<T> {
        sql(database(&self.options), query)
    }

    /// An object with its headers. `None` if the object does not exist.
    pub fn object(&self, key: &str) -> Option<Object> {
        get(&self.store, key)
    }

    /// The keys of the first thousand objects below a prefix. They must hold no character that XML escapes.
    pub fn keys(&self, prefix: &str) -> Vec<String> {
        let url = presigned_with(&self.store, sigv4::Method::Get, "", &[("list-type", "2"), ("prefix", prefix)]);
        let text = ureq::get(&url).call().unwrap().into_body().read_to_string().unwrap();
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        keys.map(|(key, _)| key.to_owned()).collect()
    }

    /// The tag of an object, as HEAD gives it.
    pub fn tag(&self, key: &str) -> String {
        let answer = ureq::head(&presigned(&self.store, sigv4::Method::Head, key)).call().unwrap();
        answer.headers()["etag"].to_str().unwrap().to_owned()
    }

    /// Writes an object behind the gallery's back.
    pub fn put(&self, key: &str, bytes: &[u8]) {
        ureq::put(&presigned(&self.store, sigv4::Method::Put, key)).send(bytes).unwrap();
    }

    /// Deletes an object behind the gallery's back.
    pub fn delete(&self, key: &str) {
        ureq::delete(&presigned(&self.store, sigv4::Method::Delete, key)).call().unwrap();
    }

    /// The name of an object of a film, below the film's version.
    pub fn hls(&self, key: &str, name: &str) -> String {
        let sql = format!("SELECT version FROM media WHERE key = '{key}'");
        let version = self.sql::<String>(&sql).pop().expect("the film is there");
        format!("hls/{key}/{version}/{name}")
    }

    /// What an item's row says of its renditions.
    pub fn renditions(&self, key: &str) -> Option<Renditions> {
        let key = key.replace('\'', "''");
        let sql = format!(
            "SELECT renditions FROM media WHERE key = '{key}' \
             UNION ALL SELECT json_extract(row, '$.renditions') FROM withdrawn WHERE key = '{key}'"
        );
        let json = self.sql::<Option<String>>(&sql).pop()??;
        Some(serde_json::from_str(&json).unwrap())
    }

    /// How many items have renditions.
    pub fn renditions_of_all(&self) -> i64 {
        self.sql::<i64>("SELECT COUNT(renditions) FROM media").remove(0)
    }

    /// The name of the object of a thumbnail.
    pub fn rendition(&self, size: &str, key: &str) -> String {
        let renditions = self.renditions(key).expect("the item is there");
        let picture = renditions.picture(ThumbnailSize::parse(size).unwrap()).expect("the thumbnail is there");
        renditions.object(key, picture)
    }

    /// A thumbnail, decoded.
    pub fn thumbnail(&self, size: &str, key: &str) -> image::DynamicImage {
        let object = self.object(&self.rendition(size, key)).expect("the thumbnail is in the bucket");
        assert_eq!(object.content_type, "image/webp");
        image::load_from_memory_with_format(&object.bytes, image::ImageFormat::WebP).unwrap()
    }
}

pub struct Object {
    pub bytes: Vec<u8>,
    pub content_type: String,
    pub cache_control: String,
}

pub fn options(folder: &Path, store: &Store) -> Options {
    let library = folder.join("library");
    std::fs::create_dir_all(&library).unwrap();
    // The name has a `%` and a space, at which a careless pattern or shell would fail.
    let temp = folder.join("temp %03d dir");
    std::fs::create_dir_all(&temp).unwrap();
    Options {
        library: Some(library),
        temp: Some(temp),
        show: Show::Nothing,
        // Not that of the machine.
        time_zone: Some("UTC".to_owned()),
        // The fastest preset that uses the High profile.
        preset: "superfast".into(),
        // Other packages that share this file start their own program.
        decoder: option_env!("CARGO_BIN_EXE_decode-picture").map_or_else(Decoder::default, Decoder::program),
        ..Options::new(store.location(), Place::File(folder.join("gallery.sqlite")))
    }
}

/// The catalogue's file.
pub fn database(options: &Options) -> &Path {
    match &options.database {
        Place::File(path) => path,
        Place::Http(endpoint) => panic!("{endpoint:?} is no file"),
    }
}

pub fn sql<T: rusqlite::types::FromSql>(database: &Path, query: &str) -> Vec<T> {
    let connection = Connection::open(database).unwrap();
    let mut statement = connection.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn presigned(store: &Store, method: sigv4::Method, key: &str) -> String {
    presigned_with(store, method, key, &[])
}

fn presigned_with(store: &Store, method: sigv4::Method, key: &str, query: &[(&str, &str)]) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let Location { bucket, credentials, .. } = store.location();
    let signing_key = sigv4::SigningKey::derive(&credentials, &store.region, now);
    let mut url = String::new();
    let presigner = sigv4::Presigner::new(&signing_key, &bucket, method, now, 60).unwrap();
    let presigner = query.iter().fold(presigner, |presigner, (name, value)| presigner.with_query(name, value));
    presigner.presign_into(&mut url, key);
    url
}

fn get(store: &Store, key: &str) -> Option<Object> {
    let url = presigned(store, sigv4::Method::Get, key);
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    let mut response = agent.get(&url).call().unwrap();
    if response.status() == 404 {
        return None;
    }
    assert_eq!(response.status(), 200, "{key}");
    let header =
        |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    Some(Object {
        content_type: header("content-type"),
        cache_control: header("cache-control"),
        bytes: response.body_mut().with_config().limit(1 << 30).read_to_vec().unwrap(),
    })
}
