//! Photos and films from a folder into the gallery: thumbnails, EXIF, HLS, bucket, catalogue.
//!
//! [`run`] walks a folder and uploads new files. It writes the row of a photo or film once all objects of the item
//! are in the bucket. At the end it publishes the catalogue in the bucket too, as a snapshot. A run may be stopped
//! and started again at any time: nothing that is in the gallery is uploaded twice, and no half-done item has a row.
//! The items of files that disappeared from the folder stay in the gallery, unless `prune` is given.
//!
//! These things are not done: HDR is shown as SDR, and gain maps stay in the original.

mod abreast;
mod access;
mod adopt;
mod blank;
mod bucket;
mod catalogue;
mod checksums;
mod child;
mod curate;
mod d1;
mod database;
mod decoder;
mod demo_film;
mod digest;
mod doctor;
mod engine;
mod facts;
mod failure;
mod film;
mod guard;
mod libraries;
mod live;
mod lock;
mod made;
mod motion;
mod objects;
mod old_layout;
mod outbound;
mod outcome;
mod packages;
mod packs;
mod permits;
mod photo;
mod pipeline;
mod progress;
pub mod proxy;
mod prune;
mod publish;
mod purge;
mod recognise;
mod register;
mod renditions;
mod repackage;
mod report;
mod scratch;
mod services;
mod settings;
mod sidecars;
mod sniff;
mod spelling;
mod suffix;
mod taken;
mod tally;
mod thumbnail;
pub mod tls;
mod turns;
mod views;
mod walk;
mod whole;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub use access::{NewLink, add_link, end_all_sessions, end_links, links};
pub use adopt::{Adoption, OldValues, Sources, adopt, bare, keep_values};
pub use bucket::{PartSizes, Probed, probe_bucket, probe_kv};
pub use catalogue::StoredLink;
pub use curate::{Became, Change, curate};
pub use database::Database;
pub use decoder::{DECODE, Decoder, decode_stdin};
pub use doctor::{Diagnosis, Finding, Kind, doctor};
pub use engine::run;
pub use platform_fallback::Endpoint;
pub use platform_s3::Location;
pub use progress::Show;
pub use prune::Prune;
pub use report::{FileReport, Files, Named, Report};
pub use views::publish_first;

/// What to ingest, from where, and to where.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // each is a choice of its own
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
    /// The kinds of package that films get.
    pub packaging: Packaging,
    /// The folder in which films are encoded before they are uploaded. Without it, the system's folder for temporary
    /// files.
    pub temp: Option<PathBuf>,
    /// The program that decodes what is not decoded in this process.
    pub decoder: Decoder,
    /// Whether an empty database may take the place of the one that was published into the bucket.
    pub rebuild: bool,
    /// Whether files that the catalogue already knows are ingested again.
    pub force: bool,
    /// Whether items that an earlier version took in get what is made today. Their originals stay as they are.
    pub renditions: bool,
    /// Whether items get the checksums that they lack. Each object that lacks one is read out of the bucket.
    pub checksums: bool,
    /// Whether finished ZIPs of all views are laid into the bucket, for hosts that cannot make them.
    pub packs: bool,
    /// The films to package anew without encoding them, or all if the list is empty.
    pub repackage: Option<Vec<String>>,
    /// Whether new items get thumbnails and playlists in the predecessor's layout too.
    pub keep_old_layout: bool,
    /// A file for the rows of such items, as SQL for D1.
    pub d1: Option<PathBuf>,
    pub show: Show,
    /// Whether links are followed that lead out of the library.
    pub follow_links: bool,
    /// The library's time zone, before that of its gallery.toml.
    pub time_zone: Option<String>,
    /// Whether items whose files are gone are taken out.
    pub prune: Option<Prune>,
    /// Whether nothing is written, and the report says what would be done.
    pub dry_run: bool,
    /// Only these paths below the library are ingested.
    pub only: Option<BTreeSet<String>>,
    /// Is told what became of each file.
    pub files: Option<Files>,
    /// How long trouble with the store is waited out before an object counts as failed.
    pub patience: Duration,
    /// Which files are uploaded in parts.
    pub parts: PartSizes,
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
            packaging: Packaging::default(),
            temp: None,
            decoder: Decoder::default(),
            rebuild: false,
            force: false,
            renditions: false,
            checksums: false,
            packs: false,
            repackage: None,
            keep_old_layout: false,
            d1: None,
            show: Show::default(),
            follow_links: false,
            time_zone: None,
            prune: None,
            dry_run: false,
            only: None,
            files: None,
            patience: Duration::from_mins(5),
            parts: PartSizes::default(),
            stop: Stop::default(),
        }
    }
}

/// How the films of a run are packaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packaging {
    /// One fragmented MP4 for each of the pictures and sounds (CMAF), of which playlists name parts.
    #[default]
    Cmaf,
    /// A transport stream for each segment, as every earlier version wrote them.
    Ts,
    /// The first, and the second below it, so that the two can be compared.
    Both,
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
    /// A setting of the library cannot be used.
    Settings(String),
    /// It was asked to stop.
    Interrupted,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Library(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            Self::Store(message) | Self::Settings(message) => f.write_str(message),
            Self::Database(name, error) => write!(f, "the database {name} cannot be used: {error}"),
            Self::Interrupted => f.write_str("interrupted: run again to go on"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Library(_, error) => Some(error),
            Self::Store(_) | Self::Database(..) | Self::Settings(_) | Self::Interrupted => None,
        }
    }
}
