//! Damaged and hostile manifests: no panic, no hang, bounded reads, bounded memory, and never another number of bytes.
//!
//! `ZIP_MUTATIONS=10000000 cargo test --release -p stored-zip --test mutations -- --nocapture` is the long run.

#![allow(clippy::unwrap_used)]

mod support;

use std::ops::Range;

use fastrand::Rng;
use stored_zip::{HEAD, Manifest, Step, Unreadable};
use support::{Content, File, Plan, plans};

/// The most bytes of one read.
const READ: u64 = 256 << 10;
/// What the process may grow by, in KiB.
const GROWTH: u64 = 64 << 10;
/// In the head: magic, four numbers, then three short ones.
const NOTE_AT: usize = 40;
const FIXED: usize = 45;
const SPAN: usize = 36;

fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<usize> {
    let mut number = [0; 8];
    number[..N].copy_from_slice(bytes.get(at..at.checked_add(N)?)?);
    usize::try_from(u64::from_le_bytes(number)).ok()
}

fn seal(manifest: &mut [u8], block: Range<usize>) -> Option<()> {
    let (bytes, crc) = manifest.get_mut(block)?.split_last_chunk_mut::<4>()?;
    *crc = deflate::crc32(bytes).to_le_bytes();
    Some(())
}

/// Gives each block the CRC-32 that it should have, as whoever makes a hostile manifest would.
fn reseal(manifest: &mut [u8]) -> Option<()> {
    let (note, root) = (number::<2>(manifest, NOTE_AT)?, number::<2>(manifest, NOTE_AT + 2)?);
    let levels = number::<1>(manifest, NOTE_AT + 4)?;
    seal(manifest, 0..FIXED + note + root * SPAN + 4)?;
    reseal_below(manifest, FIXED + note, root.min(256), levels.min(2))
}

fn reseal_below(manifest: &mut [u8], spans: usize, count: usize, levels: usize) -> Option<()> {
    for index in 0..count {
        let span = spans + index * SPAN;
        let (at, length) = (number::<8>(manifest, span + 24)?, number::<4>(manifest, span + 32)?);
        if at < FIXED || at.checked_add(length).is_none_or(|end| end > manifest.len()) {
            continue;
        }
        if levels > 0 {
            reseal_below(manifest, at, length / SPAN, levels - 1);
        }
        seal(manifest, at..at + length);
    }
    Some(())
}

fn mutate(manifest: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = manifest.to_vec();
    for _ in 0..random.usize(1..=4) {
        if bytes.is_empty() {
            break;
        }
        // Half of the time in the head and what follows it.
        let most = if random.bool() { bytes.len() } else { bytes.len().min(600) };
        let at = random.usize(..most);
        let rest = bytes.len() - at;
        match random.u8(..11) {
            0..=2 => bytes[at] = random.u8(..),
            3 => bytes[at] ^= 1 << random.u8(..8),
            4 => bytes[at] = [0, 0xff, 0x7f, 0x80][random.usize(..4)],
            5..=7 if rest >= 8 => {
                let small = u64::from(random.u8(..));
                let numbers = [0, small, u64::MAX, u64::MAX - small, u64::MAX >> 1, u64::from(u32::MAX), rest as u64];
                let number = numbers[random.usize(..numbers.len())].to_le_bytes();
                let width = [2, 4, 8][random.usize(..3)];
                bytes[at..at + width].copy_from_slice(&number[..width]);
            }
            8 => bytes.truncate(at),
            9 => {
                let piece = bytes[at..at + random.usize(..=rest.min(80))].to_vec();
                let to = random.usize(..=bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => drop(bytes.drain(at..at + random.usize(..=rest.min(80)))),
        }
    }
    bytes
}

/// Follows a range, as a server does whose reads fail beyond the end of the manifest.
fn follow(manifest: &[u8], parsed: &Manifest, range: Range<u64>) -> Result<(), Unreadable> {
    let length = range.end - range.start;
    let mut walk = parsed.walk(range);
    let (mut bytes, mut steps) = (0, 0);
    loop {
        steps += 1;
        assert!(steps < 3 * manifest.len(), "no end");
        match walk.step()? {
            Step::Read(range) => {
                assert!(range.start < range.end && range.end - range.start <= READ && range.end <= parsed.size());
                let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap_or(usize::MAX));
                let Some(read) = manifest.get(start..end) else { return Ok(()) };
                walk.feed(read)?;
            }
            Step::Literal(literal) => {
                assert!(!literal.is_empty() && literal.len() < 131 << 10);
                bytes += literal.len() as u64;
            }
            Step::Object { range, size, .. } => {
                assert!(range.start < range.end && range.end <= size);
                bytes += range.end - range.start;
            }
            Step::End => {
                assert_eq!(bytes, length);
                return Ok(());
            }
        }
        assert!(bytes <= length);
    }
}

/// The most memory that this process has had, in KiB, where the system tells it.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok())
}

