//! Damaged files: no panic, bounded reads, bounded memory, patches that are sound, pixels that stay.
//!
//! `PRIVACY_MUTATIONS=1000000 cargo test --release -p privacy --test mutations` is the long run.

#![allow(clippy::unwrap_used)]

mod support;

use fastrand::Rng;
use privacy::{Finding, MAX_ENCODED};
use support::{Counted, boxes, pictures};

/// What an examination may read: see `core/privacy/src/source.rs`.
const ALLOWANCE: u64 = 16 << 20;
/// What the process may grow by, in KiB.
const GROWTH: u64 = 64 << 10;

fn files() -> Vec<Vec<u8>> {
    let gain = pictures::with_segments(&pictures::segments(true));
    let jpeg = pictures::with_parts(&pictures::segments(false), &[(0, gain), (0x0001_0001, b"preview".to_vec())]);
    let film = boxes::film_with_places(b"meta", b"gpmd");
    vec![
        [&jpeg[..], &film].concat(),
        pictures::with_segments(&pictures::segments(true)),
        boxes::heif(),
        boxes::heif(),
        film,
        boxes::film_with_places(b"text", b"tx3g"),
        pictures::png(),
        pictures::webp(),
        pictures::gif(),
    ]
}

fn mutate(file: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..random.usize(1..=6) {
        let at = random.usize(..bytes.len());
        let rest = bytes.len() - at;
        match random.u8(..10) {
            0..=2 => bytes[at] = random.u8(..),
            3 => bytes[at] ^= 1 << random.u8(..8),
            4 => bytes[at] = [0, 0xff, 0x7f, 0x80][random.usize(..4)],
            5 | 6 if rest >= 4 => {
                let numbers = [0, 1, 7, 8, 16, u32::MAX, u32::MAX >> 1, u32::try_from(rest).unwrap()];
                let number = numbers[random.usize(..numbers.len())];
                let bytes_of = if random.bool() { number.to_be_bytes() } else { number.to_le_bytes() };
                bytes[at..at + 4].copy_from_slice(&bytes_of);
            }
            7 if at > 12 => bytes.truncate(at),
            8 => {
                let piece = bytes[at..at + random.usize(..=rest.min(64))].to_vec();
                let to = random.usize(..=bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => drop(bytes.drain(at..at + random.usize(..=rest.min(64)))),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// The most memory that this process has had, in KiB, where the system tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}

/// How many files were known, and how many of their pictures were compared.
#[derive(Debug, Default)]
struct Seen {
    known: usize,
    compared: usize,
}

fn check(bytes: &[u8], random: &mut Rng, compare: bool, seen: &mut Seen) {
    let mut file = Counted { bytes, read: 0 };
    let finding = privacy::examine(&mut file).unwrap();
    assert!(file.read <= ALLOWANCE + 4 * bytes.len() as u64);
    let encoded = finding.encode();
    assert!(encoded.len() <= MAX_ENCODED);
    assert_eq!(Finding::parse(&encoded).as_ref(), Ok(&finding));
    let Finding::Known(patches) = finding else { return };
    seen.known += 1;
    let mut whole = bytes.to_vec();
    patches.apply(0, &mut whole);
    let start = random.usize(..=bytes.len());
    let mut part = bytes[start..].to_vec();
    part.truncate(random.usize(..200));
    patches.apply(start as u64, &mut part);
    assert_eq!(part, whole[start..start + part.len()]);
    if compare
        && let Ok(before) = image::load_from_memory(bytes)
        && before.width() < 1000
        && before.height() < 1000
    {
        seen.compared += 1;
        let after = image::load_from_memory(&whole);
        let is_same = after.as_ref().is_ok_and(|after| *after == before);
        assert!(is_same, "pixels have changed: {:?} {}", after.err(), bytes.escape_ascii());
    }
}

#[test]
fn damaged_files() {
    let count: usize = std::env::var("PRIVACY_MUTATIONS").map_or(20_000, |text| text.parse().unwrap());
    let files = files();
    let (mut random, mut seen) = (Rng::with_seed(0xb1a4c), Seen::default());
    for file in &files {
        check(file, &mut random, true, &mut seen);
    }
    let before = peak();
    for round in 0..count {
        let bytes = mutate(&files[round % files.len()], &mut random);
        check(&bytes, &mut random, round % 16 < 2, &mut seen);
    }
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after - before < GROWTH, "{} KiB", after - before);
        println!("{count} files, {seen:?}, {} KiB more", after - before);
    }
    assert!(seen.known > count / 10 && seen.compared > count / 100, "{seen:?}");
}
