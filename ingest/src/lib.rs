//! Photos and films from a folder into the gallery: thumbnails, EXIF, HLS, bucket, catalogue.
//!
//! [`run`] walks a folder and uploads new files. It writes the row of a photo or film once all objects of the item
//! are in the bucket. At the end it publishes the catalogue in the bucket too, as a snapshot. A run may be stopped
//! and started again at any time: nothing that is in the gallery is uploaded twice, and no half-done item has a row.
//! The items of files that disappeared from the folder stay in the gallery.
//!
//! A film that changed replaces its renditions under the same keys. Segments that it no longer has stay in the
//! bucket, and no playlist names them.
//!
//! These things are not done: ICC profiles are not applied to thumbnails (a wide-gamut photo looks a little dull in
//! the grid). HEIC, AVIF and camera raw are named and left out. An original above 5 GiB is refused.

mod bucket;
mod catalogue;
mod database;
mod date;
mod demo_film;
mod digest;
mod engine;
mod facts;
mod failure;
mod film;
mod outbound;
mod permits;
mod photo;
mod pipeline;
mod progress;
mod publish;
mod report;
mod scratch;
mod snapshot;
mod sniff;
mod tally;
mod thumbnail;
mod tls;
mod walk;
mod whole;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use bucket::{Probed, probe_bucket};
pub use database::Database;
pub use engine::run;
pub use platform_fallback::Endpoint;
pub use platform_s3::Location;
pub use progress::Show;
pub use report::{Named, Report};

/// What to ingest, from where, and to where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder to walk.
    pub library: Option<PathBuf>,
    /// Whether the packaged demo film is to be published as well.
    pub demo_film: bool,
    /// The bucket, and the credentials for it.
    pub bucket: Location,
    pub database: Place,
    /// The certificates of authorities to trust, in DER. If the list is empty, Mozilla's list is used.
    pub certificates: Vec<Vec<u8>>,
    /// Another database that is to hold the same catalogue.
    pub mirror: Option<Place>,
    /// The `ffmpeg` to use, with `ffprobe` beside it. Without it, both are looked for on `PATH`.
    pub ffmpeg: Option<PathBuf>,
    /// x264's preset: `ultrafast` to `veryslow`.
    pub preset: String,
    /// The folder in which films are encoded before they are uploaded. Without it, the system's folder for temporary
    /// files.
    pub temp: Option<PathBuf>,
    /// Whether files that the catalogue already knows are ingested again.
    pub force: bool,
    pub show: Show,
    /// A request to end the run early.
    pub stop: Stop,
}

impl Options {
    pub fn new(bucket: Location, database: Place) -> Self {
        Self {
            library: None,
            demo_film: false,
            bucket,
            database,
            certificates: Vec::new(),
            mirror: None,
            ffmpeg: None,
            preset: "veryfast".to_owned(),
            temp: None,
            force: false,
            show: Show::default(),
            stop: Stop::default(),
        }
    }
}

/// The place of the catalogue's database.
#[derive(Clone, Debug)]
pub enum Place {
    /// A SQLite file, which is made if it is missing.
    File(PathBuf),
    /// A libSQL server.
    Http(Arc<Endpoint>),
}

impl Place {
    /// Opens the database, and brings its schema up to date.
    pub fn open(&self, certificates: &[Vec<u8>]) -> Result<Database, Error> {
        let unusable = |error: &dyn std::fmt::Display| Error::Database(self.name(), error.to_string());
        match self {
            Self::File(path) => Database::file(path).map_err(|error| unusable(&error)),
            Self::Http(endpoint) => {
                let database = Database::http(Arc::clone(endpoint), certificates);
                database.migrate().map_err(|error| unusable(&error))?;
                Ok(database)
            }
        }
    }

    /// The name by which people know the place.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Http(endpoint) => endpoint.origin(),
        }
    }
}

/// Asks a run to end, from another thread or a signal handler. All clones belong to the same run.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Why a run could not start or go on. Each text says what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The path to walk is not a folder that can be read.
    Library(PathBuf, std::io::Error),
    /// The store does not answer, or refuses.
    Store(String),
    /// The database's name, and what is wrong with it.
    Database(String, String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            Self::Store(message) => f.write_str(message),
            Self::Database(name, error) => write!(f, "the database {name} cannot be used: {error}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Library(_, error) => Some(error),
            Self::Store(_) | Self::Database(..) => None,
        }
    }
}