/// How many manifests were parsed, and how many ranges were followed to their end.
#[derive(Debug, Default)]
struct Seen {
    parsed: usize,
    followed: usize,
}

fn check(manifest: &[u8], random: &mut Rng, seen: &mut Seen) {
    let first = usize::try_from(HEAD).unwrap().min(manifest.len());
    let Ok(parsed) = Manifest::parse(&manifest[..first]) else { return };
    seen.parsed += 1;
    let length = parsed.length();
    let place = |random: &mut Rng| random.u64(..=length);
    let (one, other) = (place(random), place(random));
    let range = match random.u8(..4) {
        0 => 0..length,
        1 => length.saturating_sub(random.u64(..5000))..length,
        _ => one.min(other)..one.max(other),
    };
    seen.followed += usize::from(follow(manifest, &parsed, range).is_ok());
}

#[test]
fn damaged_and_hostile_manifests_are_unreadable_or_sound() {
    let count: usize = std::env::var("ZIP_MUTATIONS").map_or(100_000, |count| count.parse().unwrap());
    let mut random = Rng::with_seed(1);
    let few = Plan::new(plans::files(&mut random, 5)).manifest;
    let large = Plan::new(plans::large_files(&mut random, 40, &plans::LARGE)).manifest;
    let several = Plan::new(plans::files(&mut random, 100)).manifest;
    let tall = Plan::new(plans::many_files(&mut random, 9000)).manifest;
    let before = peak();
    let mut seen = Seen::default();
    for round in 0..count {
        let manifest = match round % 100 {
            0 if round % 400 == 0 => &tall,
            1..30 => &several,
            30..50 => &large,
            _ => &few,
        };
        let mut manifest = mutate(manifest, &mut random);
        if random.u8(..8) > 0 {
            reseal(&mut manifest);
        }
        check(&manifest, &mut random, &mut seen);
    }
    if let (Some(before), Some(after)) = (before, peak()) {
        println!("{count} manifests, {seen:?}, {} KiB more", after - before);
        assert!(after - before < GROWTH, "{} KiB", after - before);
    }
    assert!(seen.parsed > count / 20 && seen.followed > count / 100, "{seen:?}");
}

#[test]
fn a_changed_bit_anywhere_is_found() {
    let mut random = Rng::with_seed(2);
    let plan = Plan::new(plans::files(&mut random, 40));
    for at in 0..plan.manifest.len() {
        let mut manifest = plan.manifest.clone();
        manifest[at] ^= 1 << random.u8(..8);
        let read = support::parse(&manifest).and_then(|parsed| follow(&manifest, &parsed, 0..parsed.length()));
        assert!(read.is_err(), "byte {at}");
    }
}

#[test]
fn a_truncated_or_longer_manifest_is_unreadable() {
    let plan = Plan::new(vec![File::new("a", Content::Zeros(5))]);
    for length in 0..plan.manifest.len() {
        assert!(Manifest::parse(&plan.manifest[..length]).is_err(), "{length}");
    }
    assert!(Manifest::parse(&[&plan.manifest[..], b"\0"].concat()).is_err());
    // The first bytes of a longer one are enough, and fewer are not.
    let long = Plan::new(plans::many_files(&mut Rng::with_seed(1), 1000)).manifest;
    let head = usize::try_from(HEAD).unwrap();
    assert!(Manifest::parse(&long[..head]).is_ok() && Manifest::parse(&long).is_ok());
    assert!(Manifest::parse(&long[..head - 1]).is_err());
}

#[test]
fn a_group_of_another_manifest_does_not_fit() {
    let of = |seed| Plan::new(plans::many_files(&mut Rng::with_seed(seed), 4000)).manifest;
    let (one, mut other) = (of(1), of(2));
    let parsed = support::parse(&one).unwrap();
    other.resize(one.len(), 0);
    assert!(follow(&one, &parsed, 0..parsed.length()).is_ok());
    assert!(follow(&other, &parsed, 0..parsed.length()).is_err());
}
