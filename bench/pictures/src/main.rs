//! The gallery takes photos of 12 megapixels in, and vipsthumbnail makes the same sizes of them, in turn.
//!
//! The gallery's part is all of `edge-gallery ingest`: it also reads EXIF, hashes and uploads the originals, makes the
//! ThumbHash and publishes the catalogue. vipsthumbnail only makes the pictures, one process for each, two at once.
//! The last line of the output is one line of JSON.
#![allow(clippy::print_stdout, clippy::print_stderr)] // printing is what it is for

mod memory;
mod photos;
mod vips;

use std::{
    path::Path,
    process::{ExitCode, Stdio},
    time::Instant,
};

use harness::{Failure, Gallery, Options};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--photos", photos, "--rounds", rounds] => match (photos.parse(), rounds.parse()) {
            (Ok(photos), Ok(rounds)) => run(photos, rounds),
            _ => Err("--photos and --rounds want whole numbers".into()),
        },
        _ => Err("usage: bench-pictures --photos N --rounds N".into()),
    };
    if let Err(failure) = result {
        eprintln!("bench-pictures: {failure}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn run(count: u32, rounds: u32) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut result = json!({ "bench": "pictures", "photos": count, "rounds": rounds });
    for kind in photos::Kind::ALL {
        let library = folder.path().join(kind.name());
        photos::write(&library, kind, count)?;
        let (mut ours, mut theirs, mut peak) = (Vec::new(), Vec::new(), 0);
        for _ in 0..rounds {
            let run = ingest(&library)?;
            ours.push(f64::from(count) / run.seconds);
            peak = peak.max(run.peak);
            theirs.push(f64::from(count) / vips::thumbnails(&library, &folder.path().join("vips"))?);
        }
        let ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
        eprintln!("{}: {ours:.2?} photos a second, vipsthumbnail {theirs:.2?}, {} MiB", kind.name(), peak >> 20);
        result[kind.name()] = json!({
            "photosPerSecond": median(&ours),
            "vips": median(&theirs),
            "ratio": median(&ratios),
            "peakMiB": peak >> 20,
        });
    }
    println!("{result}");
    Ok(())
}

fn median(of: &[f64]) -> Value {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).map_or(Value::Null, |median| json!((median * 100.0).round() / 100.0))
}

struct Run {
    seconds: f64,
    /// The most memory of the process, in bytes.
    peak: u64,
}

/// Takes a library into a new gallery.
fn ingest(library: &Path) -> Result<Run, Failure> {
    let gallery = Gallery::start_empty(&Options::default())?;
    let mut command = gallery.operator().command("ingest")?;
    command.arg(library).arg("--quiet").stdout(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn()?;
    let peak = memory::peak(&mut child)?;
    let status = child.wait()?;
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        return Err(format!("ingest failed ({status})").into());
    }
    Ok(Run { seconds, peak })
}
