//! WASI 0.3, WASI 0.2 and Spin's imports on both, in wasmtime as `tests/hosts/wasi` embeds it.

use std::{thread, time::Duration};

use harness::{Failure, Options, Wasi, WasiGallery, WasiHost, free_address};
use serde_json::json;

use crate::{CLIENTS, cases::Place, compare, library, stream};

/// This is longer than an instance without requests lives.
const UNTIL_ENDED: Duration = Duration::from_secs(3);

pub fn run(wasi: Wasi, time: Duration) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let options = Options { database: Some(library::catalogue(folder.path())?), ..Options::default() };
    let gallery = WasiGallery::start(wasi, &options)?;
    library::film(&gallery.native)?;
    let baseline = WasiHost::start(baseline_of(wasi), &[], None, free_address()?)?;
    let place = Place::log_in(&gallery.url, &gallery.video_url, &gallery.native.password)?;
    let native = Place::log_in(&gallery.native.url, &gallery.native.video_url, &gallery.native.password)?;
    let rows = compare(wasi.suffix(), &baseline.url, &place, &native, time)?;
    thread::sleep(UNTIL_ENDED);
    let mut ended = Vec::new();
    for service in &gallery.services {
        ended.extend(service.ended()?);
    }
    let memory = ended.iter().map(|instance| instance.memory).max();
    println!("{} instances; most guest memory of one: {} bytes", ended.len(), memory.unwrap_or_default());
    let streamed = stream::compare(wasi, baseline_of(wasi), &gallery)?;
    println!(
        "{}",
        json!({ "bench": "hosts", "on": wasi.suffix(), "clients": CLIENTS, "rows": rows, "memory": memory, "stream": streamed })
    );
    Ok(())
}

/// Spin's components have the same exports as those of their WASI.
fn baseline_of(wasi: Wasi) -> &'static str {
    match wasi {
        Wasi::P3 | Wasi::Spin => "baseline-wasi",
        Wasi::P2 | Wasi::Spin02 => "baseline-wasi02",
    }
}
