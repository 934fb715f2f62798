//! `edge-gallery ingest DIR`: photos and films from a folder into the gallery.

use std::{io::Write as _, path::PathBuf, sync::Arc};

use ingest::{Location, Options, Place, Show, Stop};
use platform::config::{
    ConfigError, Lookup,
    names::{GALLERY_DATABASE, R2_BUCKET_NAME, R2_REGION, S3_ENDPOINT, SQL_URL},
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
    /// The catalogue's SQLite file, made if missing
    #[arg(
        long,
        env = GALLERY_DATABASE.text(),
        hide_env_values = true,
        value_name = "FILE",
        required_unless_present = "sql_url"
    )]
    database: Option<PathBuf>,
    /// A libSQL server to use instead of a file; SQL_AUTH_TOKEN is the token for it
    #[arg(long, env = SQL_URL.text(), hide_env_values = true, value_name = "URL")]
    sql_url: Option<String>,
    /// Another libSQL server that gets the same catalogue; SQL_AUTH_TOKEN is the token for it too
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// The store: https://host[:port] [env: S3_ENDPOINT, or R2_ACCOUNT_ID for R2]
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

const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let setting = |name: &str| {
        let flags =
            [(S3_ENDPOINT, &arguments.endpoint), (R2_BUCKET_NAME, &arguments.bucket), (R2_REGION, &arguments.region)];
        let flag = flags.into_iter().find(|(known, _)| known.text() == name).and_then(|(_, flag)| flag.clone());
        flag.or_else(|| std::env::var(name).ok())
    };
    let bucket = Location::load(&Lookup(&setting))?;
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
        mirror: endpoint(arguments.mirror.as_ref())?.map(Place::Http),
        ..Options::new(bucket, database(arguments)?)
    };
    let report = ingest::run(&options)?;
    let text = if arguments.json { serde_json::to_string(&report)? } else { report.to_string() };
    // If stdout is closed, nobody wants to read the text.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(report.exit_code())
}

fn database(arguments: &Arguments) -> Result<Place, Failure> {
    Ok(match (endpoint(arguments.sql_url.as_ref())?, &arguments.database) {
        (Some(endpoint), _) => Place::Http(endpoint),
        (None, Some(path)) => Place::File(path.clone()),
        (None, None) => return Err("GALLERY_DATABASE is not set, nor is SQL_URL".into()),
    })
}

/// A libSQL server, and the token for it.
fn endpoint(url: Option<&String>) -> Result<Option<Arc<Endpoint>>, ConfigError> {
    let setting = |name: &str| if name == SQL_URL.text() { url.cloned() } else { std::env::var(name).ok() };
    Ok(Endpoint::load(&Lookup(&setting))?.map(Arc::new))
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
