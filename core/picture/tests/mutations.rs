//! Damaged pictures come back as a refusal or as a picture. `GALLERY_MUTATIONS` is how many.
#![allow(clippy::unwrap_used, clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod common;

use std::time::{Duration, Instant};

use common::{How, PLAIN, exif, make, photo, png, scene};
use fastrand::Rng;
use gallery::layout::ThumbnailSize;
use jpeg_encoder::{ColorType, SamplingFactor};

/// The longest that one small file may take.
const LONG: Duration = Duration::from_secs(10);

fn files() -> Vec<Vec<u8>> {
    let scene = scene(160, 96);
    let (width, height) = scene.dimensions();
    let grey: Vec<u8> = scene.pixels().map(|pixel| pixel[1]).collect();
    vec![
        photo(&scene, &How { exif: Some(exif(6)), ..PLAIN }),
        photo(&scene, &How { progressive: true, ..PLAIN }),
        photo(&scene, &How { sampling: SamplingFactor::F_1_2, ..PLAIN }),
        common::jpeg(&grey, (width, height), ColorType::Luma, &PLAIN),
        png(&scene, (width, height), png::ColorType::Rgb, png::BitDepth::Eight),
        png(&grey, (width, height), png::ColorType::Indexed, png::BitDepth::Eight),
        webp::Encoder::from_rgb(&scene, width, height).encode(80.0).to_vec(),
        webp::Encoder::from_rgb(&scene, width, height).encode_lossless().to_vec(),
        webp::Encoder::from_rgba(&grey[..grey.len() / 4 * 4], width / 4, height).encode(80.0).to_vec(),
    ]
}

fn mutated(rng: &mut Rng, bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.u8(..4) {
        // Headers are short, and say most.
        let at = if rng.bool() { rng.usize(..bytes.len()) } else { rng.usize(..bytes.len().min(700)) };
        match rng.u8(..7) {
            0 => bytes[at] ^= 1 << rng.u8(..8),
            1 => bytes[at] = rng.u8(..),
            2 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][rng.usize(..5)],
            3 => bytes.truncate(at + 1),
            4 => bytes.insert(at, rng.u8(..)),
            5 => {
                let end = (at + rng.usize(1..90)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = rng.usize(..bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                let end = (at + rng.usize(1..9)).min(bytes.len());
                bytes[at..end].fill(0xff);
            }
        }
    }
    bytes
}

#[test]
fn no_change_panics_or_hangs() {
    let count = std::env::var("GALLERY_MUTATIONS").ok().and_then(|count| count.parse().ok()).unwrap_or(4000);
    let files = files();
    let (mut made, mut refused) = (0, 0);
    for number in 0..count {
        let mut rng = Rng::with_seed(17 << 32 | number);
        let file = &files[rng.usize(..files.len())];
        let bytes = mutated(&mut rng, file);
        let size = ThumbnailSize::ALL[rng.usize(..4)];
        let started = Instant::now();
        let result = std::panic::catch_unwind(|| make(&bytes, size));
        assert!(started.elapsed() < LONG, "number {number}");
        match result {
            Ok(Ok(jpeg)) => {
                made += 1;
                assert!(image::load_from_memory(&jpeg).is_ok(), "number {number}");
            }
            Ok(Err(_)) => refused += 1,
            Err(panic) => panic!("number {number}: {panic:?}"),
        }
    }
    assert!(made > 0 && refused > 0, "{made} made, {refused} refused");
}
