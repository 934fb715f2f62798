//! `edge-gallery repackage`: films of earlier versions become films of one object for each size and sound.

use std::path::PathBuf;

use ingest::{Options, Show};

use crate::{
    Failure,
    connection::Connection,
    ingest::{print, stop_on_signal},
};

/// Pictures are not encoded again, and originals are not touched. The old objects go a day later. It may be stopped
/// and started again. Exit code 2: some films are named that stayed as they were.
#[derive(clap::Args)]
pub struct Arguments {
    /// The films to repackage [default: all]
    keys: Vec<String>,
    #[command(flatten)]
    gallery: Connection,
    /// Say how many films there are to repackage, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// The ffmpeg to use, with ffprobe beside it [default: from PATH]
    #[arg(long, value_name = "FILE")]
    ffmpeg: Option<PathBuf>,
    /// The folder in which films are packaged before they are uploaded [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(long, short)]
    quiet: bool,
}

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let options = Options {
        repackage: Some(arguments.keys.clone()),
        dry_run: arguments.dry_run,
        ffmpeg: arguments.ffmpeg.clone(),
        temp: arguments.temp.clone(),
        show: if arguments.quiet { Show::Nothing } else { Show::Auto },
        stop: stop_on_signal()?,
        ..arguments.gallery.options()?
    };
    let report = ingest::run(&options)?;
    print(if arguments.json { serde_json::to_string(&report) } else { Ok(report.to_string()) });
    Ok(match report.exit_code() {
        0 if !report.notes.is_empty() => 2,
        code => code,
    })
}
