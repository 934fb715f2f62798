//! Patches as they are kept and applied.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

mod support;

use fastrand::Rng;
use privacy::{Fill, Finding, Patches, Refusal, difference};
use support::{files, patches, pictures};

fn apply(patches: &Patches, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    patches.apply(0, &mut out);
    out
}

#[test]
fn a_range_of_the_patched_file_is_the_slice_of_the_patched_whole() {
    let mut random = Rng::with_seed(15);
    for file in files() {
        let patches = patches(&file);
        let whole = apply(&patches, &file);
        for _ in 0..5000 {
            let start = random.usize(..=file.len());
            let most = random.usize(1..2000);
            let end = random.usize(start..=file.len().min(start + most));
            let mut part = file[start..end].to_vec();
            patches.apply(start as u64, &mut part);
            assert_eq!(part, whole[start..end], "{start}..{end}");
        }
        let pieces = file.chunks(7).enumerate().flat_map(|(number, piece)| {
            let mut piece = piece.to_vec();
            patches.apply(number as u64 * 7, &mut piece);
            piece
        });
        assert_eq!(pieces.collect::<Vec<u8>>(), whole);
    }
}

#[test]
fn patches_are_in_order_and_small() {
    for file in files() {
        let patches = patches(&file);
        let mut end = 0;
        for patch in patches.iter() {
            assert!(patch.offset >= end && patch.length() > 0);
            end = patch.end();
            // What is long and all the same is a run.
            if let Fill::Bytes(bytes) = &patch.fill {
                assert!(!bytes.windows(16).any(|window| window.iter().all(|byte| *byte == window[0])));
            }
        }
        assert!(end <= file.len() as u64);
        let size = Finding::Known(patches).encode().len();
        assert!(size < 1500, "{size} of {}", file.len());
    }
}

#[test]
fn what_is_kept_comes_back() {
    for file in files() {
        let finding = Finding::Known(patches(&file));
        let encoded = finding.encode();
        assert_eq!(Finding::parse(&encoded), Ok(finding));
        for length in 0..encoded.len() {
            assert!(Finding::parse(&encoded[..length]).is_err());
        }
        for at in 0..encoded.len() {
            let mut other = encoded.clone();
            other[at] ^= 1 << (at % 8);
            assert!(Finding::parse(&other).is_err(), "{at}");
        }
    }
    for refusal in [Refusal::Format, Refusal::Damaged, Refusal::TooMuch, Refusal::Shape] {
        assert_eq!(Finding::parse(&Finding::Refused(refusal).encode()), Ok(Finding::Refused(refusal)));
    }
}

/// A gallery gives what it has until its library is ingested again.
#[test]
fn what_the_version_before_found_holds() {
    let finding = Finding::Known(patches(&pictures::png()));
    let of_version = |version: u8| {
        let mut bytes = finding.encode();
        bytes[0] = version;
        bytes.truncate(bytes.len() - 4);
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        Finding::parse(&bytes)
    };
    for version in [2, privacy::VERSION] {
        assert_eq!(of_version(version).as_ref(), Ok(&finding), "{version}");
    }
    for version in [0, 1, privacy::VERSION + 1] {
        assert!(of_version(version).is_err(), "{version}");
    }
}

/// Damage that has a right sum: no panic, and whatever is taken is in order and comes back.
#[test]
fn whatever_is_parsed_is_sound() {
    let mut random = Rng::with_seed(3);
    let kept: Vec<Vec<u8>> = files().iter().map(|file| Finding::Known(patches(file)).encode()).collect();
    let mut taken = 0;
    for round in 0..200_000 {
        let mut bytes = kept[round % kept.len()].clone();
        bytes.truncate(bytes.len() - 4);
        for _ in 0..random.usize(1..4) {
            let most = if random.bool() { 16 } else { bytes.len() };
            let at = random.usize(..bytes.len().min(most));
            bytes[at] = random.u8(..);
        }
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        if let Ok(finding) = Finding::parse(&bytes) {
            taken += 1;
            // What an earlier version found is kept as what this one finds.
            let (start, end) = (1, bytes.len() - 4);
            assert_eq!(finding.encode()[start..end], bytes[start..end]);
            if let Finding::Known(patches) = finding {
                let mut end = 0;
                for patch in patches.iter() {
                    assert!(patch.offset >= end && patch.end() > patch.offset);
                    end = patch.end();
                }
                assert!(end <= patches.file_length());
                patches.apply(random.u64(..), &mut [0; 300]);
                patches.apply(0, &mut [0; 300]);
            }
        }
    }
    assert!(taken > 1000, "{taken}");
}

#[test]
fn the_sum_of_the_patched_file_follows_from_that_of_the_original() {
    for file in files() {
        let patches = patches(&file);
        let change = difference(&mut &file[..], &patches).unwrap().unwrap();
        assert_eq!(crc32fast::hash(&file) ^ change, crc32fast::hash(&apply(&patches, &file)));
    }
    let other = difference(&mut &b"another length"[..], &patches(&pictures::png()));
    assert_eq!(other, Ok(None));
}
