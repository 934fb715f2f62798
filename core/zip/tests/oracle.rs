//! ZIPs of random plans, read by the crate `zip`. Each of its reads is a range of its own.
//!
//! `ZIP_PLANS=10000 cargo test --release -p stored-zip --test oracle` is the long run.

#![allow(clippy::unwrap_used)]

mod support;

use std::{
    io::{BufReader, Cursor, Read, Seek},
    ops::Range,
};

use fastrand::Rng;
use support::{Content, Plan, Reader, plans};
use zip_oracle::{CompressionMethod, System, ZipArchive};

/// What is read of a file of zeros.
const SOME: u64 = 1000;
const LONG: u64 = u32::MAX as u64;

/// `bytes` gives the bytes of a range of the ZIP that `reader` reads.
fn check(plan: &Plan, reader: impl Read + Seek, bytes: impl Fn(Range<u64>) -> Vec<u8>) {
    let mut archive = ZipArchive::new(reader).unwrap();
    assert_eq!((archive.len(), archive.offset()), (plan.files.len(), 0));
    assert!(archive.comment().is_empty() && !archive.has_duplicate_names());
    assert!(!archive.has_overlapping_entries().unwrap());
    archive.validate_header_consistency().unwrap();
    let mut at = 0;
    for (index, file) in plan.files.iter().enumerate() {
        let mut entry = archive.by_index(index).unwrap();
        let size = file.content.size();
        assert_eq!(entry.name().unwrap(), file.name);
        assert_eq!((entry.size(), entry.compressed_size(), entry.crc32()), (size, size, file.crc));
        assert_eq!((entry.compression(), entry.encrypted()), (CompressionMethod::Stored, false));
        assert_eq!((entry.unix_mode(), entry.is_file()), (Some(0o100_644), true));
        assert!(entry.system() == System::Unix && entry.version_made_by() == (3, 0));
        assert_eq!(entry.header_start(), at);
        let time = entry.last_modified().unwrap();
        let time = [
            time.year(),
            time.month().into(),
            time.day().into(),
            time.hour().into(),
            time.minute().into(),
            time.second().into(),
        ];
        assert_eq!(time, file.told_wall_clock(), "{}", file.wall_clock);
        let extra = extra(&bytes, entry.central_header_start());
        let stamp = file.told_moment().map(|moment| [&b"UT\x05\0\x01"[..], &moment.to_le_bytes()].concat());
        assert!(extra.ends_with(&stamp.clone().unwrap_or_default()));
        // ZIP64 only says what does not fit.
        let numbers = if size >= LONG { 16 } else { 0 } + if at >= LONG { 8 } else { 0 };
        let zip64 = if numbers == 0 { 0 } else { 4 + numbers };
        assert_eq!(extra.len(), zip64 + stamp.map_or(0, |stamp| stamp.len()));
        match &file.content {
            Content::Bytes(bytes) => {
                let mut read = Vec::new();
                entry.read_to_end(&mut read).unwrap();
                assert!(read == *bytes);
            }
            Content::Zeros(size) => {
                let mut read = Vec::new();
                entry.by_ref().take(SOME).read_to_end(&mut read).unwrap();
                assert_eq!(read, vec![0; usize::try_from(SOME.min(*size)).unwrap()]);
            }
        }
        at = entry.data_start().unwrap() + size;
    }
    assert_eq!(archive.central_directory_start(), at);
}

/// The extra fields of a header in the central directory.
fn extra(bytes: impl Fn(Range<u64>) -> Vec<u8>, header: u64) -> Vec<u8> {
    let fixed = bytes(header..header + 46);
    let [name, extra] = [28, 30].map(|at| u64::from(u16::from_le_bytes([fixed[at], fixed[at + 1]])));
    bytes(header + 46 + name..header + 46 + name + extra)
}

/// Checks a ZIP by ranges.
fn check_ranges(plan: &Plan) {
    check(plan, BufReader::with_capacity(8 << 10, Reader { plan, at: 0 }), |range| plan.bytes(range));
}

#[test]
fn the_crate_reads_what_was_planned() {
    let count = std::env::var("ZIP_PLANS").map_or(300, |count| count.parse().unwrap());
    for seed in 0..count {
        let mut random = Rng::with_seed(seed);
        let files = plans::count(&mut random);
        let files = match seed % 6 {
            0 => plans::large_files(&mut random, files, &plans::LARGE),
            1 => plans::files_of_any_names(&mut random, files),
            _ => plans::files(&mut random, files),
        };
        let plan = Plan::new(files);
        let outcome = std::panic::catch_unwind(|| check_ranges(&plan));
        assert!(outcome.is_ok(), "seed {seed}");
    }
}

#[test]
fn seventy_thousand_entries_are_counted_with_zip64() {
    let plan = Plan::new(plans::many_files(&mut Rng::with_seed(1), 70_000));
    let whole = plan.whole();
    check(&plan, Cursor::new(&whole), |range| {
        let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
        whole[start..end].to_vec()
    });
}

#[test]
fn counts_at_the_edge_of_16_bits_are_read() {
    for count in [65_534, 65_535] {
        let plan = Plan::new(plans::many_files(&mut Rng::with_seed(1), count));
        let archive = ZipArchive::new(Cursor::new(plan.whole())).unwrap();
        assert_eq!(archive.len(), count);
    }
}

#[test]
fn an_empty_zip_is_read() {
    let plan = Plan::new(Vec::new());
    check_ranges(&plan);
    assert_eq!(plan.length(), 22);
}
