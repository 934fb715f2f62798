//! `edge-gallery ingest DIR`: photos and films from a folder into the gallery.

use std::{
    io::{IsTerminal as _, Write as _},
    path::PathBuf,
};

use clap::ValueEnum;
use ingest::{Files, Options, Packaging, Prune, Show, Stop};

use crate::{Failure, connection::Connection};

/// The bucket and its key are read from the environment. It may run again without uploading anything twice, and stops
/// cleanly with Ctrl-C. Exit code 2: some files are named as skipped or failed.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)] // each is a flag
pub struct Arguments {
    /// The folder with the photos and films
    #[arg(required_unless_present_any = ["demo_film", "checksums", "packs"])]
    folder: Option<PathBuf>,
    #[command(flatten)]
    gallery: Connection,
    /// The library's time zone, such as Europe/Berlin [default: gallery.toml's, else the system's]
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// Follow links that lead out of the folder
    #[arg(long)]
    follow_links: bool,
    /// Take items out whose files are gone; says which, and asks. Their objects go after 30 days
    #[arg(long)]
    prune: bool,
    /// As --prune, also if the folder is empty or more than half of its items would go
    #[arg(long)]
    prune_all: bool,
    /// Prune without asking
    #[arg(long, short)]
    yes: bool,
    /// Delete the objects of pruned items at once
    #[arg(long)]
    now: bool,
    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The ffmpeg to use, with ffprobe beside it [default: from PATH]
    #[arg(long, value_name = "FILE")]
    ffmpeg: Option<PathBuf>,
    /// x264's preset: slower ones make smaller films
    #[arg(long, default_value = "veryfast", value_parser = PRESETS)]
    preset: String,
    /// How films are packaged: one object for each size and sound, an object for each segment, or both to compare them
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    package: Package,
    /// The folder in which films are encoded before they are uploaded [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Publish the demo film, which needs no ffmpeg
    #[arg(long)]
    demo_film: bool,
    /// Ingest files again that are already in the gallery
    #[arg(long)]
    force: bool,
    /// Make the catalogue anew in an empty database, where the bucket has the one of a database that was lost. Links
    /// and what was hidden or removed are lost, and the items of other folders are out until these are ingested
    #[arg(long)]
    rebuild: bool,
    /// Make the pictures that items of earlier versions lack; their originals stay as they are
    #[arg(long)]
    renditions: bool,
    /// Read what lacks checksums out of the bucket, and write these into the catalogue: ZIPs need them. No FOLDER is
    /// needed
    #[arg(long)]
    checksums: bool,
    /// Lay finished ZIPs of all views and albums into the bucket, for Fastly and other hosts with MAX_FETCHES. They
    /// take as much room as the originals, and as much again for each form that differs. No FOLDER is needed
    #[arg(long)]
    packs: bool,
    /// Write thumbnails and playlists where the Cloudflare original looks for them, too, so that it shows new items
    #[arg(long)]
    keep_old_layout: bool,
    /// Write the rows of items that are in the old layout too, as SQL for `wrangler d1 execute --file`
    #[arg(long, value_name = "FILE")]
    d1: Option<PathBuf>,
    /// Print a line of JSON for each file, and the outcome as the last line
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Package {
    #[default]
    Cmaf,
    Ts,
    Both,
}

impl From<Package> for Packaging {
    fn from(package: Package) -> Self {
        match package {
            Package::Cmaf => Self::Cmaf,
            Package::Ts => Self::Ts,
            Package::Both => Self::Both,
        }
    }
}

const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let prune = (arguments.prune || arguments.prune_all).then(|| Prune {
        all: arguments.prune_all,
        now: arguments.now || arguments.gallery.is_public(),
        confirm: if arguments.yes { |_| true } else { ask },
    });
    let options = Options {
        library: arguments.folder.clone(),
        demo_film: arguments.demo_film,
        ffmpeg: arguments.ffmpeg.clone(),
        preset: arguments.preset.clone(),
        packaging: arguments.package.into(),
        temp: arguments.temp.clone(),
        force: arguments.force,
        rebuild: arguments.rebuild,
        renditions: arguments.renditions,
        checksums: arguments.checksums,
        packs: arguments.packs,
        keep_old_layout: arguments.keep_old_layout,
        d1: arguments.d1.clone(),
        follow_links: arguments.follow_links,
        time_zone: arguments.time_zone.clone(),
        prune,
        dry_run: arguments.dry_run,
        files: arguments.json.then(|| Files::new(|file| print(serde_json::to_string(file)))),
        show: if arguments.quiet { Show::Nothing } else { Show::Auto },
        stop: stop_on_signal()?,
        ..arguments.gallery.options()?
    };
    let report = ingest::run(&options)?;
    print(if arguments.json { serde_json::to_string(&report) } else { Ok(report.to_string()) });
    Ok(report.exit_code())
}

/// If stdout is closed, nobody wants to read the line.
pub fn print(line: serde_json::Result<String>) {
    if let Ok(line) = line {
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }
}

fn items(count: usize) -> String {
    format!("{count} item{}", if count == 1 { "" } else { "s" })
}

/// Names the items that would go, and asks. Where nobody can answer, the answer is no.
fn ask(keys: &[String]) -> bool {
    let mut err = std::io::stderr().lock();
    for key in keys {
        let _ = writeln!(err, "gone: {}", key.replace(char::is_control, "\u{fffd}"));
    }
    if !std::io::stdin().is_terminal() {
        let _ = writeln!(err, "{} would be taken out: use --yes to do it", items(keys.len()));
        return false;
    }
    let _ = write!(err, "Take {} out of the gallery? [y/N] ", items(keys.len()));
    let _ = err.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// The first Ctrl-C ends the run cleanly, the second ends it at once.
pub fn stop_on_signal() -> Result<Stop, ctrlc::Error> {
    let stop = Stop::default();
    let requested = stop.clone();
    ctrlc::set_handler(move || {
        if requested.is_requested() {
            std::process::exit(crate::INTERRUPTED.into());
        }
        requested.request();
    })?;
    Ok(stop)
}
