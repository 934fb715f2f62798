//! Any range is the slice of the whole, and costs a few small reads of the manifest.

#![allow(clippy::unwrap_used)]

mod support;

use fastrand::Rng;
use stored_zip::{Builder, Step};
use support::{Content, Cost, File, Plan, plans, walked};

/// Where in a ZIP something begins or ends.
fn edges(plan: &Plan, whole: &[u8]) -> Vec<u64> {
    let mut edges = vec![0, whole.len() as u64];
    let mut at = 0_u64;
    let mut walk = plan.parsed.walk(0..u64::MAX);
    walked(&mut walk, &plan.manifest, |step| {
        at += match step {
            Step::Literal(bytes) => bytes.len() as u64,
            Step::Object { range, .. } => range.end - range.start,
            Step::Read(_) | Step::End => 0,
        };
        edges.push(at);
    })
    .unwrap();
    for signature in [b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"] {
        let found = whole.windows(4).enumerate().filter(|(_, window)| window == signature);
        edges.extend(found.map(|(at, _)| at as u64));
    }
    edges
}

#[test]
fn a_range_is_the_slice_of_the_whole() {
    for seed in 0..150 {
        let mut random = Rng::with_seed(seed);
        let count = plans::count(&mut random);
        let any = random.u8(..4) == 0;
        let files = if any { plans::files_of_any_names } else { plans::files }(&mut random, count);
        let plan = Plan::new(files);
        let whole = plan.whole();
        let edges = edges(&plan, &whole);
        let length = whole.len() as u64;
        for _ in 0..30 {
            let mut place = || match random.u8(..3) {
                0 => random.u64(..=length),
                _ => (edges[random.usize(..edges.len())] + random.u64(..3)).saturating_sub(1).min(length),
            };
            let (one, other) = (place(), place());
            let (start, end) = (one.min(other), one.max(other));
            let wanted = &whole[usize::try_from(start).unwrap()..usize::try_from(end).unwrap()];
            assert!(plan.bytes(start..end) == wanted, "seed {seed}, {start}..{end}");
        }
    }
}

#[test]
fn each_single_byte_and_each_rest_is_that_of_the_whole() {
    let mut random = Rng::with_seed(1);
    let files = plans::files(&mut random, 40).into_iter().map(|mut file| {
        if let Content::Bytes(bytes) = &mut file.content {
            bytes.truncate(20);
        }
        file.crc = file.content.crc();
        file
    });
    let plan = Plan::new(files.collect());
    let whole = plan.whole();
    for start in 0..whole.len() {
        let at = start as u64;
        assert_eq!(plan.bytes(at..at + 1), &whole[start..=start]);
        assert!(plan.bytes(at..u64::MAX) == whole[start..], "from {at}");
    }
}

#[test]
fn a_range_outside_of_the_zip_is_empty() {
    let plan = Plan::new(vec![File::new("a", Content::Bytes(vec![98]))]);
    let length = plan.length();
    #[allow(clippy::reversed_empty_ranges)]
    for range in [length..length + 1, u64::MAX..u64::MAX, 5..5, 9..3, u64::MAX..0] {
        assert_eq!(plan.bytes(range), b"");
    }
}

/// A manifest of entries as cameras name them, each of 3 MB.
fn large(count: u64) -> Vec<u8> {
    let mut builder = Builder::new(b"a gallery").unwrap();
    for index in 0..count {
        let mut file = File::new(&format!("IMG_{index:06}.jpg"), Content::Zeros(3_000_000));
        file.note = format!("originals/2024/06/15/IMG_{index:06}.jpg").into_bytes();
        file.push(&mut builder);
    }
    builder.finish()
}

/// What one megabyte costs that begins at this part of the ZIP, in thousandths.
fn cost(manifest: &[u8], thousandth: u64) -> Cost {
    let parsed = support::parse(manifest).unwrap();
    let start = parsed.length() / 1000 * thousandth;
    let mut length = 0;
    let mut walk = parsed.walk(start..start + 1_000_000);
    let cost = walked(&mut walk, manifest, |step| {
        length += match step {
            Step::Literal(bytes) => bytes.len() as u64,
            Step::Object { range, .. } => range.end - range.start,
            Step::Read(_) | Step::End => 0,
        }
    });
    assert_eq!(length, 1_000_000);
    cost.unwrap()
}

#[test]
fn a_range_in_the_middle_costs_the_same_for_any_number_of_entries() {
    let (small, large) = (large(4000), large(400_000));
    for thousandth in [0, 1, 250, 500, 750, 999] {
        let (one, other) = (cost(&small, thousandth), cost(&large, thousandth));
        println!("{thousandth}/1000: {one:?} of {} bytes, {other:?} of {} bytes", small.len(), large.len());
        // One group, or two where the range crosses from one to the next.
        assert!(one.reads <= 2 && one.bytes <= 8 << 10, "{one:?}");
        // A node above them, or two.
        assert!(other.reads <= 4 && other.bytes <= 26 << 10, "{other:?}");
    }
    assert_eq!(cost(&small, 0), Cost::default(), "the head has the first group");
    assert_eq!(cost(&large, 0), Cost::default(), "the head has the way to the first group, and the group");
}

#[test]
fn the_central_directory_costs_a_read_for_256_kib_of_the_manifest() {
    let manifest = large(4000);
    let parsed = support::parse(&manifest).unwrap();
    let mut walk = parsed.walk(parsed.length() - 4000 * 60..u64::MAX);
    let mut literals = Vec::new();
    let cost = walked(&mut walk, &manifest, |step| match step {
        Step::Literal(bytes) => literals.push(bytes.len()),
        step => panic!("{step:?}"),
    })
    .unwrap();
    println!("{cost:?}, {literals:?}");
    assert!(cost.reads <= 2 + manifest.len() as u64 / (256 << 10), "{cost:?}");
    assert!(literals.len() <= 5, "{literals:?}");
}

#[test]
fn a_range_reads_no_group_of_the_directory_beyond_its_end() {
    let manifest = large(4000);
    let parsed = support::parse(&manifest).unwrap();
    // The header of an entry in the middle of the directory.
    let start = parsed.length() - 2000 * 60;
    let cost = walked(&mut parsed.walk(start..start + 60), &manifest, drop).unwrap();
    assert!(cost.bytes <= 8 << 10, "{cost:?}");
}

#[test]
fn a_walk_can_be_sent_cloned_and_kept() {
    fn is_kept<T: Clone + Send + Sync + 'static>(_: &T) {}
    let plan = Plan::new(vec![File::new("a", Content::Bytes(vec![98]))]);
    let mut walk = plan.parsed.walk(0..u64::MAX);
    is_kept(&walk);
    let mut other = walk.clone();
    assert_eq!(walk.step(), other.step());
}

#[test]
fn what_was_not_asked_for_is_not_taken() {
    let manifest = large(4000);
    let parsed = support::parse(&manifest).unwrap();
    let mut walk = parsed.walk(parsed.length() / 2..parsed.length());
    assert!(walk.feed(b"").is_err(), "before a step asked");
    let Step::Read(range) = walk.step().unwrap() else { panic!() };
    let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
    assert!(walk.feed(&manifest[start..end - 1]).is_err());
    assert!(walk.feed(&manifest[start..=end]).is_err());
    // Bytes of another place have another CRC-32, or do not fit.
    let mut wrong = walk.clone();
    wrong.feed(&manifest[start - 1..end - 1]).unwrap();
    assert!(wrong.step().is_err());
    walk.feed(&manifest[start..end]).unwrap();
    assert!(matches!(walk.step(), Ok(Step::Literal(_) | Step::Object { .. })));
}
