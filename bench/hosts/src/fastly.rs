//! Fastly Compute, on its local server.

use std::time::Duration;

use harness::{Failure, FastlyGallery, Local, Options, free_address};
use serde_json::{Value, json};

use crate::{
    CLIENTS,
    cases::{Case, Place},
    compare, library, load, row,
};

pub fn run(time: Duration) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let options =
        Options { database: Some(library::catalogue(folder.path())?), host_arguments: &["-v"], ..Options::default() };
    let gallery = FastlyGallery::start(&options)?;
    library::film(&gallery.native)?;
    let baseline = Local::viceroy("baseline-fastly", &[], free_address()?)?;
    let place = Place::log_in(&gallery.url, &gallery.video_url, &gallery.native.password)?;
    let native = Place::log_in(&gallery.native.url, &gallery.native.video_url, &gallery.native.password)?;
    let mut rows = compare("fastly", &baseline.url, &place, &native, time)?;
    rows.push(kept(&baseline.url, &rows, time)?);
    let heap = gallery.services.iter().filter_map(|service| heap(&service.log().ok()?)).max();
    println!("most guest heap of a request: {}", heap.as_deref().unwrap_or("the host did not say"));
    println!("{}", json!({ "bench": "hosts", "on": "fastly", "clients": CLIENTS, "rows": rows, "heap": heap }));
    Ok(())
}

/// A bare program that hands the bytes of a thumbnail out of the core cache, in terms of the empty one: what the local
/// server takes for it.
fn kept(baseline: &str, rows: &[Value], time: Duration) -> Result<Value, Failure> {
    let bytes = rows.iter().find(|row| row["name"] == "thumbnail").and_then(|row| row["bytes"].as_u64());
    let url = format!("{baseline}/kept/{}", bytes.ok_or("no thumbnail was measured")?);
    let empty = load::measure(&Case::plain("empty program", baseline), time, CLIENTS)?;
    let figures = load::measure(&Case::plain("bare, same bytes", &url), time, CLIENTS)?;
    Ok(row(&figures, &empty, None, None))
}

/// The largest figure that Viceroy logged for the guest's memory: `... completed using 1.2MB of WebAssembly heap`.
fn heap(log: &str) -> Option<String> {
    let bytes = |text: &str| -> Option<f64> {
        let digits = text.trim_end_matches(char::is_alphabetic).trim();
        let unit = match text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').trim().chars().next()? {
            'G' => 1e9,
            'M' => 1e6,
            'K' | 'k' => 1e3,
            _ => 1.0,
        };
        Some(digits.parse::<f64>().ok()? * unit)
    };
    let said = log.lines().filter_map(|line| {
        let text = line.split("completed using ").nth(1)?.split(" of WebAssembly").next()?;
        Some((bytes(text)?, text.to_owned()))
    });
    said.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, text)| text)
}
