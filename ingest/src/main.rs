//! `ingest DIR`: photos and films from a folder into the gallery.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use ingest::{Options, Place, Show, Stop, Store};
use platform::config::{ConfigError, Lookup};
use platform::sql_http::Endpoint;

/// Puts the photos and films of a folder into the gallery: thumbnails, facts, HLS, bucket, catalogue.
///
/// The bucket's key is read from the environment: R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY. Runs again without
/// uploading anything twice; stops cleanly with Ctrl-C. Exit code: 0 all in, 2 some files are named as
/// skipped or failed, 1 could not start or go on, 130 interrupted.
#[derive(Parser)]
#[allow(clippy::struct_excessive_bools)] // each is a flag
#[command(name = "ingest", version)]
struct Arguments {
    /// The folder with the photos and films
    #[arg(required_unless_present = "demo_film")]
    folder: Option<PathBuf>,
    /// The catalogue's SQLite file, made if missing
    #[arg(
        long,
        env = "GALLERY_DATABASE",
        hide_env_values = true,
        value_name = "FILE",
        required_unless_present = "sql_url"
    )]
    database: Option<PathBuf>,
    /// A libSQL server to use instead of a file; SQL_AUTH_TOKEN is the token for it
    #[arg(long, env = "SQL_URL", hide_env_values = true, value_name = "URL")]
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
    /// Where films are encoded to before they are uploaded [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Publish the demo film, which needs no ffmpeg
    #[arg(long)]
    demo_film: bool,
    /// Do files again that are already in the gallery
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

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match ingest(&arguments) {
        Ok(code) => code.into(),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "ingest: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ingest(arguments: &Arguments) -> Result<u8, Box<dyn std::error::Error>> {
    let store = Store::from_settings(|name| {
        let flag = match name {
            "S3_ENDPOINT" => &arguments.endpoint,
            "R2_BUCKET_NAME" => &arguments.bucket,
            "R2_REGION" => &arguments.region,
            _ => &None,
        };
        flag.clone().or_else(|| std::env::var(name).ok())
    })?;
    let options = Options {
        library: arguments.folder.clone(),
        demo_film: arguments.demo_film,
        ffmpeg: arguments.ffmpeg.clone(),
        preset: arguments.preset.clone(),
        temp: arguments.temp.clone(),
        force: arguments.force,
        show: if arguments.quiet { Show::Nothing } else { Show::Auto },
        stop: stop_on_signal()?,
        mirror: endpoint(arguments.mirror.as_ref())?.map(Place::Http),
        ..Options::new(store, database(arguments)?)
    };
    let report = ingest::run(&options)?;
    let text = if arguments.json { serde_json::to_string(&report)? } else { report.to_string() };
    // Whoever closed stdout does not want to read it.
    let _ = writeln!(std::io::stdout(), "{text}");
    Ok(report.exit_code())
}

fn database(arguments: &Arguments) -> Result<Place, Box<dyn std::error::Error>> {
    Ok(match (endpoint(arguments.sql_url.as_ref())?, &arguments.database) {
        (Some(endpoint), _) => Place::Http(endpoint),
        (None, Some(path)) => Place::File(path.clone()),
        (None, None) => return Err("GALLERY_DATABASE is not set, nor is SQL_URL".into()),
    })
}

/// A libSQL server and the right to it.
fn endpoint(url: Option<&String>) -> Result<Option<Arc<Endpoint>>, ConfigError> {
    let setting = |name: &str| match name {
        "SQL_URL" => url.cloned(),
        _ => std::env::var(name).ok(),
    };
    Ok(Lookup(&setting).sql()?.map(Arc::new))
}

/// The first Ctrl-C ends the run in order, the second at once.
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
