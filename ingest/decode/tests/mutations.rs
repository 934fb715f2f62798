//! Files that were changed at random come back as an error or as a picture. `EG_MUTATIONS` is how many.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Cursor;
use std::panic::catch_unwind;
use std::process::Command;
use std::time::{Duration, Instant};

use fastrand::Rng;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use ingest_decode::{Format, decode};

/// The longest that one small file may take. The process of a decoder has a limit too.
const LONG: Duration = Duration::from_secs(20);

fn files() -> Vec<(Vec<u8>, Format)> {
    let picture =
        RgbImage::from_fn(96, 64, |x, y| Rgb([x * 2, y * 3, x * y % 256].map(|value| u8::try_from(value).unwrap())));
    let picture = DynamicImage::ImageRgb8(picture);
    let encoded = |format| {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    };
    let jpeg = encoded(ImageFormat::Jpeg);
    let heic = heifer::encode_rgb8(96, 64, picture.as_bytes(), &heifer::EncodeOptions::default()).unwrap();
    let mut raf = [&b"FUJIFILMCCD-RAW 0201"[..], &[0; 64]].concat();
    raf.extend_from_slice(&92u32.to_be_bytes());
    raf.extend_from_slice(&u32::try_from(jpeg.len()).unwrap().to_be_bytes());
    raf.extend_from_slice(&jpeg);
    vec![
        (include_bytes!("../../tests/fixtures/turned.heic").to_vec(), Format::Heif),
        (include_bytes!("../../tests/fixtures/ten_bit_p3.heic").to_vec(), Format::Heif),
        (include_bytes!("../../tests/fixtures/quarters.avif").to_vec(), Format::Heif),
        (include_bytes!("../../tests/fixtures/alpha.avif").to_vec(), Format::Heif),
        (heic, Format::Heif),
        (encoded(ImageFormat::Tiff), Format::Tiff),
        (jpeg, Format::Jpeg),
        (include_bytes!("../../tests/fixtures/progressive.jpg").to_vec(), Format::Jpeg),
        (raf, Format::Raw),
    ]
}

fn mutated(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.u8(..4) {
        let at = rng.usize(..bytes.len());
        match rng.u8(..6) {
            0 => bytes[at] ^= 1 << rng.u8(..8),
            1 => bytes[at] = rng.u8(..),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][rng.usize(..5)],
            3 => bytes.truncate(at + 1),
            4 => bytes.insert(at, rng.u8(..)),
            _ => {
                let end = (at + rng.usize(1..9)).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
        }
    }
    bytes
}

/// How many files there are, and from which number they are made.
fn asked() -> (u64, u64) {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse().ok());
    (number("EG_MUTATIONS").unwrap_or(2000), number("EG_SEED").unwrap_or(16))
}

/// Decodes changed files within the memory that the process of a decoder has, from a number on. Each number says what
/// file it is, so that the next process goes on behind the one that ended this.
#[test]
fn worker() {
    let Some(first) = std::env::var("EG_FIRST").ok().and_then(|first| first.parse().ok()) else { return };
    let memory = rustix::process::Rlimit { current: Some(3 << 29), maximum: Some(3 << 29) };
    rustix::process::setrlimit(rustix::process::Resource::As, memory).unwrap();
    std::panic::set_hook(Box::new(|_| {}));
    let (count, seed) = asked();
    let files = files();
    for number in first..count {
        let mut rng = Rng::with_seed(seed << 32 | number);
        let (bytes, format) = &files[rng.usize(..files.len())];
        let bytes = mutated(&mut rng, bytes);
        println!("\nat {number}");
        let started = Instant::now();
        let end = match catch_unwind(|| decode(&bytes, *format).is_ok()) {
            Ok(true) => "whole",
            Ok(false) => "refused",
            Err(_) => "panicked",
        };
        println!("\n{end}");
        assert!(started.elapsed() < LONG, "number {number} of seed {seed}, {format:?}");
    }
    println!("\ndone");
}

#[test]
fn no_change_hangs_or_grows_or_breaks_a_decoder() {
    let (count, seed) = asked();
    for (bytes, format) in files() {
        assert!(decode(&bytes, format).is_ok(), "{format:?}");
    }
    let (mut first, mut tally) = (0, std::collections::BTreeMap::new());
    loop {
        let mut worker = Command::new(std::env::current_exe().unwrap());
        worker.args(["worker", "--exact", "--nocapture", "--test-threads=1"]).env("EG_FIRST", first.to_string());
        let output = worker.output().unwrap();
        let (text, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        for line in text.lines().filter(|line| ["whole", "refused", "panicked"].contains(line)) {
            *tally.entry(line.to_owned()).or_insert(0u64) += 1;
        }
        if text.lines().any(|line| line == "done") {
            break;
        }
        let last = text.lines().filter_map(|line| line.strip_prefix("at ")).next_back().unwrap();
        let last: u64 = last.parse().unwrap();
        // Where memory ends, so does the process, as that of a decoder would.
        let is_memory = said.contains("memory allocation of");
        assert!(is_memory, "number {last} of seed {seed}: {} {said}", output.status);
        *tally.entry("out of memory".to_owned()).or_insert(0) += 1;
        first = last + 1;
    }
    println!("{count} changed files of seed {seed}: {tally:?}");
    let of = |end: &str| tally.get(end).copied().unwrap_or(0);
    // A few panics in decoders of others are borne by the process. Many would be a decoder that is not fit.
    assert!(of("panicked") * 100 <= count, "{tally:?}");
    assert!(of("whole") > 0 && of("refused") > 0, "{tally:?}");
}
