//! `edge-gallery ingest DIR`: photos and films from a folder into the gallery.

use std::{io::Write as _, path::PathBuf, sync::Arc};

use ingest::{Location, Options, Place, Show, Stop};
use platform::config::{
    ConfigError, Lookup,
    names::{
        GALLERY_DATA, GALLERY_DATABASE, GALLERY_STORE_LISTEN, R2_ACCOUNT_ID, R2_BUCKET_NAME, R2_REGION, S3_ENDPOINT,
        SQL_URL,
    },
};
use platform_fallback::Endpoint;
use platform_native::trust;

use crate::Failure;

/// The bucket and its key are read from the environment. It may run again without uploading anything twice, and stops
/// cleanly with Ctrl-C. Exit code 2: some files are named as skipped or failed.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag
pub struct Arguments {
    /// The folder with the photos and films
    #[arg(required_unless_present = "demo_film")]
    folder: Option<PathBuf>,
    /// The data folder of `serve`: without other words, the catalogue is in it [env: GALLERY_DATA] [default: .data]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// The catalogue's SQLite file, made if missing [env: GALLERY_DATABASE] [default: gallery.db in the data folder]
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// A libSQL server to use instead of a file; SQL_AUTH_TOKEN is the token for it [env: SQL_URL]
    #[arg(long, value_name = "URL")]
    sql_url: Option<String>,
    /// Another libSQL server that gets the same catalogue; SQL_AUTH_TOKEN is the token for it too
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// The store: `https://host:port` [env: S3_ENDPOINT, or R2_ACCOUNT_ID for R2] [default: the store of `serve`]
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The bucket's name [env: R2_BUCKET_NAME]
    #[arg(long, value_name = "NAME")]
    bucket: Option<String>,
    /// The bucket's region [env: R2_REGION] [default: auto]
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// The ffmpeg to use, with ffprobe beside it [default: from PATH]
    #[arg(long, value_name = "FILE")]
    ffmpeg: Option<PathBuf>,
    /// x264's preset: slower ones make smaller films
    #[arg(long, default_value = "veryfast", value_parser = PRESETS)]
    preset: String,
    /// The folder in which films are encoded before they are uploaded [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Publish the demo film, which needs no ffmpeg
    #[arg(long)]
    demo_film: bool,
    /// Ingest files again that are already in the gallery
    #[arg(long)]
    force: bool,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

impl Arguments {
    /// What the command line says for a name of the configuration.
    fn flag(&self, name: &str) -> Option<String> {
        let path = |path: &Option<PathBuf>| path.as_ref().and_then(|path| path.to_str().map(str::to_owned));
        let flags = [
            (S3_ENDPOINT, self.endpoint.clone()),
            (R2_BUCKET_NAME, self.bucket.clone()),
            (R2_REGION, self.region.clone()),
            (SQL_URL, self.sql_url.clone()),
            (GALLERY_DATABASE, path(&self.database)),
            (GALLERY_DATA, path(&self.data)),
        ];
        flags.into_iter().find(|(known, _)| known.text() == name)?.1
    }
}

const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let setting = |name: &str| arguments.flag(name).or_else(|| std::env::var(name).ok());
    let lookup = Lookup(&setting);
    let elsewhere = [S3_ENDPOINT, R2_ACCOUNT_ID].iter().any(|name| lookup.optional(*name).is_some());
    // Where no store is named, that of `serve` is meant.
    let embedded = || Some(format!("http://{}", lookup.optional(GALLERY_STORE_LISTEN)?));
    let store = |name: &str| if name == S3_ENDPOINT.text() && !elsewhere { embedded() } else { setting(name) };
    let bucket = Location::load(&Lookup(&store))?;
    let options = Options {
        library: arguments.folder.clone(),
        demo_film: arguments.demo_film,
        certificates: trust::certificates()?.iter().map(|der| der.to_vec()).collect(),
        ffmpeg: arguments.ffmpeg.clone(),
        preset: arguments.preset.clone(),
        temp: arguments.temp.clone(),
        force: arguments.force,
        show: if arguments.quiet { Show::Nothing } else { Show::Auto },
        stop: stop_on_signal()?,
        mirror: mirror(arguments.mirror.as_ref(), &setting)?,
        ..Options::new(bucket, database(&lookup)?)
    };
    let report = ingest::run(&options)?;
    let text = if arguments.json { serde_json::to_string(&report)? } else { report.to_string() };
    // If stdout is closed, nobody wants to read the text.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(report.exit_code())
}

/// The catalogue: a libSQL server, a file that is named, or the file of `serve`.
fn database(lookup: &Lookup<'_>) -> Result<Place, Failure> {
    if let Some(endpoint) = Endpoint::load(lookup)? {
        return Ok(Place::Http(Arc::new(endpoint)));
    }
    if let Some(path) = lookup.optional(GALLERY_DATABASE) {
        return Ok(Place::File(path.into()));
    }
    let data = PathBuf::from(lookup.required(GALLERY_DATA)?);
    let failed = |error| format!("cannot make the data folder {}: {error}", data.display());
    std::fs::create_dir_all(&data).map_err(failed)?;
    Ok(Place::File(data.join("gallery.db")))
}

/// Another libSQL server, which takes the same token.
fn mirror(url: Option<&String>, setting: &dyn Fn(&str) -> Option<String>) -> Result<Option<Place>, ConfigError> {
    let there = |name: &str| if name == SQL_URL.text() { url.cloned() } else { setting(name) };
    Ok(Endpoint::load(&Lookup(&there))?.map(|endpoint| Place::Http(Arc::new(endpoint))))
}

/// The first Ctrl-C ends the run cleanly, the second ends it at once.
fn stop_on_signal() -> Result<Stop, ctrlc::Error> {
    let stop = Stop::default();
    let requested = stop.clone();
    ctrlc::set_handler(move || {
        if requested.is_requested() {
            std::process::exit(130);
        }
        requested.request();
    })?;
    Ok(stop)
}
