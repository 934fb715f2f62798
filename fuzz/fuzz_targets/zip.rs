//! Any bytes, read as the manifest of a ZIP. There must be no panic, and a range has as many bytes as it should, or is
//! unreadable. The same bytes are names, and then the bytes of a ZIP that is made of them.
//!
//! `cargo +nightly fuzz run zip`; `core/zip/tests/mutations.rs` damages whole manifests, and gives them right sums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stored_zip::{Builder, Entry, HEAD, Manifest, Names, Step, Time, Unreadable};

/// The bytes of a range, counted. `None`: the manifest ends too early.
fn follow(manifest: &[u8], start: u64) -> Result<Option<u64>, Unreadable> {
    let head = usize::try_from(HEAD).unwrap().min(manifest.len());
    let parsed = Manifest::parse(&manifest[..head])?;
    let start = start.min(parsed.length());
    let mut walk = parsed.walk(start..u64::MAX);
    let mut bytes = 0;
    loop {
        match walk.step()? {
            Step::Read(range) => {
                let [start, end] = [range.start, range.end].map(|place| usize::try_from(place).unwrap());
                let Some(read) = manifest.get(start..end) else { return Ok(None) };
                walk.feed(read)?;
            }
            Step::Literal(literal) => bytes += literal.len() as u64,
            Step::Object { range, .. } => bytes += range.end - range.start,
            Step::End => {
                assert_eq!(bytes, parsed.length() - start);
                return Ok(Some(bytes));
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let _ = follow(bytes, 0);
    let _ = follow(bytes, bytes.len() as u64 / 2);
    let (mut names, mut builder) = (Names::default(), Builder::new(b"").unwrap());
    for wanted in String::from_utf8_lossy(bytes).split('\n') {
        let name = names.safe(wanted);
        assert!(!name.is_empty() && name.len() <= 255);
        let size: u64 = wanted.chars().map(|char| u64::from(u32::from(char)).pow(2)).sum();
        let time = Time::parse(wanted, Some(size.cast_signed()));
        builder
            .push(&Entry { name: &name, size, crc: 1, time, note: wanted.as_bytes().get(..99).unwrap_or(b"") })
            .unwrap();
    }
    let length = builder.length();
    let manifest = builder.finish();
    assert_eq!(follow(&manifest, 0), Ok(Some(length)));
    assert_eq!(follow(&manifest, length / 2), Ok(Some(length - length / 2)));
});
