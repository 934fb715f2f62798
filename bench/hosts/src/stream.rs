//! A large original through viewer-edge, and through a component that only forwards it.

use std::{
    io::Read as _,
    time::{Duration, Instant},
};

use harness::{Failure, LargeObject, Wasi, WasiGallery, WasiHost, free_address};
use serde_json::{Value, json};

use crate::cases::Place;

const LENGTH: u64 = 1 << 30;
/// The number of rounds is odd, so that there is a median.
const ROUNDS: usize = 7;
const KEY: &str = "big.png";

/// Measures both in turns, so that other work on the machine affects both alike. `baseline` is the component that
/// only forwards.
pub fn compare(wasi: Wasi, baseline: &str, gallery: &WasiGallery) -> Result<Value, Failure> {
    let native = &gallery.native;
    let store = native.store_url.trim_start_matches("http://").parse()?;
    let path = format!("/gallery/{KEY}");
    let object = LargeObject::start(store, &path, LENGTH)?;
    let mut config = native.environment().to_vec();
    config.push(("S3_ENDPOINT".to_owned(), object.url()));
    let database = wasi.is_spin().then(|| native.data().join("gallery.db"));
    let service = format!("viewer-edge-{}", wasi.suffix());
    let ours = WasiHost::start(&service, &config, database.as_deref(), free_address()?)?;
    let upstream = object.url().trim_start_matches("http://").to_owned();
    let baseline = WasiHost::start(baseline, &[("UPSTREAM".to_owned(), upstream)], None, free_address()?)?;
    let cookie = Place::log_in(&ours.url, &ours.url, &native.password)?.cookie;
    let (ours_url, baseline_url) = (format!("{}/api/file/{KEY}", ours.url), format!("{}{path}", baseline.url));

    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        let (to_first, through_ours) = fetch(&ours_url, &cookie)?;
        let (_, through_baseline) = fetch(&baseline_url, "")?;
        // The first round is for warming up.
        if round > 0 {
            rounds.push([to_first, through_ours, through_baseline, through_baseline / through_ours]);
        }
    }
    let median = |of: usize| {
        let mut all: Vec<f64> = rounds.iter().map(|round| round[of]).collect();
        all.sort_unstable_by(f64::total_cmp);
        all[ROUNDS / 2]
    };
    let [first_byte, seconds, baseline_seconds, ratio] = [0, 1, 2, 3].map(median);
    println!(
        "{} MiB: first byte after {:.1} ms, all in {seconds:.2} s, baseline {baseline_seconds:.2} s; throughput to baseline {ratio:.2}",
        LENGTH >> 20,
        first_byte * 1e3
    );
    Ok(json!({
        "bytes": LENGTH,
        "first_byte_ms": first_byte * 1e3,
        "seconds": seconds,
        "baseline_seconds": baseline_seconds,
        "throughput_to_baseline": ratio,
    }))
}

/// Seconds to the first byte, and to the last.
fn fetch(url: &str, cookie: &str) -> Result<(f64, f64), Failure> {
    let started = Instant::now();
    let mut answer = ureq::get(url).header("cookie", cookie).call().map_err(|error| format!("{url}: {error}"))?;
    let mut body = answer.body_mut().as_reader();
    let mut buffer = vec![0; 256 * 1024];
    let (mut length, mut first) = (0, Duration::ZERO);
    loop {
        let read = body.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        if length == 0 {
            first = started.elapsed();
        }
        length += read as u64;
    }
    if length != LENGTH {
        return Err(format!("{url}: {length} bytes").into());
    }
    Ok((first.as_secs_f64(), started.elapsed().as_secs_f64()))
}
