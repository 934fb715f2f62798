//! `edge-gallery doctor`: whether the bucket holds what the catalogue says, and what to do about the rest.

use std::{io::Write as _, path::PathBuf};

use ingest::{Finding, Kind, Options, Show};

use crate::{Failure, connection::Connection, ingest::stop_on_signal};

/// Exit code 2: something is wrong.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    gallery: Connection,
    /// Mend what can be mended: delete what nothing uses, and ingest damaged items again where their files still lie
    #[arg(long)]
    repair: bool,
    /// The folder in which films are encoded [default: the system's temporary folder]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Print the outcome as one line of JSON
    #[arg(long)]
    json: bool,
}

/// What computes them.
const CHECKSUMS: &str = "run edge-gallery ingest --checksums";

/// Returns the exit code.
pub fn run(arguments: &Arguments) -> Result<u8, Failure> {
    let options = Options {
        temp: arguments.temp.clone(),
        show: Show::Nothing,
        stop: stop_on_signal()?,
        ..arguments.gallery.options()?
    };
    let diagnosis = ingest::doctor(&options, arguments.repair)?;
    let code = if diagnosis.is_well() { 0 } else { 2 };
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let _ = writeln!(out, "{}", serde_json::to_string(&diagnosis)?);
        return Ok(code);
    }
    for finding in &diagnosis.repaired {
        let _ = writeln!(out, "mended: {}", line(finding));
    }
    for ingest::Named { name, reason } in &diagnosis.hindered {
        let _ = writeln!(out, "not mended: {}: {reason}", printable(name));
    }
    let (strays, wrong): (Vec<_>, Vec<_>) = diagnosis.found.iter().partition(|finding| finding.kind == Kind::Stray);
    for finding in &wrong {
        let _ = writeln!(out, "{}", line(finding));
    }
    let _ = write!(out, "{} items, {} objects: ", diagnosis.items, diagnosis.objects);
    let _ = match wrong.len() {
        0 => write!(out, "nothing is wrong"),
        number if arguments.repair => write!(out, "{number} wrong that cannot be mended from here"),
        number => write!(out, "{number} wrong: --repair mends what can be mended"),
    };
    let _ = match strays.len() {
        0 => writeln!(out),
        number => writeln!(out, " ({number} objects are not the gallery's)"),
    };
    let _ = match diagnosis.without_checksums {
        0 => Ok(()),
        1 => writeln!(out, "1 item lacks checksums for ZIPs: {CHECKSUMS}"),
        number => writeln!(out, "{number} items lack checksums for ZIPs: {CHECKSUMS}"),
    };
    Ok(code)
}

fn line(finding: &Finding) -> String {
    let kind = match finding.kind {
        Kind::Missing => "missing",
        Kind::Truncated => "truncated",
        Kind::Broken => "broken",
        Kind::Orphan => "orphan",
        Kind::Stray => "stray",
    };
    format!("{kind}: {}: {}", printable(&finding.name), finding.detail)
}

fn printable(name: &str) -> String {
    name.replace(char::is_control, "\u{fffd}")
}
